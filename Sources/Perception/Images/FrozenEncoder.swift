import Networks
public import Tensors

/// What a ``FrozenEncoder`` is made of, and where it comes from.
public struct FrozenEncoderOptions: Sendable, Hashable, Codable {
    /// The transformer; it gives patch tokens.
    public var vision: VisionTransformerOptions
    /// What pictures are resized to for it, `[height, width]` in pixels, multiples of its patch.
    public var imageSize: [Int]
    /// The grid that its tokens are averaged to, `[rows, columns]`.
    public var grid: [Int]
    /// How colours are normalised for it.
    public var colours: ColourScaling
    /// The family that it was imported from.
    public var family: String
    /// The folder that it was taken from.
    public var source: String
    /// SHA-256 of the weights there.
    public var digest: String

    /// Creates the options.
    public init(
        vision: VisionTransformerOptions, imageSize: [Int], grid: [Int], colours: ColourScaling = .imageNet,
        family: String = "", source: String = "", digest: String = ""
    ) {
        self.vision = vision
        self.imageSize = imageSize
        self.grid = grid
        self.colours = colours
        self.family = family
        self.source = source
        self.digest = digest
    }

    /// The patches of a picture before they are averaged, `[rows, columns]`.
    public var patchGrid: [Int] { imageSize.map { $0 / vision.patch } }
    /// The tokens of a picture.
    public var tokens: Int { grid.reduce(1, *) }

    /// Whether the numbers go together.
    public var isConsistent: Bool {
        (try? vision.validate()) != nil && vision.output == .patchTokens && vision.channels == 3
            && imageSize.count == 2 && imageSize.allSatisfy { $0 >= vision.patch && $0 % vision.patch == 0 }
            && grid.count == 2 && zip(grid, patchGrid).allSatisfy { (1...$1).contains($0) } && colours.isConsistent
    }
}

/// A vision transformer that others have trained and that learns nothing here: the patch tokens of a picture, averaged to a
/// grid, are its representation (DINO-WM, arXiv:2411.04983, section 3.1, with the grid of its patches).
///
/// Pictures of any size are resized bilinearly with smoothing, as DINO-WM does it; the transformer interpolates its positions
/// as its family does. Of several pictures that are seen at once each patch has the tokens side by side.
public final class FrozenEncoder: ImageEncoder {
    /// What it is made of.
    public let options: FrozenEncoderOptions
    /// Pictures that are seen at once.
    public let stack: Int
    /// Makes the tokens; frozen.
    public let patches: PatchEncoder

    /// Creates the encoder around a transformer.
    public init(_ vision: VisionTransformer, options: FrozenEncoderOptions, stack: Int = 1) {
        precondition(options.isConsistent, "pictures of \(options.imageSize) in a grid of \(options.grid)")
        self.options = options
        self.stack = stack
        patches = PatchEncoder(vision, patches: options.patchGrid.reduce(1, *))
    }

    /// The size of a token with those of all pictures that are seen at once.
    public var tokenWidth: Int { stack * patches.vision.options.width }

    /// The size D of a representation: tokens · token width.
    public var width: Int { options.tokens * tokenWidth }

    /// Maps pictures `[batch, 3 · stack, height, width]`, normalised as those of ImageNet, to `[batch, D]`.
    public func callAsFunction(_ pictures: Tensor) -> Tensor {
        let (batch, size) = (pictures.size(0), [pictures.size(2), pictures.size(3)])
        var x = options.colours.renormalised(pictures.reshaped([batch * stack, 3] + size))
        if size != options.imageSize {
            x = x.interpolated2d(
                to: (height: options.imageSize[0], width: options.imageSize[1]), .bilinear, antialias: true)
        }
        var tokens = patches.tokens(x)  // [batch · stack, patches, width]
        if options.grid != options.patchGrid {
            tokens = Self.averaging(options.patchGrid, to: options.grid).to(device: tokens.device).matmul(tokens)
        }
        guard stack > 1 else { return tokens.flattened(from: 1) }
        let parts = tokens.reshaped([batch, stack, options.tokens, patches.vision.options.width])
        return parts.permuted([0, 2, 1, 3]).flattened(from: 1)
    }

    /// The map `[tokens, patches]` that averages a grid of patches to a smaller one: each token over the patches from ⌊i n / g⌋
    /// to before ⌈(i + 1) n / g⌉ along both sides, as PyTorch's `adaptive_avg_pool2d`.
    static func averaging(_ from: [Int], to grid: [Int]) -> Tensor {
        func shares(_ count: Int, _ parts: Int) -> [[Float]] {
            (0..<parts).map { part in
                let taken = part * count / parts..<((part + 1) * count + parts - 1) / parts
                return (0..<count).map { taken.contains($0) ? 1 / Float(taken.count) : 0 }
            }
        }
        let (rows, columns) = (shares(from[0], grid[0]), shares(from[1], grid[1]))
        let values = rows.flatMap { row in columns.flatMap { column in row.flatMap { a in column.map { a * $0 } } } }
        return Tensor(values, shape: [grid[0] * grid[1], from[0] * from[1]])
    }
}
