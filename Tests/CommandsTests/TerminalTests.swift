import Foundation
import Testing
import _TestSupport

/// A Python that can pretend to be a terminal.
private let python = Python(importing: "pty")

@Suite("Results on a terminal")
struct TerminalTests {
    /// Runs a command whose results go to a terminal of so many columns, and prints them.
    private static let script = """
        import fcntl, os, pty, struct, subprocess, sys, termios
        terminal, screen = pty.openpty()
        fcntl.ioctl(screen, termios.TIOCSWINSZ, struct.pack("HHHH", 50, int(sys.argv[1]), 0, 0))
        process = subprocess.Popen(sys.argv[2:], stdin=subprocess.DEVNULL, stdout=screen)
        os.close(screen)
        shown = b""
        while True:
            try:
                part = os.read(terminal, 65536)
            except OSError:
                break
            if not part:
                break
            shown += part
        process.wait()
        sys.stdout.buffer.write(shown.replace(b"\\r\\n", b"\\n"))
        """

    @Test(
        "Tables fit the terminal that they are shown on, and are as wide as they are elsewhere",
        .enabled(if: python != nil, "there is no Python 3"))
    func tables() throws {
        let python = try #require(python)
        let piped = try ForesightProcess(["simulate", "--list"]).output
        #expect(piped.split(separator: "\n").contains { $0.count > 100 })
        let shown = try python.run(Self.script, "100", ForesightProcess.executable().path, "simulate", "--list")
        let lines = shown.split(separator: "\n")
        #expect(lines.count > piped.split(separator: "\n").count)
        for line in lines { #expect(line.count <= 100, "\(line)") }
        #expect(shown.contains("heater-lab") && shown.contains("two-rooms"))
    }
}
