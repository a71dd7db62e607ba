/// A formula made flat: one instruction an operator, operands before users. Registers are `[sample, lane]` as those of
/// the signals; the verdict is the last register at sample 0.
struct FormulaProgram: Sendable {
    static let lanes = SignalProgram.lanes

    enum Operation: UInt8, Sendable { case atom, both, either, always, eventually, until, release, share, chance, sum }

    struct Instruction: Sendable {
        var operation: Operation
        /// The signal register of an atom, the first operand of a window, or where operands begin.
        var a: Int
        /// The index of the atom, the second operand of `until`, or where operands end.
        var b: Int
        /// The first and last sample at which it is judged.
        var first: Int
        var last: Int
        var span = StepFormula.Span(lower: 0, upper: nil, limit: 0)
        /// What an atom's margin is multiplied by to compare it with atoms of other units.
        var weight: Float = 1
        /// The least share of the time that is asked for.
        var level: Float = 0
    }

    // Inside a share, `chance` is how likely a comparison holds, `sum` at least how likely all hold, `either` at least how likely one
    // does; `share` is their mean over the window less its level, in percent.

    private(set) var instructions: [Instruction] = []
    private(set) var operands: [Int] = []
    let samples: Int

    var registerSize: Int { samples * Self.lanes }
    /// Whether it limits a share of the time.
    var isShare: Bool { instructions.last?.operation == .share }
    /// The register of the verdict.
    var root: Int { instructions.count - 1 }

    /// The samples at which the margins of atoms are needed, by graph node.
    static func wanted(_ formula: StepFormula, atoms: [Atom], horizon: Int) -> [Int: ClosedRange<Int>] {
        var wanted: [Int: ClosedRange<Int>] = [:]
        var program = FormulaProgram(samples: horizon + 1)
        _ = program.append(formula, 0...0) { index, range in
            let node = atoms[index].node
            let known = wanted[node] ?? range
            wanted[node] = min(known.lowerBound, range.lowerBound)...max(known.upperBound, range.upperBound)
            return (0, 1)
        }
        return wanted
    }

    /// The program of a formula, over the signal register of each graph node.
    ///
    /// When `normalised`, margins of different scales are made comparable by dividing by the scale.
    init(_ formula: StepFormula, atoms: [Atom], horizon: Int, registers: [Int: Int], normalised: Bool) {
        self.init(samples: horizon + 1)
        _ = append(formula, 0...0) { index, _ in
            guard let register = registers[atoms[index].node] else { preconditionFailure("atoms are compiled first") }
            return (register, normalised ? Float(1 / atoms[index].scale) : 1)
        }
    }

    private init(samples: Int) { self.samples = samples }

    private mutating func append(
        _ formula: StepFormula, _ range: ClosedRange<Int>, isChance: Bool = false,
        atom: (_ index: Int, _ range: ClosedRange<Int>) -> (register: Int, weight: Float)
    ) -> Int {
        var instruction = Instruction(
            operation: .atom, a: 0, b: 0, first: range.lowerBound, last: range.upperBound)
        /// All samples that the windows of the range look at; of an empty window, which decides nothing, the last there is.
        func inside(_ span: StepFormula.Span) -> ClosedRange<Int> {
            let first = min(samples - 1, span.samples(from: range.lowerBound).lowerBound)
            return first...max(first, min(samples, span.samples(from: range.upperBound).upperBound) - 1)
        }
        switch formula {
        case .atom(let index):
            let (register, weight) = atom(index, range)
            (instruction.a, instruction.b, instruction.weight) = (register, index, weight)
            if isChance { instruction.operation = .chance }
        case .both(let parts), .either(let parts):
            let registers = parts.map { append($0, range, isChance: isChance, atom: atom) }
            if case .both = formula {
                instruction.operation = isChance ? .sum : .both
            } else {
                instruction.operation = .either
            }
            (instruction.a, instruction.b) = (operands.count, operands.count + registers.count)
            operands += registers
        case .always(let span, let inner), .eventually(let span, let inner):
            if case .always = formula { instruction.operation = .always } else { instruction.operation = .eventually }
            instruction.span = span
            instruction.a = append(inner, inside(span), atom: atom)
        case .share(let span, let inner, let level):
            instruction.operation = .share
            (instruction.span, instruction.level) = (span, Float(level))
            instruction.a = append(inner, inside(span), isChance: true, atom: atom)
        case .until(let span, let holds, let comes), .release(let span, let holds, let comes):
            if case .until = formula { instruction.operation = .until } else { instruction.operation = .release }
            instruction.span = span
            let window = inside(span)
            let before = max(1, range.lowerBound)
            instruction.a = append(holds, before...max(before, window.upperBound - 1), atom: atom)
            instruction.b = append(comes, window, atom: atom)
        }
        instructions.append(instruction)
        return instructions.count - 1
    }
}
