import Basics
import Foundation

/// How far a long piece of work is: one line that renews itself on a terminal, a line now and then elsewhere.
///
///     training  1200/4000 steps  30%  412 steps/s  7 s left  loss 0.031
public final class ProgressLine {
    /// How progress is shown.
    public enum Style: Sendable, Equatable {
        /// One line, renewed at most ten times a second, cut to the width of the terminal.
        case terminal(width: Int)
        /// A whole line at most every so many seconds, for logs.
        case lines(seconds: Double)
        /// Nothing.
        case quiet

        /// What fits the standard error of this process.
        public static func automatic(quiet: Bool = false) -> Style {
            if quiet { return .quiet }
            guard isatty(STDERR_FILENO) == 1 else { return .lines(seconds: 10) }
            var size = winsize()
            let status = ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size)
            return .terminal(width: status == 0 && size.ws_col > 20 ? Int(size.ws_col) : 80)
        }
    }

    private let label: String
    private let unit: String
    private let total: Int
    private let style: Style
    private let output: (String) -> Void
    private let now: () -> Double
    private let startTime: Double
    private let startCount: Int
    private var lastShown = -Double.infinity
    private var lastLine = ""
    private var isFinished = false

    /// Begins to show progress.
    ///
    /// - Parameters:
    ///   - label: What is done, such as "training".
    ///   - total: How many units there are.
    ///   - done: How many were done before, by an earlier process.
    ///   - unit: What is counted, plural.
    ///   - style: How it is shown.
    ///   - output: Where text goes; standard error unless named.
    ///   - now: Seconds of a clock that never goes back.
    public init(
        _ label: String, total: Int, done: Int = 0, unit: String = "steps", style: Style = .automatic(),
        output: @escaping (String) -> Void = ProgressLine.standardError,
        now: @escaping () -> Double = ProgressLine.seconds
    ) {
        self.label = label
        self.total = total
        self.unit = unit
        self.style = style
        self.output = output
        self.now = now
        startCount = done
        startTime = now()
        // On a terminal the first line shows at once; a log first hears of work that lasts.
        if case .lines = style { lastShown = startTime }
    }

    /// Shows how many units are done, unless something was shown a moment ago.
    public func update(_ done: Int, note: @autoclosure () -> String = "") {
        let interval: Double
        switch style {
        case .terminal: interval = 0.1
        case .lines(let seconds): interval = seconds
        case .quiet: return
        }
        let time = now()
        guard time - lastShown >= interval else { return }
        lastShown = time
        show(text(done, time: time, note: note()))
    }

    /// Writes a line that stays, above the progress.
    public func message(_ line: String) {
        switch style {
        case .terminal:
            let clear = "\r" + String(repeating: " ", count: lastLine.count) + "\r"
            output((lastLine.isEmpty ? "" : clear) + line + "\n" + lastLine)
        case .lines: output(line + "\n")
        case .quiet: break
        }
    }

    /// Shows the end of the work once, with the time it took.
    public func finish(_ done: Int, note: String = "") {
        guard !isFinished else { return }
        isFinished = true
        let time = now()
        let parts = [label, "\(done)/\(total) \(unit)", "in \(Self.duration(time - startTime))", note]
        switch style {
        case .terminal:
            show(parts.filter { !$0.isEmpty }.joined(separator: "  "))
            output("\n")
        case .lines: output(parts.filter { !$0.isEmpty }.joined(separator: "  ") + "\n")
        case .quiet: break
        }
    }

    private func show(_ line: String) {
        guard case .terminal(let width) = style else { return output(line + "\n") }
        // The last column stays free: some terminals break the line there.
        let cut = String(line.prefix(width - 1))
        let rest = String(repeating: " ", count: max(0, lastLine.count - cut.count))
        output("\r" + cut + rest)
        lastLine = cut
    }

    private func text(_ done: Int, time: Double, note: String) -> String {
        var parts = [label, "\(done)/\(total) \(unit)"]
        if total > 0 { parts.append("\(100 * done / total)%") }
        let elapsed = time - startTime
        if done > startCount && elapsed > 0 {
            let rate = Double(done - startCount) / elapsed
            parts.append("\(Self.rounded(rate)) \(unit)/s")
            if done < total { parts.append("\(Self.duration(Double(total - done) / rate)) left") }
        }
        if !note.isEmpty { parts.append(note) }
        return parts.joined(separator: "  ")
    }

    /// Three digits are enough to see how fast it goes.
    static func rounded(_ value: Double) -> String {
        String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value)
    }

    /// Seconds in words: "7 s", "2 min 05 s", "3 h 20 min".
    public static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite && seconds < 1e9 else { return "unknown" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return "\(whole) s" }
        if whole < 3600 { return String(format: "%d min %02d s", whole / 60, whole % 60) }
        return String(format: "%d h %02d min", whole / 3600, whole % 3600 / 60)
    }

    /// Writes text to standard error.
    public static func standardError(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }

    /// Seconds of a clock that never goes back.
    public static func seconds() -> Double { MonotonicTime.seconds() }
}
