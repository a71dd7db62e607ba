import ArgumentParser
import Basics
import Benchmarking
import Foundation

/// Sets, seeds and threads of the benchmarks that compare.
struct ComparisonOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Folder of the data sets; FORESIGHT_DATA by default; sets that are simulated need none.",
            valueName: "folder"))
    var data: String?

    @Option(
        parsing: .upToNextOption,
        help: ArgumentHelp("Sets or groups of sets, by spaces or commas; a few by default.", valueName: "set"))
    var only: [String] = []

    @Option(help: ArgumentHelp("Number of seeds; 1 with --quick.", valueName: "number"))
    var seeds: Int?

    @Flag(help: "Train briefly: a rough look within minutes.")
    var quick = false

    @Flag(help: "Print what there is to choose from, and stop.")
    var list = false

    @Option(help: ArgumentHelp("Trainings at once; figures do not depend on it.", valueName: "number"))
    var jobs = 2

    /// The sets by name, or those that are usual.
    ///
    /// - Throws: `ForesightError.usage` for a name that no set has.
    func sets(usual: [String]) throws -> [BenchmarkSet] {
        try BenchmarkCatalog.comparisonSets(named: BenchmarkInput.names(only, of: "--only", "set"), usual: usual)
    }

    /// What stands behind the names of sets is taken by --only: settings of training among them.
    var settings: [String] { only.filter { $0.contains("=") } }

    /// The seeds, from 0 on.
    func seedList(usual: Int) throws -> [Int] {
        let count = seeds ?? (quick ? 1 : usual)
        for (value, name) in [(count, "--seeds"), (jobs, "--jobs")] {
            try BenchmarkInput.limit(value, 1...100, name)
        }
        return Array(0..<count)
    }

    /// The data folder, in which every set that has files is there.
    func dataFolder(for sets: [BenchmarkSet]) throws -> String {
        try BenchmarkInput.dataFolder(data, for: sets.map { ($0.name, $0.folder) })
    }
}
