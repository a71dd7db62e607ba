import Episodes
import Foundation
import Networks
import Perception

/// The text of the `card.md` of a world model from pictures, without dates, so that the same model gives the same card.
struct ImageModelCard {
    let text: String

    init(_ model: TrainedImageModel) {
        let sizes = model.network.architecture
        let origin = model.origin
        let rows = sizes.block == 1 ? "one row" : "\(sizes.block) rows"
        let parameters =
            model.network.parameterCount + (model.distance?.parameterCount ?? 0)
            + (model.readout?.network.parameterCount ?? 0)
        let range = model.actionChannels.map { channel in
            let limits = [channel.lowerLimit, channel.upperLimit].map {
                $0.map { String(format: "%.4g", $0) } ?? "open"
            }
            return "\(channel.name) \(limits[0]) … \(limits[1])"
        }
        var lines = [
            "# Model card", "",
            "Predicts what is seen, in representation space and never as a picture, under chosen "
                + "\(range.joined(separator: ", ")), in steps of \(rows), \(model.samplingTime) s each, up to "
                + "\(model.horizon) steps ahead.",
            "",
            "A joint-embedding predictive model of pictures of \(sizes.imageSize[1]) × \(sizes.imageSize[0]) pixels"
                + (sizes.stack > 1 ? ", \(sizes.stack) at once" : "")
                + (sizes.sensed > 0 ? ", with \(sizes.sensed) numbers that the body senses" : "")
                + ": representations of \(sizes.width) numbers, \(parameters) parameters, recipe "
                + "\(model.settings.recipe).",
        ]
        if let frozen = sizes.frozen { lines += ["", Self.encoder(frozen)] }
        lines += [
            "", "## Data", "",
            "\(origin.samples) pictures in \(origin.episodes) episodes. \(origin.split)",
        ]
        if !origin.warnings.isEmpty { lines += ["", "Known weaknesses:", ""] + origin.warnings.map { "- \($0)" } }
        lines += [
            "", "## Where it must not be trusted", "",
            model.surprise == nil
                ? "- In worlds that look or move unlike the recorded ones: nothing in it says when that is so."
                : "- In worlds that look or move unlike the recorded ones. Its surprise says of each observed step how unusual "
                    + "it is, after it was observed and not before.",
            "- Further ahead than \(model.horizon) steps.",
            model.distance == nil
                ? "- As a measure of how far away something is: representations of what lies behind a wall may look near."
                : "- For ways that no recorded way, or ways joined, went: the temporal distance knows no others.",
            Self.readouts(model.readout),
        ]
        lines += model.regions.map(Self.region)
        lines += [
            "", "## Made with", "",
            "Foresight \(origin.foresight), Swift \(origin.swift)"
                + (origin.torch.isEmpty ? "" : ", libtorch \(origin.torch)")
                + ", seed \(model.settings.seed). All settings stand in `model.yaml`.",
        ]
        text = lines.joined(separator: "\n") + "\n"
    }

    /// Where a frozen encoder comes from, and what is seen of it.
    private static func encoder(_ frozen: FrozenSizes) -> String {
        let (encoder, vision) = (frozen.encoder, frozen.encoder.vision)
        return
            "Its encoder was not trained here: a transformer of the family `\(encoder.family)` (patches of \(vision.patch) "
            + "pixels, \(vision.depth) blocks, tokens of \(vision.width) numbers) from `\(encoder.source)`, weights "
            + "`\(encoder.digest.prefix(16))…`, which are in `model.safetensors`; licence and data are those of whoever made it. "
            + "It sees pictures resized to \(encoder.imageSize[1]) × \(encoder.imageSize[0]) pixels; its "
            + "\(encoder.patchGrid[1]) × \(encoder.patchGrid[0]) tokens are averaged to \(encoder.grid[1]) × "
            + "\(encoder.grid[0]). What is read, and how far apart things are, is told from \(frozen.components) principal "
            + "components of them."
    }

    /// What is promised of a region.
    private static func region(_ region: ImageRegion) -> String {
        let bands = region.bands
        let last = bands.steps - 1
        return "- Closer to the region \(region.name) than its band: \(bands.steps) steps ahead, at most "
            + "\(String(format: "%.2g", 100 * (1 - bands.coverage))) % of \(bands.inside[last]) held-out passages through it lay "
            + "below a score of \(String(format: "%.3g", -bands.guardHalfWidth[last])); by the sign of the score alone "
            + "\(String(format: "%.2g", 100 * bands.error[last])) % were misjudged."
    }

    /// What guardrails can speak of.
    private static func readouts(_ readout: ImageReadout?) -> String {
        guard let readout else {
            return "- With guardrails on what is seen: it reads no numbers off what it sees."
        }
        let names = readout.names.joined(separator: ", ")
        guard let bands = readout.bands else {
            return "- With guardrails on \(names), which it reads without knowing how wrong it is."
        }
        let last = (bands.steps - 1) * bands.count
        let widths = readout.names.indices.map { index in
            "\(readout.names[index]) ±\(String(format: "%.3g", bands.guardHalfWidth[last + index]))"
        }
        return
            "- With guardrails on anything that is seen but \(names), and closer than its bands: \(bands.steps) steps "
            + "ahead, \(String(format: "%.3g", 100 * bands.promisedGuardCoverage)) % lay within "
            + "\(widths.joined(separator: ", ")) on held-out episodes."
    }
}
