/// Signals made flat: one instruction a signal, operands before users, each with the samples at which it is needed.
///
/// Runs over a block of candidates side by side. A register holds one signal as `[sample, lane]`, sample 0 being now,
/// so that every loop runs over neighbours in memory, and no candidate's result depends on another.
struct SignalProgram: Sendable {
    /// How many candidates run side by side.
    static let lanes = 16

    enum Operation: UInt8, Sendable {
        case output, action, novelty, series, affine, product, quotient, absolute, minimum, maximum, rate
    }

    struct Instruction: Sendable {
        var operation: Operation
        /// First operand: a register, a channel, or where values or terms begin.
        var a: Int
        /// Second operand: a register, or where terms end.
        var b: Int
        /// The first and last sample needed.
        var first: Int
        var last: Int
        var constant: Float
    }

    struct Term: Sendable {
        var weight: Float
        var register: Int
    }

    private(set) var instructions: [Instruction] = []
    private(set) var terms: [Term] = []
    /// Values of all series, `[series, sample]`.
    private(set) var seriesValues: [Float] = []
    /// The number of samples, now included.
    let samples: Int
    let samplingTime: Float
    let outputCount: Int
    let actionCount: Int
    let initialOutputs: [Float]
    let previousActions: [Float]

    /// The number of floats of one register.
    var registerSize: Int { samples * Self.lanes }

    /// The program that computes the wanted signals, each at the samples that are asked for, and the register of each
    /// graph node.
    init(
        _ graph: SignalGraph, wanted: [Int: ClosedRange<Int>], context: TrajectoryContext, elapsed: Double,
        registers: inout [Int: Int]
    ) {
        samples = context.horizon + 1
        samplingTime = Float(context.samplingTime)
        outputCount = context.outputs.count
        actionCount = context.actions.count
        initialOutputs = context.initialOutputs
        previousActions = context.previousActions
        let needed = Self.needed(graph, wanted)
        for (index, node) in graph.nodes.enumerated() {
            guard let range = needed[index] else { continue }
            append(node, range, context: context, elapsed: elapsed, registers: registers)
            registers[index] = instructions.count - 1
        }
    }

    private mutating func append(
        _ node: SignalNode, _ range: ClosedRange<Int>, context: TrajectoryContext, elapsed: Double,
        registers: [Int: Int]
    ) {
        func register(_ index: Int) -> Int {
            guard let register = registers[index] else { preconditionFailure("an operand is compiled before its user") }
            return register
        }
        var (operation, a, b, constant) = (Operation.affine, 0, 0, Float(0))
        switch node {
        case .output(let channel): (operation, a) = (.output, channel)
        case .action(let channel): (operation, a) = (.action, channel)
        case .novelty: operation = .novelty
        case .series(let series):
            (operation, a) = (.series, seriesValues.count)
            for sample in 0..<samples {
                seriesValues.append(Float(series.value(at: elapsed + Double(sample) * context.samplingTime)))
            }
        case .affine(let graphTerms, let offset):
            (operation, a, constant) = (.affine, terms.count, Float(offset))
            terms += graphTerms.map { Term(weight: Float($0.weight), register: register($0.node)) }
            b = terms.count
        case .product(let left, let right): (operation, a, b) = (.product, register(left), register(right))
        case .quotient(let left, let right): (operation, a, b) = (.quotient, register(left), register(right))
        case .absolute(let inner): (operation, a) = (.absolute, register(inner))
        case .minimum(let left, let right): (operation, a, b) = (.minimum, register(left), register(right))
        case .maximum(let left, let right): (operation, a, b) = (.maximum, register(left), register(right))
        case .rate(let inner): (operation, a) = (.rate, register(inner))
        }
        instructions.append(
            Instruction(
                operation: operation, a: a, b: b, first: range.lowerBound, last: range.upperBound, constant: constant))
    }

    /// The samples at which each node is needed, by walking from users to operands.
    private static func needed(_ graph: SignalGraph, _ wanted: [Int: ClosedRange<Int>]) -> [Int: ClosedRange<Int>] {
        var needed = wanted
        func need(_ index: Int, _ range: ClosedRange<Int>) {
            guard let known = needed[index] else { return needed[index] = range }
            needed[index] = min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
        }
        for (index, node) in graph.nodes.enumerated().reversed() {
            guard let range = needed[index] else { continue }
            switch node {
            case .output, .action, .novelty, .series: break
            case .affine(let terms, _): for term in terms { need(term.node, range) }
            case .product(let a, let b), .quotient(let a, let b), .minimum(let a, let b), .maximum(let a, let b):
                need(a, range)
                need(b, range)
            case .absolute(let a): need(a, range)
            case .rate(let a): need(a, max(0, range.lowerBound - 1)...range.upperBound)
            }
        }
        return needed
    }
}
