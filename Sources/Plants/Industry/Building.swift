public import Episodes

/// An office zone cooled by a two-stage heat pump, as fitted to recorded days of a real one.
///
///     C_a·dT/dt  = G_m·(M − T) + G_a·(To − T) + gains + (1 − f)·sun − q
///     C_m·dM/dt  = G_m·(T − M) + G_o·(To − M) + f·sun
///     dq/dt      = (0.7501·Q − q)/73 s
///     Q          = s1·(4.8556 − 0.0171·(To − 30) + 0.0334·(T − 25)) + s2·(7.2317 + 0.0124·(To − 30) + 0.142·(T − 25))
///     power      = s1·(1.7251 + 0.0397·(To − 30) − 0.006·(T − 25)) + s2·(2.5217 + 0.0437·(To − 30)) + (1 − s1 − s2)·0.0153
///     gains      = 0.6245 + 0.1179·people
///
/// T is the air of the zone and M its mass, °C; q the heat that reaches the air, kW; To the temperature outdoors. Temperatures
/// with capacities C_a = 0.8248 and C_m = 7.8387 kWh/K, G_m = 0.4865, G_a = 0.1415, G_o = 0.0747 kW/K, f = 0.8903. The
/// stage is 0 for off, 1 for low and 2 for high speed; between them the compressor changes within the sampling period:
/// s1 and s2 are the parts of it at either speed, 0.4 is low speed for two minutes of five.
///
/// Fitted by `scripts/fit_building.py` to 32 days under rule-based control of the air-source heat pump that NIST and Drexel
/// University ran against a simulated small office (Z. Chen et al., "Development of a Hardware-in-the-loop Testbed for
/// Laboratory Performance Verification of Flexible Building Equipment in Typical Commercial Buildings", ASHRAE Transactions
/// 2022, arXiv:2301.13412; data github.com/ZhelunChen/HILFT-ASHP-DEMO, MIT). On nine days under predictive control, left
/// out of the fit, the model run for 24 hours by the recorded stages misses the temperature of the zone by 0.365 K (root
/// mean square; the days' own spread is 1.04 K) and the energy of a day by 5.4 % on average. Three quarters of what the rig
/// measures as sensible capacity is what the simulated zone was cooled by. Winter, thermal storage and the building of another
/// standard are not in it.
public struct Building: EquationPlant, Hashable {
    /// Seconds between samples.
    public var samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise

    /// Creates a zone.
    ///
    /// - Parameters:
    ///   - samplingTime: Seconds between samples; five minutes by default.
    ///   - noise: Gaussian noise of 0.05 K and 0.5 % of the power, the meter's uncertainty, by default.
    public init(
        samplingTime: Double = 300,
        noise: SensorNoise = SensorNoise(standardDeviation: [0.05, 0], proportion: [0, 0.005])
    ) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.samplingTime = samplingTime
        self.noise = noise
    }

    /// The name by which commands know the plant.
    public var name: String { "building" }
    /// The names of the states: those of the equations, then the inputs in force, which the power answers at once.
    public let stateNames = ["zone", "mass", "cooling", "stage", "outdoor", "people", "sun"]
    /// The measured channels: the zone and the electric power, indoor fan included, as the mean of a sampling period. The
    /// limits of the zone are those at which a record's day begins after a warm night, and at which heating would begin.
    public let outputChannels = [
        Channel(name: "zone", unit: "°C", role: .observation, lowerLimit: 20, upperLimit: 29),
        Channel(name: "power", unit: "kW", role: .observation, lowerLimit: 0, upperLimit: 3.2),
    ]
    /// The stage of the compressor: 0 off, 1 low, 2 high speed, between them for parts of the sampling period.
    public let actionChannels = [
        Channel(name: "stage", role: .action, lowerLimit: 0, upperLimit: 2)
    ]
    /// What acts on the zone: the temperature outdoors, the people in it, and what the sun brings.
    public let disturbanceChannels = [
        Channel(name: "outdoor", unit: "°C", role: .disturbance),
        Channel(name: "people", role: .disturbance, lowerLimit: 0),
        Channel(name: "sun", unit: "kW", role: .disturbance, lowerLimit: 0),
    ]
    /// A morning after a night without cooling.
    public let initialState = [26.0, 26.5, 0, 0.2, 26.3, 0, 0]
    /// A fifth of low speed, which holds the mean day at some 26 °C.
    public let restAction = [0.2]
    /// The mean temperature of a typical summer day, and nobody.
    public let nominalDisturbance = [26.3, 0, 0]

    /// The power answers the stage at once.
    public var remembersInput: Bool { true }
    /// Sub-steps of at most 15 s, a fifth of the lag of the cooling: five minutes are then exact to 1e-5 K and kW.
    public var subSteps: Int { max(1, Int((samplingTime / 15).rounded(.up))) }
    /// How far a stage moves the zone in an hour, and the power at once. What the mass does takes a day.
    public var knownResponse: KnownResponse? {
        KnownResponse(gains: DenseMatrix([[-3.4], [1.5]]), timeConstant: 3600, delay: 0)
    }
    /// What is added to the thermostat's stage to learn from.
    public var explorationRanges: [ClosedRange<Double>]? { [-1...1] }

    /// The same plant with another sampling time.
    public func resampled(every seconds: Double) -> Building? { Building(samplingTime: seconds, noise: noise) }

    /// The parts of a sampling period at low and at high speed.
    @inline(__always)
    private static func shares<S: EquationScalar>(_ stage: S) -> (low: S, high: S) {
        (minimum(stage, 2 - stage), maximum(stage - 1, S(0)))
    }

    /// The rate of change of the state, per second.
    public func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        let (zone, mass, outdoor) = (state[0], state[1], input[1])
        let share = Self.shares(input[0])
        let (warm, hot) = (zone - 25, outdoor - 30)
        let low = share.low * (warm * 0.0334 - hot * 0.0171 + 4.8556)
        let capacity = low + share.high * (warm * 0.142 + hot * 0.0124 + 7.2317)
        let gains = maximum(input[2], S(0)) * 0.1179 + 0.6245
        let sun = maximum(input[3], S(0))
        let exchange = (mass - zone) * 0.4865
        rates[0] = (exchange + (outdoor - zone) * 0.1415 + gains + sun * (1 - 0.8903) - state[2]) / (0.8248 * 3600)
        rates[1] = ((outdoor - mass) * 0.0747 - exchange + sun * 0.8903) / (7.8387 * 3600)
        rates[2] = (capacity * 0.7501 - state[2]) / 73
    }

    /// The true outputs.
    public func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        let share = Self.shares(input[0])
        let (warm, hot) = (state[0] - 25, input[1] - 30)
        let low = share.low * (hot * 0.0397 - warm * 0.006 + 1.7251)
        let high = share.high * (hot * 0.0437 + 2.5217)
        outputs[0] = state[0]
        outputs[1] = low + high + (1 - share.low - share.high) * 0.0153
    }
}
