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
        do {
            try options.validate()
        } catch let error as ForesightError {
            throw ForesightError.data(
                "\(configuration.path): \(error.message)", remedy: "take the config.json of the model")
        }
        options.output = output ?? options.output
        let weights = try PretrainedWeights(folder: folder)
        try Engine.load()
        // Every number is written over below.
        let encoder = try VisionTransformer(options, seed: Seed(0))
        try encoder.load(weights, family: family)
        return encoder
    }

    /// Copies tensors into the parameters; nothing is changed unless everything fits.
    private func load(_ weights: PretrainedWeights, family: PretrainedFamily) throws {
        let prefix = weights.names.contains { $0.hasPrefix(family.prefix) } ? family.prefix : ""
        var surplus = weights.names
        var (missing, misshapen): ([String], [String]) = ([], [])
        var plan: [(parameter: Parameter, sources: [String])] = []
        for (name, parameter) in namedParameters() {
            guard let bare = family.sources(of: name) else {
                preconditionFailure("the table of \(family.modelType) has no row for \(name)")
            }
            let sources = bare.map { prefix + $0 }
            surplus.subtract(sources)
            let entries = sources.compactMap { weights[$0] }
            missing += sources.filter { weights[$0] == nil }
            guard entries.count == sources.count else { continue }
            // The parts are joined along the first dimension, so each has its share of it.
            let shape = [parameter.shape[0] / sources.count] + parameter.shape.dropFirst()
            for entry in entries where entry.shape != shape || !entry.type.dtype.isFloatingPoint {
                misshapen.append("\(entry.name) is \(entry.type.rawValue) \(entry.shape), not floating-point \(shape)")
            }
            plan.append((parameter, sources))
        }
        surplus = surplus.filter { name in
            let bare = name.hasPrefix(prefix) ? String(name.dropFirst(prefix.count)) : name
            // A tensor without elements, such as that of no registers, holds nothing that could be lost.
            return !family.unused.contains(bare) && weights[name]?.count != 0
        }
        try refuse(
            [("missing", missing), ("unexpected", surplus.sorted()), ("of another kind", misshapen)],
            in: weights.folder, modelType: family.modelType)
        for (parameter, sources) in plan {
            let parts = try sources.map(weights.tensor)
            parameter.assign(parts.count == 1 ? parts[0] : Tensor.concatenate(parts, dim: 0))
        }
    }

    /// Throws one error for everything that does not fit.
    private func refuse(_ reasons: [(String, [String])], in folder: String, modelType: String) throws {
        let told = reasons.filter { !$0.1.isEmpty }.map { reason, names in
            let shown = names.prefix(3).joined(separator: ", ")
            return "\(reason): \(shown)" + (names.count > 3 ? " and \(names.count - 3) more" : "")
        }
        guard !told.isEmpty else { return }
        throw ForesightError.data(
            "the tensors in \(folder) are not those of its config.json, model_type \(modelType) of depth "
                + "\(options.depth) and width \(options.width): \(told.joined(separator: "; "))",
            remedy: "take config.json and weights from the same model")
    }
}
