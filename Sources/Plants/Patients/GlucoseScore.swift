/// How well glucose was held, by the measures of the consensus on time in range (Battelino et al., Diabetes Care 2019,
/// https://doi.org/10.2337/dci19-0028), which asks of adults more than 70 % between 70 and 180 mg/dL, less than 4 % below
/// 70, less than 1 % below 54 and less than 25 % above 180.
public struct GlucoseScore: Sendable, Hashable, Codable {
    /// The share of the values in 70…180 mg/dL.
    public var inRange: Double
    /// The share below 70 mg/dL.
    public var low: Double
    /// The share below 54 mg/dL.
    public var veryLow: Double
    /// The share above 180 mg/dL.
    public var high: Double
    /// The mean, mg/dL.
    public var mean: Double

    /// The ends of the range, mg/dL.
    public static let range = 70.0...180.0
    /// Below this glucose is very low, mg/dL.
    public static let veryLowLimit = 54.0

    /// The score of glucose over time, evenly sampled, mg/dL.
    public init(_ glucose: some Collection<Double>) {
        precondition(!glucose.isEmpty, "a score of no glucose")
        let count = Double(glucose.count)
        func share(_ isMeant: (Double) -> Bool) -> Double { Double(glucose.count(where: isMeant)) / count }
        inRange = share { Self.range.contains($0) }
        low = share { $0 < Self.range.lowerBound }
        veryLow = share { $0 < Self.veryLowLimit }
        high = share { $0 > Self.range.upperBound }
        mean = glucose.reduce(0, +) / count
    }

    /// The mean of scores of equal length.
    public init(meanOf scores: [GlucoseScore]) {
        precondition(!scores.isEmpty, "a mean of no scores")
        func mean(_ part: KeyPath<GlucoseScore, Double>) -> Double {
            scores.reduce(0) { $0 + $1[keyPath: part] } / Double(scores.count)
        }
        inRange = mean(\.inRange)
        low = mean(\.low)
        veryLow = mean(\.veryLow)
        high = mean(\.high)
        self.mean = mean(\.mean)
    }
}

extension GlucoseScore {
    /// The score of the glucose in a patient's plasma over an episode of a task; `nil` where the plant is no patient.
    ///
    /// Simglucose scores what it calls blood glucose, which is that under the skin: the true outputs of the episode.
    public init?(_ record: ControlRecord, on plant: any Plant) {
        guard let patient = plant as? VirtualPatient else { return nil }
        let width = patient.stateNames.count
        let rows = stride(from: 0, to: record.states.count, by: width)
        self.init(rows.map { patient.plasmaGlucose(of: Array(record.states[$0..<$0 + width])) })
    }
}
