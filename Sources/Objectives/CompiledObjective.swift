/// A goal made ready for one context: evaluates costs of whole batches.
public struct CompiledObjective: Sendable {
    /// One term of the sum.
    public struct Term: Sendable, Equatable {
        /// The term as written.
        public var text: String
        /// Its weight.
        public var weight: Double
    }

    struct Reduction: Sendable {
        var register: Int
        var first: Int
        var last: Int
        /// Weight, scale and number of samples in one factor.
        var factor: Float
        var isSquared: Bool
    }

    /// The goal as written.
    public let goal: Goal
    /// The terms, in the order of ``termCosts(of:candidate:)``.
    public let terms: [Term]
    /// What should be known before relying on it: goals outside the recorded range, times outside the horizon.
    public let warnings: [ObjectiveWarning]

    let signals: SignalProgram
    let reductions: [Reduction]

    init(_ goal: Goal, _ context: TrajectoryContext, _ options: CompileOptions) throws {
        self.goal = goal
        var resolver = GoalResolver(SignalResolver(text: goal.text, context: context, options: options))
        try goal.text.pointing { for term in goal.terms { try resolver.resolve(term) } }
        var wanted: [Int: ClosedRange<Int>] = [:]
        for term in resolver.terms {
            let known = wanted[term.node] ?? term.samples
            wanted[term.node] =
                min(known.lowerBound, term.samples.lowerBound)...max(known.upperBound, term.samples.upperBound)
        }
        var registers: [Int: Int] = [:]
        signals = SignalProgram(
            resolver.signals.graph, wanted: wanted, context: context, elapsed: options.elapsed ?? 0,
            registers: &registers)
        try signals.checkStart(context)
        reductions = resolver.terms.map { term in
            guard let register = registers[term.node] else { preconditionFailure("terms are compiled first") }
            let scale = term.isSquared ? term.scale * term.scale : term.scale
            return Reduction(
                register: register, first: term.samples.lowerBound, last: term.samples.upperBound,
                factor: Float(term.weight / scale / Double(term.samples.count)), isSquared: term.isSquared)
        }
        terms = resolver.terms.map { Term(text: $0.text, weight: $0.weight) }
        warnings = resolver.warnings
    }

    /// The costs of all candidates; +∞ where a channel is not finite.
    ///
    /// - Parameters:
    ///   - batch: Predicted trajectories.
    ///   - costs: Receives the costs `[candidate]`.
    ///   - workspace: Memory to compute in.
    public func cost(of batch: TrajectoryBatch, into costs: inout [Float], using workspace: inout ObjectiveWorkspace) {
        costs.resize(to: batch.candidates)
        withBlocks(of: batch, &workspace) { block, memory in
            let sums = memory.sums
            sums.update(repeating: 0, count: SignalProgram.lanes)
            for reduction in reductions { add(reduction, memory.values, to: sums) }
            for lane in 0..<block.count {
                let cost = sums[lane] + memory.poison[lane]
                costs[block.base + lane] = cost.isNaN ? .infinity : cost
            }
        }
    }

    /// The costs of all candidates, in memory of its own.
    public func cost(of batch: TrajectoryBatch) -> [Float] {
        var (costs, workspace) = ([Float](), ObjectiveWorkspace())
        cost(of: batch, into: &costs, using: &workspace)
        return costs
    }

    /// The cost of each term for one candidate, weights included, in the order of `terms`.
    public func termCosts(of batch: TrajectoryBatch, candidate: Int = 0) -> [Float] {
        var (costs, workspace) = ([Float](), ObjectiveWorkspace())
        withBlocks(of: batch.extracting(candidate), &workspace) { _, memory in
            for reduction in reductions {
                memory.sums.update(repeating: 0, count: SignalProgram.lanes)
                add(reduction, memory.values, to: memory.sums)
                let cost = memory.sums[0] + memory.poison[0]
                costs.append(cost.isNaN ? .infinity : cost)
            }
        }
        return costs
    }

    /// Adds `upstream[candidate] · ∂cost/∂trajectory` to the gradient; nothing where the cost is not finite.
    ///
    /// `upstream` holds one factor a candidate; 1 for all when `nil`.
    public func addGradient(
        of batch: TrajectoryBatch, upstream: [Float]? = nil, into gradient: inout TrajectoryGradient,
        using workspace: inout ObjectiveWorkspace
    ) {
        precondition(upstream == nil || upstream?.count == batch.candidates, "one upstream factor a candidate")
        gradient.withPointers { outputs, actions in
            withBlocks(of: batch, &workspace) { block, memory in
                let lanes = SignalProgram.lanes
                for lane in 0..<lanes {
                    memory.seeds[lane] = lane < block.count ? upstream?[block.base + lane] ?? 1 : 0
                }
                signals.clear(memory.adjoint)
                for reduction in reductions {
                    let start = reduction.register * signals.registerSize
                    for sample in reduction.first...reduction.last {
                        let adjoint = memory.adjoint + (start + sample * lanes)
                        let values = memory.values + (start + sample * lanes)
                        for lane in 0..<lanes {
                            let slope = reduction.isSquared ? 2 * values[lane] : 1
                            adjoint[lane] += memory.seeds[lane] * reduction.factor * slope
                        }
                    }
                }
                signals.reverse(values: memory.values, adjoint: memory.adjoint)
                signals.scatter(
                    block, adjoint: memory.adjoint, poison: memory.poison, outputs: outputs, actions: actions)
            }
        }
    }

    private func add(
        _ reduction: Reduction, _ values: UnsafeMutablePointer<Float>, to sums: UnsafeMutablePointer<Float>
    ) {
        let lanes = SignalProgram.lanes
        let register = values + reduction.register * signals.registerSize
        let factor = reduction.factor
        for sample in reduction.first...reduction.last {
            let row = register + sample * lanes
            if reduction.isSquared {
                for lane in 0..<lanes { sums[lane] += factor * row[lane] * row[lane] }
            } else {
                for lane in 0..<lanes { sums[lane] += factor * row[lane] }
            }
        }
    }

    func withBlocks(
        of batch: TrajectoryBatch, _ workspace: inout ObjectiveWorkspace,
        _ body: (SignalProgram.Block, ObjectiveWorkspace.Memory) -> Void
    ) {
        workspace.withMemory(
            signals: signals.instructions.count, formulas: 0, registerSize: signals.registerSize
        ) { memory in
            batch.forEachBlock(of: signals) { block in
                signals.forward(block, values: memory.values, poison: memory.poison)
                body(block, memory)
            }
        }
    }
}

extension Goal {
    /// Makes the goal ready for a context.
    ///
    /// - Throws: `ForesightError` (usage) for unknown channels, units that don't match and times beyond the horizon;
    ///   (data) when a channel that it needs is not a number now.
    public func compile(context: TrajectoryContext, options: CompileOptions = CompileOptions()) throws
        -> CompiledObjective
    {
        try CompiledObjective(self, context, options)
    }
}
