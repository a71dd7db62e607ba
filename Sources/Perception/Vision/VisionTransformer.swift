public import Networks
public import Tensors

/// A transformer over the patches of an image: Dosovitskiy et al., "An Image is Worth 16x16 Words", ICLR 2021,
/// arXiv:2010.11929.
///
/// The options turn it into the encoders of DINOv2 (layer scale, gated feed-forward parts: Oquab et al., 2023,
/// arXiv:2304.07193), of DINOv2 with registers (tokens without place and meaning, which the network uses as scratch
/// memory: Darcet et al., ICLR 2024, arXiv:2309.16588) and of I-JEPA (no class token: Assran et al., CVPR 2023,
/// arXiv:2301.08243). ``pretrained(folder:output:)`` reads the weights of each.
/// ```
/// tokens = [class; registers; patches W + b + positions],   each block: x + λ₁ attention(norm(x)), x + λ₂ mlp(norm(x))
/// ```
public final class VisionTransformer: Layer {
    /// The architecture.
    public let options: VisionTransformerOptions
    /// The map from patches to tokens.
    public let patches: PatchEmbedding
    /// The class token, `[1, 1, width]`.
    public let classToken: Parameter?
    /// The register tokens, `[1, registers, width]`; they have no position.
    public let registers: Parameter?
    /// Where tokens are.
    public let positions: LearnedPositions?
    /// The blocks and the last norm.
    public let transformer: Transformer

    /// Creates the encoder with values drawn from the seed.
    ///
    /// - Throws: `ForesightError.usage` when the options do not fit together.
    public init(_ options: VisionTransformerOptions, seed: Seed) throws {
        try options.validate()
        self.options = options
        let width = options.width
        patches = PatchEmbedding(channels: options.channels, patch: options.patch, width: width, seed: seed["patches"])
        func tokens(_ count: Int, _ seed: Seed) -> Parameter? {
            guard count > 0 else { return nil }
            return Parameter(Tensor.normal([1, count, width], using: seed.generator()) * 0.02, decays: false)
        }
        classToken = tokens(options.hasClassToken ? 1 : 0, seed["class"])
        registers = tokens(options.registers, seed["registers"])
        switch options.positions {
        case .none: positions = nil
        case .learned(let antialias):
            positions = LearnedPositions(
                grid: options.grid, leading: options.hasClassToken ? 1 : 0, width: width, antialias: antialias,
                seed: seed["positions"])
        }
        let blocks = TransformerOptions(
            width: width, heads: options.heads, hidden: options.hidden, activation: options.activation,
            isGated: options.isGated, attentionBias: options.attentionBias, epsilon: options.epsilon,
            layerScale: options.layerScale)
        transformer = Transformer(blocks, depth: options.depth, seed: seed["transformer"])
    }

    /// All tokens behind the last norm.
    ///
    /// - Parameter images: `[batch, channels, height, width]`, normalised as in training; sides are multiples of the
    ///   patch and may differ from the sides that positions were learned for.
    /// - Returns: Class token, registers, then the patches row by row: `[batch, leading + patches, width]`.
    public func tokens(_ images: Tensor) -> Tensor { transformer(embedded(images)) }

    /// The tokens as the first block gets them.
    private func embedded(_ images: Tensor) -> Tensor {
        let shape = images.shape
        precondition(
            shape.count == 4 && shape[1] == options.channels,
            "got images of \(shape); expected [batch, \(options.channels), height, width]")
        let (batch, rows, columns) = (shape[0], shape[2] / options.patch, shape[3] / options.patch)
        var patch = patches(images)  // [batch, rows · columns, width]
        var leading = classToken?.value
        if let positions {
            patch = patch + positions.ofPatches(rows: rows, columns: columns)
            leading = leading.map { $0 + positions.ofLeadingTokens }
        }
        let before = [leading, registers?.value].compactMap { $0?.expanded(to: [batch, -1, -1]) }
        return before.isEmpty ? patch : Tensor.concatenate(before + [patch], dim: 1)
    }

    /// Maps images `[batch, channels, height, width]` to what ``VisionTransformerOptions/output`` says.
    public func callAsFunction(_ images: Tensor) -> Tensor {
        if options.output == .classToken {
            return transformer.leading(1, of: embedded(images)).select(dim: 1, index: 0)
        }
        let all = tokens(images)
        let first = options.leadingTokens
        let patch = all.narrow(dim: 1, start: first, length: all.size(1) - first)
        return options.output == .patchTokens ? patch : patch.mean(dim: 1)
    }
}
