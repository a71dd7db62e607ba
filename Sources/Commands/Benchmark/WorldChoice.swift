import Basics

/// What benchmarks of simulated worlds share in reading their options.
enum WorldChoice {
    /// The sets that are named, apart or joined by commas; all where none is.
    ///
    /// - Throws: `ForesightError.usage` for a name that there is not, with those that there are.
    static func sets<Element>(_ names: [String], of all: [Element], called name: (Element) -> String) throws
        -> [Element]
    {
        guard !names.isEmpty else { return all }
        return try names.flatMap { $0.split(separator: ",").map(String.init) }.map { wanted in
            if let set = all.first(where: { name($0) == wanted }) { return set }
            let known = all.map(name)
            throw ForesightError.usage(
                "no world of this benchmark is called \(wanted)",
                remedy: nearestNameRemedy(to: wanted, among: known, lead: "there are"))
        }
    }

    /// Parts what an option took that takes all words up to the next: names, and the settings of training that stood behind them.
    static func parted(_ words: [String]) -> (names: [String], settings: [String]) {
        (words.filter { !$0.contains("=") }, words.filter { $0.contains("=") })
    }

    /// Checks the number of an option.
    ///
    /// - Throws: `ForesightError.usage` with the option, the number and its limits.
    static func limit(_ value: Int, _ range: ClosedRange<Int>, _ option: String) throws {
        guard range.contains(value) else {
            throw ForesightError.usage(
                "\(option) \(value) is not \(range.lowerBound) to \(range.upperBound)", remedy: "choose another number")
        }
    }
}
