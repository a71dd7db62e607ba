import Records

extension Provenance {
    /// The command that this process was given, by the name that people call it by: the program's own may be a path.
    static var commandLine: [String] { ["foresight"] + CommandLine.arguments.dropFirst() }
}
