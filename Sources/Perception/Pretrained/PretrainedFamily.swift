import Basics

/// What is known of one family of encoders that others have trained: how its `config.json` reads and what its tensors
/// are called. Each family is one file of plain data.
struct PretrainedFamily: Sendable {
    /// `model_type` in `config.json`.
    let modelType: String
    /// What keys of `config.json` mean when they are missing, as in Hugging Face's `transformers`.
    let defaults: [String: JSONValue]
    /// What stands before all names in files of models with a head for a task.
    let prefix: String
    /// For each parameter of ours the tensors that it is made of, joined along the first dimension; `#` is the number of
    /// a block. Parameters that a configuration leaves out are not looked for.
    let names: [String: [String]]
    /// Tensors that may be there and that the encoder has no use for: heads for tasks, the token of masked patches.
    let unused: Set<String>
    /// The architecture that a configuration describes.
    let options: @Sendable (PretrainedConfiguration) throws -> VisionTransformerOptions

    /// The families that can be read.
    static let all: [PretrainedFamily] = [.vit, .dinov2, .dinov2WithRegisters, .iJEPA]

    /// The family of a `model_type`.
    ///
    /// - Throws: `ForesightError.data` with those that can be read.
    static func named(_ modelType: String, in path: String) throws -> PretrainedFamily {
        if let family = all.first(where: { $0.modelType == modelType }) { return family }
        let known = all.map(\.modelType)
        let near = nearestName(to: modelType, among: known).map { "did you mean \($0)? " } ?? ""
        throw ForesightError.data(
            "\(path): no encoder is known for model_type '\(modelType)'",
            remedy: "\(near)these can be read: \(known.joined(separator: ", "))")
    }

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
