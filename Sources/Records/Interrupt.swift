public import Basics
import Foundation
import Synchronization

/// Lets Ctrl-C and `kill` end a run at the next safe point, where it can be saved.
///
/// The first signal is only noted; a second one ends the process at once.
///
///     Interrupt.install()
///     while step < last {
///         …
///         if Interrupt.isRequested { try save(); throw Interrupt.error(resumeWith: "foresight train --resume runs/heater") }
///     }
public enum Interrupt {
    /// Takes over SIGINT and SIGTERM.
    public static func install() {
        // Touched here first: the handler must not be the one that creates it.
        requested.store(0, ordering: .relaxed)
        signal(SIGINT, handle)
        signal(SIGTERM, handle)
        // Whoever started this process may have blocked them, as threads of some runtimes do, and that is inherited.
        var both = sigset_t()
        sigemptyset(&both)
        sigaddset(&both, SIGINT)
        sigaddset(&both, SIGTERM)
        pthread_sigmask(SIG_UNBLOCK, &both, nil)
    }

    /// Gives both signals back to the system and forgets what was asked.
    public static func uninstall() {
        signal(SIGINT, SIG_DFL)
        signal(SIGTERM, SIG_DFL)
        requested.store(0, ordering: .relaxed)
    }

    /// Whether someone has asked to stop.
    public static var isRequested: Bool { requested.load(ordering: .relaxed) != 0 }

    /// The error that ends the command with status 130 and says how to go on.
    public static func error(resumeWith command: String) -> ForesightError {
        ForesightError(.interrupted, "stopped; everything up to here is saved", remedy: "go on with: \(command)")
    }

    private static let requested = Atomic<Int32>(0)

    /// Only what a signal handler may do: an atomic exchange, and for the second signal the system's own end.
    private static let handle: @convention(c) (Int32) -> Void = { number in
        if requested.exchange(number, ordering: .relaxed) != 0 {
            signal(number, SIG_DFL)
            raise(number)
        }
    }
}
