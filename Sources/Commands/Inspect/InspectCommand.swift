import ArgumentParser
import Basics
import Episodes

/// `foresight inspect LOG…`: what is in a log, and what it can teach a model.
struct InspectCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "inspect",
        abstract: "Show what is in a log, and what it can teach a model.")

    @Argument(help: ArgumentHelp("Log files (CSV, TSV, NPZ), folders of them, or patterns.", valueName: "log"))
    var operands: [String] = []

    @OptionGroup(title: "Reading logs") var reading: LogOptionsGroup
    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let operands = try Operands(operands)
        try operands.requireOnlyLogs()
        let log = try reading.load(operands.logs, talk: talking.talk)
        print(log.episodes.count)
    }
}
