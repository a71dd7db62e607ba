import Basics

/// The values of actions that take only some, such as valves that are open or closed.
public enum SwitchValues {
    /// The most values that an action can be given.
    public static let most = 64
    /// What to do about a list that does not do.
    static let remedy = "write the values that it may take, such as [0, 1]"

    /// What is wrong with a list of values; `nil` for nothing.
    public static func complaint(_ values: [Double]) -> String? {
        if values.contains(where: { !$0.isFinite }) { return "holds one that is not a number" }
        if Set(values).count < 2 { return "holds \(Set(values).count), and an action that is decided needs two" }
        if values.count > most { return "holds \(values.count), above \(most): plan it as a number within its limits" }
        return nil
    }

    /// The values as people read them: `0, 40, 100`.
    public static func words(_ values: [Double]) -> String { values.map(text).joined(separator: ", ") }

    /// Without a fraction of zero.
    private static func text(_ value: Double) -> String {
        value == value.rounded() && abs(value) < 1e15 ? "\(Int(value))" : "\(value)"
    }

    /// The values that a recorded action seems to take only: two to six, each of which it was moved to three times or more.
    ///
    /// A number that an operator or an experiment sets to few levels looks the same, so that this is a proposal and no more.
    static func proposal(_ columns: [[Double]]) -> [Double]? {
        var visits: [Double: Int] = [:]
        for column in columns {
            var last = Double.nan
            for value in column where !value.isNaN && value != last {
                visits[value, default: 0] += 1
                guard visits.count <= 6 else { return nil }
                last = value
            }
        }
        guard visits.count >= 2, visits.values.allSatisfy({ $0 >= 3 }) else { return nil }
        return visits.keys.sorted()
    }
}
