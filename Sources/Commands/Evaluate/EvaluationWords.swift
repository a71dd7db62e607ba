import Foundation
import Reports
import WorldModels

/// An evaluation in plain words: how far each channel can be trusted, and where that would be wrong.
enum EvaluationWords {
    /// Up to when a channel can be trusted, and what is better.
    static func trust(_ output: Evaluation.Output, promised: Double) -> String {
        let trust = output.trust
        let error = NumberText.quantity(trust.error, unit: output.unit)
        let odds = NumberText.percent(promised, decimals: 0)
        let hasLinear = output.overall.linear != nil
        let ahead = period(trust.seconds)
        switch trust.beatenBy {
        case nil:
            let near = trust.near.map(\.rival)
            let beaten = (hasLinear ? [TrustHorizon.Rival.linear] : []) + [.persistence]
            let better = beaten.filter { !near.contains($0) }.map {
                $0 == .linear ? "the linear model" : "the last value held"
            }
            let clause = better.isEmpty ? "" : ", better than \(better.joined(separator: " and "))"
            let all = trust.near.map { rival in
                rival.margin > 0
                    ? "; \(name(rival.rival)) errs up to \(NumberText.quantity(rival.margin, unit: output.unit)) less, "
                        + "which counts as no difference" : "; \(name(rival.rival)) errs as little"
            }
            return "\(output.name) can be trusted to ±\(error) for \(ahead) (\(odds) of errors)\(clause)\(all.joined())"
        case .some(let rival):
            let again =
                trust.betterAgainFrom.map {
                    ", from \(period($0)) on " + (trust.isBetterAgain ? "the model again" : "the model is no worse")
                } ?? ""
            if trust.seconds == 0 {
                return "\(output.name): \(name(rival)) is better from the first step on\(again)"
            }
            return "\(output.name) can be trusted to ±\(error) for \(ahead) (\(odds) of errors); further ahead "
                + "\(name(rival)) is better\(again)"
        }
    }

    static func name(_ rival: TrustHorizon.Rival) -> String {
        rival == .linear ? "the linear model" : "holding the last value"
    }

    /// What makes figures or predictions doubtful, gravest first.
    static func warnings(_ result: EvaluationResult) -> [String] {
        let evaluation = result.evaluation
        return known(result) + evaluation.excursions.map(excursion) + novelty(evaluation)
            + evaluation.outputs.flatMap { bands($0, evaluation) }
            + evaluation.outputs.compactMap { residuals($0, result) }
            + scope(result)
    }

    private static func known(_ result: EvaluationResult) -> [String] {
        guard !result.knownLogs.isEmpty else { return [] }
        let (verb, pronoun) = result.knownLogs.count == 1 ? ("was", "it") : ("were", "them")
        return [
            "\(result.knownLogs.joined(separator: ", ")) \(verb) used in training: errors on \(pronoun) are smaller than "
                + "on new data"
        ]
    }

    private static func excursion(_ excursion: Excursion) -> String {
        func range(_ range: ClosedRange<Double>) -> String {
            "\(figure(range.lowerBound)) to \(NumberText.quantity(range.upperBound, unit: excursion.unit, digits: 4))"
        }
        let share =
            excursion.share < 0.005
            ? "less than 1\u{202F}%" : NumberText.percent(excursion.share, decimals: 0)
        return "\(excursion.channel) goes from \(range(excursion.seen)) here, from \(range(excursion.trained)) in the "
            + "training data: \(share) of its samples are outside"
    }

    private static func novelty(_ evaluation: Evaluation) -> [String] {
        guard evaluation.outOfDistribution > 0.05 else { return [] }
        return [
            "\(NumberText.percent(evaluation.outOfDistribution, decimals: 0)) of the predicted steps are out of "
                + "distribution: nothing like them was in the training data"
        ]
    }

    /// Bands that hold clearly more or less than they promise, beyond what chance explains.
    private static func bands(_ output: Evaluation.Output, _ evaluation: Evaluation) -> [String] {
        let promised = evaluation.promised
        guard abs(output.coverage - promised) > 0.05 else { return [] }
        let isNarrow = output.coverage < promised
        let worst = output.rows.filter { $0.count > 0 }.min { first, second in
            isNarrow ? first.coverage < second.coverage : first.coverage > second.coverage
        }
        let place = worst.map { ", \(NumberText.percent($0.coverage, decimals: 0)) at \(period($0.seconds))" } ?? ""
        let chance =
            output.coverageInterval.contains(promised)
            ? "; so few windows may do that by chance" : ""
        return [
            "the bands of \(output.name) are too \(isNarrow ? "narrow" : "wide"): "
                + "\(NumberText.percent(output.coverage, decimals: 0)) of the truths are inside instead of "
                + "\(NumberText.percent(promised, decimals: 0))\(place)\(chance)"
        ]
    }

    private static func residuals(_ output: Evaluation.Output, _ result: EvaluationResult) -> String? {
        let residuals = output.residuals
        guard residuals.probability < 0.001,
            let lag = residuals.autocorrelation.indices.dropFirst().max(by: {
                residuals.autocorrelation[$0].magnitude < residuals.autocorrelation[$1].magnitude
            }), residuals.autocorrelation[lag].magnitude > 0.2
        else { return nil }
        let value = NumberText.fixed(residuals.autocorrelation[lag], decimals: 2)
        return "one-step errors of \(output.name) are not white: \(value) correlated over "
            + "\(period(Double(lag) * result.model.stepTime)); the past tells more than the model uses"
    }

    private static func scope(_ result: EvaluationResult) -> [String] {
        let scope = result.evaluation.scope
        var lines: [String] = []
        if let wanted = scope.shortenedFrom {
            lines.append(
                "no stretch of the logs is long enough for \(period(wanted)) ahead: predictions reach "
                    + "\(period(result.horizon))")
        }
        if scope.shortEpisodes > 0 {
            lines.append("\(counted(scope.shortEpisodes, "episode")) too short for one prediction left out")
        }
        if scope.independentWindows < 10 {
            let windows = counted(scope.independentWindows, "stretch").replacingOccurrences(
                of: "stretchs", with: "stretches")
            lines.append(
                "the logs hold only \(windows) of \(period(result.horizon)) that do not overlap: coverage and errors "
                    + "are rough")
        }
        if result.evaluation.linearSummaries.isEmpty {
            lines.append(
                "the model folder holds no linear models to compare with: name the training logs by --train LOG")
        }
        return lines
    }
}
