import Tensors

@testable import WorldModels

extension TinyImages {
    /// Settings of a training of LeWM's networks in tiny sizes, in windows of three pictures.
    static func transformers(
        steps: Int = 6, dropout: Double = 0, precision: ImagePrecision = .float32
    ) -> ImageSettings {
        var settings = settings(steps: steps, recipe: "sigreg")
        (settings.encoder, settings.predictor, settings.history) = (.vitTiny, .lewm, 2)
        settings.precision = precision
        var sizes = TransformerSizes()
        (sizes.patch, sizes.tokenWidth, sizes.depth, sizes.heads, sizes.projector) = (8, 12, 1, 2, 16)
        (sizes.predictorDepth, sizes.predictorHeads, sizes.headSize, sizes.feedForward) = (2, 2, 4, 16)
        (sizes.predictorProjector, sizes.dropout) = (16, dropout)
        settings.transformer = sizes
        return settings
    }
}
