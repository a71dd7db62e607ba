public import Basics

/// A stretch of time ahead or back, as someone gives it: a number of the model's steps, or a duration such as `300s`
/// that becomes steps when the step is known; `auto` is derived from the log.
public enum StepSpan: ConfigurationValue, Equatable {
    /// To be derived.
    case auto
    /// So many steps of the model.
    case steps(Int)
    /// So many seconds.
    case duration(Double)

    /// So many steps of the model.
    public static func value(_ steps: Int) -> StepSpan { .steps(steps) }

    /// The number of steps, once it is known.
    public var resolved: Int? { if case .steps(let count) = self { count } else { nil } }

    /// The seconds, where it was given as a duration.
    public var seconds: Double? { if case .duration(let seconds) = self { seconds } else { nil } }

    /// The number of steps; derives and keeps it when nobody gave it.
    ///
    /// - Parameters:
    ///   - stepTime: Seconds of one step; a duration takes as many steps as cover it.
    ///   - derive: The number of steps where nothing was given.
    /// - Returns: The number of steps.
    @discardableResult
    public mutating func resolve(stepTime: Double, _ derive: () -> Int) -> Int {
        let count: Int
        switch self {
        case .steps(let given): return given
        case .duration(let seconds): count = Int(min(1e6, (seconds / stepTime * (1 - 1e-9)).rounded(.up)))
        case .auto: count = derive()
        }
        self = .steps(count)
        return count
    }

    /// "a number of steps, a duration such as 300s, or auto".
    public static var expectation: String { "a whole number of steps, a duration such as 300s or 6h, or auto" }

    /// Reads `auto`, `40`, `300s`, `5min`, `6h`.
    public init?(_ node: YAMLNode) {
        guard let text = String(node) else { return nil }
        if text == "auto" {
            self = .auto
        } else if let count = Int(node) {
            self = .steps(count)
        } else {
            let unit = String(text.reversed().prefix { $0.isLetter }.reversed())
            let factors = ["ms": 1e-3, "s": 1, "min": 60, "h": 3600, "d": 86_400]
            guard let factor = factors[unit],
                let number = Double(text.dropLast(unit.count).filter { $0 != " " }), number > 0, number.isFinite
            else { return nil }
            self = .duration(number * factor)
        }
    }

    /// `auto`, the number of steps, or the seconds.
    public var yaml: String {
        switch self {
        case .auto: "auto"
        case .steps(let count): count.yaml
        case .duration(let seconds): "\(seconds.yaml)s".yaml
        }
    }

    /// The number of steps: durations are held against limits once they are steps.
    public var limitedNumbers: [Double] { resolved.map { [Double($0)] } ?? [] }
}
