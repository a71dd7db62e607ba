/// Checks, before any channel is known, that values, conditions and goals stand where they may.
enum SortCheck {
    /// The piece must be a condition, or a share of the time in which one holds.
    static func guardrail(_ syntax: Syntax) throws {
        switch syntax.kind {
        case .share(_, let inner, _, _):
            try formula(inner)
            try instant(inner)
        case .not(let inner): try guardrail(inner)
        default: try formula(syntax)
        }
    }

    /// The piece must speak of one instant.
    private static func instant(_ syntax: Syntax) throws {
        switch syntax.kind {
        case .temporal, .until:
            throw FormulaError(
                "a share counts instants, and this speaks of a stretch of time",
                remedy: "put a comparison there, as in share(T1 <= 55) >= 95 %", at: syntax.range.lowerBound)
        case .not, .and, .or, .implies: for child in syntax.children { try instant(child) }
        default: break
        }
    }

    /// What stands at both ends of a comparison has to leave something between.
    private static func room(_ operands: [Syntax], _ relations: [Syntax.Relation], _ syntax: Syntax) throws {
        guard relations.count > 1, let one = operands.first?.written, let other = operands.last?.written else {
            return
        }
        // Where one alone has a unit, that of the channel decides.
        guard one.unit == other.unit || (one.unit != nil && other.unit != nil) else { return }
        let (first, last) = (one.number, one.unit == nil ? other.number : other.value(in: one.unit))
        let ascends = relations.allSatisfy(\.ascends)
        guard ascends ? first > last : relations.allSatisfy({ !$0.ascends }) && first < last else { return }
        throw FormulaError(
            "nothing lies between \(one.words) and \(other.words) this way round",
            remedy:
                "swap them, as in \((first < last ? one : other).words) <= … <= \((first < last ? other : one).words)",
            at: syntax.range.lowerBound)
    }

    /// The piece must be a condition.
    static func formula(_ syntax: Syntax) throws {
        switch syntax.kind {
        case .comparison(let operands, let relations):
            try room(operands, relations, syntax)
            for operand in operands { try signal(operand) }
        case .not(let inner), .temporal(_, _, let inner): try formula(inner)
        case .and(let left, let right), .or(let left, let right), .implies(let left, let right),
            .until(_, let left, let right):
            try formula(left)
            try formula(right)
        case .share:
            throw FormulaError(
                "a share of the time stands alone", remedy: "give it as a guardrail of its own",
                at: syntax.range.lowerBound)
        default: throw FormulaError.notACondition(syntax)
        }
    }

    /// The piece must be a value.
    static func signal(_ syntax: Syntax) throws {
        if case .arithmetic(_, let left, let right) = syntax.kind {
            try signal(left)
            return try signal(right)
        }
        guard syntax.sort == .signal else {
            var remedy = ""
            if case .call(let function, _) = syntax.kind {
                remedy = "\(function.rawValue)(…) is a cost: separate goals by ';'"
            }
            throw FormulaError(
                "expected a value, found \(syntax.sort.rawValue)", remedy: remedy, at: syntax.range.lowerBound)
        }
        for child in syntax.children { try signal(child) }
    }

    /// The piece must be a goal.
    static func goal(_ syntax: Syntax) throws {
        switch syntax.kind {
        case .equality(let left, let right, _):
            try signal(left)
            try signal(right)
        case .comparison(let operands, let relations):
            try room(operands, relations, syntax)
            for operand in operands { try signal(operand) }
        case .call(let function, let arguments) where function.isGoal: try signal(arguments[0])
        case .timed(let inner, _):
            if case .timed = inner.kind { throw FormulaError("a goal has one time", at: syntax.range.lowerBound) }
            try goal(inner)
        case .arithmetic(let operation, let left, let right) where syntax.sort == .goal:
            switch operation {
            case .plus:
                try goal(left)
                try goal(right)
            case .times:
                let (weight, term) = left.sort == .signal ? (left, right) : (right, left)
                try signal(weight)
                try goal(term)
            case .over:
                try goal(left)
                try signal(right)
            case .minus:
                throw FormulaError(
                    "goals add, they don't subtract", remedy: "use maximize(…) to want more", at: right.range.lowerBound
                )
            }
        case .and, .or, .not, .implies, .temporal, .until, .share:
            throw FormulaError(
                "expected a goal, found a condition",
                remedy: "give it as a guardrail, or separate goals by ';'", at: syntax.range.lowerBound)
        default:
            throw FormulaError(
                "expected a goal, found \(syntax.sort.rawValue)", remedy: "write a target, as in T1 = 45",
                at: syntax.range.lowerBound)
        }
    }
}
