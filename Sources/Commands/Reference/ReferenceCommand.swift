import ArgumentParser

/// `foresight reference`: the page of every command, flag and configuration key, as Markdown.
struct ReferenceCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reference", abstract: "Print the reference of all commands and settings as Markdown.",
        shouldDisplay: false)

    func run() throws { print(try CommandReference.markdown(), terminator: "") }
}
