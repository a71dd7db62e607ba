import Basics
import Episodes
import Foundation
import Objectives
import Testing
import _TestSupport

@testable import Planning

/// How many requests for memory had been made at the first rollout of each iteration.
///
/// Not those of two searches are compared: an array that grows by appending takes what the system had to spare beyond what was asked
/// for, so that how often it grows depends on what was freed before.
private final class Ledger {
    private var found = [Int?](repeating: nil, count: 64)
    var iteration: () -> Int = { 0 }

    func note() {
        let index = iteration()
        if found[index] == nil { found[index] = Allocations.soFar }
    }

    /// Requests from the first rollout of an iteration to that of another one; `nil` where nobody counts.
    func requests(from early: Int, to late: Int) -> Int? {
        guard let before = found[early], let after = found[late] else { return nil }
        return after - before
    }
}

/// `x' = x + (u − x) / 8` for each output under its action, without memory of its own; novelty is `|x| / 100`.
private struct PlainDynamics: Dynamics {
    var ledger: Ledger?
    let outputChannels = ["x", "y"].map { Channel(name: $0, unit: "m", role: .observation) }
    let actionChannels = ["u", "v"].map {
        Channel(name: $0, unit: "N", role: .action, lowerLimit: -4, upperLimit: 4)
    }
    let samplingTime = 1.0
    let trainedHorizon: Int? = nil

    func rollout(from state: Float, into batch: inout TrajectoryBatch) throws {
        ledger?.note()
        let (rows, width) = (batch.horizon, 2)
        for candidate in 0..<batch.candidates {
            for channel in 0..<width {
                var x = state
                for step in candidate * rows..<(candidate + 1) * rows {
                    x += (batch.actions[step * width + channel] - x) / 8
                    batch.outputs[step * width + channel] = x
                    if !batch.novelty.isEmpty { batch.novelty[step] = abs(x) / 100 }
                }
            }
        }
    }
}

@Suite("The memory of a search")
struct SearchMemoryTests {
    private func search(
        horizon: Int, withBackup: Bool, guardrail: String = "always(x <= 1)", bands: Bands? = nil,
        _ ledger: Ledger? = nil
    ) throws -> CandidateSearch<PlainDynamics> {
        let system = PlainDynamics(ledger: ledger)
        let task = PlanningTask(
            goal: try Goal.parse("x = 2; y = 1; 0.1 * smooth(u)"), guardrails: [try Guardrail.parse(guardrail)],
            bands: bands, fallback: .action([0, 0]))
        let compiled = try CompiledTask(
            task, system, PlanningStart(outputs: [0, 0], previousActions: [0, 0]), PlannerOptions(horizon: horizon))
        return CandidateSearch(
            compiled.search(withBackup: withBackup), dynamics: system, state: 0,
            guesses: [[Float](repeating: 0, count: 2 * horizon)])
    }

    /// A solver with so many iterations, and so many candidates that chunks are of different sizes.
    private func solver(_ name: String, iterations: Int) throws -> any Solver {
        name == CrossEntropy.name
            ? try CrossEntropy(population: 150, elites: 12, iterations: iterations, tolerance: 0)
            : try ImprovedCrossEntropy(population: 150, elites: 12, iterations: iterations, tolerance: 0)
    }

    /// Without optimisation Swift asks for small pieces all the time; what candidates take is larger.
    private static var least: Int {
        #if DEBUG
            256
        #else
            0
        #endif
    }

    /// Requests from the fifth iteration to the last of sixteen, by a search like another one that was done before.
    private func requests(
        _ name: String, _ search: (Ledger) throws -> CandidateSearch<PlainDynamics>,
        after check: (CandidateSearch<PlainDynamics>) -> Void
    ) throws -> Int? {
        var found: Int?
        for _ in 0..<2 {
            let ledger = Ledger()
            let (search, solver) = (try search(ledger), try solver(name, iterations: 16))
            ledger.iteration = { [unowned search] in search.iterations }
            let all = try Allocations.count(ofAtLeast: Self.least) { try solver.solve(search, seed: 3) }
            #expect(search.iterations == 16)
            #expect(all.map { $0 > 0 } ?? true)
            check(search)
            found = ledger.requests(from: 4, to: 15)
            #expect((found == nil) == (all == nil))
        }
        return found
    }

    @Test(
        "No iteration asks the system for memory after the first few",
        arguments: [CrossEntropy.name, ImprovedCrossEntropy.name], [false, true])
    func steady(name: String, withBackup: Bool) throws {
        let found = try requests(name) {
            try search(horizon: 8, withBackup: withBackup, $0)
        } after: {
            #expect(($0.problem.backup != nil) == withBackup)
            // Candidates are pulled back, a different number in each iteration.
            #expect(!$0.retracted.isEmpty)
        }
        #expect(found ?? 0 == 0)
    }

    /// Errors that are as likely anywhere within ±0.4, by so many quantiles that a table of them is larger than what goes uncounted.
    private static let bands = Bands(
        coverage: 0.9, halfWidth: [Float](repeating: 0.4, count: 16),
        errors: ErrorQuantiles(
            levels: (1...99).map { Double($0) / 100 },
            values: (0..<16).flatMap { _ in (1...99).map { Float($0) / 50 - 1 } }))

    @Test(
        "Nor is memory asked for where a share of the time is limited, whose chances are worked out once a plan",
        arguments: [CrossEntropy.name, ImprovedCrossEntropy.name])
    func steadyShare(name: String) throws {
        let found = try requests(name) {
            try search(
                horizon: 8, withBackup: false, guardrail: "share(x <= 1 and x + y <= 2.5) >= 80 %", bands: Self.bands,
                $0)
        } after: {
            #expect($0.best?.score.isFeasible == true)
        }
        #expect(found ?? 0 == 0)
    }

    @Test(
        "The gradient of a share asks for as little, however often",
        .enabled(if: Allocations.areCounted, "nobody counts requests for memory here"))
    func gradients() throws {
        let search = try search(
            horizon: 8, withBackup: false, guardrail: "share(x <= 1 and x + y <= 2.5) >= 80 %",
            bands: Self.bands)
        let set = try #require(search.problem.constraint as? GuardrailSet)
        var batch = TrajectoryBatch(candidates: 20, horizon: 8, actionCount: 2, outputCount: 2)
        for index in batch.outputs.indices { batch.outputs[index] = Float(index % 7) / 3 }
        var (gradient, workspace) = (TrajectoryGradient(like: batch), ObjectiveWorkspace())
        let upstream = [Float](repeating: 1, count: 20)
        func requests(_ times: Int, of guardrail: CompiledGuardrail) -> Int? {
            Allocations.count(ofAtLeast: Self.least) {
                for _ in 0..<times {
                    guardrail.addMarginGradient(
                        of: batch, bands: search.problem.bands, upstream: upstream, into: &gradient, using: &workspace)
                }
            }
        }
        let prepared = set.guardrails[0]
        _ = requests(1, of: prepared)
        let (few, many) = (try #require(requests(2, of: prepared)), try #require(requests(30, of: prepared)))
        #expect(gradient.outputs.contains { $0 != 0 })
        #expect(many == few)
        // One that has worked out nothing does so each time.
        let plain = try Guardrail.parse("share(x <= 1 and x + y <= 2.5) >= 80 %").compile(
            context: search.problem.context)
        let (once, often) = (try #require(requests(2, of: plain)), try #require(requests(30, of: plain)))
        #expect(often >= once + 28)
    }

    @Test(
        "What counts requests sees those that are made",
        .enabled(if: Allocations.areCounted, "nobody counts requests for memory here"))
    func counts() throws {
        var kept: [[Int]] = []
        let few = Allocations.count { kept.append([1]) }
        let many = Allocations.count { for index in 0..<100 { kept.append([index]) } }
        #expect(kept.count == 101)
        #expect(try #require(few) >= 1)
        #expect(try #require(many) >= 100)
    }

    @Test("Whoever asks for the best of a population gets the head of its ranking", arguments: [0, 1, 7, 39, 40, 60])
    func heads(most: Int) throws {
        let search = try makeSearch(.doubleIntegrator, from: [0, 0], horizon: 2, cost: .init(q: [1, 1], r: 1))
        var population = Population(count: 40, for: search.problem)
        var generator = SeededGenerator(seed: UInt64(most))
        // Few different scores, so that many are equal.
        population.scores = (0..<40).map { _ in
            Score(
                violation: (2 * Float(generator.uniform())).rounded(.down),
                cost: (4 * Float(generator.uniform())).rounded())
        }
        population.rank()
        let all = population.ranking
        #expect(
            all
                == (0..<40).sorted {
                    population.scores[$0] != population.scores[$1]
                        ? population.scores[$0] < population.scores[$1] : $0 < $1
                })
        population.rank(best: most)
        #expect(population.ranking == Array(all.prefix(most)))
    }
}

@Suite("Frequencies")
struct FrequencyBasisTests {
    @Test(
        "Coefficients and points are turned into each other as the transform is defined",
        arguments: [1, 2, 3, 4, 7, 20, 33], [1, 2, 3])
    func definition(blocks: Int, channels: Int) throws {
        let set = ActionSet(
            lower: [Float](repeating: -1, count: channels), upper: [Float](repeating: 1, count: channels),
            samplingTime: 1)
        let space = try ActionSpace(set, horizon: blocks, previous: [Float](repeating: 0, count: channels))
        let basis = FrequencyBasis(space: space)
        var generator = SeededGenerator(seed: UInt64(blocks * 10 + channels))
        let count = blocks * channels
        let coefficients = (0..<count).map { _ in Float(generator.normal()) }
        let before = (0..<count + 5).map { _ in Float(generator.normal()) }
        var points = before
        basis.add(coefficients, to: &points, at: 3)
        #expect(points.prefix(3) == before.prefix(3) && points.suffix(2) == before.suffix(2))
        for block in 0..<blocks {
            for channel in 0..<channels {
                let index = 3 + block * channels + channel
                var expected = Double(before[index])
                for frequency in 0..<blocks {
                    let angle = Double.pi * (Double(block) + 0.5) * Double(frequency) / Double(blocks)
                    let size = ((frequency == 0 ? 1 : 2) / Double(blocks)).squareRoot()
                    expected += Double(coefficients[frequency * channels + channel]) * size * cos(angle)
                }
                #expect(abs(Double(points[index]) - expected) < 1e-5)
            }
        }
        var back = [Float](repeating: .nan, count: count)
        let added = zip(points, before).map { $0 - $1 }
        basis.analyse(added, at: 3, into: &back)
        #expect(isClose(back, coefficients, within: 1e-5))
    }
}

@Suite("Action spaces of single steps")
struct StepwiseBoxTests {
    /// Two sets: a box, and one with rates, whose sequences are moved further.
    private static let sets = [
        ActionSet(lower: [-2, 5, 1], upper: [3, 5, 1.5], samplingTime: 2),
        ActionSet(
            lower: [-2, 5, 1], upper: [3, 5, 1.5], rise: [0.5, 1, 0.01], fall: [0.3, 1, 0.02], samplingTime: 2),
    ]

    @Test(
        "Points become the actions that each value's own limits give, and are read back from them", arguments: [0, 1])
    func decode(index: Int) throws {
        let set = Self.sets[index]
        let space = try ActionSpace(set, horizon: 7, previous: [0, 5, 1.2])
        var generator = SeededGenerator(seed: 2)
        let (candidates, length) = (5, 21)
        // One more candidate than is asked for.
        var points = (0..<(candidates + 1) * length).map { _ in Float(generator.normal()) }
        points[4] = .nan
        var actions = [Float](repeating: -77, count: points.count)
        space.decode(points, candidates: candidates, into: &actions)
        #expect(actions.suffix(length).allSatisfy { $0 == -77 })
        var expected = (0..<candidates * length).map { place in
            let (low, high) = (set.lower[place % 3], set.upper[place % 3])
            let point = points[place].isNaN ? -1 : min(1, max(-1, points[place]))
            return min(high, low + (point + 1) / 2 * (high - low))
        }
        set.project(&expected, horizon: 7, previous: [0, 5, 1.2])
        #expect(Array(actions.prefix(expected.count)) == expected)
        #expect(set.contains(expected, horizon: 7, previous: [0, 5, 1.2]))
        var back = points
        space.encode(actions, candidates: candidates, as: .last, into: &back)
        for place in expected.indices {
            let (low, high) = (set.lower[place % 3], set.upper[place % 3])
            let wanted = high > low ? 2 * (expected[place] - low) / (high - low) - 1 : 0
            #expect(abs(back[place] - wanted) < 1e-6)
        }
        #expect(back.suffix(length) == points.suffix(length))
    }
}
