import Basics

/// Something wrong at one character of a goal or guardrail; made into a `ForesightError` where the text is known.
struct FormulaError: Error, Equatable {
    /// What is wrong.
    var message: String
    /// What to write instead; empty when the message says it.
    var remedy: String
    /// The offset of the first wrong character.
    var offset: Int

    init(_ message: String, remedy: String = "", at offset: Int) {
        self.message = message
        self.remedy = remedy
        self.offset = offset
    }
}

/// The text of a goal or guardrail, by character, so that errors can point into it.
struct FormulaText: Sendable, Equatable {
    /// What the text is: "goal" or "guardrail".
    let kind: String
    /// The characters as typed.
    let characters: [Character]

    init(kind: String, _ source: String) {
        self.kind = kind
        characters = Array(source)
    }

    /// The characters of a range as a string.
    func slice(_ range: Range<Int>) -> String { String(characters[range]) }

    /// The error for people: one line that says all, then the line of the text with a caret under the character.
    func foresightError(_ error: FormulaError) -> ForesightError {
        let message = "\(kind), character \(error.offset + 1): \(error.message)"
        let picture = picture(at: error.offset)
        return error.remedy.isEmpty
            ? .usage(message + picture) : .usage(message, remedy: error.remedy + picture)
    }

    /// Runs a step and turns an error of the text into one for people.
    func pointing<Result>(_ body: () throws -> Result) throws -> Result {
        do { return try body() } catch let error as FormulaError { throw foresightError(error) }
    }

    private func picture(at offset: Int) -> String {
        let position = min(offset, characters.count)
        let start = characters[..<position].lastIndex(where: \.isNewline).map { $0 + 1 } ?? 0
        let end = characters[position...].firstIndex(where: \.isNewline) ?? characters.count
        let line = String(characters[start..<end].map { $0 == "\t" ? " " : $0 })
        return "\n    \(line)\n    \(String(repeating: " ", count: position - start))^"
    }
}

/// A number as a person would write it: at most six significant digits.
func shortNumber(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "\(value)" }
    var step = 1e-6
    while step * 1e6 <= abs(value) && step < 1e6 { step *= 10 }
    let rounded = step < 1 ? (value / step).rounded() / (1 / step).rounded() : (value / step).rounded() * step
    let text = "\(rounded)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
}
