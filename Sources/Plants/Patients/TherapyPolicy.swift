public import Basics

/// How the insulin of a patient's log is chosen: basal–bolus therapy whose doses stray, as people's doses do, so that a
/// model can tell the effect of insulin from that of meals. Insulin at random would kill the patient.
///
/// Low glucose is treated as people are taught to: no insulin, and 15 g of carbohydrate every quarter of an hour.
public struct TherapyPolicy: Sendable, Hashable {
    /// What the basal rate is multiplied by.
    public var basal: ClosedRange<Double>
    /// The time for which a factor of the basal rate is held, s.
    public var hold: ClosedRange<Double>
    /// What the bolus of a meal is multiplied by.
    public var bolus: ClosedRange<Double>
    /// By how long a bolus comes after its meal has begun, s.
    public var delay: ClosedRange<Double>
    /// The probability per hour of a correction where glucose is above `threshold` and no bolus was given for two hours.
    public var correctionsPerHour: Double
    /// The glucose above which corrections come, mg/dL.
    public var threshold: Double
    /// The glucose below which no insulin is given, mg/dL, once it is seen or is coming within half an hour.
    public var suspension: Double
    /// The glucose below which carbohydrate is taken, mg/dL, once it is seen or is coming within a quarter of an hour.
    public var rescueLimit: Double
    /// The carbohydrate that is taken then, not more often than every quarter of an hour, g.
    public var rescue: Double

    /// Creates a policy.
    public init(
        basal: ClosedRange<Double> = 0.5...1.4, hold: ClosedRange<Double> = 3600...10_800,
        bolus: ClosedRange<Double> = 0.6...1.1, delay: ClosedRange<Double> = 0...1800,
        correctionsPerHour: Double = 0.5, threshold: Double = 180, suspension: Double = 90,
        rescueLimit: Double = 70, rescue: Double = 15
    ) {
        precondition(
            basal.lowerBound >= 0 && bolus.lowerBound >= 0 && delay.lowerBound >= 0 && hold.lowerBound > 0,
            "doses and times are not negative")
        self.basal = basal
        self.hold = hold
        self.bolus = bolus
        self.delay = delay
        self.correctionsPerHour = correctionsPerHour
        self.threshold = threshold
        self.suspension = suspension
        self.rescueLimit = rescueLimit
        self.rescue = rescue
    }
}

/// Draws the doses of a therapy, sampling period by sampling period.
public struct Therapist: Sendable {
    private let policy: TherapyPolicy
    private let patient: VirtualPatient
    private var controller: BasalBolusController
    private var generator: SeededGenerator
    private var factor = 1.0
    private var remaining = 0
    /// Boluses that are due, with the steps until then.
    private var due: [(steps: Int, units: Double)] = []
    private var sinceBolus = 0.0
    private var sinceRescue = Double.infinity
    private var last: [Double] = []

    /// Starts a therapy.
    public init(_ policy: TherapyPolicy, for patient: VirtualPatient, using generator: SeededGenerator) {
        self.policy = policy
        self.patient = patient
        self.generator = generator
        controller = BasalBolusController(for: patient)
    }

    /// The doses of the next sampling period `[action]`.
    ///
    /// - Parameters:
    ///   - glucose: What the sensor shows now, mg/dL.
    ///   - forecast: Meals that are announced, g/min by sampling period from now on.
    /// - Returns: Insulin, U/h; carbohydrate to be taken beside the meals from now on, g.
    public mutating func next(glucose: Double, forecast: [Double]) -> (action: [Double], rescue: Double) {
        let dt = patient.samplingTime
        if remaining == 0 {
            factor = generator.uniform(in: policy.basal)
            remaining = max(1, Int((generator.uniform(in: policy.hold) / dt).rounded()))
        }
        remaining -= 1
        let grams = controller.announced(forecast)
        if grams > 0 {
            let units = controller.dose(grams: grams, glucose: glucose) * generator.uniform(in: policy.bolus)
            due.append((Int((generator.uniform(in: policy.delay) / dt).rounded()), units))
        }
        var units = due.reduce(0) { $1.steps <= 0 ? $0 + $1.units : $0 }
        due = due.filter { $0.steps > 0 }.map { ($0.steps - 1, $0.units) }
        let isCorrecting = generator.uniform() < policy.correctionsPerHour * dt / 3600
        if isCorrecting, glucose > policy.threshold, sinceBolus >= 7200, due.isEmpty, units == 0 {
            units = (glucose - controller.target) / patient.parameters.correctionFactor
        }
        sinceBolus = units > 0 ? 0 : sinceBolus + dt
        // The sensor errs by some 12 mg/dL: the slope is that of a quarter of an hour.
        let back = max(1, Int((900 / dt).rounded()))
        let slope = last.count >= back ? (glucose - last[last.count - back]) / Double(back) : 0
        last = (last + [glucose]).suffix(back)
        let fall = min(0, slope) / dt
        let isLow = glucose + fall * 1800 < policy.suspension
        let basal = isLow ? 0 : patient.parameters.basalRate * factor
        let action = [basal + (glucose < policy.suspension ? 0 : units * 3600 / dt)]
        sinceRescue += dt
        let needsRescue = glucose + fall * 900 < policy.rescueLimit
        guard needsRescue, sinceRescue >= 900, policy.rescue > 0 else { return (action, 0) }
        sinceRescue = 0
        controller.countAsAnswered(policy.rescue)
        return (action, policy.rescue)
    }
}
