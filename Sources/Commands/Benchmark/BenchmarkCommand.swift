import ArgumentParser

/// `foresight benchmark NAME`: figures on public data, simulated plants and worlds, beside what others published.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure on public data sets and on simulated plants and worlds.",
        discussion: """
            Those on public data train and score by the official protocol of each set, with one configuration for all, \
            beside published figures. Those on simulated plants and worlds need no data.

              foresight benchmark control --plants cstr --episodes 10
              foresight benchmark identification --data data
              foresight benchmark detection --data data
            """,
        subcommands: [
            IdentificationBenchmarkCommand.self, DetectionBenchmarkCommand.self, ObjectivesBenchmarkCommand.self,
            DataBenchmarkCommand.self, AblationBenchmarkCommand.self, PixelsBenchmarkCommand.self,
            SurpriseBenchmarkCommand.self,
            RegionsBenchmarkCommand.self, ControlBenchmarkCommand.self, EastmanBenchmarkCommand.self,
        ])
}
