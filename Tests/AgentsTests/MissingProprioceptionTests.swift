import Basics
import Objectives
import Planning
import Tensors
import Testing
import WorldModels

@testable import Agents

@Suite("What a body does not sense for a while")
struct MissingProprioceptionTests {
    @Test("The last number that is known stands for one that is missing")
    func numbers() {
        var sensed = SensedNumbers()
        let first = sensed.take([1, .nan], of: 2)
        #expect(first[0] == 1 && first[1].isNaN && sensed.missing == [1])
        #expect(sensed.take([3, 4], of: 2) == [3, 4] && sensed.missing.isEmpty)
        #expect(sensed.take([5, .nan], of: 2) == [5, 4] && sensed.missing == [1])
        #expect(sensed.take([.infinity, .nan], of: 2) == [5, 4] && sensed.missing == [0, 1])
        // Another count is not for the model, which says so itself, and what is known stays known.
        #expect(sensed.take([7], of: 2) == [7] && sensed.missing.isEmpty)
        #expect(sensed.take([.nan, 6], of: 2) == [5, 6])
        sensed.forget()
        #expect(sensed.take([.nan, 6], of: 2)[0].isNaN)
        let unused = sensed.take([.nan], of: 0)
        #expect(unused[0].isNaN && sensed.missing.isEmpty)
    }

    @Test(
        "An agent holds the number that was sensed last and warns of it; one that was never sensed is an error",
        .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
    func agent() throws {
        let model = PictureModels.sensing()
        var agent = PictureAgent(
            model, objective: try Goal.parse("minimize(difference)"),
            options: try PlannerOptions(horizon: 2, noveltyLimit: nil),
            solver: try ImprovedCrossEntropy(population: 32, elites: 6, iterations: 2), replanEvery: 1)
        agent.begin(goal: PictureModels.picture(9), seed: 1)
        func act(_ sensed: [Double]) throws {
            _ = try agent.act(on: PictureModels.picture(1), proprioception: sensed)
        }
        /// What the representation holds of it, standardised.
        func seen() -> [Double] { (agent.state?.representation.doubles() ?? []).suffix(2).map { $0 } }
        func warnings() -> [String] { (agent.plan?.warnings ?? []).filter { $0.contains("proprioception") } }

        let error = #expect(throws: ForesightError.self) { try act([1, .nan]) }
        #expect(error?.message == "number 2 of proprioception is missing (nan)")
        try act([3, 4])
        #expect(seen() == [1, 1.5] && warnings().isEmpty && agent.missingProprioception.isEmpty)
        try act([5, .nan])
        #expect(seen() == [2, 1.5] && agent.missingProprioception == [1])
        #expect(warnings() == ["number 2 of proprioception is missing: what was sensed last, 4.0, stands for it"])
        try act([5, 6])
        #expect(seen() == [2, 2.5] && warnings().isEmpty)
        // Another episode knows nothing of it.
        agent.begin(goal: PictureModels.picture(9), seed: 1)
        #expect(throws: ForesightError.self) { try act([1, .nan]) }

        // A goal of which a number is not known is that of what is seen.
        agent.begin([GoalPicture(PictureModels.picture(9), proprioception: [1, .nan])], seed: 1)
        try act([3, 4])
        #expect(agent.state?.goals.map(\.shape) == [[1, 2]])
        #expect(throws: ForesightError.self) { try model.check(proprioception: [1, .nan]) }
        try model.check(proprioception: [1, 2])
    }
}
