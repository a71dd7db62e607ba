import Foundation
import Records

/// What a command says beside its results: lines on standard error.
///
///     talk.warning("T1 is missing in 12 % of the rows")
///     talk.note("reading 3 logs")
struct Talk: Sendable {
    /// Whether only warnings are said.
    var isQuiet = false
    /// Whether details are said.
    var isVerbose = false

    /// Says what is done or was decided.
    func note(_ text: String) { if !isQuiet { Talk.write(text) } }

    /// Says what only a curious person wants to know.
    func detail(_ text: String) { if isVerbose && !isQuiet { Talk.write(text) } }

    /// Says what may spoil the result, also when quiet.
    func warning(_ text: String) { Talk.write("warning: \(text)") }

    /// How progress is shown: a renewed line on a terminal, a line now and then elsewhere.
    var progress: ProgressLine.Style { .automatic(quiet: isQuiet) }

    /// Writes a line to standard error.
    static func write(_ line: String) { ProgressLine.standardError(line + "\n") }
}
