import ArgumentParser
import Basics

/// How much a command says and in which form; every command has these.
struct TalkOptions: ParsableArguments {
    @Flag(help: "Print the results as JSON.")
    var json = false

    @Flag(name: .shortAndLong, help: "Say nothing beside results, warnings and errors.")
    var quiet = false

    @Flag(help: "Say more, also about errors.")
    var verbose = false

    /// Standard error at the chosen loudness.
    var talk: Talk { Talk(isQuiet: quiet, isVerbose: verbose) }

    /// Prints the results: the value with `--json`, the text otherwise; before them what the command noticed.
    ///
    /// Where an error follows (`isRefused`), that says all there is to say beside the results.
    func report(_ value: @autoclosure () -> JSONValue, text: @autoclosure () -> String, isRefused: Bool = false) {
        isRefused && !verbose ? Talk.drop() : Talk.release()
        print(json ? value().text(pretty: true) : text())
    }
}
