/// What a loop does with how far its predictions were off.
public struct FeedbackOptions: Sendable, Equatable {
    /// What becomes of calibrated bands while a loop runs.
    public enum Recalibration: String, Sendable, Codable, CaseIterable {
        /// Bands become wider where errors ask for it, and as narrow again as they were calibrated, never narrower.
        case widen
        /// Bands follow the errors either way, down to a fifth of what was calibrated.
        case follow
        /// Bands stay as calibrated; what came is compared all the same.
        case off

        /// The least factor of the calibrated width.
        var least: Double { self == .follow ? 0.2 : 1 }
    }

    /// What a loop does when its predictions are not what calibration promised any more.
    public enum Response: String, Sendable, Codable, CaseIterable {
        /// Bands become as wide at once as the last errors ask for, and plans that keep the guardrails there go on.
        case widen
        /// The declared safe action is applied until predictions hold again.
        case fallback
        /// It is noted and nothing else.
        case note
    }

    /// What becomes of the bands.
    public var recalibration: Recalibration
    /// What follows a surprise.
    public var response: Response
    /// The number of decisions in which at most one alarm is false on average, as far as errors are what calibration
    /// promises.
    public var decisionsPerFalseAlarm: Double
    /// Decisions in a row that the widened bands must cover before a loop plans again after a fallback.
    public var calmDecisions: Int
    /// By how much more often than promised a band may be left before that is a surprise: what was calibrated on a log
    /// need not hold to the letter where a planner goes.
    public var allowance: Double
    /// Whether predictions are corrected by their mean error so far, as far as it is more than chance.
    public var corrects: Bool

    /// Creates options.
    public init(
        recalibration: Recalibration = .widen, response: Response = .widen, decisionsPerFalseAlarm: Double = 10_000,
        calmDecisions: Int = 10, allowance: Double = 2, corrects: Bool = true
    ) {
        precondition(decisionsPerFalseAlarm > 1 && calmDecisions >= 1 && allowance >= 1, "options out of range")
        self.recalibration = recalibration
        self.response = response
        self.decisionsPerFalseAlarm = decisionsPerFalseAlarm
        self.calmDecisions = calmDecisions
        self.allowance = allowance
        self.corrects = corrects
    }
}

/// A surprise in a running loop: predictions of a channel are not what calibration promised.
public struct LoopAlarm: Sendable, Codable, Equatable {
    /// The decision before which it was noticed, from 0.
    public var step: Int
    /// Seconds since the first decision.
    public var time: Double
    /// The channel whose predictions are off most.
    public var channel: String
    /// Seconds ahead of the predictions that are off most.
    public var lead: Double
    /// The last error of these, as a multiple of the calibrated half-width.
    public var ratio: Double
}

/// A prediction beside what came.
public struct BandComparison: Sendable, Equatable {
    /// The decision before which it came, from 0.
    public var decision: Int
    /// The predicted channel.
    public var channel: String
    /// Seconds ahead.
    public var lead: Double
    /// The mean, physical units.
    public var predicted: Double
    /// The calibrated half-width, physical units.
    public var halfWidth: Double
    /// What it was multiplied by when the prediction was made.
    public var factor: Double
    /// What came, physical units.
    public var observed: Double
    /// What was decided when the prediction was made; `nil` where nothing was.
    public var status: PlanStatus?
    /// What half-widths are multiplied by from now on.
    public var next: Double
}

/// How often bands held what came, at one lead time.
public struct LeadCoverage: Sendable, Codable, Equatable {
    /// Seconds ahead.
    public var lead: Double
    /// The coverage that the calibrated bands promise.
    public var promised: Double
    /// Predictions that were compared, all channels together.
    public var compared: Int
    /// Of these, inside the calibrated band.
    public var calibrated: Int
    /// Of these, inside the band as it was when the prediction was made.
    public var recalibrated: Int
    /// How many of the predictions share no sample with each other: what the interval counts.
    public var independent: Double
    /// The mean factor of the calibrated half-width.
    public var meanFactor: Double

    /// Pools several episodes at one lead time; there must be at least one.
    public static func pooled(_ parts: [LeadCoverage]) -> LeadCoverage {
        precondition(!parts.isEmpty, "coverage of no episodes")
        var sum = parts[0]
        var weighted = sum.meanFactor * Double(sum.compared)
        for part in parts.dropFirst() {
            sum.compared += part.compared
            sum.calibrated += part.calibrated
            sum.recalibrated += part.recalibrated
            sum.independent += part.independent
            weighted += part.meanFactor * Double(part.compared)
        }
        sum.meanFactor = sum.compared > 0 ? weighted / Double(sum.compared) : 1
        return sum
    }

    /// The share inside the calibrated bands.
    public var calibratedShare: Double { compared > 0 ? Double(calibrated) / Double(compared) : 1 }
    /// The share inside the bands as they were when each prediction was made.
    public var recalibratedShare: Double { compared > 0 ? Double(recalibrated) / Double(compared) : 1 }

    /// Where a share lies with 95 % confidence, by the score interval of Wilson (JASA 1927) over the predictions that share
    /// no sample.
    public func interval(_ share: Double) -> ClosedRange<Double> {
        let (n, z) = (max(1, independent), 1.959964)
        let centre = (share + z * z / (2 * n)) / (1 + z * z / n)
        let half = z / (1 + z * z / n) * (share * (1 - share) / n + z * z / (4 * n * n)).squareRoot()
        return max(0, min(share, centre - half))...min(1, max(share, centre + half))
    }
}
