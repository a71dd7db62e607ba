import Basics

/// Parses the objective language by recursive descent.
///
/// From loose to tight: `implies` (to the right), `or`, `and`, `until`, `not`, `at`, comparisons and `=`, `+ -`, `* /`,
/// sign, brackets and calls.
struct Parser {
    /// How deep brackets may nest, so that no text can exhaust the stack.
    static let deepest = 100
    /// How many operations may stand on one another, for the same reason.
    static let tallest = 300

    let tokens: [Token]
    var index = 0
    private var depth = 0

    init(_ text: FormulaText) throws { tokens = try Lexer.tokens(of: text.characters) }

    /// The whole text as one formula.
    static func formula(_ text: FormulaText) throws -> Syntax {
        var parser = try Parser(text)
        let syntax = try parser.implication()
        try parser.finish()
        return syntax
    }

    /// The whole text as goals separated by `;`.
    static func goals(_ text: FormulaText) throws -> [Syntax] {
        var parser = try Parser(text)
        var goals: [Syntax] = []
        while parser.token.kind != .end || goals.isEmpty {
            goals.append(try parser.implication())
            guard parser.take(";") else { break }
        }
        try parser.finish()
        return goals
    }

    // MARK: Levels

    mutating func implication() throws -> Syntax {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.deepest else {
            throw FormulaError("nested more than \(Self.deepest) deep", at: token.range.lowerBound)
        }
        let left = try disjunction()
        guard take(word: "implies") else { return left }
        return try join(left, try implication()) { .implies($0, $1) }
    }

    private mutating func disjunction() throws -> Syntax {
        var left = try conjunction()
        while take(word: "or") { left = try join(left, try conjunction()) { .or($0, $1) } }
        return left
    }

    private mutating func conjunction() throws -> Syntax {
        var left = try until()
        while take(word: "and") { left = try join(left, try until()) { .and($0, $1) } }
        return left
    }

    private mutating func until() throws -> Syntax {
        let left = try negation()
        guard token.kind == .word("until") else { return left }
        let window = try window(after: advance())
        return try join(left, try negation()) { .until(window, $0, $1) }
    }

    private mutating func negation() throws -> Syntax {
        var starts: [Int] = []
        while token.kind == .word("not") { starts.append(advance().range.lowerBound) }
        var inner = try relation()
        for start in starts.reversed() { inner = try node(.not(inner), start..<inner.range.upperBound) }
        return inner
    }

    private mutating func relation() throws -> Syntax {
        let first = try sum()
        var syntax = first
        if take("=") || take("==") {
            syntax = try join(first, try sum()) { .equality($0, $1, arrow: false) }
        } else if take("->") {
            syntax = try join(first, try sum()) { .equality($0, $1, arrow: true) }
        } else if case .sign(let sign) = token.kind, let relation = Syntax.Relation(rawValue: sign) {
            syntax = try comparison(first, relation)
        }
        guard token.kind == .word("at") else { return syntax }
        advance()
        let timing = try timing()
        return try node(.timed(syntax, timing), syntax.range.lowerBound..<tokens[index - 1].range.upperBound)
    }

    private mutating func comparison(_ first: Syntax, _ relation: Syntax.Relation) throws -> Syntax {
        var operands = [first]
        var relations: [Syntax.Relation] = []
        while case .sign(let sign) = token.kind, let next = Syntax.Relation(rawValue: sign) {
            if next.ascends != relation.ascends {
                throw FormulaError(
                    "a chain of comparisons runs one way: '\(relation.rawValue)' and '\(sign)' don't go together",
                    remedy: "join two comparisons by 'and'", at: token.range.lowerBound)
            }
            advance()
            operands.append(try sum())
            relations.append(next)
        }
        let range = first.range.lowerBound..<tokens[index - 1].range.upperBound
        return try node(.comparison(operands, relations), range)
    }

    mutating func sum() throws -> Syntax {
        var left = try product()
        while case .sign(let sign) = token.kind, sign == "+" || sign == "-" {
            advance()
            left = try join(left, try product()) { .arithmetic(sign == "+" ? .plus : .minus, $0, $1) }
        }
        return left
    }

    private mutating func product() throws -> Syntax {
        var left = try signed()
        while case .sign(let sign) = token.kind, sign == "*" || sign == "/" {
            advance()
            left = try join(left, try signed()) { .arithmetic(sign == "*" ? .times : .over, $0, $1) }
        }
        return left
    }

    private mutating func signed() throws -> Syntax {
        var starts: [Int] = []
        while token.kind == .sign("-") { starts.append(advance().range.lowerBound) }
        var inner = try primary()
        for start in starts.reversed() {
            inner = try node(.negative(inner), start..<inner.range.upperBound)
        }
        return inner
    }

    private mutating func primary() throws -> Syntax {
        // Tables in tables come here without another level of a formula.
        depth += 1
        defer { depth -= 1 }
        guard depth <= 2 * Self.deepest else {
            throw FormulaError("nested more than \(Self.deepest) deep", at: token.range.lowerBound)
        }
        let token = token
        switch token.kind {
        case .number(let value, let unit, let unitOffset):
            advance()
            return try node(.number(value, unit: unit, unitOffset: unitOffset), token.range)
        case .quoted(let name):
            advance()
            return try node(.name(name), token.range)
        case .word(let word) where !Lexer.keywords.contains(word):
            advance()
            return try wordOrCall(word, token)
        case .sign("("):
            advance()
            let inner = try implication()
            try expect(")", "to close the bracket of character \(token.range.lowerBound + 1)")
            return try node(inner.kind, token.range.lowerBound..<tokens[index - 1].range.upperBound)
        case .sign("["):
            advance()
            let values = try list(until: "]")
            return try node(.list(values), token.range.lowerBound..<tokens[index - 1].range.upperBound)
        default:
            throw unexpected("a channel, a number or a bracket")
        }
    }

    private mutating func wordOrCall(_ word: String, _ start: Token) throws -> Syntax {
        if let temporal = Syntax.Temporal(rawValue: word), token.kind == .sign("(") || token.kind == .sign("[") {
            let window = try window(after: start)
            try expect("(", "after \(word)")
            let inner = try implication()
            try expect(")", "to close \(word)(")
            return try finished(.temporal(temporal, window, inner), from: start)
        }
        if word == Syntax.shareWord, token.kind == .sign("(") || token.kind == .sign("[") { return try share(start) }
        guard token.kind == .sign("(") else { return try node(.name(word), start.range) }
        if let table = Syntax.Table(rawValue: word) {
            advance()
            return try finished(.table(table, try knots(word)), from: start)
        }
        guard let function = Syntax.Function(rawValue: word) else { throw unknownFunction(word, start) }
        advance()
        let arguments = try list(until: ")")
        guard function.takesMany ? arguments.count >= 2 : arguments.count == 1 else {
            let wanted = function.takesMany ? "two or more arguments" : "one argument"
            throw FormulaError("\(word) takes \(wanted), not \(arguments.count)", at: start.range.lowerBound)
        }
        return try finished(.call(function, arguments), from: start)
    }

    func finished(_ kind: Syntax.Kind, from start: Token) throws -> Syntax {
        try node(kind, start.range.lowerBound..<tokens[index - 1].range.upperBound)
    }
}

// MARK: - Tokens

extension Parser {
    var token: Token { tokens[index] }

    @discardableResult
    mutating func advance() -> Token {
        let token = tokens[index]
        if index + 1 < tokens.count { index += 1 }
        return token
    }

    mutating func take(_ sign: String) -> Bool {
        guard token.kind == .sign(sign) else { return false }
        advance()
        return true
    }

    mutating func take(word: String) -> Bool {
        guard token.kind == .word(word) else { return false }
        advance()
        return true
    }

    mutating func expect(_ sign: String, _ reason: String) throws {
        guard take(sign) else { throw unexpected("'\(sign)' \(reason)") }
    }

    func finish() throws {
        guard token.kind == .end else { throw unexpected("the end") }
    }

    func join(_ left: Syntax, _ right: Syntax, _ make: (Syntax, Syntax) -> Syntax.Kind) throws -> Syntax {
        try node(make(left, right), left.range.lowerBound..<right.range.upperBound)
    }

    /// A piece of syntax, refused when it stands on too many others.
    func node(_ kind: Syntax.Kind, _ range: Range<Int>) throws -> Syntax {
        let syntax = Syntax(kind: kind, range: range)
        guard syntax.height <= Self.tallest else {
            throw FormulaError(
                "more than \(Self.tallest) operations in one piece", remedy: "split it", at: range.lowerBound)
        }
        return syntax
    }

    func unknownFunction(_ word: String, _ start: Token) -> FormulaError {
        let known =
            Syntax.Function.allCases.map(\.rawValue) + Syntax.Table.allCases.map(\.rawValue)
            + Syntax.Temporal.allCases.map(\.rawValue) + [Syntax.shareWord]
        let remedy = nearestNameQuestion(to: word, among: known, isQuoted: true)
        return FormulaError(
            "unknown function '\(word)'", remedy: remedy ?? "known are \(known.joined(separator: ", "))",
            at: start.range.lowerBound)
    }

    func unexpected(_ wanted: String) -> FormulaError {
        let found: String
        var remedy = ""
        switch token.kind {
        case .number: found = "a number"
        case .word(let word): found = "'\(word)'"
        case .quoted(let name): found = "`\(name)`"
        case .sign(let sign):
            found = "'\(sign)'"
            let words = ["&&": "and", "||": "or", "!": "not"]
            if let word = words[sign] { remedy = "write '\(word)'" }
        case .end: found = "the end of the text"
        }
        return FormulaError("expected \(wanted), found \(found)", remedy: remedy, at: token.range.lowerBound)
    }
}
