import Basics
import Foundation

/// How many false alarms are accepted: so many in a time, or a share of the rows.
public enum FalseAlarms: Sendable, Equatable {
    /// Events per second of normal operation.
    case perSecond(Double)
    /// The share of rows of normal operation that lie beyond the threshold.
    case share(Double)

    private static let seconds: [(names: [String], value: Double)] = [
        (["min", "minute"], 60), (["h", "hour"], 3600), (["d", "day"], 86400), (["w", "week"], 604_800),
        (["month"], 2_629_800), (["y", "year"], 31_557_600),
    ]

    /// Reads `1/day`, `2/week`, `0.1%`.
    ///
    /// - Throws: `ForesightError.usage` for anything else.
    public init(_ text: String) throws {
        let form = ForesightError.usage(
            "'\(text)' is no rate of false alarms",
            remedy: "write a number per min, h, day, week, month or year such as 1/day, or a share of rows such as 0.1%"
        )
        if text.hasSuffix("%") {
            guard let value = Double(text.dropLast().trimmingCharacters(in: .whitespaces)) else { throw form }
            guard value > 0, value <= 20 else {
                throw ForesightError.usage(
                    "a share of \(text) false alarms is not above 0 and at most 20 %",
                    remedy: "give a share such as 0.1%")
            }
            self = .share(value / 100)
            return
        }
        let parts = text.split(separator: "/", maxSplits: 1).map { $0.trimmingCharacters(in: .whitespaces) }
        guard parts.count == 2, let count = Double(parts[0]), count > 0, count.isFinite,
            let unit = Self.seconds.first(where: { $0.names.contains(parts[1].lowercased()) })
        else { throw form }
        self = .perSecond(count / unit.value)
    }

    /// The share of rows that may lie beyond the threshold.
    ///
    /// - Parameters:
    ///   - rowTime: Seconds between rows.
    ///   - rowsPerEvent: How many rows beyond a threshold make one event in normal operation.
    /// - Returns: The share, at most a fifth for a rate.
    public func share(rowTime: Double, rowsPerEvent: Double) -> Double {
        switch self {
        case .perSecond(let rate): min(0.2, rate * rowTime * max(1, rowsPerEvent))
        case .share(let share): share
        }
    }
}
