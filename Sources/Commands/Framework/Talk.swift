import Foundation
import Records
import Synchronization

/// What a command says beside its results: lines on standard error.
///
/// Lines wait until the work begins or the results are there: a command that is refused says one line, why and what to
/// do, and not what it noticed on the way there.
///
///     talk.warning("T1 is missing in 12 % of the rows")
///     talk.note("reading 3 logs")
struct Talk: Sendable {
    /// Lines that wait; `nil` once the command has got somewhere.
    private static let waiting = Mutex<[String]?>([])

    /// Whether only warnings are said.
    var isQuiet = false
    /// Whether details are said.
    var isVerbose = false

    /// Says what is done or was decided.
    func note(_ text: String) { if !isQuiet { Talk.say(text) } }

    /// Says what only a curious person wants to know.
    func detail(_ text: String) { if isVerbose && !isQuiet { Talk.say(text) } }

    /// Says what may spoil the result, also when quiet.
    func warning(_ text: String) { Talk.say("warning: \(text)") }

    /// Begins long work: says what waits, and tells how progress is shown, as a renewed line on a terminal or a line now
    /// and then elsewhere.
    func beginWork() -> ProgressLine.Style {
        Talk.release()
        return .automatic(quiet: isQuiet)
    }

    /// Says what waits, and everything after it at once.
    static func release() {
        let lines = waiting.withLock { lines in
            defer { lines = nil }
            return lines ?? []
        }
        for line in lines { write(line) }
    }

    /// Leaves unsaid what waits, before the one line of an error.
    static func drop() { waiting.withLock { lines in if lines != nil { lines = [] } } }

    private static func say(_ line: String) {
        let isKept = waiting.withLock { lines in
            lines?.append(line)
            return lines != nil
        }
        if !isKept { write(line) }
    }

    /// Writes a line to standard error.
    static func write(_ line: String) { ProgressLine.standardError(line + "\n") }
}
