/// A word or sign of the objective language, with its place in the text.
struct Token: Equatable {
    enum Kind: Equatable {
        /// A number with the unit written behind it; the offset is that of the unit.
        case number(Double, unit: String?, unitOffset: Int)
        /// A bare word: a channel, a function or a key word.
        case word(String)
        /// A name in backticks: always a channel.
        case quoted(String)
        /// An operator or bracket.
        case sign(String)
        /// The end of the text.
        case end
    }

    var kind: Kind
    var range: Range<Int>
}

/// Cuts a text into tokens.
///
/// A unit belongs to the number before it: `10 %/min`, `55 °C`, `5 min`. Inside a unit there are no spaces, so that
/// `10 % / Q1` stays a division. Words of the language (`and`, `at` …) are never units.
struct Lexer {
    /// How long a text may be: enough for references with a value for each of thousands of steps.
    static let longest = 100_000
    /// Words that are neither channels nor units.
    static let keywords: Set<String> = ["and", "or", "not", "implies", "until", "at", "end", "inf"]
    private static let longSigns: Set<String> = ["->", "<=", ">=", "==", "&&", "||"]
    private static let shortSigns: Set<Character> = [
        "<", ">", "=", "+", "-", "*", "/", "(", ")", "[", "]", ",", ";", ":", "!",
    ]
    private static let aliases: [Character: String] = ["≤": "<=", "≥": ">=", "−": "-", "·": "*", "×": "*", "→": "->"]

    private let text: [Character]
    private var position = 0

    init(_ text: [Character]) { self.text = text }

    /// All tokens of the text, the last one being `.end`.
    static func tokens(of text: [Character]) throws -> [Token] {
        guard text.count <= longest else {
            throw FormulaError("longer than \(longest) characters", remedy: "split it", at: longest)
        }
        var lexer = Lexer(text)
        var tokens: [Token] = []
        while let token = try lexer.next() { tokens.append(token) }
        return tokens + [Token(kind: .end, range: text.count..<text.count)]
    }

    private func peek(_ ahead: Int = 0) -> Character? {
        position + ahead < text.count ? text[position + ahead] : nil
    }

    private mutating func next() throws -> Token? {
        skipSpace()
        guard let character = peek() else { return nil }
        let start = position
        if Self.isDigit(character) || (character == "." && Self.isDigit(peek(1))) { return try number() }
        if character == "`" { return try quoted() }
        if Self.startsWord(character) {
            return Token(kind: .word(takeWord()), range: start..<position)
        }
        if let alias = Self.aliases[character] {
            position += 1
            return Token(kind: .sign(alias), range: start..<position)
        }
        if let second = peek(1), Self.longSigns.contains(String([character, second])) {
            position += 2
            return Token(kind: .sign(String([character, second])), range: start..<position)
        }
        if Self.shortSigns.contains(character) {
            position += 1
            return Token(kind: .sign(String(character)), range: start..<position)
        }
        if Self.startsUnit(character) {
            throw FormulaError("unit sign '\(character)' without a number before it", at: start)
        }
        throw FormulaError(
            "unexpected character '\(character)'", remedy: "put channel names with such characters in backticks",
            at: start)
    }

    private mutating func number() throws -> Token {
        let start = position
        takeDigits()
        if peek() == "." {
            position += 1
            takeDigits()
        }
        if peek() == "e" || peek() == "E" {
            let signed = peek(1) == "+" || peek(1) == "-"
            if Self.isDigit(peek(signed ? 2 : 1)) {
                position += signed ? 2 : 1
                takeDigits()
            }
        }
        let digits = String(text[start..<position])
        guard let value = Double(digits), value.isFinite, abs(value) <= Double(Float.greatestFiniteMagnitude) else {
            throw FormulaError("'\(digits)' is not a number that can be represented", at: start)
        }
        let end = position
        skipSpace()
        let unitStart = position
        if let unit = takeUnit() {
            return Token(kind: .number(value, unit: unit, unitOffset: unitStart), range: start..<position)
        }
        position = end
        return Token(kind: .number(value, unit: nil, unitOffset: end), range: start..<end)
    }

    private mutating func quoted() throws -> Token {
        let start = position
        guard let close = text[(start + 1)...].firstIndex(of: "`") else {
            throw FormulaError(
                "this backtick is never closed", remedy: "end the channel name with a backtick", at: start)
        }
        position = close + 1
        return Token(kind: .quoted(String(text[(start + 1)..<close])), range: start..<position)
    }

    private mutating func takeUnit() -> String? {
        let start = position
        guard let first = peek(), Self.startsUnit(first) || first.isLetter else { return nil }
        while let character = peek() {
            if Self.continuesUnit(character) {
                position += 1
            } else if character == "^", Self.isDigit(peek(1)) || (peek(1) == "-" && Self.isDigit(peek(2))) {
                position += 2
            } else if character == "/" || character == "·", let next = peek(1), Self.startsUnit(next) || next.isLetter {
                position += 1
            } else {
                break
            }
        }
        let unit = String(text[start..<position])
        if Self.keywords.contains(unit) || peek() == "(" {
            position = start
            return nil
        }
        return unit
    }

    private mutating func takeWord() -> String {
        let start = position
        while let character = peek() {
            let dotted = character == "." && (peek(1).map(Self.startsWord) ?? false)
            guard Self.startsWord(character) || Self.isDigit(character) || dotted else { break }
            position += 1
        }
        return String(text[start..<position])
    }

    private mutating func takeDigits() { while Self.isDigit(peek()) { position += 1 } }

    private mutating func skipSpace() { while peek()?.isWhitespace == true { position += 1 } }

    private static func isDigit(_ character: Character?) -> Bool {
        character.map { $0 >= "0" && $0 <= "9" } ?? false
    }

    private static func startsWord(_ character: Character) -> Bool { character.isLetter || character == "_" }

    private static func startsUnit(_ character: Character) -> Bool { "°%‰µΩ$€".contains(character) }

    private static func continuesUnit(_ character: Character) -> Bool {
        character.isLetter || character == "_" || isDigit(character) || startsUnit(character)
            || "²³⁻¹".contains(character)
    }
}
