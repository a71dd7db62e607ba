import Basics
import Plants

/// Makes matched pairs of a violation.
public struct SurprisePairs: Sendable {
    private let world: any World
    private let violation: Violation
    private let imageSize: Int
    /// Rows before the event at least.
    private let lead: Int
    /// Rows that are looked at from the event on.
    private let window: Int
    /// Rows of an episode.
    private let rows: Int

    /// Episodes that are tried for each pair.
    private static let tries = 200

    /// Prepares pairs.
    ///
    /// - Parameters:
    ///   - set: The world and how long its episodes are.
    ///   - violation: What is to happen.
    ///   - imageSize: Height and width of pictures in pixels.
    public init(_ set: SurpriseSet, _ violation: Violation, imageSize: Int) {
        (world, self.violation, self.imageSize) = (set.world, violation, imageSize)
        (lead, window, rows) = (set.lead, set.window, set.testRows)
    }

    /// So many pairs.
    ///
    /// - Parameters:
    ///   - count: How many.
    ///   - most: How many the list has that they begin, by which tries are counted; `nil` for these alone.
    ///   - seed: What they are drawn from.
    ///   - progress: Hears how many there are; may throw to end it.
    /// - Returns: The pairs; a longer list begins with a shorter one.
    /// - Throws: `ForesightError.data` when the violation could not be done in 200 episodes a pair; what `progress` throws.
    public func make(
        _ count: Int, of most: Int? = nil, seed: UInt64, progress: (Int) throws -> Void = { _ in }
    ) throws -> [SurprisePair] {
        var (pairs, number): ([SurprisePair], Int) = ([], 0)
        while pairs.count < count {
            guard number < max(count, most ?? count) * Self.tries else {
                throw ForesightError.data(
                    "\(violation.name) could be done in \(pairs.count) of \(number) episodes of \(world.name)",
                    remedy: "ask for fewer pairs")
            }
            if let pair = try pair(number, seed: seed) {
                pairs.append(pair)
                try progress(pairs.count)
            }
            number += 1
        }
        return pairs
    }

    /// A lawful episode: what the world was at each row, and what was done.
    private func lawful(_ number: Int, _ stream: UInt64, seed: UInt64) throws -> (
        worlds: [any World], actions: [[Double]]
    ) {
        var world = world
        var generator = SeededGenerator(seed: seed, stream: stream)
        world.reset(using: &generator)
        let policy = violation.policies[number % violation.policies.count]
        var actor = try WorldActor(policy, in: world, using: SeededGenerator(seed: seed, stream: stream + 1))
        var (worlds, actions): ([any World], [[Double]]) = ([], [])
        for _ in 0..<rows {
            worlds.append(world)
            actions.append(actor.next(in: world))
            world.step(actions[actions.count - 1])
        }
        return (worlds, actions)
    }

    /// A pair of an episode; `nil` where the violation is not possible in it.
    private func pair(_ number: Int, seed: UInt64) throws -> SurprisePair? {
        let stream = UInt64(4 * number)
        let (worlds, actions) = try lawful(number, stream, seed: seed)
        let states = worlds.map(\.state)
        let candidates = (lead...rows - window).filter { violation.isEligible(states, actions, $0) }
        guard !candidates.isEmpty else { return nil }
        var generator = SeededGenerator(seed: seed, stream: stream + 2)
        let row = candidates[Int(generator.next(upperBound: UInt64(candidates.count)))]
        if violation.isControl {
            let other = try lawful(number + 1_000_000, stream + 4_000_000, seed: seed)
            let end = row + window
            return SurprisePair(
                possible: pictures(worlds[..<end]), impossible: pictures(other.worlds[..<end]),
                actions: Array(actions[..<end]), otherActions: Array(other.actions[..<end]), event: row,
                states: Array(states[..<end]), otherStates: other.worlds[..<end].map(\.state))
        }
        var scene = Violation.Scene(mover: worlds[row], drawer: worlds[row])
        guard try violation.commit(&scene, &generator) else { return nil }
        var frame = Frame(width: imageSize, height: imageSize)
        var (changed, otherStates): ([[UInt8]], [[Double]]) = ([], Array(states[..<row]))
        var event: Int?
        for time in row..<rows {
            scene.draw(into: &frame)
            changed.append(frame.pixels)
            otherStates.append(scene.shown ?? scene.mover.state)
            if event == nil {
                worlds[time].render(into: &frame)
                if frame.pixels != changed[changed.count - 1] { event = time }
            }
            if let event, time == event + window - 1 { break }
            scene.mover.step(actions[time])
        }
        // What is not seen in time to be looked at is no violation.
        guard let event, row + changed.count == event + window else { return nil }
        let end = event + window
        let possible = pictures(worlds[..<end])
        return SurprisePair(
            possible: possible, impossible: possible[..<row] + changed, actions: Array(actions[..<end]),
            otherActions: Array(actions[..<end]), event: event, states: Array(states[..<end]), otherStates: otherStates)
    }

    private func pictures(_ worlds: ArraySlice<any World>) -> [[UInt8]] {
        var frame = Frame(width: imageSize, height: imageSize)
        return worlds.map { world in
            world.render(into: &frame)
            return frame.pixels
        }
    }
}
