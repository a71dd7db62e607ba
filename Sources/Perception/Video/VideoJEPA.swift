import Basics
public import Networks
import Tensors

/// A joint-embedding predictive architecture on videos, encoder and predictor: V-JEPA 2 (Assran et al., 2025,
/// arXiv:2506.09985).
public final class VideoJEPA: Module {
    /// Makes tokens of videos.
    public let encoder: VideoTransformer
    /// Predicts tokens from others.
    public let predictor: VideoPredictor

    /// Creates both with values drawn from the seed.
    ///
    /// - Throws: `ForesightError.usage` when the options do not fit together.
    public init(_ options: VideoTransformerOptions, seed: Seed) throws {
        encoder = try VideoTransformer(options, seed: seed["encoder"])
        predictor = try VideoPredictor(options, seed: seed["predictor"])
    }

    /// Reads a V-JEPA 2 that others have trained, from a folder as ``VisionTransformer/pretrained(folder:output:)`` does.
    ///
    /// - Parameter folder: The folder of the model.
    /// - Returns: Encoder and predictor, on the processor.
    /// - Throws: `ForesightError.data` for another `model_type`, a configuration of wrong kinds or of an architecture that
    ///   cannot be had, and a missing, surplus or misshapen tensor.
    public static func pretrained(folder: String) throws -> VideoJEPA {
        let configuration = try PretrainedConfiguration(path: "\(folder)/config.json")
            .defaulting(to: PretrainedNames.vjepa2Defaults)
        let modelType = try configuration.text("model_type")
        guard modelType == PretrainedNames.vjepa2.modelType else {
            throw ForesightError.data(
                "\(configuration.path): no video encoder is known for model_type '\(modelType)'",
                remedy: "this can be read: vjepa2")
        }
        let options = try configuration.vjepa2()
        try configuration.check { try options.validate() }
        let weights = try PretrainedWeights(folder: folder)
        try Engine.load()
        // Every number is written over below.
        let model = try VideoJEPA(options, seed: Seed(0))
        try model.load(weights, named: .vjepa2)
        return model
    }
}
