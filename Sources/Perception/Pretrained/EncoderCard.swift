/// The text of `card.md`: where a network comes from, what it takes and gives. Without dates, so that the same network
/// gives the same card.
struct EncoderCard {
    let text: String

    init(_ sheet: EncoderSheet) {
        let rows = sheet.architecture.sizes.map { "| \($0.name) | \($0.value) |" }
        text = """
            # Network card

            \(sheet.architecture.title), imported from a model of the family `\(sheet.family)`: \(sheet.parameters) \
            numbers. Nothing was trained here; licence and data are those of whoever made it.

            | | |
            |---|---|
            \(rows.joined(separator: "\n"))

            \(Self.colours(sheet.colours))

            `encoder.yaml` holds the architecture and the digest of `model.safetensors`.

            """
    }

    private static func colours(_ colours: ColourScaling?) -> String {
        func words(_ values: [Double]) -> String { values.map { String($0) }.joined(separator: ", ") }
        guard let colours else {
            let usual = ColourScaling.imageNet
            return "Images are normalised as in its training, which is not stored here: as a rule with mean "
                + "\(words(usual.mean)) and standard deviation \(words(usual.deviation)) of red, green and blue between 0 and 1."
        }
        return "Images are normalised with mean \(words(colours.mean)) and standard deviation "
            + "\(words(colours.deviation)) of red, green and blue between 0 and 1."
    }
}

extension NetworkArchitecture {
    /// What it is, in words.
    public var title: String {
        switch self {
        case .vision: "Encoder of images"
        case .video: "Encoder of videos and predictor of their parts"
        case .causalWorld: "World model of images with a causal transformer"
        case .recurrentWorld: "World model of images with a recurrent unit"
        case .patchWorld: "World model of patches of images"
        }
    }

    /// Its sizes, in words, by name.
    public var sizes: [(name: String, value: String)] {
        switch self {
        case .vision(let options): return Self.sizes(options)
        case .video(let options):
            return [
                ("frames", Self.pixels(options.channels, [options.imageSide, options.imageSide])),
                ("patches", "\(options.patch) by \(options.patch) pixels of \(Self.frames(options.tubelet))"),
                ("encoder", Self.blocks(options.encoder.depth, options.encoder.heads, options.encoder.width)),
                ("predictor", Self.blocks(options.predictor.depth, options.predictor.heads, options.predictor.width)),
            ]
        case .causalWorld(let options):
            let predictor = options.predictor
            return Self.sizes(options.vision) + [
                ("representation", "\(predictor.width) numbers"),
                ("block of actions", "\(predictor.actionWidth) numbers"),
                ("history", Self.frames(predictor.history)),
                ("predictor", Self.blocks(predictor.depth, predictor.heads, predictor.hidden)),
            ]
        case .recurrentWorld(let options):
            let encoder = options.encoder
            return [
                ("images", Self.pixels(encoder.channels, encoder.imageSize)),
                ("encoder", "stacks of \(encoder.stacks.map(String.init).joined(separator: ", ")) features"),
                ("representation", "\(encoder.width) numbers"), ("block of actions", "\(options.actionWidth) numbers"),
                ("history", Self.frames(1)),
            ]
        case .patchWorld(let options):
            let predictor = options.predictor
            let extras = predictor.extras.map { "\($0.inputs) of \($0.name)" }.joined(separator: ", ")
            return Self.sizes(options.vision)
                + [("patches of a frame", "\(predictor.patches)")]
                + (extras.isEmpty ? [] : [("numbers beside the image", extras)]) + [
                    ("block of actions", "\(predictor.actionWidth) numbers"),
                    ("history", Self.frames(predictor.history)),
                    ("predictor", Self.blocks(predictor.depth, predictor.heads, predictor.tokenWidth)),
                ]
        }
    }

    private static func sizes(_ options: VisionTransformerOptions) -> [(name: String, value: String)] {
        [
            ("images", pixels(options.channels, options.imageSize)),
            ("patches", "\(options.patch) by \(options.patch) pixels"),
            ("encoder", blocks(options.depth, options.heads, options.width)),
            ("gives", options.output.rawValue.split(separator: "_").joined(separator: " ")),
        ]
    }

    private static func blocks(_ depth: Int, _ heads: Int, _ width: Int) -> String {
        "\(depth) block\(depth == 1 ? "" : "s") with \(heads) head\(heads == 1 ? "" : "s"), tokens of \(width) numbers"
    }

    private static func pixels(_ channels: Int, _ size: [Int]) -> String {
        "\(channels) channel\(channels == 1 ? "" : "s"), \(size[0]) by \(size[1]) pixels"
    }

    private static func frames(_ count: Int) -> String { "\(count) frame\(count == 1 ? "" : "s")" }
}
