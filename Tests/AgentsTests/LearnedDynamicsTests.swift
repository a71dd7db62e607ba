import Agents
import Basics
import Episodes
import Networks
import Objectives
import Planning
import Tensors
import Testing
import WorldModels

@Suite("Learned dynamics") struct LearnedDynamicsTests {
    /// Random actions over a batch, physical units.
    private func batch(_ candidates: Int, _ horizon: Int, _ model: TrainedModel, seed: UInt64 = 3) -> TrajectoryBatch {
        var generator = SeededGenerator(seed: seed)
        var batch = TrajectoryBatch(
            candidates: candidates, horizon: horizon, actionCount: model.description.actions.count,
            outputCount: model.description.outputs.count, hasSpread: true, hasNovelty: true)
        for index in batch.actions.indices { batch.actions[index] = Float(generator.uniform(in: 0...60)) }
        return batch
    }

    private func state(_ model: TrainedModel) throws -> LearnedState {
        var estimator = HistoryEstimator(model)
        try estimator.read(TinyModel.log(seed: 9), upTo: 60)
        return try estimator.state()
    }

    @Test("A rollout is what the trained model predicts", arguments: [1, 3])
    func rolloutIsPrediction(members: Int) throws {
        let model = try TinyModel.make(members: members)
        let dynamics = try LearnedDynamics(model)
        let state = try state(model)
        var batch = batch(5, 12, model)
        try dynamics.rollout(from: state, into: &batch)

        let ambient = Float(state.disturbances[0])
        var inputs: [Float] = []
        for row in 0..<60 { inputs += batch.actions[2 * row..<2 * row + 2] + [ambient] }
        let prediction = withoutGradients {
            model.predict(
                from: Tensor(state.representation, shape: [members, 1, state.representation.count / members]),
                inputs: model.normalisedInputs(inputs, batch: 5, steps: 12))
        }
        expectClose(batch.outputs, prediction.outputs.floats(), within: 2e-4)
        expectClose(batch.novelty, prediction.novelty.floats(), within: 2e-4)
        expectClose(batch.spread, prediction.spread.floats(), within: 2e-4)
        #expect(batch.novelty.allSatisfy { $0 > 0 })
    }

    @Test("A disturbance that is forecast changes the prediction from its step on, and the last one is held")
    func forecastIsUsed() throws {
        let model = try TinyModel.make()
        let dynamics = try LearnedDynamics(model)
        let start = try state(model)
        let ambient = start.disturbances[0]
        let held = LearnedState(representation: start.representation, disturbances: [ambient])
        let colder = LearnedState(
            representation: start.representation, disturbances: [ambient, ambient, ambient, ambient - 3])
        var (first, second) = (batch(2, 10, model), batch(2, 10, model))
        try dynamics.rollout(from: held, into: &first)
        try dynamics.rollout(from: colder, into: &second)
        for step in 0..<10 {
            let difference = first.output(1, step, 0) - second.output(1, step, 0)
            if step < 3 { #expect(difference == 0) } else { #expect(difference > 0.05) }
        }
        #expect(first.output(0, 9, 0) - second.output(0, 9, 0) > 1)
    }

    @Test("What one candidate is predicted to do does not depend on its batch")
    func batchSizeChangesNothing() throws {
        let model = try TinyModel.make()
        let dynamics = try LearnedDynamics(model)
        let state = try state(model)
        var all = batch(9, 8, model)
        try dynamics.rollout(from: state, into: &all)
        for candidate in 0..<9 {
            var one = all.extracting(candidate)
            let expected = one.outputs
            for index in one.outputs.indices { one.outputs[index] = 0 }
            try dynamics.rollout(from: state, into: &one)
            expectClose(one.outputs, expected, within: 1e-5)
        }
    }

    @Test("The gradient is that of differences")
    func gradientIsThatOfDifferences() throws {
        let model = try TinyModel.make()
        let dynamics = try LearnedDynamics(model)
        let state = try state(model)
        let goal = try Goal.parse("T1 = 45; 0.5 * (T2 = 30 at end); 0.2 * smooth(Q1); 0.1 * effort(Q2)")
        let context = TrajectoryContext(
            outputs: dynamics.outputChannels, actions: dynamics.actionChannels, samplingTime: dynamics.samplingTime,
            horizon: 8, initialOutputs: [30, 25], previousActions: [20, 10])
        let objective = try goal.compile(context: context, options: CompileOptions())
        var subject = batch(3, 8, model)
        let gradient = try dynamics.rolloutGradient(from: state, into: &subject) { trajectories in
            var gradient = TrajectoryGradient(like: trajectories)
            var workspace = ObjectiveWorkspace()
            objective.addGradient(of: trajectories, into: &gradient, using: &workspace)
            for index in gradient.novelty.indices { gradient.novelty[index] = 0.01 }
            return gradient
        }
        func cost(_ actions: [Float], _ candidate: Int) throws -> Double {
            var probe = subject
            probe.actions = actions
            try dynamics.rollout(from: state, into: &probe)
            let novelty = probe.novelty[candidate * probe.horizon..<(candidate + 1) * probe.horizon]
            return Double(objective.cost(of: probe)[candidate]) + 0.01 * novelty.reduce(0) { $0 + Double($1) }
        }
        let largest = gradient.map(abs).max() ?? 0
        #expect(largest > 1e-4)
        for index in stride(from: 0, to: gradient.count, by: 5) {
            let width = subject.horizon * subject.actionCount
            var (up, down) = (subject.actions, subject.actions)
            up[index] += 1
            down[index] -= 1
            let slope = try (cost(up, index / width) - cost(down, index / width)) / 2
            #expect(abs(Double(gradient[index]) - slope) < 0.02 * Double(largest))
        }
    }

    @Test("An actuator without known limits is driven within what was recorded")
    func recordedRangeIsTheLimit() throws {
        let model = try TinyModel.make(members: 1)
        let actions = try LearnedDynamics(model).actionChannels
        #expect(actions[0].lowerLimit == 0 && actions[0].upperLimit == 100)
        let recorded = TinyModel.log().column(3)
        #expect(actions[1].lowerLimit == recorded.min() && actions[1].upperLimit == recorded.max())
    }

    @Test("Every solver plans with a learned model", arguments: SolverCatalogue.continuous)
    func solversPlan(name: String) throws {
        let model = try TinyModel.make(isBent: false)
        let solver = try #require(SolverCatalogue.solver(named: name))
        var estimator = HistoryEstimator(model)
        try estimator.read(TinyModel.log(seed: 9), upTo: 60)
        let task = PlanningTask(
            goal: try Goal.parse("T1 = 40; T2 = 30"), guardrails: [try Guardrail.parse("always(T1 <= 60)")],
            fallback: .action([0, 0]))
        var planner = Planner(
            try LearnedDynamics(model), task: task, options: try PlannerOptions(horizon: 10), solver: solver)
        let plan = try planner.plan(from: estimator.state(), start: estimator.start())
        #expect(plan.status == .certified)
        let held = plan.alternatives.map(\.cost).min() ?? .infinity
        #expect(plan.certificate.cost < held)
        let last = try #require(plan.certificate.channels.first?.values.last)
        #expect(abs(last - 40) < 4)
    }
}

/// All numbers are near, relative to the greatest.
func expectClose(
    _ left: [Float], _ right: [Float], within tolerance: Float, sourceLocation: SourceLocation = #_sourceLocation
) {
    #expect(left.count == right.count, sourceLocation: sourceLocation)
    let size = max(1, right.map(abs).max() ?? 0)
    let worst = zip(left, right).map { abs($0 - $1) }.max() ?? 0
    #expect(worst <= tolerance * size, "differ by \(worst)", sourceLocation: sourceLocation)
}
