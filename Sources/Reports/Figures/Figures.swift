/// Ready-made figures of the reports: each takes plain arrays in physical units and seconds.
public enum Figures {
    /// The name of a band of a coverage in (0, 1), such as “90 % band”.
    static func bandName(_ coverage: Double) -> String { percentage(coverage) + " band" }

    /// A share in percent without needless decimals.
    static func percentage(_ share: Double) -> String {
        let isWhole = (share * 100 - (share * 100).rounded()).magnitude < 1e-6
        return NumberText.percent(share, decimals: isWhole ? 0 : 1)
    }
}

/// A unit of time that suits a span.
public struct TimeUnit: Sendable, Equatable {
    /// The name: “s”, “min”, “h” or “d”.
    public var name: String
    /// How many seconds it has.
    public var seconds: Double

    /// The unit in which a span of seconds is read with small numbers.
    public init(span: Double) {
        switch span {
        case ..<300: (name, seconds) = ("s", 1)
        case ..<18_000: (name, seconds) = ("min", 60)
        case ..<259_200: (name, seconds) = ("h", 3600)
        default: (name, seconds) = ("d", 86_400)
        }
    }

    /// The unit for the range that the times cover.
    init(of times: [[Double]]) {
        let known = times.joined().filter(\.isFinite)
        self.init(span: (known.max() ?? 0) - (known.min() ?? 0))
    }

    /// Seconds in this unit.
    func callAsFunction(_ times: [Double]) -> [Double] { times.map { $0 / seconds } }
}

/// A limit as a report shows it.
public struct LimitMark: Sendable, Equatable {
    /// The value, in the unit of its channel.
    public var value: Double
    /// What is written at the line, such as `T1 <= 55`.
    public var label: String

    /// Creates a mark.
    public init(_ value: Double, label: String) {
        self.value = value
        self.label = label
    }

    var reference: ChartReference { .level(value, label: label, ink: .danger) }
}
