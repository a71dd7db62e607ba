import Basics
import Networks

extension FrozenEncoder {
    /// Tokens along the shorter side of a picture unless another number is asked for: 16 of a square picture.
    public static let usualGrid = 4

    /// Takes an encoder from a folder that `foresight import` made.
    ///
    /// - Parameters:
    ///   - folder: The folder of a ViT, a DINOv2 or an I-JEPA.
    ///   - pictures: The size of recorded pictures, `[height, width]`.
    ///   - side: What the shorter side of a picture is resized to, in pixels, a multiple of the patch; `nil` for the picture's
    ///     own sides, rounded up to multiples.
    ///   - grid: Tokens along the shorter side after averaging; `nil` for ``usualGrid`` at most.
    ///   - stack: Pictures that are seen at once.
    /// - Returns: The encoder, on the processor and in evaluation mode.
    /// - Throws: `ForesightError.data` for a folder that is none, or damaged; `ForesightError.usage` for a network that is no
    ///   encoder of pictures, and for sides and grids that do not fit its patches.
    public static func load(
        _ folder: String, pictures: [Int], side: Int? = nil, grid: Int? = nil, stack: Int = 1
    ) throws -> FrozenEncoder {
        let found = try EncoderFolder.load(folder)
        guard case .vision(var vision) = found.architecture, vision.channels == 3 else {
            var title = found.architecture.title.lowercased()
            if case .vision(let options) = found.architecture { title += " of \(options.channels) channels" }
            throw ForesightError.usage(
                "\(folder) holds another network than a recipe can freeze: \(title)",
                remedy: "import a ViT, a DINOv2 or an I-JEPA of coloured images")
        }
        vision.output = .patchTokens
        let patch = vision.patch
        func multiple(_ pixels: Double) -> Int { max(1, Int((pixels / Double(patch)).rounded())) * patch }
        let shorter = pictures.min() ?? 1
        var size = pictures.map { ($0 + patch - 1) / patch * patch }
        if let side {
            guard side >= patch, side % patch == 0 else {
                throw ForesightError.usage(
                    "side \(side) is no multiple of the encoder's patches of \(patch) pixels",
                    remedy: "choose \(multiple(Double(side))), for instance")
            }
            size = pictures.map { $0 == shorter ? side : multiple(Double($0 * side) / Double(shorter)) }
        }
        let patches = size.map { $0 / patch }
        let fewest = patches.min() ?? 1
        if let grid, !(1...fewest).contains(grid) {
            throw ForesightError.usage(
                "a grid of \(grid) for pictures of \(patches[1]) × \(patches[0]) patches",
                remedy: "choose grid from 1 to \(fewest), or a greater side")
        }
        let along = grid ?? min(fewest, usualGrid)
        let options = FrozenEncoderOptions(
            vision: vision, imageSize: size,
            grid: patches.map { min($0, max(1, Int((Double($0 * along) / Double(fewest)).rounded()))) },
            colours: found.colours ?? .imageNet, family: found.family, source: folder,
            digest: try SHA256.hex(ofFile: "\(folder)/\(EncoderFolder.weightsName)"))
        let transformer = try VisionTransformer(vision, seed: Seed(0))
        try transformer.load(found.network.stateDict())
        let encoder = FrozenEncoder(transformer, options: options, stack: stack)
        encoder.setTraining(false)
        return encoder
    }
}
