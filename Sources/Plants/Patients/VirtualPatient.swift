public import Episodes

/// A virtual patient with type-1 diabetes: the meal model of the glucose–insulin system, as the UVa/Padova simulator
/// of 2008 has it, under a pump and a glucose sensor.
///
/// C. Dalla Man, R. A. Rizza and C. Cobelli, IEEE Transactions on Biomedical Engineering 2007,
/// https://doi.org/10.1109/TBME.2007.893506; B. P. Kovatchev et al., "In silico preclinical trials", Journal of Diabetes
/// Science and Technology 2009, https://doi.org/10.1177/193229680900300106. Equations and figures are those of
/// simglucose 0.2.11, whose traces it reproduces. For research and teaching only: nothing here doses a person.
///
/// The sensor measures glucose under the skin, which lags behind that of the plasma by about ten minutes. Meals are the
/// disturbance, eaten at up to `eatingRate`. The model's thirteen states are followed by two that remember the meal.
public struct VirtualPatient: EquationPlant, Hashable {
    /// The figures of the patient.
    public let parameters: PatientParameters
    /// Seconds between samples.
    public var samplingTime: Double
    /// What the sensor adds to the glucose under the skin.
    public var noise: SensorNoise
    /// What the pump can do.
    public let pump: InsulinPump

    /// Creates a patient.
    ///
    /// - Parameters:
    ///   - parameters: The figures of the patient.
    ///   - samplingTime: Seconds between samples; five minutes by default, as sensors of glucose have it.
    ///   - noise: The noise of a Dexcom sensor by default.
    ///   - pump: The Insulet pump with the patient's own limits by default.
    public init(
        _ parameters: PatientParameters, samplingTime: Double = 300, noise: SensorNoise = .dexcom,
        pump: InsulinPump? = nil
    ) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.parameters = parameters
        self.samplingTime = samplingTime
        self.noise = noise
        self.pump = pump ?? .insulet(for: parameters)
    }

    /// Grams of carbohydrate that are eaten in a minute, as in simglucose.
    public static let eatingRate = 5.0

    /// The name by which commands know the patient, such as `patient-adult-1`.
    public var name: String { Self.name(parameters.group, parameters.number) }

    /// The name of a patient.
    static func name(_ group: PatientParameters.Group, _ number: Int) -> String {
        "patient-\(group.rawValue)-\(number)"
    }

    /// Carbohydrate in the stomach, solid and liquid, and in the gut, mg; glucose in the plasma and in slow tissue,
    /// mg/kg; insulin in the plasma, pmol/kg; its action on use and, delayed twice, on production, pmol/l; insulin in the
    /// liver and in the two depots under the skin, pmol/kg; glucose under the skin, mg/kg; what the present meal brought
    /// and what the stomach held when it began, mg; the rate at which was eaten last, g/min.
    public let stateNames = [
        "stomach_solid", "stomach_liquid", "gut", "plasma_glucose", "tissue_glucose", "plasma_insulin",
        "insulin_action", "delayed_insulin_1", "delayed_insulin_2", "liver_insulin", "depot_insulin_1",
        "depot_insulin_2", "skin_glucose", "meal", "eating",
    ]
    /// The measured channel, with the ends of the sensor's scale.
    public let outputChannels = [
        Channel(name: "glucose", unit: "mg/dL", role: .observation, lowerLimit: 39, upperLimit: 600)
    ]
    /// The action: all insulin of a sampling period, whether the pump brings it by its basal rate or as a bolus. To the
    /// patient it is the same, so that a model has one effect to learn and not two.
    public var actionChannels: [Channel] {
        [
            Channel(
                name: "insulin", unit: "U/h", role: .action, lowerLimit: 0,
                upperLimit: pump.greatestRate(over: samplingTime))
        ]
    }
    /// What is eaten.
    public let disturbanceChannels = [Channel(name: "meal", unit: "g/min", role: .disturbance, lowerLimit: 0)]
    /// In fasting at the basal glucose.
    public var initialState: [Double] { parameters.steadyState }
    /// The basal rate.
    public var restAction: [Double] { [parameters.basalRate] }
    /// Nothing is eaten.
    public let nominalDisturbance = [0.0]
    /// The outputs are states over a volume.
    public var outputStates: [Int] { [12] }

    /// The same patient with another sampling time.
    public func resampled(every seconds: Double) -> VirtualPatient? {
        var copy = self
        copy.samplingTime = seconds
        return copy
    }

    /// The glucose in the plasma, mg/dL, which the sensor follows.
    public func plasmaGlucose(of state: [Double]) -> Double { state[3] / parameters.vg }
}

/// What an insulin pump can do.
public struct InsulinPump: Sendable, Hashable {
    /// The greatest basal rate, U/h.
    public var greatestBasal: Double
    /// The greatest bolus in one sampling period, U.
    public var greatestBolus: Double
    /// The smallest step of the basal rate, U/h, and of a bolus, U; 0 for none.
    public var increment: Double

    /// Creates a pump.
    public init(greatestBasal: Double, greatestBolus: Double, increment: Double) {
        precondition(greatestBasal > 0 && greatestBolus > 0 && increment >= 0, "a pump without reach")
        self.greatestBasal = greatestBasal
        self.greatestBolus = greatestBolus
        self.increment = increment
    }

    /// The Insulet OmniPod: up to 30 U/h and 30 U in a bolus, in steps of 0.05 U (simglucose's table of pumps).
    public static let insulet = InsulinPump(greatestBasal: 30, greatestBolus: 30, increment: 0.05)

    /// The same with limits as a clinic sets them for a patient: four times the basal rate, and a bolus for 120 g of
    /// carbohydrate, so that what a planner may try is within reason.
    public static func insulet(for patient: PatientParameters) -> InsulinPump {
        var pump = insulet
        let (basal, bolus) = (4 * patient.basalRate, 120 / patient.carbohydrateRatio)
        pump.greatestBasal = min(pump.greatestBasal, pump.nearest(basal))
        pump.greatestBolus = min(pump.greatestBolus, pump.nearest(bolus))
        return pump
    }

    /// The greatest rate of basal and bolus together, U/h, where a bolus is held for a sampling period, s.
    func greatestRate(over samplingTime: Double) -> Double { greatestBasal + greatestBolus * 3600 / samplingTime }

    /// What the pump brings of a rate of insulin, U/h: as much as it can by the basal rate, the rest as a bolus, both in
    /// whole increments.
    func delivered(_ rate: Double, over samplingTime: Double) -> Double {
        let basal = nearest(min(rate, greatestBasal))
        return basal + nearest(max(0, rate - greatestBasal) * samplingTime / 3600) * 3600 / samplingTime
    }

    /// The nearest dose that is a whole number of increments.
    func nearest(_ dose: Double) -> Double {
        // Times a whole number and divided by it, decimal steps stay short.
        increment > 0 ? (dose * (1 / increment)).rounded() / (1 / increment) : dose
    }
}
