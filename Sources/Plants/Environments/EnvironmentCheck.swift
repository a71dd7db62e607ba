import Basics
import Episodes

/// Looks for what an environment does wrong: what is learned from has to keep to it.
///
/// From the same seed and under the same actions come the same numbers, rewards, ends and pictures; another seed begins
/// elsewhere; actions have limits and those beyond act as the nearest possible; numbers are as many as the columns say, and
/// numbers; pictures are of the size that is asked for, do not depend on what was in the frame, and move nothing; what
/// happens can be seen.
///
/// - Parameters:
///   - environment: The environment.
///   - seed: The seed of the episodes and actions that are tried.
///   - steps: The steps of each try.
/// - Returns: What is wrong, a sentence each; empty for a sound environment.
/// - Throws: What the environment throws.
public func checkEnvironment(
    _ environment: some Environment, seed: UInt64 = 0, steps: Int = 30
) throws -> [String] {
    var check = EnvironmentCheck(environment: environment, seed: seed, steps: steps)
    check.channels()
    guard check.faults.isEmpty else { return check.faults }
    // What follows compares episodes.
    if try check.isDetermined() { try check.limits() }
    try check.pictures()
    return check.faults
}

/// The tries of `checkEnvironment`.
private struct EnvironmentCheck<E: Environment> {
    var environment: E
    let seed: UInt64
    let steps: Int
    private(set) var faults: [String] = []

    init(environment: E, seed: UInt64, steps: Int) {
        self.environment = environment
        self.seed = seed
        self.steps = steps
    }

    /// All that was told in an episode of random actions, each held for a while so that something happens.
    private struct Run {
        var numbers: [[Double]] = []
        var steps: [EnvironmentStep] = []
        var pictures: [Frame] = []
    }

    /// Runs an episode of a stream, with actions moved beyond the limits by `stretch` to where the nearest possible is the
    /// same; `sees` says whether pictures are drawn on the way, and not at the ends only.
    private mutating func run(stream: Int = 0, stretch: Double = 0, sees: Bool = true) throws -> Run {
        var run = Run()
        var generator = SeededGenerator(seed: seed, stream: UInt64(2 * stream + 1))
        try environment.reset(seed: EnvironmentRollout.seed(of: stream, seed: seed))
        run.numbers.append(environment.numbers)
        run.pictures.append(try environment.picture())
        var action = draw(&generator)
        for step in 0..<steps where run.steps.last?.isOver != true {
            if step % 5 == 4 { action = draw(&generator) }
            run.steps.append(try environment.step(stretch == 0 ? action : beyond(action, by: stretch)))
            run.numbers.append(environment.numbers)
            if sees { run.pictures.append(try environment.picture()) }
        }
        if !sees { run.pictures.append(try environment.picture()) }
        return run
    }

    /// A random action, its numbers often at a limit.
    private func draw(_ generator: inout SeededGenerator) -> [Double] {
        environment.nearest(
            to: environment.actionChannels.map { channel in
                let (low, high) = (channel.lowerLimit ?? -1, channel.upperLimit ?? 1)
                return low + (high - low) * min(max(generator.uniform(in: -0.25...1.25), 0), 1)
            })
    }

    private func beyond(_ action: [Double], by stretch: Double) -> [Double] {
        zip(action, environment.actionChannels).map { value, channel in
            guard let low = channel.lowerLimit, let high = channel.upperLimit else { return value }
            return value == low ? low - stretch * (high - low) : value == high ? high + stretch * (high - low) : value
        }
    }

    private mutating func expect(_ holds: Bool, _ fault: String) {
        if !holds && !faults.contains(fault) { faults.append(fault) }
    }

    mutating func channels() {
        expect(environment.samplingTime > 0, "the sampling time \(environment.samplingTime) s is not positive")
        expect(!environment.actionChannels.isEmpty, "there is no action")
        for channel in environment.actionChannels {
            guard let low = channel.lowerLimit, let high = channel.upperLimit else {
                faults.append("the action \(channel.name) has no limits")
                continue
            }
            expect(low < high && low.isFinite && high.isFinite, "the limits of the action \(channel.name) are no range")
        }
        let names = environment.columns.map(\.name)
        expect(Set(names).count == names.count, "two columns have one name")
    }

    /// Whether the same seed and actions lead to the same.
    mutating func isDetermined() throws -> Bool {
        let one = try run()
        let other = try run()
        for (index, column) in environment.columns.enumerated() {
            let count = environment.values(of: index).count
            expect(
                count == column.elements.count,
                "the column \(column.name) has \(count) numbers and \(column.elements.count) names")
        }
        expect(one.numbers.allSatisfy { $0.allSatisfy(\.isFinite) }, "a number of \(finiteless(one)) is not finite")
        expect(one.steps.allSatisfy(\.reward.isFinite), "a reward is not finite")
        expect(same(one, other), "the same seed and actions lead to different numbers")
        expect(one.pictures == other.pictures, "the same seed and actions lead to different pictures")
        let elsewhere = try run(stream: 1)
        expect(
            elsewhere.numbers[0] != one.numbers[0] || elsewhere.pictures[0] != one.pictures[0],
            "every seed begins in the same state")
        expect(Set(one.pictures).count > 1 || Set(elsewhere.pictures).count > 1, "nothing that happens can be seen")
        guard same(one, other) else { return false }
        let unseen = try run(sees: false)
        expect(same(one, unseen), "drawing pictures changes what happens")
        return true
    }

    /// The columns in which something is no number.
    private func finiteless(_ run: Run) -> String {
        var place = 0
        var names: [String] = []
        for column in environment.columns {
            let end = place + column.elements.count
            if run.numbers.contains(where: { $0.count >= end && !$0[place..<end].allSatisfy(\.isFinite) }) {
                names.append(column.name)
            }
            place = end
        }
        return names.joined(separator: ", ")
    }

    /// Whether two episodes went the same way; what is missing in both is the same.
    private func same(_ one: Run, _ other: Run) -> Bool {
        let bits = { (run: Run) in run.numbers.map { $0.map(\.bitPattern) } }
        let ends = { (run: Run) in run.steps.map { [$0.isTerminated, $0.isTruncated, $0.isSuccess == true] } }
        let rewards = { (run: Run) in run.steps.map(\.reward.bitPattern) }
        return bits(one) == bits(other) && ends(one) == ends(other) && rewards(one) == rewards(other)
    }

    mutating func limits() throws {
        let within = try run()
        let beyond = try run(stretch: 2)
        expect(same(within, beyond), "actions are not limited: beyond their limits more happens")
    }

    mutating func pictures() throws {
        try environment.reset(seed: seed)
        for (width, height) in [(64, 64), (33, 20)] {
            var bright = Frame(width: width, height: height)
            var dark = bright
            for index in bright.pixels.indices { bright.pixels[index] = 255 }
            try environment.render(into: &bright)
            try environment.render(into: &dark)
            expect(bright == dark, "the whole picture of \(width) × \(height) pixels is not drawn")
            expect(
                dark.pixels.count == width * height * 3, "a picture of \(width) × \(height) comes out in another size")
            expect(Set(dark.pixels).count > 1, "a picture is all of one colour")
        }
    }
}
