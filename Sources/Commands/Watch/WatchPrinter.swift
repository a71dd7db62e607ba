import Basics
import Episodes
import Foundation
import Monitoring
import Reports
import WorldModels

/// Prints events as they come: a line each, or a line of JSON.
struct WatchPrinter {
    private let names: [String]
    private let isJSON: Bool

    init(model: ModelDescription, isJSON: Bool) {
        names = model.outputs.map(\.name) + model.inputs.map(\.name)
        self.isJSON = isJSON
    }

    /// Says a change.
    func show(_ change: WatchRun.Change) {
        print(isJSON ? Self.json(change, names).text(pretty: false) : Self.text(change, names))
        fflush(nil)
    }

    /// Says what it came to.
    func finish(_ summary: WatchSummary, report: String?) {
        print(isJSON ? summary.json(report: report).text(pretty: false) : summary.text(report: report))
    }

    private static func text(_ change: WatchRun.Change, _ names: [String]) -> String {
        switch change.change {
        case .began(let event):
            let when = WatchWords.time(event.start, change.episode)
            return "\(when)  begins  score \(NumberText.fixed(event.first.score, decimals: 1))  "
                + "\(WatchWords.part(event.first)): \(WatchWords.channels(event, names))"
        case .ended(let event):
            let when = WatchWords.time(event.last, change.episode)
            return "\(when)  ends    peak \(NumberText.fixed(event.peak.score, decimals: 1)) at "
                + "\(WatchWords.time(event.peakTime, change.episode)), \(WatchWords.length(event)): "
                + WatchWords.channels(event, names)
        }
    }

    private static func json(_ change: WatchRun.Change, _ names: [String]) -> JSONValue {
        switch change.change {
        case .began(let event):
            var members = WatchWords.json(event, change.episode, names)
            members["event"] = .string("began")
            return .object(members)
        case .ended(let event):
            var members = WatchWords.json(event, change.episode, names)
            members["event"] = .string("ended")
            return .object(members)
        }
    }
}

/// Times, parts and channels of events in words.
enum WatchWords {
    /// A time of a record that finds its row again: a date where the log has dates, else a time on its clock, `41.7 min` or, where that
    /// is too coarse, `97215 s`.
    static func time(_ seconds: Double, _ episode: Episode) -> String {
        guard episode.clock == .absolute else { return sinceStart(seconds, within: episode.samplingTime / 2) }
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "yyyy-MM-dd HH:mm:ss"
        return formatter.string(from: Date(timeIntervalSince1970: seconds))
    }

    private static func sinceStart(_ seconds: Double, within tolerance: Double) -> String {
        func isHere(_ time: Double?) -> Bool { time.map { abs($0 - seconds) <= tolerance } ?? false }
        guard seconds != 0 else { return "0 s" }
        let short = period(seconds)
        if isHere(try? DurationText.seconds(short, option: "")) { return short }
        let exact = (0...6).lazy.map { String(format: "%.\($0)f", seconds) }.first { isHere(Double($0)) }
        return "\(exact ?? "\(seconds)") s"
    }

    /// How long an event was.
    static func length(_ event: WatchEvent) -> String {
        event.rows == 1 ? "a single row" : "lasted \(period(event.duration))"
    }

    /// What a surprise is about.
    static func part(_ surprise: Surprise) -> String {
        let about =
            switch surprise.part {
            case "now": "unlike its prediction"
            case "level": "unusual level"
            default: "unlike its prediction \(surprise.part.prefix { $0 != " " }) steps ahead"
            }
        if surprise.isScatter { return about + ", again and again" }
        return surprise.weight < 1 ? about + " for a while" : about
    }

    /// The channels that have most to do with an event.
    static func channels(_ event: WatchEvent, _ names: [String]) -> String {
        let most = event.channels(names)
        guard !most.isEmpty else { return "many channels" }
        return most.map { "\($0.name) \(NumberText.percent($0.share, decimals: 0))" }.joined(separator: ", ")
    }

    /// An event for machines.
    static func json(_ event: WatchEvent, _ episode: Episode, _ names: [String]) -> [String: JSONValue] {
        let channels = event.channels(names, most: 8).map { ($0.name, JSONValue.number($0.share)) }
        return [
            "episode": .string(episode.name), "start_seconds": .number(event.start),
            "start": .string(time(event.start, episode)), "last_seconds": .number(event.last),
            "last": .string(time(event.last, episode)), "rows": .integer(event.rows),
            "score": .number(event.peak.score), "peak_seconds": .number(event.peakTime),
            "about": .string(part(event.peak)),
            "channels": .object(Dictionary(channels, uniquingKeysWith: { first, _ in first })),
        ]
    }
}

extension NumberText {
    /// A small share: a percentage, or one in so many.
    static func share(_ share: Double) -> String {
        share >= 0.001 ? percent(share, decimals: share < 0.01 ? 2 : 1) : "one in \(significant(1 / share, digits: 2))"
    }
}
