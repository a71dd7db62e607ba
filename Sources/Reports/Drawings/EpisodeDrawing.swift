/// A plant that moves as it did over one episode: a schematic, and below it gauges with limits and targets.
///
/// An SVG that animates by itself (SMIL), in about ten seconds, over and over, without script. Whoever wants less motion, and
/// paper, gets the frame at which a guardrail was nearest instead. Marks carry classes of the page's style, so that it is right in light and in
/// dark.
public struct EpisodeDrawing: Sendable {
    /// What is shown.
    public var scene: EpisodeScene
    /// Seconds that an episode takes.
    public var seconds = 10.0

    /// Creates a drawing.
    public init(_ scene: EpisodeScene) { self.scene = scene }

    /// The drawing as a figure of a page; `nil` for an episode of less than two samples.
    ///
    /// - Parameters:
    ///   - title: The heading.
    ///   - note: What to see in it.
    /// - Returns: The figure.
    public func figure(title: String, note: String) -> Figure? {
        guard scene.time.count > 1 else { return nil }
        let parts = svgs
        return Figure(title: title, note: note, legend: [], svg: parts.moving + "\n" + parts.still)
    }

    /// The picture as it moves, and as it stands still.
    var svgs: (moving: String, still: String) {
        var sketch = Sketch(frames: scene.time.count)
        let picture = PlantPicture.of(scene)
        picture?.draw(&sketch, scene)
        let top = picture.map { $0.height + 14 } ?? 6
        Gauges(scene).draw(on: &sketch, top: top)
        let clock = DrawingNode.Clock(frames: scene.time.count, seconds: seconds)
        let size = "viewBox=\"0 0 800 \(pixel(top + Gauges.height))\""
        let frame = scene.stillFrame
        func svg(_ kind: String, _ spoken: String, _ body: String) -> String {
            "<svg class=\"chart drawing \(kind)\" xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" \(size) "
                + "aria-label=\"\(escaped(spoken))\">\(body)</svg>"
        }
        return (
            svg(
                "moving", "\(scene.plant) as it moves over the episode",
                sketch.nodes.map { $0.moving(clock) }.joined(separator: "\n")),
            svg(
                "still", "\(scene.plant) where a guardrail was nearest",
                sketch.nodes.map { $0.still(at: frame) }.joined(separator: "\n"))
        )
    }
}
