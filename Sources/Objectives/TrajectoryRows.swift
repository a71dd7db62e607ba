/// Functions of a trajectory near one: their values, and their derivatives with respect to its outputs and actions, row by row
/// and sparse, since each looks at a few samples only.
public struct TrajectoryRows: Sendable {
    /// One value a row.
    public private(set) var values: [Double] = []
    /// Where the derivatives of each row begin, and at last where they end.
    public private(set) var starts: [Int] = [0]
    /// What the derivatives are taken by: outputs `step · outputs + output`, then, from `actionColumns` on, actions
    /// `step · actions + action`.
    public private(set) var columns: [Int] = []
    /// The derivatives.
    public private(set) var slopes: [Double] = []
    /// The first column that stands for an action: the number of outputs of a trajectory.
    public private(set) var actionColumns = 0

    /// No rows.
    public init() {}

    /// The number of rows.
    public var count: Int { values.count }

    /// Forgets all rows, keeping memory, for trajectories of that shape.
    public mutating func removeAll(like batch: TrajectoryBatch) {
        values.removeAll(keepingCapacity: true)
        starts.removeAll(keepingCapacity: true)
        starts.append(0)
        columns.removeAll(keepingCapacity: true)
        slopes.removeAll(keepingCapacity: true)
        actionColumns = batch.horizon * batch.outputCount
    }

    /// Adds a derivative to the row that is being written.
    public mutating func add(_ slope: Double, at column: Int) {
        columns.append(column)
        slopes.append(slope)
    }

    /// Ends the row that is being written.
    public mutating func endRow(_ value: Double) {
        values.append(value)
        starts.append(columns.count)
    }
}

extension SignalProgram {
    /// A row to be written: a signal at a sample, and what value and derivatives are multiplied by.
    struct Row {
        var register: Int
        var sample: Int
        var value: Double
        var factor: Float
    }

    /// Writes rows by one reverse pass for as many of them as there are lanes. All lanes have to hold the same candidate.
    func write(_ list: [Row], _ memory: ObjectiveWorkspace.Memory, into rows: inout TrajectoryRows) {
        let (lanes, horizon) = (Self.lanes, samples - 1)
        for first in stride(from: 0, to: list.count, by: lanes) {
            let group = list[first..<min(first + lanes, list.count)]
            clear(memory.adjoint)
            for (lane, row) in group.enumerated() {
                memory.adjoint[row.register * registerSize + row.sample * lanes + lane] = row.factor
            }
            reverse(values: memory.values, adjoint: memory.adjoint)
            for (lane, row) in group.enumerated() {
                for (index, instruction) in instructions.enumerated() {
                    let isOutput = instruction.operation == .output
                    guard isOutput || instruction.operation == .action, instruction.last >= 1 else { continue }
                    let (width, base) = isOutput ? (outputCount, 0) : (actionCount, horizon * outputCount)
                    for sample in max(1, instruction.first)...instruction.last {
                        let slope = memory.adjoint[index * registerSize + sample * lanes + lane]
                        guard slope != 0 else { continue }
                        rows.add(Double(slope), at: base + (sample - 1) * width + instruction.a)
                    }
                }
                rows.endRow(row.value)
            }
        }
    }
}

extension CompiledObjective {
    /// The parts of the cost of one trajectory, near it: `cost = Σ squares² + Σ linear`.
    ///
    /// - Parameters:
    ///   - trajectory: A batch of one candidate.
    ///   - squares: Receives a row for each sample of each term that counts by its square.
    ///   - linear: Receives a row for each sample of the terms that count as they are.
    ///   - workspace: Memory to compute in.
    /// - Returns: `true`: goals are made of such rows.
    public func terms(
        of trajectory: TrajectoryBatch, into squares: inout TrajectoryRows, linear: inout TrajectoryRows,
        using workspace: inout ObjectiveWorkspace
    ) -> Bool {
        precondition(trajectory.candidates == 1, "the terms of one trajectory")
        withBlocks(of: trajectory, &workspace) { _, memory in
            for isSquared in [true, false] {
                var list: [SignalProgram.Row] = []
                for reduction in reductions where reduction.isSquared == isSquared {
                    let factor = isSquared ? reduction.factor.squareRoot() : reduction.factor
                    for sample in reduction.first...reduction.last {
                        let place = reduction.register * signals.registerSize + sample * SignalProgram.lanes
                        let value = Double(factor) * Double(memory.values[place])
                        list.append(
                            .init(register: reduction.register, sample: sample, value: value, factor: factor))
                    }
                }
                if isSquared {
                    signals.write(list, memory, into: &squares)
                } else {
                    signals.write(list, memory, into: &linear)
                }
            }
        }
        return true
    }
}

extension CompiledGuardrail {
    /// What all has to hold for the guardrail to hold, near one trajectory: normalised margins, a row for each.
    ///
    /// A limit that holds always is one condition at every sample. What is under `or`, `eventually` and `until` is one
    /// condition, whose derivative is that of the comparison and instant that bind it.
    ///
    /// - Parameters:
    ///   - trajectory: A batch of one candidate.
    ///   - bands: When given, margins are lower bounds over all trajectories within them.
    ///   - rows: Receives the rows.
    ///   - workspace: Memory to compute in.
    public func addConjuncts(
        of trajectory: TrajectoryBatch, bands: Bands?, into rows: inout TrajectoryRows,
        using workspace: inout ObjectiveWorkspace
    ) {
        precondition(trajectory.candidates == 1, "the margins of one trajectory")
        guard let formula else { return }
        let scale = sharedScale ?? 1
        withBlocks(of: trajectory, bands: bands, gradient: true, formula, &workspace) { _, memory in
            var list: [SignalProgram.Row] = []
            for part in formula.conjuncts {
                let place = part.register * formula.registerSize + part.sample * FormulaProgram.lanes
                let margin = Double(memory.formula[place] / scale) + Double(memory.poison[0])
                let atom = formula.bindingAtom(of: part.register, at: part.sample, lane: 0, values: memory.formula)
                guard let atom else { continue }
                let instruction = formula.instructions[atom.register]
                list.append(
                    .init(
                        register: instruction.a, sample: atom.sample, value: margin,
                        factor: instruction.weight / scale))
            }
            signals.write(list, memory, into: &rows)
        }
    }
}

extension FormulaProgram {
    /// The parts that all have to hold, by walking down `and` and `always`.
    var conjuncts: [Choice] {
        var found: [Choice] = []
        func walk(_ register: Int, _ sample: Int) {
            let instruction = instructions[register]
            switch instruction.operation {
            case .both: for operand in operands[instruction.a..<instruction.b] { walk(operand, sample) }
            case .always: for inside in instruction.span.samples(from: sample) { walk(instruction.a, inside) }
            case .atom, .either, .eventually, .until, .release, .share, .chance, .sum:
                found.append(Choice(register: register, sample: sample))
            }
        }
        walk(root, 0)
        return found
    }
}
