import Basics
import Episodes
import Foundation

/// A row of a log that a plan starts from.
struct LogMoment {
    /// The stretch of the log.
    var episode: Episode
    /// The row in it.
    var row: Int
    /// Seconds of the row on the clock that ``init(_:in:option:)`` takes: that of the log, or from its start where that is a calendar.
    var seconds: Double
    /// Whether it is the last row of the log.
    private var isEnd: Bool
    /// Whether the clock begins with the log.
    private var isFromStart: Bool

    /// A row of a stretch of a log.
    private init(_ index: Int, row: Int, in log: LoadedLog) {
        (episode, self.row) = (log.episodes[index], row)
        // Differences of starts are exact, sums of dates and samples are not.
        seconds = (episode.startTime - Self.origin(of: log)) + Double(row) * episode.samplingTime
        isEnd = index == log.episodes.count - 1 && row == episode.count - 1
        isFromStart = log.episodes[0].startTime == Self.origin(of: log)
    }

    /// The time of the log's clock that seconds count from.
    private static func origin(of log: LoadedLog) -> Double {
        let first = log.episodes[0]
        return first.clock == .absolute || first.clock == .yearless ? first.startTime : 0
    }

    /// Finds the row of a time, or the last one.
    ///
    /// - Parameters:
    ///   - text: `last`, seconds on the log's clock or from its start where that is a calendar, a duration, or a date.
    ///   - log: The log.
    ///   - option: The option that was typed.
    /// - Throws: `ForesightError.usage` for what is no time; `ForesightError.data` for one outside the log.
    init(_ text: String, in log: LoadedLog, option: String = "--at") throws {
        guard let last = log.episodes.last, last.count > 0 else {
            throw ForesightError.data("the log holds no sample", remedy: "give a log with at least two")
        }
        guard text != "last" else {
            self.init(log.episodes.count - 1, row: last.count - 1, in: log)
            return
        }
        let first = log.episodes[0]
        let origin = Self.origin(of: log)
        let time: Double
        if first.clock == .absolute, let date = Self.date(text) {
            time = date - origin
        } else {
            // A clock may begin below 0, and a calendar's first stretch need not be the earliest.
            let earliest = log.episodes.map { $0.startTime - origin }.min() ?? 0
            if let plain = Double(text), plain >= min(0, earliest), plain.isFinite {
                time = plain
            } else {
                do { time = try DurationText.seconds(text, option: option) } catch {
                    throw ForesightError.usage(
                        "\(option) '\(text)' is no time of this log",
                        remedy: "write seconds or a duration from its start such as 90 or 5min"
                            + (first.clock == .absolute ? ", a date such as 2026-01-31T08:00" : "") + ", or last")
                }
            }
        }
        // The row that was current then: up to half a sample early, rounding decides.
        for (index, episode) in log.episodes.enumerated().reversed() {
            let place = (time - (episode.startTime - origin)) / episode.samplingTime
            if place >= -0.5, place < Double(episode.count) {
                self.init(index, row: max(0, Int((place + 1e-6).rounded(.down))), in: log)
                return
            }
        }
        let ends = (first.startTime - origin, last.startTime + last.duration - origin)
        throw ForesightError.data(
            "\(option) \(text) is in no stretch of the log, which covers \(figure(ends.0)) to \(figure(ends.1)) s",
            remedy: "choose a time in it, or last")
    }

    /// The last row behind which the log holds so many samples; the last one where no stretch does.
    ///
    /// - Throws: `ForesightError.data` for a log without samples.
    init(samplesAhead count: Int, in log: LoadedLog) throws {
        guard let index = log.episodes.lastIndex(where: { $0.count > count }) else {
            try self.init("last", in: log)
            return
        }
        self.init(index, row: log.episodes[index].count - 1 - count, in: log)
    }

    /// Refuses a row in which something is not measured that a plan starts from, with the last row before it that has all of it.
    ///
    /// - Parameters:
    ///   - names: What has to be measured; channels that the log has not are nobody's concern here.
    ///   - log: What the log is called.
    /// - Throws: `ForesightError.data` where something is missing.
    func requireValues(of names: [String], in log: String) throws {
        let columns = names.compactMap { episode.channelIndex($0) }
        guard let missing = columns.first(where: { !episode[row, $0].isFinite }) else { return }
        let whole = (0..<row).last { row in columns.allSatisfy { episode[row, $0].isFinite } }
        let remedy = whole.map { last -> String in
            let time = seconds - Double(row - last) * episode.samplingTime
            return "the last row before it in which all outputs are measured is --at \(String(format: "%.10g", time))"
        }
        throw ForesightError.data(
            "'\(episode.channels[missing].name)' has no value where the plan starts, at \(place(in: log))",
            remedy: remedy ?? "start from a row in which all outputs are measured: \(names.joined(separator: ", "))")
    }

    /// The time in words that find the row again: a duration where that is exact enough, else seconds.
    var words: String {
        func isHere(_ time: Double?) -> Bool {
            time.map { Int((($0 - seconds) / episode.samplingTime + 1e-6).rounded(.down)) == 0 } ?? false
        }
        let short = period(seconds)
        if seconds == 0 || isHere(try? DurationText.seconds(short, option: "")) { return short }
        let exact = (0...6).lazy.map { String(format: "%.\($0)f", seconds) }.first { isHere(Double($0)) }
        return "\(exact ?? "\(seconds)") s"
    }

    /// Where that is in a log of a name, in words.
    func place(in log: String) -> String {
        isEnd ? "the end of \(log)" : "\(words) \(isFromStart ? "into" : "on the clock of") \(log)"
    }

    /// A date without a zone counts as universal time, as in logs.
    private static func date(_ text: String) -> Double? {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        for format in [
            "yyyy-MM-dd'T'HH:mm:ssXXXXX", "yyyy-MM-dd'T'HH:mm:ss", "yyyy-MM-dd HH:mm:ss", "yyyy-MM-dd'T'HH:mm",
            "yyyy-MM-dd HH:mm", "yyyy-MM-dd",
        ] {
            formatter.dateFormat = format
            if let date = formatter.date(from: text) { return date.timeIntervalSince1970 }
        }
        return nil
    }
}
