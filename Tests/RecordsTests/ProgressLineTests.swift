import Records
import Testing

/// A clock and a page that a test sets and reads.
private final class Screen {
    var time = 100.0
    var text = ""

    func line(_ style: ProgressLine.Style, total: Int = 1000, done: Int = 0) -> ProgressLine {
        ProgressLine(
            "training", total: total, done: done, style: style, output: { self.text += $0 }, now: { self.time })
    }

    func take() -> String {
        defer { text = "" }
        return text
    }
}

@Suite("Progress")
struct ProgressLineTests {
    @Test("A terminal shows one line with rate and time left, at most ten times a second")
    func terminal() {
        let screen = Screen()
        let line = screen.line(.terminal(width: 80))
        line.update(0)
        #expect(screen.take() == "\rtraining  0/1000 steps  0%")
        var shown = 0
        for step in 1...200 {
            screen.time = 100 + Double(step) / 100
            line.update(step)
            if !screen.take().isEmpty { shown += 1 }
        }
        #expect((17...20).contains(shown))
        screen.time = 105
        line.update(250, note: "loss 0.031")
        #expect(screen.take().hasPrefix("\rtraining  250/1000 steps  25%  50.0 steps/s  15 s left  loss 0.031"))
    }

    @Test("The line is cut to the terminal, and a shorter one covers a longer one")
    func width() {
        let screen = Screen()
        let line = screen.line(.terminal(width: 24))
        line.update(0, note: "a long note that does not fit")
        #expect(screen.take() == "\rtraining  0/1000 steps ")
        screen.time += 1
        let other = screen.line(.terminal(width: 80))
        other.update(0, note: "abcdef")
        _ = screen.take()
        screen.time += 0.2
        other.update(0)
        #expect(screen.take() == "\rtraining  0/1000 steps  0%        ")
    }

    @Test("Elsewhere a whole line comes now and then, without carriage returns")
    func lines() {
        let screen = Screen()
        let line = screen.line(.lines(seconds: 30))
        for step in 0..<100 {
            screen.time = 100 + Double(step)
            line.update(step)
        }
        line.finish(100, note: "loss 0.02")
        let lines = screen.text.split(separator: "\n")
        #expect(
            lines == [
                "training  30/1000 steps  3%  1.00 steps/s  16 min 10 s left",
                "training  60/1000 steps  6%  1.00 steps/s  15 min 40 s left",
                "training  90/1000 steps  9%  1.00 steps/s  15 min 10 s left",
                "training  100/1000 steps  in 1 min 39 s  loss 0.02",
            ])
        #expect(!screen.text.contains("\r"))
    }

    @Test("Quiet means nothing at all")
    func quiet() {
        let screen = Screen()
        let line = screen.line(.quiet)
        line.update(1, note: "x")
        line.message("hello")
        line.finish(2)
        #expect(screen.text == "")
    }

    @Test("A message stays above the line")
    func message() {
        let screen = Screen()
        let line = screen.line(.terminal(width: 80))
        line.update(0)
        _ = screen.take()
        line.message("saved")
        let blank = String(repeating: " ", count: "training  0/1000 steps  0%".count)
        #expect(screen.take() == "\r\(blank)\rsaved\ntraining  0/1000 steps  0%")
    }

    @Test("After resuming the rate counts only what this process did")
    func resumed() {
        let screen = Screen()
        let line = screen.line(.terminal(width: 80), done: 500)
        screen.time = 110
        line.update(600)
        #expect(screen.take() == "\rtraining  600/1000 steps  60%  10.0 steps/s  40 s left")
    }

    @Test("Work without units does not divide by zero")
    func nothing() {
        let screen = Screen()
        let line = screen.line(.terminal(width: 80), total: 0)
        line.update(0)
        line.finish(0)
        #expect(screen.text.hasSuffix("0/0 steps  in 0 s\n"))
    }

    @Test(
        "Durations read as people say them",
        arguments: [
            (0.2, "0 s"), (59.4, "59 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s"), (12_000, "3 h 20 min"),
            (.infinity, "unknown"), (.nan, "unknown"),
        ])
    func duration(seconds: Double, words: String) {
        #expect(ProgressLine.duration(seconds) == words)
    }
}
