import Networks

// The sizes of Touvron et al., "Training data-efficient image transformers", arXiv:2012.12877, table 1; base is that of
// Dosovitskiy et al., arXiv:2010.11929, table 1. Patches of 8, 14 and 16 pixels are usual.

extension VisionTransformerOptions {
    /// 192 numbers a token, 12 blocks, 3 heads: 5.5 million parameters with patches of 16.
    public static func tiny(patch: Int = 16, imageSize: [Int] = [224, 224]) -> VisionTransformerOptions {
        VisionTransformerOptions(imageSize: imageSize, patch: patch, width: 192, depth: 12, heads: 3)
    }

    /// 384 numbers a token, 12 blocks, 6 heads: 22 million parameters with patches of 16.
    public static func small(patch: Int = 16, imageSize: [Int] = [224, 224]) -> VisionTransformerOptions {
        VisionTransformerOptions(imageSize: imageSize, patch: patch, width: 384, depth: 12, heads: 6)
    }

    /// 768 numbers a token, 12 blocks, 12 heads: 86 million parameters with patches of 16.
    public static func base(patch: Int = 16, imageSize: [Int] = [224, 224]) -> VisionTransformerOptions {
        VisionTransformerOptions(imageSize: imageSize, patch: patch, width: 768, depth: 12, heads: 12)
    }
}
