import Basics
import Episodes

/// What is known of a signal beside its node.
struct ResolvedSignal {
    /// How far its unit is known.
    enum Dimension: Equatable {
        /// A plain number: takes the unit of what it meets.
        case free
        /// A channel that has no unit in the log: fits everything.
        case unknown
        case known(UnitOfMeasure)
    }

    var node: Int
    var dimension: Dimension
    /// The size of an ordinary step of this signal, in its own unit; 0 for constants and references.
    var scale: Double
    /// Whether it is made of numbers only.
    var isLiteral: Bool
    /// Whether it is a change per second of a channel without a unit: that part of its unit is known, the other is not.
    var isRateOfUnknown = false

    /// The unit, where known.
    var unit: UnitOfMeasure? { if case .known(let unit) = dimension { unit } else { nil } }
}

/// Turns written values into signals of a context: finds channels, checks units, converts times.
struct SignalResolver {
    let text: FormulaText
    let context: TrajectoryContext
    let options: CompileOptions
    let scales: ChannelScales
    var graph = SignalGraph()

    init(text: FormulaText, context: TrajectoryContext, options: CompileOptions) {
        self.text = text
        self.context = context
        self.options = options
        scales = options.scales ?? ChannelScales(limitsOf: context)
        precondition(
            scales.outputs.count == context.outputs.count && scales.actions.count == context.actions.count,
            "as many scales as channels")
    }

    /// The signal of a piece of text.
    mutating func resolve(_ syntax: Syntax) throws -> ResolvedSignal {
        switch syntax.kind {
        case .number(let value, let unit, let offset):
            if let unit { try refuseChannel(unit, value, at: offset) }
            let node = graph.constant(value)
            let dimension = unit.map { ResolvedSignal.Dimension.known(UnitOfMeasure(channel: $0)) } ?? .free
            return ResolvedSignal(node: node, dimension: dimension, scale: 0, isLiteral: true)
        case .name(let name): return try channel(name, at: syntax.range.lowerBound)
        case .list(let values):
            let step = options.listStep ?? context.samplingTime
            return try series(values, times: values.indices.map { Double($0 + 1) * step }, .steps)
        case .table(let table, let knots):
            return try series(knots.map(\.value), times: knots.map(\.time), table == .steps ? .steps : .ramp)
        case .negative(let inner):
            var value = try resolve(inner)
            value.node = graph.scaled(value.node, by: -1)
            return value
        case .arithmetic(let operation, let left, let right): return try arithmetic(operation, left, right)
        case .call(let function, let arguments): return try call(function, arguments, syntax)
        default:
            throw FormulaError(
                "expected a value, found \(syntax.sort.rawValue)", at: syntax.range.lowerBound)
        }
    }

    /// Two signals in one unit: the unit of the side that names one in the text, else of the first that has one.
    mutating func aligned(
        _ left: ResolvedSignal, _ right: ResolvedSignal, _ leftSyntax: Syntax, _ rightSyntax: Syntax
    ) throws -> (left: ResolvedSignal, right: ResolvedSignal, dimension: ResolvedSignal.Dimension) {
        try refuseTimes(left, right, leftSyntax, rightSyntax)
        guard let leftUnit = left.unit, let rightUnit = right.unit else {
            let dimension: ResolvedSignal.Dimension =
                left.unit.map { .known($0) } ?? right.unit.map { .known($0) }
                ?? (left.dimension == .free ? right.dimension : left.dimension)
            return (left, right, dimension)
        }
        guard leftUnit.matches(rightUnit) else { throw mismatch(left, right, leftSyntax, rightSyntax) }
        let unit = right.isLiteral && !left.isLiteral ? rightUnit : leftUnit
        return (converted(left, to: unit), converted(right, to: unit), .known(unit))
    }

    /// Refuses a change per second of who knows what beside a unit of another time: whether `10 %/min` is a sixtieth of what it
    /// says cannot be told, and taking it for 10 a second would be a limit sixty times as wide.
    private func refuseTimes(
        _ left: ResolvedSignal, _ right: ResolvedSignal, _ leftSyntax: Syntax, _ rightSyntax: Syntax
    ) throws {
        guard left.isRateOfUnknown != right.isRateOfUnknown, let unit = left.unit ?? right.unit, unit.factor != 1
        else { return }
        let (rate, other) = left.isRateOfUnknown ? (leftSyntax, rightSyntax) : (rightSyntax, leftSyntax)
        throw FormulaError(
            "'\(text.slice(rate.range))' is a change per second of a channel without a unit, and "
                + "'\(text.slice(other.range))' cannot be converted to that",
            remedy: "give the channel a unit, or write the number per second without one", at: other.range.lowerBound)
    }

    private mutating func converted(_ signal: ResolvedSignal, to unit: UnitOfMeasure) -> ResolvedSignal {
        guard let own = signal.unit, own.factor != unit.factor else { return signal }
        var signal = signal
        signal.node = graph.scaled(signal.node, by: own.factor / unit.factor)
        signal.scale *= own.factor / unit.factor
        signal.dimension = .known(unit)
        return signal
    }

    private func mismatch(
        _ left: ResolvedSignal, _ right: ResolvedSignal, _ leftSyntax: Syntax, _ rightSyntax: Syntax
    ) -> FormulaError {
        func words(_ signal: ResolvedSignal, _ syntax: Syntax) -> String {
            "'\(text.slice(syntax.range))' in \(signal.unit?.text ?? "no unit")"
        }
        // The literal is what a person would change, so that is where the caret goes.
        let atLiteral = left.isLiteral && !right.isLiteral ? leftSyntax : rightSyntax
        var offset = atLiteral.range.lowerBound
        if case .number(_, .some, let unitOffset) = atLiteral.kind { offset = unitOffset }
        let wanted = (left.isLiteral && !right.isLiteral ? right : left).unit?.text ?? ""
        return FormulaError(
            "units don't match: \(words(left, leftSyntax)) and \(words(right, rightSyntax))",
            remedy: "give the value in \(wanted); only times are converted", at: offset)
    }
}

extension SignalResolver {
    private mutating func channel(_ name: String, at offset: Int) throws -> ResolvedSignal {
        func signal(_ node: Int, _ channel: Channel, _ scale: Float) -> ResolvedSignal {
            let unit = channel.unit.flatMap { $0.isEmpty ? nil : UnitOfMeasure(channel: $0) }
            return ResolvedSignal(
                node: node, dimension: unit.map { .known($0) } ?? .unknown, scale: Double(scale), isLiteral: false)
        }
        if let index = context.outputs.firstIndex(where: { $0.name == name }) {
            return signal(graph.add(.output(index)), context.outputs[index], scales.outputs[index])
        }
        if let index = context.actions.firstIndex(where: { $0.name == name }) {
            return signal(graph.add(.action(index)), context.actions[index], scales.actions[index])
        }
        if let series = options.references[name] {
            return ResolvedSignal(node: graph.add(.series(series)), dimension: .unknown, scale: 0, isLiteral: false)
        }
        if name == "novelty" {
            return ResolvedSignal(node: graph.add(.novelty), dimension: .free, scale: 1, isLiteral: false)
        }
        let known = (context.outputs + context.actions).map(\.name) + options.references.keys.sorted()
        if options.disturbances.contains(name) {
            throw FormulaError(
                "'\(name)' is a disturbance, which no action changes and nothing predicts",
                remedy: "speak of what is predicted or set (\(known.joined(separator: ", "))), and write what "
                    + "'\(name)' will be as a number or as a reference such as steps(0: 20, 300: 25)", at: offset)
        }
        let near = nearestNameQuestion(to: name, among: known, isQuoted: true)
        throw FormulaError(
            "unknown channel '\(name)'", remedy: near ?? "known are \(known.joined(separator: ", "))", at: offset)
    }

    /// Refuses the name of a channel behind a number, which would be read as a unit that fits every channel without one.
    private func refuseChannel(_ unit: String, _ value: Double, at offset: Int) throws {
        let channels = context.outputs + context.actions
        guard channels.contains(where: { $0.name == unit }) || options.references[unit] != nil,
            !channels.contains(where: { $0.unit == unit }), !UnitOfMeasure(channel: unit).isTime
        else { return }
        throw FormulaError(
            "'\(unit)' is a channel, not a unit", remedy: "write \(shortNumber(value)) * \(unit)", at: offset)
    }

    private mutating func arithmetic(
        _ operation: Syntax.Arithmetic, _ leftSyntax: Syntax, _ rightSyntax: Syntax
    ) throws -> ResolvedSignal {
        let left = try resolve(leftSyntax)
        let right = try resolve(rightSyntax)
        let isLiteral = left.isLiteral && right.isLiteral
        switch operation {
        case .plus, .minus:
            let (a, b, dimension) = try aligned(left, right, leftSyntax, rightSyntax)
            let node = graph.affine([(1, a.node), (operation == .plus ? 1 : -1, b.node)])
            return ResolvedSignal(
                node: node, dimension: dimension, scale: max(a.scale, b.scale), isLiteral: isLiteral,
                isRateOfUnknown: a.isRateOfUnknown || b.isRateOfUnknown)
        case .times:
            try refuseTimes(left, right, leftSyntax, rightSyntax)
            let node = graph.product(left.node, right.node)
            let dimension = combined(left, right) { $0.times($1) }
            return ResolvedSignal(
                node: node, dimension: dimension, scale: isLiteral ? 0 : magnitude(left) * magnitude(right),
                isLiteral: isLiteral, isRateOfUnknown: left.isRateOfUnknown || right.isRateOfUnknown)
        case .over:
            try refuseTimes(left, right, leftSyntax, rightSyntax)
            if graph.constantValue(right.node) == 0 {
                throw FormulaError("division by zero", at: rightSyntax.range.lowerBound)
            }
            let node = graph.quotient(left.node, right.node)
            let dimension = combined(left, right) { $0.over($1) }
            return ResolvedSignal(
                node: node, dimension: dimension, scale: isLiteral ? 0 : magnitude(left) / magnitude(right),
                isLiteral: isLiteral, isRateOfUnknown: left.isRateOfUnknown || right.isRateOfUnknown)
        }
    }

    /// The factor that an operand of a product adds to the scale.
    private func magnitude(_ signal: ResolvedSignal) -> Double {
        if let constant = graph.constantValue(signal.node) { return abs(constant) }
        return signal.scale > 0 ? signal.scale : 1
    }

    private func combined(
        _ left: ResolvedSignal, _ right: ResolvedSignal, _ combine: (UnitOfMeasure, UnitOfMeasure) -> UnitOfMeasure
    ) -> ResolvedSignal.Dimension {
        switch (left.dimension, right.dimension) {
        case (.known(let a), .known(let b)): .known(combine(a, b))
        case (.unknown, _), (_, .unknown): .unknown
        case (.free, .free): .free
        case (.known(let a), .free): .known(a)
        case (.free, .known(let b)):
            // A number over a channel has the inverse unit.
            .known(combine(UnitOfMeasure.none, b))
        }
    }

    private mutating func call(
        _ function: Syntax.Function, _ arguments: [Syntax], _ syntax: Syntax
    ) throws -> ResolvedSignal {
        var result = try resolve(arguments[0])
        switch function {
        case .abs: result.node = graph.absolute(result.node)
        case .rate:
            result.node = graph.rate(result.node)
            result.scale /= context.samplingTime
            if let unit = result.unit { result.dimension = .known(unit.perSecond) }
            if result.dimension == .unknown { result.isRateOfUnknown = true }
            result.isLiteral = false
        case .min, .max:
            for argument in arguments.dropFirst() {
                let next = try resolve(argument)
                let (a, b, dimension) = try aligned(result, next, arguments[0], argument)
                let node = function == .min ? graph.minimum(a.node, b.node) : graph.maximum(a.node, b.node)
                result = ResolvedSignal(
                    node: node, dimension: dimension, scale: max(a.scale, b.scale),
                    isLiteral: a.isLiteral && b.isLiteral, isRateOfUnknown: a.isRateOfUnknown || b.isRateOfUnknown)
            }
        case .effort, .smooth, .minimize, .maximize:
            throw FormulaError(
                "\(function.rawValue)(…) is a cost, not a value", remedy: "separate goals by ';'",
                at: syntax.range.lowerBound)
        }
        return result
    }

    private mutating func series(
        _ values: [Syntax], times: [Double], _ interpolation: ReferenceSeries.Interpolation
    ) throws -> ResolvedSignal {
        var numbers: [Double] = []
        var dimension = ResolvedSignal.Dimension.free
        for value in values {
            let resolved = try resolve(value)
            guard let number = graph.constantValue(resolved.node) else {
                throw FormulaError("a reference is made of numbers", at: value.range.lowerBound)
            }
            guard let unit = resolved.unit else {
                numbers.append(number)
                continue
            }
            if case .known(let first) = dimension {
                guard first.matches(unit) else {
                    throw FormulaError(
                        "units don't match: \(first.text) and \(unit.text) in one reference",
                        at: value.range.lowerBound)
                }
                numbers.append(number * unit.factor / first.factor)
            } else {
                dimension = .known(unit)
                numbers.append(number)
            }
        }
        let series = ReferenceSeries(times: times, values: numbers, interpolation: interpolation)
        return ResolvedSignal(node: graph.add(.series(series)), dimension: dimension, scale: 0, isLiteral: true)
    }
}
