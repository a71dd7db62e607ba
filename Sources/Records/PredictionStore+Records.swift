import Basics
import Foundation

extension PredictionStore {
    /// Which predictions are calibrated together: those of a channel, so far ahead.
    public struct Place: Sendable, Hashable {
        /// The predicted channel.
        public var channel: String
        /// Seconds ahead.
        public var lead: Double

        /// Creates a place.
        public init(channel: String, lead: Double) { (self.channel, self.lead) = (channel, lead) }
    }

    /// What tells an episode from others.
    public struct EpisodeHead: Sendable, Hashable {
        /// What fed it: `control` or `watch`.
        public var kind: String
        /// The log, or plant and seed.
        public var source: String
        /// When it begins, in seconds as its own clock counts.
        public var start: Double
        /// Seconds between its rows.
        public var interval: Double

        /// Creates a head.
        public init(kind: String, source: String, start: Double, interval: Double) {
            (self.kind, self.source, self.start, self.interval) = (kind, source, start, interval)
        }
    }

    /// A prediction of one channel, and what came.
    public struct Record: Sendable, Equatable {
        /// The number of the episode.
        public var episode: Int
        /// The row of the episode, or the decision, that it predicts.
        public var row: Int
        /// When that was, in seconds as the episode counts.
        public var time: Double
        /// The channel and how far ahead it was predicted.
        public var place: Place
        /// The mean, physical units.
        public var predicted: Double
        /// The half-width that calibration gives the band, physical units.
        public var halfWidth: Double
        /// What it was multiplied by when the prediction was made.
        public var factor: Double
        /// What came, physical units.
        public var observed: Double
        /// What the decision was that the prediction was made for: a status of plans, or `watched`.
        public var kind: String
        /// What half-widths are multiplied by from now on.
        public var next: Double

        /// Creates a record.
        public init(
            episode: Int, row: Int, time: Double, place: Place, predicted: Double, halfWidth: Double, factor: Double,
            observed: Double, kind: String, next: Double
        ) {
            (self.episode, self.row, self.time, self.place) = (episode, row, time, place)
            (self.predicted, self.halfWidth, self.factor) = (predicted, halfWidth, factor)
            (self.observed, self.kind, self.next) = (observed, kind, next)
        }

        /// The error as a multiple of the calibrated half-width.
        public var ratio: Double { abs(observed - predicted) / halfWidth }
        /// Whether the band, as wide as it was, held what came.
        public var isHeld: Bool { ratio <= factor }

        /// A line of the file.
        var line: String {
            let value: JSONValue = [
                "e": .integer(episode), "r": .integer(row), "t": .number(time), "c": .string(place.channel),
                "h": .number(place.lead), "p": .number(predicted), "w": .number(halfWidth), "f": .number(factor),
                "y": .number(observed), "k": .string(kind), "n": .number(next),
            ]
            return value.text()
        }

        /// Reads a line's members; `nil` when one is missing.
        init?(_ value: JSONValue) {
            guard let episode = value["e"]?.int, let row = value["r"]?.int, let time = value["t"]?.double,
                let channel = value["c"]?.string, let lead = value["h"]?.double, let predicted = value["p"]?.double,
                let halfWidth = value["w"]?.double, let factor = value["f"]?.double, let observed = value["y"]?.double,
                let kind = value["k"]?.string, let next = value["n"]?.double
            else { return nil }
            self.init(
                episode: episode, row: row, time: time, place: Place(channel: channel, lead: lead),
                predicted: predicted, halfWidth: halfWidth, factor: factor, observed: observed, kind: kind, next: next)
        }
    }

    /// What calibration came to at one place.
    public struct Calibration: Sendable, Equatable {
        /// What half-widths are multiplied by.
        public var factor = 1.0
        /// Predictions that were compared.
        public var count = 0
        /// Of these, beyond the band as wide as it was.
        public var misses = 0

        /// Nothing was compared.
        public init() {}

        /// Takes in a record.
        mutating func take(_ record: Record) {
            factor = record.next
            count += 1
            if !record.isHeld { misses += 1 }
        }

        func line(_ place: Place) -> String {
            let value: JSONValue = [
                "scale": .number(factor), "count": .integer(count), "misses": .integer(misses),
                "c": .string(place.channel), "h": .number(place.lead),
            ]
            return value.text()
        }
    }

    /// An episode with its number.
    public struct Episode: Sendable, Equatable {
        /// The number.
        public var number: Int
        /// What tells it from others.
        public var head: EpisodeHead
    }

    /// All that a store holds.
    public struct Contents: Sendable {
        /// The episodes, in the order in which they began.
        public var episodes: [Episode] = []
        /// The records, in the order in which they came.
        public var records: [Record] = []
        /// What calibration came to, of all that ever came.
        public var calibration: [Place: Calibration] = [:]
        /// Bytes of whole lines in the file that is written to.
        var whole = 0
    }

    /// Reads a store; an empty one where there is none.
    ///
    /// - Throws: `ForesightError.data` for the store of another model, or a line that is no record.
    public static func read(_ folder: String, model: String) throws -> Contents {
        var contents = Contents()
        for file in [oldName, name] {
            let path = "\(folder)/\(file)"
            guard FileManager.default.fileExists(atPath: path) else { continue }
            let bytes = try InputFile.bytes(path)
            let whole = bytes[..<((bytes.lastIndex(of: UInt8(ascii: "\n")) ?? -1) + 1)]
            if file == name { contents.whole = whole.count }
            for (index, line) in whole.split(separator: UInt8(ascii: "\n")).enumerated() {
                guard let value = try? line.withUnsafeBytes({ try JSONParser.parse($0) }),
                    try contents.take(value, isFirst: index == 0, model: model, folder: folder)
                else {
                    throw ForesightError.data(
                        "line \(index + 1) of \(path) is no record of predictions",
                        remedy: "remove that line, or name another folder")
                }
            }
        }
        return contents
    }

    static func head(_ model: String) -> String {
        let value: JSONValue = ["store": 1, "model": .string(model)]
        return value.text()
    }

    static func line(_ head: EpisodeHead, _ number: Int) -> String {
        let value: JSONValue = [
            "episode": .integer(number), "kind": .string(head.kind), "source": .string(head.source),
            "start": .number(head.start), "interval": .number(head.interval),
        ]
        return value.text()
    }
}

extension PredictionStore.Contents {
    /// Takes in a line; says whether it could be read.
    fileprivate mutating func take(_ value: JSONValue, isFirst: Bool, model: String, folder: String) throws -> Bool {
        if isFirst {
            guard value["store"]?.int == 1, let digest = value["model"]?.string else { return false }
            guard digest == model else {
                throw ForesightError.data(
                    "\(folder) is the store of another model: its weights have a SHA-256 that begins with "
                        + "\(digest.prefix(12)), this model's begins with \(model.prefix(12))",
                    remedy: "name another folder: each model has a store of its own")
            }
            return true
        }
        if let number = value["episode"]?.int {
            guard let kind = value["kind"]?.string, let source = value["source"]?.string,
                let start = value["start"]?.double, let interval = value["interval"]?.double
            else { return false }
            let head = PredictionStore.EpisodeHead(kind: kind, source: source, start: start, interval: interval)
            if !episodes.contains(where: { $0.number == number }) {
                episodes.append(PredictionStore.Episode(number: number, head: head))
            }
            return true
        }
        if let factor = value["scale"]?.double {
            guard let count = value["count"]?.int, let misses = value["misses"]?.int, let channel = value["c"]?.string,
                let lead = value["h"]?.double
            else { return false }
            var known = PredictionStore.Calibration()
            (known.factor, known.count, known.misses) = (factor, count, misses)
            calibration[PredictionStore.Place(channel: channel, lead: lead)] = known
            return true
        }
        guard let record = PredictionStore.Record(value) else { return false }
        records.append(record)
        calibration[record.place, default: PredictionStore.Calibration()].take(record)
        return true
    }
}
