import Basics
import Episodes
import Testing

@testable import Commands

@Suite("A moment of a log")
struct LogMomentTests {
    /// Stretches of a hundred rows, 10 ms apart.
    private func stretches(_ clock: LogClock, from starts: [Double]) -> LoadedLog {
        let channels = [Channel(name: "x", role: .observation)]
        let episodes = starts.map {
            Episode(
                name: "log", channels: channels, samplingTime: 0.01, values: [Double](repeating: 1, count: 100),
                startTime: $0, clock: clock)
        }
        var log = LoadedLog(simulated: episodes[0])
        log.episodes = episodes
        return log
    }

    @Test(
        "The time that is reported finds the row again, on the clock of the log or from the start of a calendar",
        arguments: [
            (LogClock.none, [0]), (.relative, [0, 3000.004]), (.relative, [500, 520.005]), (.relative, [-1.5, 7]),
            (.yearless, [86_400, 90_000]), (.absolute, [1_700_000_000.123, 1_700_003_600.123]),
            (.absolute, [1_700_003_600, 1_700_000_000]),
        ] as [(LogClock, [Double])])
    func again(clock: LogClock, starts: [Double]) throws {
        let log = stretches(clock, from: starts)
        let origin = clock == .relative ? 0 : starts[0]
        for (stretch, start) in starts.enumerated() {
            for row in [0, 1, 37, 99] {
                let time = (start - origin) + 0.01 * Double(row)
                let moment = try LogMoment("\(time)", in: log)
                #expect(moment.row == row && moment.episode.startTime == start, "\(time)")
                #expect(abs(moment.seconds - time) < 1e-6)
                let again = try LogMoment("\(moment.seconds)", in: log)
                #expect(again.row == row && again.episode.startTime == start)
                if time > 0 {
                    let words = try LogMoment(moment.words, in: log)
                    #expect(words.row == row && words.episode.startTime == start, "\(moment.words)")
                }
                let isEnd = stretch == starts.count - 1 && row == 99
                #expect((moment.place(in: "a.csv") == "the end of a.csv") == isEnd)
            }
        }
        let last = try LogMoment("last", in: log)
        #expect(try last.row == 99 && LogMoment("\(last.seconds)", in: log).row == 99)
        let ahead = try LogMoment(samplesAhead: 12, in: log)
        #expect(try ahead.row == 87 && LogMoment("\(ahead.seconds)", in: log).episode.startTime == starts.last)
    }

    @Test("A clock that does not begin with the log is named as one; a time below it is none")
    func words() throws {
        let later = stretches(.relative, from: [500, 520])
        #expect(try LogMoment("500.5", in: later).place(in: "a.csv") == "500.5 s on the clock of a.csv")
        #expect(try LogMoment("0.5", in: stretches(.none, from: [0])).place(in: "a.csv") == "500 ms into a.csv")
        #expect(throws: ForesightError.self) { try LogMoment("0.5", in: later) }
        #expect(throws: ForesightError.self) { try LogMoment("-0.5", in: later) }
    }
}
