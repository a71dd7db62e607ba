import Basics
public import Episodes
public import Monitoring

/// Says whether a plant is still the one that a model was made of, by a record of it.
public struct ModelDrift {
    /// How the errors of one channel, so far ahead, compare with what is normal.
    public struct Finding: Sendable, Equatable {
        /// The output.
        public var channel: String
        /// Seconds ahead.
        public var lead: Double
        /// What was tested.
        public var kind: DriftFinding.Kind
        /// The chance of errors this far beyond the tolerance if nothing had changed by more, corrected for all tests.
        public var probability: Double
        /// The mean error in normal operation, in the unit of the output.
        public var normalBias: Double
        /// The mean error in the record, in the unit of the output; positive where more is measured than predicted.
        public var bias: Double
        /// The root mean square error as a multiple of the normal one.
        public var growth: Double
        /// When the change begins; `nil` when errors were so from the beginning, or nothing changed.
        public var since: Moment?
        /// Stretches that were compared.
        public var stretches: Int
    }

    /// A time in an episode.
    public struct Moment: Sendable, Equatable {
        /// The number of the episode.
        public var episode: Int
        /// As the episode counts it, s.
        public var time: Double
    }

    /// Errors of predictions one step ahead of one output, as multiples of their normal standard deviation.
    public struct Errors: Sendable {
        /// The number of the episode.
        public var episode: Int
        /// Seconds, as the episode counts them.
        public var times: [Double]
        /// One value a time; `NaN` where nothing was predicted or measured.
        public var values: [Double]
    }

    /// All findings, the most certain first.
    public let findings: [Finding]
    private let segments: [WatchedSegment]
    private let places: [(episode: Int, start: Double)]
    private let reference: SurpriseReference
    private let rowTime: Double

    /// Compares a record with what is normal.
    ///
    /// A model whose step covers several samples looks at one phase of them; the others tell nearly the same.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - episodes: The record.
    ///   - reference: What is normal; what the model brings by itself without.
    ///   - tolerance: What may change without counting.
    /// - Throws: `ForesightError.data` for a model that does not know what is normal, a record without a channel of the
    ///   model, sampled at another rate or too short to be judged.
    public init(
        _ model: TrainedModel, _ episodes: [Episode], reference: SurpriseReference? = nil,
        tolerance: DriftTest.Tolerance = DriftTest.Tolerance()
    ) throws {
        let reference = try reference ?? ModelWatch(model).reference
        let description = model.description
        try description.check(samplingOf: episodes)
        let full = try SignalTable(episodes, scaling: description.scaling, stride: description.stride)
        let table = SignalTable(full, segments: full.segments.filter { $0.phase == 0 })
        let watched = WatchedRows(
            model: model.network, history: description.window, horizons: reference.horizons)
        try self.init(
            description, watched.segments(table), reference: reference, tolerance: tolerance,
            places: table.segments.map { ($0.episode, episodes[$0.episode].startTime) }, context: watched.context)
    }

    /// Compares errors of predictions that were made before, such as those that a store keeps, with what is normal.
    ///
    /// - Parameters:
    ///   - model: The model that made them.
    ///   - segments: The errors, one run an episode at the model's step.
    ///   - starts: When each episode begins, as it counts its times.
    ///   - reference: What is normal; what the model brings by itself without.
    ///   - tolerance: What may change without counting.
    /// - Throws: `ForesightError.data` for a model that does not know what is normal, or errors too few to be judged.
    public init(
        _ model: TrainedModel, segments: [WatchedSegment], starts: [Double], reference: SurpriseReference? = nil,
        tolerance: DriftTest.Tolerance = DriftTest.Tolerance()
    ) throws {
        let reference = try reference ?? ModelWatch(model).reference
        try self.init(
            model.description, segments, reference: reference, tolerance: tolerance,
            places: starts.enumerated().map { ($0.offset, $0.element) }, context: 0)
    }

    private init(
        _ description: ModelDescription, _ segments: [WatchedSegment], reference: SurpriseReference,
        tolerance: DriftTest.Tolerance, places: [(episode: Int, start: Double)], context: Int
    ) throws {
        self.segments = segments
        self.places = places
        self.reference = reference
        rowTime = description.stepTime
        let (stepTime, starts) = (description.stepTime, places)
        let scales = Dictionary(
            zip(description.outputs.map(\.name), description.scaling.outputScale),
            uniquingKeysWith: { first, _ in first })
        findings = DriftTest(reference, tolerance: tolerance).findings(segments).map { finding in
            let scale = scales[finding.channel] ?? 1
            return Finding(
                channel: finding.channel, lead: Double(finding.lead) * stepTime, kind: finding.kind,
                probability: finding.probability, normalBias: finding.bias.normal * scale,
                bias: finding.bias.now * scale, growth: finding.growth,
                since: finding.since.map {
                    Moment(
                        episode: starts[$0.segment].episode,
                        time: starts[$0.segment].start + Double($0.row) * stepTime)
                }, stretches: finding.stretches)
        }
        guard !findings.isEmpty else {
            let rows = segments.reduce(0) { $0 + $1.count }
            throw ForesightError.data(
                "\(rows) steps of the record are too few to be judged",
                remedy: "give a log of several times \(context + 4 * 3 * (reference.horizons.last ?? 1)) steps")
        }
    }

    /// The errors of an output one step ahead, by episode.
    public func errors(of channel: String) -> [Errors] {
        guard let output = reference.outputs.firstIndex(of: channel) else { return [] }
        let (mean, deviation) = reference.moments(ofNextStep: output)
        return zip(segments, places).map { segment, place in
            Errors(
                episode: place.episode, times: (0..<segment.count).map { place.start + Double($0) * rowTime },
                values: (0..<segment.count).map {
                    (segment.residuals[0][$0 * segment.outputs + output] - mean) / max(deviation, 1e-12)
                })
        }
    }
}
