import Basics

/// What the tensors of a family of models are called that others have trained: plain data.
struct PretrainedNames: Sendable {
    /// `model_type` in `config.json`.
    let modelType: String
    /// What stands before all names in files of models with a head for a task.
    let prefix: String
    /// For each parameter of ours the tensors that it is made of, joined along the first dimension; `#` is the number of
    /// a block. Parameters that a configuration leaves out are not looked for.
    let names: [String: [String]]
    /// Tensors that may be there and that we have no use for: heads for tasks, the token of masked patches.
    let unused: Set<String>

    /// The tensors that a parameter of ours is made of, or `nil` where the family has nothing like it.
    func sources(of parameter: String) -> [String]? {
        var parts = parameter.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        guard let blocks = parts.firstIndex(of: "blocks"), blocks + 1 < parts.count else { return names[parameter] }
        let number = parts[blocks + 1]
        parts[blocks + 1] = "#"
        return names[parts.joined(separator: ".")]?.map { name in
            name.split(separator: "#", omittingEmptySubsequences: false).joined(separator: number)
        }
    }
}

/// What is known of one family of image encoders: what its tensors are called and how its `config.json` reads. Each
/// family is one file of plain data.
struct PretrainedFamily: Sendable {
    /// What its tensors are called.
    let names: PretrainedNames
    /// What keys of `config.json` mean when they are missing, as in Hugging Face's `transformers`.
    let defaults: [String: JSONValue]
    /// The architecture that a configuration describes.
    let options: @Sendable (PretrainedConfiguration) throws -> VisionTransformerOptions

    /// The families that can be read.
    static let all: [PretrainedFamily] = [.vit, .dinov2, .dinov2WithRegisters, .iJEPA]

    /// The family of a `model_type`.
    ///
    /// - Throws: `ForesightError.data` with those that can be read.
    static func named(_ modelType: String, in path: String) throws -> PretrainedFamily {
        if let family = all.first(where: { $0.names.modelType == modelType }) { return family }
        let known = all.map(\.names.modelType)
        throw ForesightError.data(
            "\(path): no image encoder is known for model_type '\(modelType)'",
            remedy: nearestNameRemedy(to: modelType, among: known, lead: "these can be read:"))
    }
}
