import Basics
import Episodes

/// Looks for what a world does wrong: what every world that is learned from has to keep to.
///
/// From the same seed and under the same actions there are the same states and pictures; a copy is a snapshot; `restore`
/// brings the state and its picture back; actions beyond the limits act as the nearest within; states are finite and
/// have their names; a picture is drawn over whatever was there, in any size, without moving the world; different states
/// look different; every factor changes what it says that it changes, and refuses values beyond its range.
///
/// - Parameters:
///   - world: The world; it is not changed.
///   - seed: The seed of the actions that are tried.
///   - steps: The steps of each try.
/// - Returns: What is wrong, a sentence each; empty for a sound world.
public func checkEnvironment(_ world: some World, seed: UInt64 = 0, steps: Int = 30) -> [String] {
    var check = WorldCheck(world: world, seed: seed, steps: steps)
    check.shapes()
    // The rest relies on them.
    guard check.faults.isEmpty else { return check.faults }
    check.determinism()
    check.snapshots()
    check.restoring()
    check.limits()
    check.drawing()
    check.variations()
    return check.faults
}

/// The tries of `checkEnvironment`.
private struct WorldCheck<W: World> {
    let world: W
    let seed: UInt64
    let steps: Int
    /// The steps of a run: more where the usual ones show too little.
    private var length: Int
    private(set) var faults: [String] = []

    init(world: W, seed: UInt64, steps: Int) {
        self.world = world
        self.seed = seed
        self.steps = steps
        length = steps
    }

    /// Steps in which bodies meet.
    private static var longRun: Int { 300 }

    /// The states of a run of random actions after a reset, or from where the world is.
    private func run(
        _ world: W, stream: UInt64 = 0, isResumed: Bool = false
    ) -> (states: [[Double]], end: W) {
        var world = world
        var generator = SeededGenerator(seed: seed, stream: stream)
        if !isResumed { world.reset(using: &generator) }
        var states = [world.state]
        var action = randomAction(&generator)
        for step in 0..<length {
            // Held for a while, so that the world gets somewhere.
            if step % 5 == 4 { action = randomAction(&generator) }
            world.step(action)
            states.append(world.state)
        }
        return (states, world)
    }

    private func randomAction(_ generator: inout SeededGenerator) -> [Double] {
        world.actionChannels.map { channel in
            let (low, high) = (channel.lowerLimit ?? -1, channel.upperLimit ?? 1)
            return generator.uniform(in: low...high)
        }
    }

    private mutating func expect(_ holds: Bool, _ fault: String) {
        if !holds && !faults.contains(fault) { faults.append(fault) }
    }

    mutating func shapes() {
        expect(world.samplingTime > 0, "the sampling time \(world.samplingTime) s is not positive")
        expect(!world.actionChannels.isEmpty, "there is no action")
        for channel in world.actionChannels {
            guard let low = channel.lowerLimit, let high = channel.upperLimit else {
                faults.append("the action \(channel.name) has no limits")
                continue
            }
            expect(low < high && low.isFinite && high.isFinite, "the limits of the action \(channel.name) are no range")
        }
        func same(_ names: [String], _ values: [Double], _ what: String) {
            expect(names.count == values.count, "\(what) has \(values.count) numbers and \(names.count) names")
            expect(Set(names).count == names.count, "\(what) has two numbers of one name")
        }
        same(world.stateNames, world.state, "the state")
        same(world.proprioceptionNames, world.proprioception, "the proprioception")
        same(world.factors.map(\.name), world.factorValues, "the factors")
        guard faults.isEmpty else { return }
        for (factor, value) in zip(world.factors, world.factorValues) {
            expect(factor.range.contains(value), "the factor \(factor.name) is \(value), beyond its range")
        }
        let numbers = run(world).states
        expect(numbers.allSatisfy { $0.allSatisfy(\.isFinite) }, "a state is not finite")
        expect(numbers.allSatisfy { $0.count == world.stateNames.count }, "the state has not always as many numbers")
    }

    mutating func determinism() {
        let (one, other) = (run(world), run(world))
        expect(one.states == other.states, "the same seed and actions lead to different states")
        expect(one.end.picture() == other.end.picture(), "the same seed and actions lead to different pictures")
        expect(
            run(world, stream: 1).states[0] != one.states[0], "reset draws the same state from every generator")
        expect(one.states.last != one.states.first, "actions do not move the world")
    }

    mutating func snapshots() {
        let start = run(world).end
        let (before, picture) = (start.state, start.picture())
        var copy = start
        var generator = SeededGenerator(seed: seed, stream: 2)
        for _ in 0..<3 { copy.step(randomAction(&generator)) }
        copy.reset(using: &generator)
        expect(
            start.state == before && start.picture() == picture,
            "a copy is no snapshot: it moves with the world it was made of")
    }

    mutating func restoring() {
        let end = run(world).end
        let (state, picture) = (end.state, end.picture())
        // From elsewhere, and some steps later, in case that something hidden counts them.
        var back = run(run(world, stream: 1).end, stream: 1, isResumed: true).end
        back.restore(state)
        expect(back.state == state, "restore(state) leaves the world in another state")
        expect(
            back.picture() == picture, "restore(state) does not bring the picture back: the state is not all there is")
        var (one, other) = (end, back)
        var generator = SeededGenerator(seed: seed, stream: 3)
        var actions: [[Double]] = []
        for _ in 0..<5 { actions.append(randomAction(&generator)) }
        for action in actions {
            one.step(action)
            other.step(action)
        }
        expect(one.state == other.state, "a restored world goes on differently: the state is not all there is")
    }

    mutating func limits() {
        let start = run(world).end
        for (index, channel) in world.actionChannels.enumerated() {
            let (low, high) = (channel.lowerLimit ?? -1, channel.upperLimit ?? 1)
            for (limit, sign) in [(low, -1.0), (high, 1.0)] {
                var (within, beyond) = (start, start)
                var action = world.actionChannels.map { (($0.lowerLimit ?? -1) + ($0.upperLimit ?? 1)) / 2 }
                action[index] = limit
                within.step(action)
                action[index] = limit + sign * 2 * (high - low)
                beyond.step(action)
                expect(
                    within.state == beyond.state,
                    "the action \(channel.name) is not limited to \(limit): beyond it more happens")
            }
        }
    }

    mutating func drawing() {
        let end = run(world).end
        let before = end.state
        for (width, height) in [(64, 64), (96, 112), (33, 20), (1, 1)] {
            var bright = Frame(width: width, height: height)
            var dark = bright
            for index in bright.pixels.indices { bright.pixels[index] = 255 }
            end.render(into: &bright)
            end.render(into: &dark)
            expect(bright == dark, "render does not draw over the whole picture of \(width) × \(height) pixels")
            expect(
                bright.pixels.count == width * height * 3,
                "render changes the size of a picture of \(width) × \(height)")
        }
        expect(end.state == before, "render changes the state")
        var seen: Set<Frame> = []
        var states: Set<[Double]> = []
        for stream in UInt64(0)..<4 {
            let run = run(world, stream: stream)
            seen.insert(run.end.picture())
            states.insert(run.end.state)
        }
        expect(
            seen.count == states.count, "\(states.count) different states have only \(seen.count) different pictures")
    }

    mutating func variations() {
        for factor in world.factors {
            variation(factor)
        }
        expect((try? world.varied(["no such factor": 1])) == nil, "a factor that does not exist is accepted")
    }

    /// What values of a factor have changed.
    private struct Response {
        var (looks, moves, tried) = (false, false, 0)

        /// Whether that is what the factor says of itself.
        func suits(_ factor: WorldFactor) -> Bool { tried >= 2 && (factor.kind == .motion ? moves : looks) }
    }

    /// Tries values of a factor in a world, two at least: the ends of the range, and values between where the ends do not
    /// go with the others.
    private mutating func respond(to factor: WorldFactor, in base: W, _ response: inout Response) {
        guard let index = world.factors.firstIndex(of: factor) else { return }
        let start = base.reset(seed: seed)
        let picture = start.picture(width: 96, height: 96)
        let runs = (UInt64(0)..<2).map { run(base, stream: $0).states }
        for share in [0.0, 1, 0.25, 0.75, 0.5] where !response.suits(factor) {
            var value = factor.range.lowerBound + share * (factor.range.upperBound - factor.range.lowerBound)
            if factor.isWhole { value.round() }
            guard let other = try? base.varied([factor.name: value]) else { continue }
            response.tried += 1
            expect(other.factorValues[index] == value, "the factor \(factor.name) set to \(value) does not say so")
            if value == base.factorValues[index] { continue }
            var same = other
            same.restore(start.state)
            response.looks = response.looks || same.picture(width: 96, height: 96) != picture
            for stream in 0..<2 where !response.moves {
                response.moves = run(other, stream: UInt64(stream)).states != runs[stream]
            }
        }
    }

    private mutating func variation(_ factor: WorldFactor) {
        let span = factor.range.upperBound - factor.range.lowerBound
        let beyond = [factor.range.upperBound + 1 + span, factor.range.lowerBound - 1 - span, Double.nan]
        for value in beyond {
            expect(
                (try? world.varied([factor.name: value])) == nil,
                "the factor \(factor.name) accepts \(value), beyond its range")
        }
        var response = Response()
        respond(to: factor, in: world, &response)
        // Some factors do nothing here, such as the place of a door that is not open: other worlds are tried then.
        if !response.suits(factor) {
            for base in others(than: factor) where !response.suits(factor) { respond(to: factor, in: base, &response) }
        }
        if factor.kind == .motion, !response.moves {
            // What something has to be run into or pushed for does nothing before: runs long enough to get there.
            length = max(10 * steps, Self.longRun)
            defer { length = steps }
            for base in [world] + others(than: factor) where !response.moves {
                respond(to: factor, in: base, &response)
            }
        }
        let (looks, moves) = (response.looks, response.moves)
        expect(response.tried > 0, "the factor \(factor.name) accepts no value of its range")
        guard response.tried > 0 else { return }
        if factor.kind != .motion {
            expect(looks, "the factor \(factor.name) does not change the picture")
        } else {
            expect(!looks, "the factor \(factor.name) changes the picture, although it is one of motion alone")
        }
        if factor.kind == .look {
            expect(!moves, "the factor \(factor.name) changes the motion, although it is one of the look alone")
        }
        if factor.kind == .motion { expect(moves, "the factor \(factor.name) does not change the motion") }
    }
}

extension WorldCheck {
    /// Worlds whose other factors are drawn from their ranges.
    private func others(than factor: WorldFactor) -> [W] {
        var generator = SeededGenerator(seed: seed, stream: 9)
        let names = world.factors.map(\.name).filter { $0 != factor.name }
        return (0..<6).compactMap { _ in try? world.varied(randomly: names, using: &generator) }
    }
}

extension World {
    /// The world after a reset.
    fileprivate func reset(seed: UInt64) -> Self {
        var copy = self
        var generator = SeededGenerator(seed: seed)
        copy.reset(using: &generator)
        return copy
    }
}
