import Basics
import Episodes
import Foundation

/// A row of a log that a plan starts from.
struct LogMoment {
    /// The stretch of the log.
    var episode: Episode
    /// The row in it.
    var row: Int

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
            (episode, row) = (last, last.count - 1)
            return
        }
        let first = log.episodes[0]
        let isCalendar = first.clock == .absolute || first.clock == .yearless
        let time: Double
        if first.clock == .absolute, let date = Self.date(text) {
            time = date
        } else {
            let seconds: Double
            if let plain = Double(text), plain >= 0, plain.isFinite {
                seconds = plain
            } else {
                do { seconds = try DurationText.seconds(text, option: option) } catch {
                    throw ForesightError.usage(
                        "\(option) '\(text)' is no time of this log",
                        remedy: "write seconds or a duration from its start such as 90 or 5min"
                            + (first.clock == .absolute ? ", a date such as 2026-01-31T08:00" : "") + ", or last")
                }
            }
            time = isCalendar ? first.startTime + seconds : seconds
        }
        // The row that was current then: up to half a sample early, rounding decides.
        for episode in log.episodes.reversed() {
            let place = (time - episode.startTime) / episode.samplingTime
            if place >= -0.5, place < Double(episode.count) {
                self.episode = episode
                self.row = max(0, Int((place + 1e-6).rounded(.down)))
                return
            }
        }
        let offset = isCalendar ? first.startTime : 0
        let ends = (first.startTime - offset, last.startTime + last.duration - offset)
        throw ForesightError.data(
            "\(option) \(text) is in no stretch of the log, which covers \(figure(ends.0)) to \(figure(ends.1)) s",
            remedy: "choose a time in it, or last")
    }

    /// The last row behind which the log holds so many samples; the last one where no stretch does.
    ///
    /// - Throws: `ForesightError.data` for a log without samples.
    init(samplesAhead count: Int, in log: LoadedLog) throws {
        guard let episode = log.episodes.last(where: { $0.count > count }) else {
            self = try LogMoment("last", in: log)
            return
        }
        (self.episode, row) = (episode, episode.count - 1 - count)
    }

    /// Seconds of the row from the start of its stretch.
    var seconds: Double { Double(row) * episode.samplingTime }

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
