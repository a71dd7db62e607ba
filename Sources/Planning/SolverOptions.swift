import Basics
import Episodes

/// Checks of solver options, so that each complaint names option, value and limit alike.
struct OptionCheck {
    let solver: String

    func atLeast<T: Comparable>(_ limit: T, _ value: T, _ option: String) throws {
        guard value >= limit else { throw failure(option, "\(value)", "at least \(limit)") }
    }

    func within<T: Comparable>(_ range: ClosedRange<T>, _ value: T, _ option: String) throws {
        guard range.contains(value) else {
            throw failure(option, "\(value)", "between \(range.lowerBound) and \(range.upperBound)")
        }
    }

    func positive(_ value: Double, _ option: String) throws {
        guard value > 0, value.isFinite else { throw failure(option, "\(value)", "greater than 0") }
    }

    private func failure(_ option: String, _ value: String, _ limit: String) -> ForesightError {
        .usage("\(solver): \(option) is \(value) and must be \(limit)", remedy: "change \(option)")
    }
}

/// What solvers that follow gradients cannot search.
extension ForesightError {
    static func notDifferentiable(solver: String) -> ForesightError {
        .usage(
            "solver '\(solver)' needs dynamics that carry gradients, and these carry none",
            remedy: "use another solver, such as '\(ImprovedCrossEntropy.name)'")
    }

    static func isSwitched(_ channel: Channel, _ values: [Float], solver: String) -> ForesightError {
        let values = values.map { Words.number(Double($0)) }.joined(separator: ", ")
        return .usage(
            "solver '\(solver)' cannot search action '\(channel.name)', which takes the values \(values) only",
            remedy: "use another solver, such as '\(ImprovedCrossEntropy.name)' or '\(BeamSearch.name)'")
    }
}

/// A key of a configuration by any name, so that unknown ones can be refused.
struct OptionKey: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// Options as a configuration gives them: what is missing takes its default, what is unknown is refused.
struct OptionReader {
    private let container: KeyedDecodingContainer<OptionKey>
    private let solver: String

    init(_ decoder: any Decoder, solver: String, known: [String]) throws {
        container = try decoder.container(keyedBy: OptionKey.self)
        self.solver = solver
        for key in container.allKeys where !known.contains(key.stringValue) {
            let near = nearestNameQuestion(to: key.stringValue, among: known, isQuoted: true)
            throw ForesightError.usage(
                "\(solver) has no option '\(key.stringValue)'",
                remedy: near ?? "known are \(known.joined(separator: ", "))")
        }
    }

    func value<T: Decodable>(_ key: String, default fallback: T) throws -> T {
        try container.decodeIfPresent(T.self, forKey: OptionKey(key)) ?? fallback
    }

    func required<T: Decodable>(_ key: String) throws -> T {
        guard has(key) else {
            throw ForesightError.usage("\(solver) needs '\(key)'", remedy: "give it a value")
        }
        return try container.decode(T.self, forKey: OptionKey(key))
    }

    func has(_ key: String) -> Bool { container.contains(OptionKey(key)) }
}
