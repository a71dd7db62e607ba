import Basics
import Episodes
import Testing

@testable import Plants

@Suite("Worlds that are checked")
struct WorldCheckTests {
    @Test("Every world of the catalogue is sound", arguments: WorldCatalog.names)
    func sound(name: String) throws {
        let world = try WorldCatalog.world(name)
        #expect(world.name == name)
        #expect(checkEnvironment(world) == [])
    }

    @Test(
        "What a factor does is found where little happens in thirty steps",
        arguments: ["push-t", "driving", "bouncing-ball"],
        [1, 2] as [UInt64])
    func quiet(name: String, seed: UInt64) throws {
        #expect(checkEnvironment(try WorldCatalog.world(name), seed: seed) == [])
    }

    @Test("An unknown world is refused with the nearest name")
    func unknown() {
        #expect(
            throws: ForesightError.usage(
                "unknown world two-room",
                remedy: "did you mean two-rooms? known are \(WorldCatalog.names.joined(separator: ", "))")
        ) { try WorldCatalog.world("two-room") }
    }

    @Test("What a broken world does wrong is found", arguments: Defect.allCases)
    func broken(defect: Defect) {
        let faults = checkEnvironment(BrokenWorld(defect))
        if defect == .none {
            #expect(faults == [])
        } else {
            #expect(faults.contains { $0.contains(defect.rawValue) }, "\(faults)")
        }
    }
}

/// What is wrong with a world, by words of the fault that has to be found.
enum Defect: String, CaseIterable, Sendable {
    case none
    case randomness = "the same seed and actions lead to different states"
    case flicker = "the same seed and actions lead to different pictures"
    case fixedStart = "reset draws the same state from every generator"
    case still = "actions do not move the world"
    case shared = "a copy is no snapshot"
    case forgetful = "restore(state) leaves the world in another state"
    case hiddenLook = "restore(state) does not bring the picture back"
    case hiddenMotion = "a restored world goes on differently"
    case unlimited = "the action push is not limited to 1.0"
    case unboundedChannel = "the action push has no limits"
    case infinite = "a state is not finite"
    case partial = "render does not draw over the whole picture of 64 × 64 pixels"
    case blind = "different states have only"
    case nameless = "the state has 1 numbers and 2 names"
    case deafColour = "the factor shade does not change the picture"
    case deafSpeed = "the factor speed does not change the motion"
    case mixedFactor = "the factor shade changes the motion"
    case seenFactor = "the factor speed changes the picture"
    case lax = "accepts"
    case silent = "does not say so"
    case anyName = "a factor that does not exist is accepted"
}

/// A counter of draws that outlives copies: what a world must not have.
private final class Box: @unchecked Sendable {
    // Tests of a world run one after the other within a check.
    var value = 0.0
}

/// A point on a line, drawn as a bar, that does one thing wrong.
private struct BrokenWorld: World {
    let defect: Defect
    private var table: FactorTable
    private var place = 0.5
    private var hidden = 0.0
    private let box = Box()

    init(_ defect: Defect) {
        self.defect = defect
        table = FactorTable([
            WorldFactor("shade", 200, in: 50...255, meaning: "grey of the bar"),
            WorldFactor("speed", 0.05, in: 0.01...0.1, kind: .motion, meaning: "way of a step"),
        ])
    }

    let name = "broken"
    let samplingTime = 0.1
    var actionChannels: [Channel] {
        [Channel(name: "push", role: .action, lowerLimit: -1, upperLimit: defect == .unboundedChannel ? nil : 1)]
    }
    var stateNames: [String] { defect == .nameless ? ["place", "speed"] : ["place"] }
    var state: [Double] { [defect == .shared ? box.value : place] }
    let proprioceptionNames: [String] = []
    let proprioception: [Double] = []
    var factors: [WorldFactor] { table.factors }
    var factorValues: [Double] { defect == .silent ? table.factors.map(\.standard) : table.values }

    func varied(_ values: [String: Double]) throws -> BrokenWorld {
        var copy = self
        if defect == .lax && values.values.contains(where: { $0 > 300 }) { return copy }
        if defect == .anyName && values["no such factor"] != nil { return copy }
        copy.table = try table.varied(values, in: name)
        return copy
    }

    mutating func reset(using generator: inout SeededGenerator) {
        place = defect == .fixedStart ? 0.5 : generator.uniform(in: 0.3...0.7)
        hidden = 0
        box.value = defect == .randomness || defect == .flicker ? box.value : place
    }

    mutating func restore(_ state: [Double]) {
        if defect == .forgetful { return }
        place = state[0]
        box.value = place
    }

    mutating func step(_ action: [Double]) {
        if defect == .still { return }
        let push = defect == .unlimited ? action[0] : min(max(action[0], -1), 1)
        var speed = defect == .deafSpeed ? 0.05 : table["speed"]
        if defect == .mixedFactor { speed *= table["shade"] / 200 }
        hidden += 0.001
        place += push * speed + (defect == .hiddenMotion ? hidden / 20 : 0)
        if defect == .infinite && place > 0.6 { place = .infinity }
        place = defect == .infinite ? place : min(max(place, 0), 1)
        if defect == .randomness {
            box.value += 1e-3
            place += box.value
        }
        if defect == .shared { box.value = place }
    }

    func render(into frame: inout Frame) {
        let shown = defect == .shared ? box.value : place
        if defect == .flicker { box.value += 1 }
        let grey = defect == .deafColour ? 200 : UInt8(table["shade"])
        let edge = (defect == .blind ? 0.5 : shown) * Double(frame.width)
        for index in frame.pixels.indices {
            let (row, column) = (index / 3 / frame.width, index / 3 % frame.width)
            if defect == .partial && row == 5 { continue }
            // The edge of the bar to an eighth of a level of a pixel.
            let share = min(max(edge - Double(column), 0), 1)
            var level = share * Double(grey)
            if index % 3 == 1 { level = (share * 7919).truncatingRemainder(dividingBy: 1) * 255 }
            if defect == .hiddenLook && row == 0 { level = hidden * 1000 }
            if defect == .flicker && row == 0 { level = box.value.truncatingRemainder(dividingBy: 256) }
            if defect == .seenFactor && row == 0 { level = table["speed"] * 1000 }
            frame.pixels[index] = UInt8(min(max(level, 0), 255))
        }
    }
}
