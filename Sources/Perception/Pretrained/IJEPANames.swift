// I-JEPA as `IJepaModel` of Hugging Face's `transformers` saves it: Assran et al., CVPR 2023, arXiv:2301.08243.

extension PretrainedFamily {
    /// The target encoder of I-JEPA: a ViT without class token.
    static let iJEPA = PretrainedFamily(
        names: PretrainedNames(
            modelType: "ijepa", prefix: "ijepa.",
            names: vitNames,
            unused: vitUnused),
        defaults: vitDefaults,
        options: { try $0.vit(hasClassToken: false) })
}
