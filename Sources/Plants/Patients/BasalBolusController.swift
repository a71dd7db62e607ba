/// What people with type-1 diabetes do: a constant basal rate, and a bolus for every meal that is announced, with a
/// correction where glucose is high.
///
/// `bolus = meal / CR + (glucose − target) / CF`, the second part above `threshold` only, as in simglucose's
/// basal–bolus controller. A meal is answered as soon as it is announced, over one sampling period. Without
/// announcements only the basal rate is left.
public struct BasalBolusController: Controller, Hashable {
    /// The patient.
    public let parameters: PatientParameters
    /// Minutes between decisions.
    private let minutes: Double
    /// The glucose that corrections aim at, mg/dL.
    public var target = 140.0
    /// The glucose above which a bolus corrects, mg/dL.
    public var threshold = 150.0
    /// Carbohydrate that is announced, not eaten yet and answered already, g.
    private var answered = 0.0

    /// Creates a controller for a patient.
    public init(for patient: VirtualPatient) {
        parameters = patient.parameters
        minutes = patient.samplingTime / 60
    }

    /// The basal rate.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        [parameters.basalRate]
    }

    /// The basal rate, and the bolus of a meal that is announced now.
    public mutating func action(in situation: ControlSituation, time: Double) -> [Double] {
        let grams = announced(situation.forecast)
        return [parameters.basalRate + dose(grams: grams, glucose: situation.observation[0]) * 60 / minutes]
    }

    /// The carbohydrate in a forecast that no bolus has answered yet, g; it counts as answered from now on.
    mutating func announced(_ forecast: [Double]) -> Double {
        let ahead = forecast.reduce(0, +) * minutes
        let grams = ahead - answered
        answered = max(0, ahead - (forecast.first ?? 0) * minutes)
        // Less than half a gram is rounding.
        return grams > 0.5 ? grams : 0
    }

    /// Leaves carbohydrate that is eaten against low glucose without a bolus, g.
    mutating func countAsAnswered(_ grams: Double) { answered += grams }

    /// The bolus for a meal, U.
    func dose(grams: Double, glucose: Double) -> Double {
        guard grams > 0 else { return 0 }
        let correction = glucose > threshold ? (glucose - target) / parameters.correctionFactor : 0
        return grams / parameters.carbohydrateRatio + correction
    }

    /// Forgets announced meals.
    public mutating func reset(action: [Double]) { answered = 0 }
}

/// A PID loop from glucose to the basal rate, as simglucose's example: a weak baseline, not tuned, that knows of no meals
/// and starts from no insulin.
public struct GlucosePID: Controller, Hashable {
    /// The gain on the error, U/min per mg/dL.
    public var proportional: Double
    /// The gain on the integral of the error, U/min per mg/dL·min.
    public var integral: Double
    /// The gain on the rate of change, U/min per mg/dL/min.
    public var derivative: Double
    /// The glucose that is aimed at, mg/dL.
    public var target: Double
    private let minutes: Double
    private let greatest: Double
    private var sum = 0.0
    private var last = 0.0
    private var rate = 0.0

    /// Creates the loop; the settings are those of simglucose's example.
    public init(
        for patient: VirtualPatient, proportional: Double = 1e-3, integral: Double = 1e-5, derivative: Double = 1e-3,
        target: Double = 140
    ) {
        self.proportional = proportional
        self.integral = integral
        self.derivative = derivative
        self.target = target
        minutes = patient.samplingTime / 60
        greatest = patient.pump.greatestBasal
    }

    /// The basal rate, within what the pump can do; where glucose was not measured, that of before.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        let glucose = observations[0]
        guard !glucose.isNaN else { return [rate] }
        let error = glucose - target
        let wanted = proportional * error + integral * sum + derivative * (glucose - last) / minutes
        last = glucose
        sum += error * minutes
        rate = min(max(wanted * 60, 0), greatest)
        return [rate]
    }

    /// Forgets everything but the rate in force.
    public mutating func reset(action: [Double]) {
        sum = 0
        last = 0
        rate = min(max(action[0], 0), greatest)
    }
}
