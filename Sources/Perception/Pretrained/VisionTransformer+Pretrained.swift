import Basics
import Networks
import Tensors

extension VisionTransformer {
    /// Reads an encoder that others have trained, from a folder with `config.json` and `model.safetensors` as Hugging
    /// Face's `transformers` writes them: ViT, DINOv2, DINOv2 with registers, or I-JEPA.
    ///
    /// The numbers become float32 whatever the file holds. Heads for tasks and the token of masked patches are left out;
    /// everything else has to fit.
    ///
    /// - Parameters:
    ///   - folder: The folder of the model.
    ///   - output: What to give for an image; the class token where there is one, otherwise patch tokens, when `nil`.
    /// - Returns: The encoder, on the processor; parameters are trainable until they are frozen.
    /// - Throws: `ForesightError.data` for a `model_type` that is not known, a configuration of wrong kinds or of an
    ///   architecture that cannot be had, and a missing, surplus or misshapen tensor; `ForesightError.usage` when there
    ///   is no such output.
    public static func pretrained(folder: String, output: VisionOutput? = nil) throws -> VisionTransformer {
        let plain = try PretrainedConfiguration(path: "\(folder)/config.json")
        let family = try plain.family()
        let configuration = plain.defaulting(to: family.defaults)
        var options = try family.options(configuration)
        options.output = options.hasClassToken ? .classToken : .patchTokens
        try configuration.check { try options.validate() }
        options.output = output ?? options.output
        let weights = try PretrainedWeights(folder: folder)
        try Engine.load()
        // Every number is written over below.
        let encoder = try VisionTransformer(options, seed: Seed(0))
        try encoder.load(weights, named: family.names)
        return encoder
    }
}
