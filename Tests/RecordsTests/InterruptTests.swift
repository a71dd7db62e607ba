import Basics
import Foundation
import Records
import Testing

/// Sends this process a signal and waits until it is noted: threads of a test may have signals blocked, so that another
/// thread takes it.
private func deliver(_ number: Int32) -> Bool {
    kill(getpid(), number)
    for _ in 0..<60_000 where !Interrupt.isRequested { usleep(1000) }
    return Interrupt.isRequested
}

@Suite("Interrupts", .serialized)
struct InterruptTests {
    @Test("The first signal is noted and the process goes on", arguments: [SIGINT, SIGTERM])
    func first(signal number: Int32) {
        Interrupt.install()
        defer { Interrupt.uninstall() }
        #expect(!Interrupt.isRequested)
        #expect(deliver(number))
    }

    @Test("Giving the signals back forgets the request")
    func uninstalled() {
        Interrupt.install()
        #expect(deliver(SIGINT))
        Interrupt.uninstall()
        #expect(!Interrupt.isRequested)
    }

    @Test("The error ends with status 130 and says how to go on")
    func error() {
        let error = Interrupt.error(resumeWith: "foresight train --resume runs/a")
        #expect(error.code.exitStatus == 130)
        #expect(error.description.hasSuffix("go on with: foresight train --resume runs/a"))
    }

    #if compiler(>=6.2)
        @Test("A second signal ends the process at once")
        func second() async {
            await #expect(processExitsWith: .signal(SIGTERM)) {
                Interrupt.install()
                guard deliver(SIGTERM) else { exit(1) }
                kill(getpid(), SIGTERM)
                sleep(60)
                exit(2)
            }
        }
    #endif
}
