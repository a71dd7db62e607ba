import Basics
import Testing

@testable import Planning

@Suite("Feasible first")
struct ScoreTests {
    @Test("whatever the costs, a smaller violation ranks first, and cost decides only among equals")
    func ranking() {
        var generator = SeededGenerator(seed: 4)
        var scores: [Score] = []
        for _ in 0..<400 {
            let violation = generator.uniform() < 0.4 ? 0 : generator.uniform().rounded(.up) * generator.uniform()
            scores.append(Score(violation: Float(violation), cost: Float(generator.normal() * 1000)))
        }
        scores += [Score(violation: .nan, cost: -1e9), Score(violation: 0, cost: .nan), .worst]
        let sorted = scores.sorted()
        for (left, right) in zip(sorted, sorted.dropFirst()) {
            #expect(left.violation <= right.violation)
            if left.violation == right.violation { #expect(left.cost <= right.cost) }
        }
        #expect(sorted.suffix(3).allSatisfy { $0 == .worst })
        #expect(sorted.first?.isFeasible == true)
    }

    @Test("a population ranks ties by their order")
    func ties() throws {
        let search = try makeSearch(.doubleIntegrator, from: [0, 0], horizon: 2, cost: .init(q: [1, 1], r: 1))
        var population = Population(count: 4, for: search.problem)
        population.scores = [
            Score(violation: 0, cost: 2), Score(violation: 1, cost: 0), Score(violation: 0, cost: 1),
            Score(violation: 0, cost: 2),
        ]
        population.rank()
        #expect(population.ranking == [2, 0, 3, 1])
    }

    @Test("a search never gives up a feasible candidate for a cheaper one that violates")
    func incumbent() throws {
        let constraint = BoundTestConstraint(channel: 1, limit: 0.5, sign: -1)
        let search = try makeSearch(
            .doubleIntegrator, from: [2, 0], horizon: 6, cost: .init(q: [1, 0], r: 0), constraint: constraint)
        let still = [Float](repeating: 0, count: 6)
        let rush: [Float] = [-2, 0, 0, 0, 0, 0]
        let both = try search.evaluate(sequences: [still, rush])
        #expect(both.scores[1].cost < both.scores[0].cost)
        #expect(search.best?.actions == still)
        #expect(search.archive.cheapest.first?.actions == rush)
    }

    @Test("points pulled back to the mean hold convex guardrails and get cheaper than the mean")
    func retraction() throws {
        let constraint = BoundTestConstraint(channel: 1, limit: 0.5, sign: -1)
        let search = try makeSearch(
            .doubleIntegrator, from: [2, 0], horizon: 6, cost: .init(q: [1, 0], r: 0), constraint: constraint)
        var population = Population(count: 3, for: search.problem)
        population.setPoint(1, to: [-0.5, 0, 0, 0, 0, 0])
        population.setPoint(2, to: [-1, 1, -1, 1, -1, 1])
        #expect(try search.evaluate(&population))
        #expect(!population.scores[1].isFeasible)
        #expect(try search.retract(&population))
        #expect(population.scores[1].isFeasible && population.scores[2].isFeasible)
        #expect(population.scores[1].cost < population.scores[0].cost)
    }
}
