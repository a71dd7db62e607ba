import Basics

/// All sets of `foresight benchmark identification`, in the order of its table.
public enum BenchmarkCatalog {
    /// The sets.
    public static let sets: [BenchmarkSet] =
        [
            NonlinearBenchmarks.cascadedTanks, NonlinearBenchmarks.silverbox, NonlinearBenchmarks.drive,
            NonlinearBenchmarks.aircraft,
        ] + Daisy.sets + [HeatPump.set, TennesseeEastman.set]

    /// All sets of comparisons: the simulated heater lab, and those of the table.
    public static let comparisons: [BenchmarkSet] = [SimulatedHeaterLab.set] + sets

    /// Sets for comparisons by name or group: those of the table, and the simulated heater lab.
    ///
    /// - Parameters:
    ///   - names: What was typed.
    ///   - usual: The sets for no name.
    /// - Returns: The sets, each once.
    /// - Throws: `ForesightError.usage` for a name that nothing has.
    public static func comparisonSets(named names: [String], usual: [String]) throws -> [BenchmarkSet] {
        try sets(named: names.isEmpty ? usual : names, of: comparisons)
    }

    /// Sets by name or group, each once, in the order of the table; all for no name.
    ///
    /// - Throws: `ForesightError.usage` for a name that nothing has.
    public static func sets(named names: [String]) throws -> [BenchmarkSet] {
        names.isEmpty ? sets : try Self.sets(named: names, of: sets)
    }

    private static func sets(named names: [String], of sets: [BenchmarkSet]) throws -> [BenchmarkSet] {
        var known: [String] = []
        for name in sets.flatMap({ [$0.group, $0.name].compactMap { $0 } }) where !known.contains(name) {
            known.append(name)
        }
        for name in names where !known.contains(name) {
            throw ForesightError.usage(
                "there is no set '\(name)'", remedy: nearestNameRemedy(to: name, among: known, isQuoted: true))
        }
        return sets.filter { names.contains($0.name) || $0.group.map(names.contains) ?? false }
    }
}
