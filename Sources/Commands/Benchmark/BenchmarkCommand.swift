import ArgumentParser

/// `foresight benchmark NAME`: figures on public data, beside what others published.
struct BenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "benchmark",
        abstract: "Measure on public data sets, beside published figures.",
        discussion: """
            Each benchmark trains and scores by the official protocol of its sets, with one configuration for all.

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
