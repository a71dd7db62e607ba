import Benchmarking
import Episodes
import Planning
import Plants
import Reports

/// The figures of `benchmark control`.
enum ControlBenchmarkFigures {
    /// Gap, violations and planning times of the rows beside each other.
    static func comparisons(_ result: ControlResult) -> [Figure] {
        var figures: [Figure] = []
        if let gaps = gaps(result) { figures.append(gaps) }
        let acting = result.rows.filter { $0.row != .optimum }
        figures.append(
            bars(
                "Steps beyond a limit", "share of all steps", unit: "%",
                acting.map { (row: $0.row, value: 100 * $0.beyond.value, interval: $0.beyond.interval) }
                    .map { ($0.row, $0.value, $0.interval.map { 100 * $0.lowerBound...100 * $0.upperBound }) },
                limit: LimitMark(
                    100 * (result.task.limitShare ?? ControlBenchmarkPage.promise), label: "promised")))
        figures.append(
            bars(
                "Time of a decision", "median, to the 99th percentile", unit: "ms",
                acting.map { ($0.row, 1000 * $0.decisions.p50, 1000 * $0.decisions.p50...1000 * $0.decisions.p99) }))
        return figures
    }

    /// The cost of each episode above the optimum, by row: dots, and the mean with its interval.
    private static func gaps(_ result: ControlResult) -> Figure? {
        let rows = result.rows.filter { $0.row != .optimum && $0.gap != nil }
        guard !rows.isEmpty else { return nil }
        // A row that is lost sets no scale for the others: it is named with its figure below.
        let known = rows.compactMap { $0.gap?.value }.sorted()
        let most = max(0.2, 6 * known[known.count / 2])
        let shown = rows.filter { ($0.gap?.value ?? 0) <= most }
        guard !shown.isEmpty else { return nil }
        var layers: [ChartLayer] = []
        for (index, row) in shown.enumerated() {
            let count = Double(max(1, row.gaps.count))
            let dots = row.gaps.enumerated().filter { $0.element <= 2 * most }
            layers.append(
                .points(
                    "episode", x: dots.map { Double(index) - 0.25 + 0.5 * (Double($0.offset) + 0.5) / count },
                    y: dots.map { 100 * $0.element }, ink: .muted, width: 3))
            guard let gap = row.gap else { continue }
            let place = Double(index)
            if let interval = gap.interval {
                layers.append(
                    .line(
                        "95 % interval of the mean", x: [place, place],
                        y: [100 * interval.lowerBound, 100 * interval.upperBound], ink: .blue, width: 3))
            }
            layers.append(.points("mean", x: [place], y: [100 * gap.value], ink: .vermilion, width: 8))
        }
        let left = rows.filter { row in !shown.contains { $0.row == row.row } }
        let note = left.map { "\($0.row.label): \(NumberText.significant(100 * ($0.gap?.value ?? .nan))) %" }
        let chart = Chart(
            title: "Cost above the full-horizon optimum",
            description: shown.map { "\($0.row.label) \(NumberText.significant(100 * ($0.gap?.value ?? .nan))) %" }
                .joined(separator: ", "),
            x: ChartAxis("", categories: shown.map(\.row.short)),
            panels: [
                ChartPanel(ChartAxis("above the optimum", unit: "%", includesZero: true), layers: layers, height: 200)
            ],
            width: 620)
        return Figure(chart, note: note.isEmpty ? "" : "Not drawn: " + note.joined(separator: ", ") + ".")
    }

    private static func bars(
        _ title: String, _ label: String, unit: String, _ values: [(ControlRow, Double, ClosedRange<Double>?)],
        limit: LimitMark? = nil
    ) -> Figure {
        var layers: [ChartLayer] = [
            .bars("", x: values.indices.map(Double.init), y: values.map(\.1), ink: .blue)
        ]
        for (index, value) in values.enumerated() {
            guard let interval = value.2 else { continue }
            layers.append(
                .line(
                    "", x: [Double(index), Double(index)], y: [interval.lowerBound, interval.upperBound],
                    ink: .foreground))
        }
        let chart = Chart(
            title: title,
            description: values.map { "\($0.0.label) \(NumberText.significant($0.1))" }.joined(separator: ", "),
            x: ChartAxis("", categories: values.map(\.0.short)),
            panels: [
                ChartPanel(
                    ChartAxis(label, unit: unit, includesZero: true), layers: layers,
                    references: limit.map { [.level($0.value, label: $0.label, ink: .danger)] } ?? [], height: 170)
            ], width: 620)
        return Figure(chart)
    }

    /// The plant as it moved over the first episode under Foresight.
    static func drawing(_ result: ControlResult) -> Figure? {
        guard let episode = result.first.first(where: { $0.row == .foresight })?.episode, let outputs = episode.outputs
        else { return nil }
        let task = result.task
        let scene = EpisodeScene(
            of: task, outputs: outputs, actions: episode.actions, disturbances: [],
            marks: ObjectiveMarks(goal: task.goal(), guardrails: task.guardrails))
        return EpisodeDrawing(scene).figure(
            title: "The first episode under Foresight, as the plant moved",
            note:
                "True values. Green marks are targets, red ones guardrails. A click holds it, and another lets it go on."
        )
    }

    /// The first episode under Foresight, what is compared with, and the optimum.
    static func trace(_ result: ControlResult) -> Figure? {
        let task = result.task
        let plant = task.plant
        let order: [ControlRow] = [.foresight, .penalties, .optimum, .exact, .baseline]
        let shown = order.compactMap { row in result.first.first { $0.row == row } }.prefix(4)
        guard let seed = shown.first?.episode.seed else { return nil }
        let marks = ObjectiveMarks(goal: task.goal(), guardrails: task.guardrails)
        let ends = (1...task.steps).map { Double($0) * plant.samplingTime }
        let (rows, width) = (plant.outputChannels.count, plant.actionChannels.count)
        // Of very many channels those that something is asked of.
        let asked = Set(task.targets.map(\.output) + task.limits.map(\.output))
        let outputs = plant.outputChannels.indices.filter { asked.contains($0) }.prefix(6).map {
            index -> ControlTrace in
            let channel = plant.outputChannels[index]
            var trace = ControlTrace(
                name: channel.name, unit: channel.unit, time: ends,
                runs: shown.map { run in
                    (run.row.label, (0..<task.steps).map { run.episode.outputs?[$0 * rows + index] ?? .nan })
                })
            if let target = task.targets.first(where: { $0.output == index }) {
                trace.targets = target.schedule.map { ($0.start, $0.value - target.band...$0.value + target.band) }
            }
            trace.limits = marks.limits(of: channel.name).map {
                LimitMark($0.value, label: "\(channel.name) \($0.isUpper ? "≤" : "≥") \(figure($0.value))")
            }
            return trace
        }
        let actions = plant.actionChannels.indices.prefix(4).map { index in
            ControlTrace(
                name: plant.actionChannels[index].name, unit: plant.actionChannels[index].unit,
                time: ends.map { $0 - plant.samplingTime },
                runs: shown.map { run in
                    (run.row.label, (0..<task.steps).map { run.episode.actions[$0 * width + index] })
                }, isAction: true)
        }
        return Figures.closedLoop(
            title: "The first episode", note: "True outputs, not what the noisy sensors show. Seed \(seed).",
            traces: outputs + actions)
    }
}
