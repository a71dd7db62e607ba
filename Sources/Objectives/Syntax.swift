/// A piece of the objective language as it was written, before channels are known.
struct Syntax: Sendable, Equatable {
    enum Arithmetic: String, Sendable { case plus = "+", minus = "-", times = "*", over = "/" }

    enum Relation: String, Sendable {
        case less = "<", lessOrEqual = "<=", greater = ">", greaterOrEqual = ">="
        /// Whether the left side is the smaller one.
        var ascends: Bool { self == .less || self == .lessOrEqual }
    }

    enum Function: String, Sendable, CaseIterable {
        case abs, min, max, rate
        case effort, smooth, minimize, maximize
        /// Whether the function makes a goal of a signal, not another signal.
        var isGoal: Bool { [.effort, .smooth, .minimize, .maximize].contains(self) }
        /// The least number of arguments; `min` and `max` take more.
        var takesMany: Bool { self == .min || self == .max }
    }

    enum Table: String, Sendable, CaseIterable { case steps, ramp }

    /// The word before a condition whose share of the time is limited.
    static let shareWord = "share"

    enum Temporal: String, Sendable, CaseIterable { case always, eventually }

    /// A stretch of time in seconds from the start; `upper` is `nil` when it has no end.
    struct Window: Sendable, Equatable {
        var lower: Double
        var upper: Double?
        var range: Range<Int>
    }

    /// When a goal counts.
    enum Timing: Sendable, Equatable {
        case instant(Double)
        case window(Window)
        case end
    }

    indirect enum Kind: Sendable, Equatable {
        case number(Double, unit: String?, unitOffset: Int)
        case name(String)
        case list([Syntax])
        case table(Table, [Knot])
        case call(Function, [Syntax])
        case negative(Syntax)
        case arithmetic(Arithmetic, Syntax, Syntax)
        case comparison([Syntax], [Relation])
        case equality(Syntax, Syntax, arrow: Bool)
        case timed(Syntax, Timing)
        case not(Syntax)
        case and(Syntax, Syntax)
        case or(Syntax, Syntax)
        case implies(Syntax, Syntax)
        case temporal(Temporal, Window, Syntax)
        case until(Window, Syntax, Syntax)
        /// A condition holds for so large a share of the steps, at least or, with an ascending relation, at most.
        case share(Window, Syntax, Relation, Double)
    }

    /// One point of a reference: time in seconds and the value from then on.
    struct Knot: Sendable, Equatable {
        var time: Double
        var value: Syntax
    }

    /// What a piece of text stands for.
    enum Sort: String, Sendable {
        case signal = "a value"
        case formula = "a condition"
        case goal = "a goal"
    }

    let kind: Kind
    let range: Range<Int>
    /// How many operations stand on one another in this piece.
    let height: Int

    init(kind: Kind, range: Range<Int>) {
        self.kind = kind
        self.range = range
        height = 1 + (Self.children(of: kind).map(\.height).max() ?? 0)
    }

    /// The pieces that this one is made of.
    var children: [Syntax] { Self.children(of: kind) }

    private static func children(of kind: Kind) -> [Syntax] {
        switch kind {
        case .number, .name: []
        case .list(let values), .call(_, let values), .comparison(let values, _): values
        case .table(_, let knots): knots.map(\.value)
        case .negative(let inner), .timed(let inner, _), .not(let inner), .temporal(_, _, let inner),
            .share(_, let inner, _, _):
            [inner]
        case .arithmetic(_, let left, let right), .equality(let left, let right, _), .and(let left, let right),
            .or(let left, let right), .implies(let left, let right), .until(_, let left, let right):
            [left, right]
        }
    }

    /// What this piece stands for, by its outermost sign.
    var sort: Sort {
        switch kind {
        case .number, .name, .list, .table, .negative: .signal
        case .call(let function, _): function.isGoal ? .goal : .signal
        case .arithmetic(_, let left, let right): left.sort == .signal && right.sort == .signal ? .signal : .goal
        case .comparison, .not, .and, .or, .implies, .temporal, .until, .share: .formula
        case .equality, .timed: .goal
        }
    }
}
