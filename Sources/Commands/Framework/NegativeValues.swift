/// Negative numbers as values of options.
enum NegativeValues {
    /// Joins an option and a negative number behind it: `--horizon -5` to `--horizon=-5`.
    ///
    /// By itself the parser takes `-5` for another option and says that a value is missing. No option here is called after a number,
    /// so that nothing else can be meant, and whoever knows the limit of the value says so. What stands behind `--` stays as it is.
    static func joined(_ arguments: [String]) -> [String] {
        var joined: [String] = []
        var isOver = false
        for argument in arguments {
            if !isOver, isNegative(argument), let option = joined.last, awaitsValue(option) {
                joined[joined.count - 1] = "\(option)=\(argument)"
            } else {
                joined.append(argument)
            }
            if argument == "--" { isOver = true }
        }
        return joined
    }

    /// Whether a text begins as a negative number does: `-5`, `-.5`, `-5min`, `-1:3`.
    private static func isNegative(_ text: String) -> Bool {
        guard text.first == "-" else { return false }
        let digits = text.dropFirst().drop { $0 == "." }
        return digits.first?.isNumber == true && text.count - digits.count <= 2
    }

    private static func awaitsValue(_ text: String) -> Bool {
        text.hasPrefix("--") && text != "--" && !text.contains("=")
    }
}
