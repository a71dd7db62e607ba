import Foundation

/// The terminal that results are shown on.
enum Terminal {
    /// Its width in cells; `nil` where standard output goes elsewhere, to a file or a pipe, or nobody knows.
    static var width: Int? {
        guard isatty(STDOUT_FILENO) == 1 else { return nil }
        var size = winsize()
        let status = ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size)
        // Narrower ones are none that a person reads.
        return status == 0 && size.ws_col > 20 ? Int(size.ws_col) : nil
    }
}
