/// Lists, tables, windows, times and shares of time.
extension Parser {
    mutating func list(until close: String) throws -> [Syntax] {
        var values = [try implication()]
        while take(",") { values.append(try implication()) }
        try expect(close, "or ','")
        return values
    }

    mutating func knots(_ table: String) throws -> [Syntax.Knot] {
        var knots: [Syntax.Knot] = []
        repeat {
            let start = token.range.lowerBound
            guard let time = try time(allowingEnd: false) else { throw unexpected("a time") }
            if let last = knots.last, time <= last.time {
                throw FormulaError("the times of \(table) must rise", at: start)
            }
            try expect(":", "between time and value, as in \(table)(0: 40, 300: 50)")
            knots.append(Syntax.Knot(time: time, value: try sum()))
        } while take(",")
        try expect(")", "or ','")
        return knots
    }

    mutating func timing() throws -> Syntax.Timing {
        if token.kind == .sign("[") { return .window(try window(after: token)) }
        return try time(allowingEnd: true).map(Syntax.Timing.instant) ?? .end
    }

    /// A window in brackets, or the whole future when there is none.
    mutating func window(after start: Token) throws -> Syntax.Window {
        let opening = token.range.lowerBound
        guard take("[") else { return Syntax.Window(lower: 0, upper: nil, range: start.range) }
        guard let lower = try time(allowingEnd: false) else { throw unexpected("a time") }
        try expect(",", "between the two times of a window")
        let upper = try time(allowingEnd: true)
        try expect("]", "to close the window")
        if let upper, upper < lower {
            throw FormulaError(
                "the window ends at \(shortNumber(upper)) s, before it begins at \(shortNumber(lower)) s", at: opening)
        }
        return Syntax.Window(lower: lower, upper: upper, range: opening..<tokens[index - 1].range.upperBound)
    }

    /// A time in seconds, or `nil` for `end` and `inf`.
    mutating func time(allowingEnd: Bool) throws -> Double? {
        if allowingEnd, take(word: "end") || take(word: "inf") { return nil }
        guard case .number(let value, let unit, let unitOffset) = token.kind else {
            throw unexpected("a time such as 300 s" + (allowingEnd ? ", or 'end'" : ""))
        }
        advance()
        guard let unit else { return value }
        guard let parsed = UnitOfMeasure(parsing: unit), parsed.isTime else {
            throw FormulaError("'\(unit)' is not a unit of time", remedy: "use ms, s, min or h", at: unitOffset)
        }
        return value * parsed.factor
    }

    /// What stands behind `share`: a window, a condition in brackets, and the share that it must have.
    mutating func share(_ start: Token) throws -> Syntax {
        let window = try window(after: start)
        try expect("(", "after \(Syntax.shareWord)")
        let inner = try implication()
        try expect(")", "to close \(Syntax.shareWord)(")
        guard case .sign(let sign) = token.kind, let relation = Syntax.Relation(rawValue: sign) else {
            throw unexpected("'>=' and a share, as in share(T1 <= 55) >= 95 %")
        }
        advance()
        let place = token.range.lowerBound
        guard case .number(let value, let unit, let unitOffset) = token.kind else {
            throw unexpected("a share such as 95 % or 0.95")
        }
        guard unit == nil || unit == "%" else {
            throw FormulaError("'\(unit ?? "")' is not a unit of a share", remedy: "use %, or none", at: unitOffset)
        }
        advance()
        let share = unit == nil ? value : value / 100
        guard share > 0, share < 1 else {
            throw FormulaError(
                "a share lies between 0 and 100 %, not at its ends", remedy: "write always(…) for all of the time",
                at: place)
        }
        return try finished(.share(window, inner, relation, share), from: start)
    }
}
