import Foundation
import Testing

@testable import Reports

@Suite("Plants that move")
struct DrawingTests {
    /// Every plant with a schematic, and one without.
    static let plants = [
        "heater-lab", "four-tank", "cstr", "boiler-turbine", "vehicle", "building", "production-line", "turbofan",
        "gene-switch", "patient-adult-1", "tennessee-eastman",
    ]
    private static let names = [
        "T1", "T2", "Q1", "Q2", "h1", "h2", "h3", "h4", "v1", "v2", "Ca", "T", "Tc", "P", "N", "level", "fuel", "steam",
        "feedwater", "deviation", "heading", "speed", "curvature", "zone", "power", "stage", "buffer1", "buffer2",
        "surplus", "speed1", "speed2", "speed3", "N1", "N2", "T4", "HPC_margin", "LPC_margin", "LacI", "TetR", "aTc",
        "IPTG", "glucose",
    ]

    /// A scene in which all signals swing, each in its own time.
    private static func scene(_ plant: String, samples: Int = 90) -> EpisodeScene {
        let signals = names.enumerated().map { index, name -> EpisodeScene.Signal in
            var signal = EpisodeScene.Signal(
                name, unit: "m", role: name.hasPrefix("v") || name.hasPrefix("Q") ? .action : .output, range: 0...2,
                values: (0..<samples).map { 1 + 0.9 * sin(Double($0) * (0.05 + 0.01 * Double(index))) })
            if index % 3 == 0 { signal.upper = 1.6 }
            if index % 4 == 0 { signal.targets = (0..<samples).map { $0 < samples / 2 ? 0.8 : 1.2 } }
            return signal
        }
        return EpisodeScene(plant: plant, time: (0..<samples).map { 5 * Double($0) }, signals: signals)
    }

    private static func attribute(_ name: String, of tag: Substring) -> String? {
        guard let start = tag.range(of: " \(name)=\"") else { return nil }
        return tag[start.upperBound...].split(separator: "\"", maxSplits: 1).first.map(String.init)
    }

    @Test("are well-formed, and each value that moves has its time, from 0 to 1 in order", arguments: plants)
    func isWellFormed(plant: String) throws {
        let (moving, still) = EpisodeDrawing(Self.scene(plant)).svgs
        for text in [moving, still] {
            #expect(Structure(text).fault == nil)
            #expect(!text.contains("nan") && !text.contains("inf"))
        }
        let tags = moving.split(separator: "<").filter { $0.hasPrefix("animate") }
        #expect(tags.count > 10)
        for tag in tags {
            let values = try #require(Self.attribute("values", of: tag)).split(separator: ";")
            let times = try #require(Self.attribute("keyTimes", of: tag)).split(separator: ";").compactMap {
                Double($0)
            }
            #expect(values.count == times.count)
            #expect(times.first == 0)
            #expect(zip(times, times.dropFirst()).allSatisfy { $0 <= $1 })
            let isDiscrete = tag.contains("calcMode=\"discrete\"")
            #expect(isDiscrete ? times.last ?? 2 <= 1 : times.last == 1)
        }
        #expect(!still.contains("<animate"))
    }

    @Test("show no other plant than their own, and gauges alone for one without a schematic")
    func picksPicture() {
        #expect(PlantPicture.of(Self.scene("heater-lab"))?.needs == ["T1", "T2", "Q1", "Q2"])
        #expect(PlantPicture.of(Self.scene("patient-child-3"))?.needs == ["glucose"])
        #expect(PlantPicture.of(Self.scene("tennessee-eastman")) == nil)
        let bare = EpisodeScene(
            plant: "vehicle", time: [0, 1], signals: [.init("speed", role: .output, values: [1, 2])])
        #expect(PlantPicture.of(bare) == nil)
    }

    @Test("are drawn from corners between which every frame lies as near as was asked", arguments: [0.1, 0.5, 2])
    func corners(tolerance: Double) {
        let course = Motion((0..<200).map { 40 * sin(Double($0) / 17) + ($0 > 120 ? 25 : 0) })
        let corners = Motion.corners(of: [course], frames: 200, tolerance: tolerance)
        #expect(corners.first == 0 && corners.last == 199 && corners.count < 120)
        for (start, end) in zip(corners, corners.dropFirst()) {
            for frame in start...end {
                let share = Double(frame - start) / Double(end - start)
                let between = course.values[start] + share * (course.values[end] - course.values[start])
                #expect(abs(between - course.values[frame]) <= tolerance + 1e-9)
            }
        }
    }

    @Test("say one number at a time", arguments: [2, 41, 160])
    func readouts(frames: Int) throws {
        var sketch = Sketch(frames: frames)
        sketch.readout((0..<frames).map { "\($0 / 3)" }, x: 0, y: 0)
        #expect(sketch.nodes.count == 1)
        let texts = try #require(sketch.nodes.first).children
        for frame in 0..<frames {
            #expect(texts.count { $0.shown?.contains(frame) ?? true } == 1)
            // What stands still says the very value of its frame.
            #expect(sketch.nodes[0].still(at: frame).contains(">\(frame / 3)<"))
        }
        #expect(texts.count <= 81)
    }

    @Test("stand still where a guardrail was nearest, and end before what is no number")
    func stillFrame() {
        var signal = EpisodeScene.Signal("T", role: .output, range: 0...10, values: [1, 9, 4, .nan, 2])
        signal.upper = 8
        let scene = EpisodeScene(plant: "cstr", time: [0, 1, 2, 3, 4], signals: [signal])
        #expect(scene.time == [0, 1, 2])
        #expect(scene.stillFrame == 1)
        #expect(scene.signals[0].isBeyond == [false, true, false])
    }

    @Test("keep the last sample of a long episode, and few frames")
    func frames() {
        let values = (0..<1201).map(Double.init)
        let scene = EpisodeScene(plant: "x", time: values, signals: [.init("a", role: .output, values: values)])
        #expect(scene.time.count <= EpisodeScene.mostFrames + 1)
        #expect(scene.time.first == 0 && scene.time.last == 1200)
    }
}
