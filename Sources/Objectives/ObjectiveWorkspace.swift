/// Memory that goals and guardrails compute in, kept between calls so that planning allocates nothing.
///
/// Make one for each thread of work and hand it to every call; it grows to what the largest formula needs.
public struct ObjectiveWorkspace: Sendable {
    private var storage: [Float] = []
    /// One number a candidate, such as the margins of one guardrail.
    var column: [Float] = []

    /// An empty workspace.
    public init() {}

    /// The parts of the memory while a formula uses it.
    struct Memory {
        /// Registers of signals: values, bounds and adjoints.
        let values, low, high, adjoint: UnsafeMutablePointer<Float>
        /// Registers of formulas: values and adjoints.
        let formula, formulaAdjoint: UnsafeMutablePointer<Float>
        /// One number a lane each.
        let poison, seeds, sums: UnsafeMutablePointer<Float>
    }

    /// Lends memory for so many registers of signals and formulas.
    mutating func withMemory<Result>(
        signals: Int, formulas: Int, registerSize: Int, _ body: (Memory) throws -> Result
    ) rethrows -> Result {
        let (signalSize, formulaSize) = (signals * registerSize, formulas * registerSize)
        let lanes = SignalProgram.lanes
        let count = 4 * signalSize + 2 * formulaSize + 3 * lanes
        if storage.count < count { storage = [Float](repeating: 0, count: count) }
        return try storage.withUnsafeMutableBufferPointer { buffer in
            guard let base = buffer.baseAddress else { preconditionFailure("a workspace is never empty in use") }
            let formula = base + 4 * signalSize
            let lane = formula + 2 * formulaSize
            return try body(
                Memory(
                    values: base, low: base + signalSize, high: base + 2 * signalSize, adjoint: base + 3 * signalSize,
                    formula: formula, formulaAdjoint: formula + formulaSize, poison: lane, seeds: lane + lanes,
                    sums: lane + 2 * lanes))
        }
    }
}

extension TrajectoryBatch {
    /// Calls the body with each block of candidates.
    func forEachBlock(of program: SignalProgram, _ body: (SignalProgram.Block) -> Void) {
        precondition(
            horizon + 1 == program.samples && outputCount == program.outputCount && actionCount == program.actionCount,
            "a batch [\(horizon) steps, \(outputCount) outputs, \(actionCount) actions] for an objective compiled for "
                + "[\(program.samples - 1), \(program.outputCount), \(program.actionCount)]")
        outputs.withUnsafeBufferPointer { outputs in
            actions.withUnsafeBufferPointer { actions in
                novelty.withUnsafeBufferPointer { novelty in
                    // An empty array may have no address; nothing is read from it then.
                    let nowhere = UnsafePointer<Float>(bitPattern: MemoryLayout<Float>.alignment)
                    guard let nowhere else { return }
                    var block = SignalProgram.Block(
                        outputs: outputs.baseAddress ?? nowhere, actions: actions.baseAddress ?? nowhere,
                        novelty: novelty.isEmpty ? nil : novelty.baseAddress, base: 0, count: 0)
                    for base in stride(from: 0, to: candidates, by: SignalProgram.lanes) {
                        block.base = base
                        block.count = min(SignalProgram.lanes, candidates - base)
                        body(block)
                    }
                }
            }
        }
    }
}

extension TrajectoryGradient {
    /// Lends the memory of both parts.
    mutating func withPointers(
        _ body: (_ outputs: UnsafeMutablePointer<Float>, _ actions: UnsafeMutablePointer<Float>) -> Void
    ) {
        outputs.withUnsafeMutableBufferPointer { outputs in
            actions.withUnsafeMutableBufferPointer { actions in
                let nowhere = UnsafeMutablePointer<Float>(bitPattern: MemoryLayout<Float>.alignment)
                guard let nowhere else { return }
                body(outputs.baseAddress ?? nowhere, actions.baseAddress ?? nowhere)
            }
        }
    }
}

extension [Float] {
    /// Makes the array this long, keeping its memory; what is new is 0.
    mutating func resize(to count: Int) {
        if self.count < count { append(contentsOf: repeatElement(0, count: count - self.count)) }
        if self.count > count { removeLast(self.count - count) }
    }
}
