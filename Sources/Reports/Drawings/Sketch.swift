/// What a schematic is drawn with: shapes in user units of a canvas of 800, whose places and sizes may move.
struct Sketch {
    /// The elements so far, in the order of drawing.
    private(set) var nodes: [DrawingNode] = []
    /// Frames.
    let frames: Int

    init(frames: Int) { self.frames = frames }

    mutating func add(_ node: DrawingNode) { nodes.append(node) }

    /// A rectangle.
    mutating func rectangle(
        _ look: String, x: Motion, y: Motion, width: Motion, height: Motion, radius: Double = 0, opacity: Motion = 1
    ) {
        var attributes: [(String, DrawingNode.Value)] = [
            ("class", .text(look)), ("x", .number(x, decimals: 1)), ("y", .number(y, decimals: 1)),
            ("width", .number(width.map { max(0, $0) }, decimals: 1)),
            ("height", .number(height.map { max(0, $0) }, decimals: 1)),
        ]
        if radius > 0 { attributes.append(("rx", .text(pixel(radius)))) }
        add(DrawingNode(name: "rect", attributes: attributes + faint(opacity)))
    }

    /// A circle.
    mutating func circle(_ look: String, x: Motion, y: Motion, radius: Motion, opacity: Motion = 1) {
        add(
            DrawingNode(
                name: "circle",
                attributes: [
                    ("class", .text(look)), ("cx", .number(x, decimals: 1)), ("cy", .number(y, decimals: 1)),
                    ("r", .number(radius.map { max(0, $0) }, decimals: 1)),
                ] + faint(opacity)))
    }

    /// A path in the words of SVG.
    mutating func path(_ look: String, _ data: String, width: Double? = nil, opacity: Motion = 1) {
        var attributes: [(String, DrawingNode.Value)] = [("class", .text(look)), ("d", .text(data))]
        if let width { attributes.append(("stroke-width", .text(pixel(width)))) }
        add(DrawingNode(name: "path", attributes: attributes + faint(opacity)))
    }

    /// Straight lines through points that may move.
    mutating func polyline(_ look: String, _ points: [(x: Motion, y: Motion)], width: Double = 2) {
        add(
            DrawingNode(
                name: "path",
                attributes: [("class", .text(look)), ("d", .path(points)), ("stroke-width", .text(pixel(width)))]))
    }

    /// A pipe with what flows in it: dashes that run as fast as a flow of 0…1.
    mutating func flow(_ look: String, _ data: String, _ flow: Motion, width: Double = 4) {
        path("pipe", data, width: width + 4)
        let run = flow.accumulated(times: -Self.run / Double(max(1, frames - 1)))
        add(
            DrawingNode(
                name: "path",
                attributes: [
                    ("class", .text("ink stream \(look)")), ("d", .text(data)), ("stroke-width", .text(pixel(width))),
                    ("stroke-dashoffset", .number(run, decimals: 1)),
                    ("opacity", .number(flow.map { $0 > 0.005 ? 0.35 + 0.65 * min(1, $0) : 0 }, decimals: 2)),
                ]))
    }

    /// Text.
    mutating func text(_ text: String, x: Double, y: Double, look: String = "", anchor: String = "middle") {
        add(textNode(text, x, y, look, anchor))
    }

    /// A number that is written anew some times, since text cannot move by itself.
    mutating func readout(
        _ values: [String], x: Double, y: Double, look: String = "value", anchor: String = "middle"
    ) {
        guard !values.isEmpty else { return }
        let step = max(1, values.count / Self.readings)
        var texts: [DrawingNode] = []
        for start in stride(from: 0, to: values.count, by: step) {
            let end = min(start + step, values.count)
            var node = textNode(values[(start + end - 1) / 2], x, y, look, anchor)
            if let last = texts.last, last.text == node.text {
                texts[texts.count - 1].shown = (last.shown?.lowerBound ?? 0)..<end
            } else {
                node.shown = start..<end
                texts.append(node)
            }
        }
        if texts.count == 1 { texts[0].shown = nil }
        add(DrawingNode(name: "g", attributes: [], children: texts, readings: values))
    }

    /// Shapes that turn or move together.
    mutating func group(turned angle: Motion, x: Double, y: Double, _ draw: (inout Sketch) -> Void) {
        group(.rotation(angle, x, y), draw)
    }

    /// Shapes that move together.
    mutating func group(movedBy x: Motion, _ y: Motion, _ draw: (inout Sketch) -> Void) {
        group(.translation(x, y), draw)
    }

    private mutating func group(_ transform: DrawingNode.Value, _ draw: (inout Sketch) -> Void) {
        var inside = Sketch(frames: frames)
        draw(&inside)
        add(DrawingNode(name: "g", attributes: [("transform", transform)], children: inside.nodes))
    }

    /// Shapes of which only what lies in a rectangle is seen.
    mutating func window(
        x: Double, y: Double, width: Double, height: Double, _ draw: (inout Sketch) -> Void
    ) {
        var inside = Sketch(frames: frames)
        draw(&inside)
        let places = [("x", x), ("y", y), ("width", width), ("height", height)]
        add(
            DrawingNode(
                name: "svg",
                attributes: [("class", .text("plot"))] + places.map { ($0.0, .text(pixel($0.1))) }
                    + [("viewBox", .text("0 0 \(pixel(width)) \(pixel(height))"))], children: inside.nodes))
    }

    private func textNode(_ text: String, _ x: Double, _ y: Double, _ look: String, _ anchor: String) -> DrawingNode {
        DrawingNode(
            name: "text",
            attributes: [
                ("class", .text(look)), ("x", .text(pixel(x))), ("y", .text(pixel(y))), ("text-anchor", .text(anchor)),
            ], text: text)
    }

    private func faint(_ opacity: Motion) -> [(String, DrawingNode.Value)] {
        if opacity.isStill, opacity.values[0] == 1 { return [] }
        return [("opacity", .number(opacity.map { min(1, max(0, $0)) }, decimals: 2))]
    }

    /// What a full flow runs while the drawing plays.
    private static let run = 900.0
    /// How often a number is written anew.
    private static let readings = 40
}
