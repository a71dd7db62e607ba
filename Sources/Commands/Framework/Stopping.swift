import Basics
import Records

/// Writes what is there as a whole or not at all, until someone asks to stop: then what is unfinished is removed.
///
/// - Parameter body: Writes, and calls what it is given between two pieces of the work, where it may be stopped.
/// - Throws: `ForesightError.interrupted` after Ctrl-C; what the body throws.
func untilStopped(_ body: (_ stopIfAsked: () throws -> Void) throws -> Void) throws {
    Interrupt.install()
    defer { Interrupt.uninstall() }
    func stopIfAsked() throws {
        guard Interrupt.isRequested else { return }
        throw ForesightError(.interrupted, "stopped; nothing is written", remedy: "the same command begins again")
    }
    do {
        try body(stopIfAsked)
    } catch {
        // A program that encodes films hears the same signal, and ends with an error of its own.
        try stopIfAsked()
        throw error
    }
}
