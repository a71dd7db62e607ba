import Basics
import Benchmarking
import Reports
import WorldModels

/// What `benchmark surprise` prints.
enum SurpriseText {
    /// The heads of the columns.
    static let columns = [
        "world", "principle", "violation", "AUROC", "95 %", "models", "over models", "p", "pairs right", "alarms",
        "false",
        "plain", "three steps", "no memory",
    ]
    /// The heads whose columns hold words.
    static let words: Set<String> = ["world", "principle", "violation"]

    /// The rows of a result: figures of the model whose area is the middle one.
    static func rows(_ result: SurpriseResult) -> [[String]] {
        result.set.violations.compactMap { violation in
            guard let middle = middle(result, violation), let score = middle.scores[middle.headline] else { return nil }
            let areas = result.areas(of: violation, middle.headline)
            let count = Double(max(1, score.possible.count))
            let predictor = middle.headline.predictor
            let plain = middle.scores[SurpriseMeasure(predictor, isWhitened: false)]
            let others = [SurprisePredictor.brief, .own].map { other in
                predictor == .remembering ? middle.scores[SurpriseMeasure(other)] : nil
            }
            let models = areas.count == 1 ? "1" : range((areas.min() ?? 0)...(areas.max() ?? 0))
            let over = result.mean(of: violation).map { "\(area($0.area)) (\(range($0.interval)))" } ?? ""
            return [
                result.set.name, violation.principle, violation.name, area(score.area), range(score.interval), models,
                over,
                probability(score.p),
                NumberText.percent(score.accuracy, decimals: 0),
                NumberText.percent(Double(score.alarms) / count, decimals: 0),
                NumberText.percent(Double(score.falseAlarms) / count, decimals: 0), plain.map { area($0.area) } ?? "",
            ] + others.map { $0.map { area($0.area) } ?? "" }
        }
    }

    /// The judgement of the model whose area is the middle one.
    static func middle(_ result: SurpriseResult, _ violation: Violation) -> SurpriseJudgement? {
        let models = result.judgements(of: violation)
        let sorted = models.sorted { ($0.scores[$0.headline]?.area ?? 0) < ($1.scores[$1.headline]?.area ?? 0) }
        return sorted.isEmpty ? nil : sorted[(sorted.count - 1) / 2]
    }

    private static func area(_ value: Double) -> String { NumberText.fixed(value, decimals: 3) }

    private static func range(_ ends: ClosedRange<Double>) -> String {
        "\(area(ends.lowerBound))…\(area(ends.upperBound))"
    }

    private static func probability(_ value: Double) -> String {
        value < 1e-4 ? "< 0.0001" : NumberText.fixed(value, decimals: 4)
    }

    /// What the columns mean.
    static let legend =
        "AUROC: the chance that an impossible stretch is more surprising than a lawful one, whitened error, of the model in the "
        + "middle; 95 %: its bootstrap interval over pairs, which says nothing of other models; models: least and greatest; over models: "
        + "the mean over the models, with a 95 % interval over other models (Student) and other pairs; "
        + "p: signed-rank test on pairs, one-sided; pairs right: the impossible twin is the more "
        + "surprising; alarms, false: impossible and lawful stretches with a row more surprising than "
        + "\(NumberText.percent(SurpriseScore.alarmLevel, decimals: 1)) of ordinary ones; plain: AUROC of the root mean "
        + "square error; three steps: AUROC of a filter that sees the latest three representations alone, and no memory: of the model's own "
        + "predictor, where else a filter remembers all."

    static func text(_ results: [SurpriseResult], note: String, report: String) -> String {
        var table = TextTable(columns.map { ($0, words.contains($0) ? .left : .right) })
        for row in results.flatMap(rows) { table.add(row) }
        var parts = note.isEmpty ? [] : [note]
        parts += [table.text(), legend]
        parts += results.map { details($0).joined(separator: "\n") }.filter { !$0.isEmpty }
        parts.append("page with plots: \(report)")
        return parts.joined(separator: "\n\n")
    }

    /// What a reader wants to know beside the table, a line each.
    static func details(_ result: SurpriseResult) -> [String] {
        var lines: [String] = []
        if let few = result.fewPairs {
            lines.append(
                "\(result.set.name): intervals of the bootstrap over pairs are too narrow where there are \(few), fewer than "
                    + "\(ControlStatistics.fewest)")
        }
        if !result.trainings.isEmpty {
            let longest = result.trainings.compactMap(\.seconds).max()
            let made =
                result.isReused
                ? "models of an earlier run, " : longest.map { "a model in \(period($0)) at most, " } ?? ""
            lines.append("\(result.set.name): \(result.rows) pictures, \(made)recipe \(result.settings.recipe)")
        }
        if let training = result.trainings.first {
            if let error = training.health?.predictionError.first {
                lines.append(
                    "\(result.set.name): square error one step ahead \(NumberText.percent(error, decimals: 1)) of standing "
                        + "still"
                        + (training.filterErrors[.brief].map {
                            ", by a filter of three steps \(NumberText.percent($0, decimals: 1)) of that"
                        } ?? "")
                        + (training.filterErrors[.remembering].map {
                            ", by one that remembers \(NumberText.percent($0, decimals: 1))"
                        } ?? ""))
            }
            let readings = training.health?.probe?.readings ?? []
            if !readings.isEmpty {
                let words = readings.map { "\($0.name) \(BenchmarkText.number($0.linearCorrelation))" }
                lines.append(
                    "\(result.set.name): true state by a linear map, correlation: \(words.joined(separator: ", "))")
            }
        }
        return lines
    }

    static func json(_ results: [SurpriseResult], note: String) -> JSONValue {
        var worlds: [String: JSONValue] = [:]
        for result in results { worlds[result.set.name] = result.json }
        var document: [String: JSONValue] = ["worlds": .object(worlds)]
        if !note.isEmpty { document["note"] = .string(note) }
        return .object(document)
    }

    static func list(_ sets: [SurpriseSet]) -> String {
        var table = TextTable([("world", .left), ("principle", .left), ("violation", .left), ("what", .left)])
        for set in sets {
            for violation in set.violations {
                table.add([set.name, violation.principle, violation.name, violation.about])
            }
        }
        return table.text()
    }

    static func listed(_ sets: [SurpriseSet]) -> JSONValue {
        .array(
            sets.map { set in
                [
                    "world": .string(set.name), "about": .string(set.about), "episodes": .integer(set.episodes),
                    "rows": .integer(set.rows),
                    "violations": .array(
                        set.violations.map { violation in
                            [
                                "name": .string(violation.name), "principle": .string(violation.principle),
                                "about": .string(violation.about), "needs_memory": .bool(violation.needsMemory),
                            ]
                        }),
                ]
            })
    }
}
