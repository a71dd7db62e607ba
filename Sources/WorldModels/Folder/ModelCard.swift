import Episodes
import Foundation
import Identification

/// The text of `card.md`: what a model predicts, from how much data, how wrong and how far ahead, and where it must not
/// be trusted. Without dates, so that the same model gives the same card.
struct ModelCard {
    let text: String

    init(_ model: TrainedModel) {
        let parts = [
            "# Model card", Self.purpose(model.description), Self.data(model), Self.errors(model),
            Self.limits(model), Self.files(model.description),
        ]
        text = parts.joined(separator: "\n\n") + "\n"
    }

    private static func purpose(_ description: ModelDescription) -> String {
        let sizes = description.architecture
        return """
            Predicts \(list(description.outputs)) up to \(duration(description, steps: description.horizon)) ahead, \
            in steps of \(duration(description, steps: 1)), \
            \(description.actions.isEmpty ? "without actions" : "under chosen \(list(description.actions))")\
            \(description.disturbances.isEmpty ? "" : " and given \(list(description.disturbances))").

            A joint-embedding predictive model: an ensemble of \(sizes.members) members with a representation of \
            \(sizes.width) numbers (\(sizes.core) from a linear model, \(sizes.free) free) and \(sizes.hidden) hidden \
            units, stable over any number of steps by construction.
            """
    }

    private static func data(_ model: TrainedModel) -> String {
        let description = model.description
        let origin = description.origin
        let hours = Double(origin.samples) * description.samplingTime / 3600
        var lines = [
            "## Data", "",
            "\(origin.samples) samples in \(origin.episodes) episodes, one every \(number(description.samplingTime)) s: "
                + "\(number(hours)) h. \(origin.split.prefix(1).uppercased() + origin.split.dropFirst()).",
        ]
        if !origin.logs.isEmpty {
            lines += ["", "| log | bytes | SHA-256 |", "|---|---|---|"]
            lines += origin.logs.map { "| \($0.name) | \($0.bytes) | `\($0.sha256.prefix(16))…` |" }
        }
        if !origin.parent.isEmpty {
            lines += ["", "Trained on from the model whose weights have the SHA-256 `\(origin.parent.prefix(16))…`."]
        }
        if let kept = model.rehearsal {
            lines += [
                "",
                "This folder holds recorded data: \(kept.windows) stretches of \(kept.rows) steps, so that training can go on "
                    + "without forgetting them. Remove `\(ModelFolder.rehearsalName)` before passing the folder on to "
                    + "someone who may not see them: the model works without.",
            ]
        }
        if !origin.warnings.isEmpty { lines += ["", "Known weaknesses of these data:", ""] }
        lines += origin.warnings.map { "- \($0)" }
        return lines.joined(separator: "\n")
    }

    private static func errors(_ model: TrainedModel) -> String {
        let (description, bands) = (model.description, model.calibration)
        let origin = description.origin
        let kept =
            origin.bestEpoch == 0
            ? "training did not improve on its start, which was kept"
            : "the parameters of epoch \(origin.bestEpoch) of \(origin.epochs) were kept"
        let steps = [1, max(1, bands.steps / 4), max(1, bands.steps / 2), bands.steps]
        var lines = [
            "## How wrong, how far ahead", "",
            "Free-run error of each member on what it left out of training: \(number(origin.validationError)) standard deviations of the "
                + "channels, over all steps; \(kept).",
            "",
            "Each cell: half of all errors are smaller than the first number; the second is the half-width of the band "
                + "that holds \(number(100 * bands.coverage)) % (cross-conformal, \(bands.windows) windows that "
                + "overlap).",
            "",
        ]
        var shown: [Int] = []
        for step in steps where !shown.contains(step) { shown.append(step) }
        lines.append("| channel | " + shown.map { duration(description, steps: $0) }.joined(separator: " | ") + " |")
        lines.append("|---|" + shown.map { _ in "---|" }.joined())
        for (index, channel) in description.outputs.enumerated() {
            let cells = shown.map { step in
                let place = (step - 1) * description.outputs.count + index
                let width = bands.halfWidth(step: step - 1, output: index, spread: bands.typicalSpread[place])
                return "\(number(bands.floor[place])) ± \(number(width))"
            }
            lines.append("| \(named(channel)) | " + cells.joined(separator: " | ") + " |")
        }
        return lines.joined(separator: "\n")
    }

    private static func limits(_ model: TrainedModel) -> String {
        let description = model.description
        var lines = [
            "## Where it must not be trusted", "",
            "- Further ahead than \(duration(description, steps: description.horizon)): it was never trained nor judged "
                + "there.",
        ]
        if model.calibration.steps < description.horizon {
            lines.append(
                "- Beyond \(duration(description, steps: model.calibration.steps)) the bands are those of that step: the "
                    + "records are too short for more.")
        }
        if let adapter = model.adapter {
            lines.append(
                "- On another record it adapts, from up to \(adapter.equations) steps before a prediction, assuming "
                    + "that records differ by \(number(adapter.differences.offset)) of what inputs move in offsets, "
                    + "\(number(100 * adapter.differences.gain)) % in gains of actions and "
                    + "\(number(100 * adapter.differences.loss)) % in losses: assumptions, which one record cannot test."
            )
        }
        lines += [
            "- Where the out-of-distribution score is above 1: nothing like it was in the training data. Outside these "
                + "ranges that is certain:",
            "", "| channel | role | least | greatest | unit |", "|---|---|---|---|---|",
        ]
        for (channel, range) in zip(description.outputs + description.inputs, description.recordedRanges) {
            let (least, greatest) = (number(range.lowerBound), number(range.upperBound))
            lines.append(
                "| \(channel.name) | \(channel.role.rawValue) | \(least) | \(greatest) | \(channel.unit ?? "") |")
        }
        lines += ["", "- After the system was changed: other parts, other operation, another sampling of its sensors."]
        if description.actions.isEmpty {
            lines.append("- For planning: no channel is an action, so it can only forecast.")
        }
        return lines.joined(separator: "\n")
    }

    private static func files(_ description: ModelDescription) -> String {
        let origin = description.origin
        let torch = origin.torch.isEmpty ? "" : ", libtorch \(origin.torch)"
        return """
            ## Made with

            Foresight \(origin.foresight), Swift \(origin.swift)\(torch), seed \(description.settings.seed). All settings \
            stand in `model.yaml`.
            """
    }

    private static func list(_ channels: [Channel]) -> String {
        channels.map(named).joined(separator: ", ")
    }

    private static func named(_ channel: Channel) -> String {
        channel.name + (channel.unit.map { " [\($0)]" } ?? "")
    }

    private static func number(_ value: Double) -> String { String(format: "%.3g", value) }

    private static func duration(_ description: ModelDescription, steps: Int) -> String {
        let seconds = description.stepTime * Double(steps)
        switch seconds {
        case ..<300: return "\(number(seconds)) s"
        case ..<18_000: return "\(number(seconds / 60)) min"
        default: return "\(number(seconds / 3600)) h"
        }
    }
}
