public import Episodes

/// A drum boiler with its turbine: the 160 MW oil-fired unit of Bell and Åström, by three valves.
///
///     dP/dt = −0.0018·u2·P^(9/8) + 0.9·h·u1 − 0.15·u3
///     dN/dt = (0.073·u2 − 0.016)·P^(9/8) − 0.1·N
///     dρ/dt = (141·u3 − (1.1·u2 − 0.19)·P)/85
///     L = 0.05·(0.13073·ρ + 100·a + q/9 − 67.975)
///     a = (1 − 0.001538·ρ)·(0.8·P − 25.6) / (ρ·(1.0394 − 0.0012304·P)),     the quality of the steam
///     q = (0.854·u2 − 0.147)·P + 45.59·u1 − 2.514·u3 − 2.096,               the rate of evaporation, kg/s
///
/// P is the pressure in the drum, kg/cm²; N the electric power, MW; ρ the density of water and steam in the drum, kg/m³;
/// L the level's deviation, m. u1 lets in fuel, u2 steam to the turbine, u3 feedwater; 0…1, and at most 0.007, 0.02 and
/// 0.05 a second. R. D. Bell and K. J. Åström, "Dynamic models for boiler-turbine-alternator units: data logs and
/// parameter estimation for a 160 MW unit", Lund Institute of Technology, report TFRT-3192, 1987.
///
/// The published steam valve may close at 2 a second, to trip the turbine; the limit here holds both ways. h, the heat
/// of the fuel as a part of the ordinary, is a disturbance that the report does not have; at 1 the equations are
/// published ones. The level answers the valves at once: it swells when steam is let out, before it falls. Nothing
/// brings the density back by itself, so that no step of a single valve comes to rest.
public struct BoilerTurbine: EquationPlant, Hashable {
    /// Seconds between samples.
    public var samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise

    /// Creates the unit.
    ///
    /// - Parameters:
    ///   - samplingTime: Seconds between samples; power needs 10 s, pressure some minutes.
    ///   - noise: Gaussian noise of 0.1 kg/cm², 0.2 MW and 5 mm by default: our choice.
    public init(samplingTime: Double = 5, noise: SensorNoise = SensorNoise(standardDeviation: [0.1, 0.2, 0.005])) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.samplingTime = samplingTime
        self.noise = noise
    }

    /// A published operating point.
    public struct OperatingPoint: Sendable, Hashable {
        /// The pressure in the drum, kg/cm².
        public var pressure: Double
        /// The electric power, MW.
        public var power: Double
        /// The density in the drum, kg/m³.
        public var density: Double
        /// The valves u1, u2, u3.
        public var valves: [Double]
        /// The deviation of the level, m.
        public var level: Double
    }

    /// The seven operating points of the report as the literature on its control quotes them, at 70 to 130 % of half load's
    /// pressure and density in steps of tenths; the fourth is half load.
    ///
    /// At the first the equations balance at 25.0 MW, not at the 15.27 MW that is printed everywhere.
    public static let operatingPoints = [
        OperatingPoint(pressure: 75.6, power: 15.27, density: 299.6, valves: [0.156, 0.483, 0.183], level: -0.97),
        OperatingPoint(pressure: 86.4, power: 36.65, density: 342.4, valves: [0.209, 0.552, 0.256], level: -0.65),
        OperatingPoint(pressure: 97.2, power: 50.52, density: 385.2, valves: [0.271, 0.621, 0.340], level: -0.32),
        OperatingPoint(pressure: 108, power: 66.65, density: 428, valves: [0.34, 0.69, 0.433], level: 0),
        OperatingPoint(pressure: 118.8, power: 85.06, density: 470.8, valves: [0.418, 0.759, 0.543], level: 0.32),
        OperatingPoint(pressure: 129.6, power: 105.8, density: 513.6, valves: [0.505, 0.828, 0.663], level: 0.64),
        OperatingPoint(pressure: 140.4, power: 128.9, density: 556.4, valves: [0.6, 0.897, 0.793], level: 0.98),
    ]

    /// The name by which commands know the plant.
    public var name: String { "boiler-turbine" }
    /// The names of the states: those of the equations, then the inputs in force, which the level answers at once.
    public let stateNames = ["P", "N", "density", "fuel", "steam", "feedwater", "heat"]
    /// The measured channels. The limits are the span of the published operating points, with a little room for the
    /// pressure.
    public let outputChannels = [
        Channel(name: "P", unit: "kg/cm²", role: .observation, lowerLimit: 70, upperLimit: 145),
        Channel(name: "N", unit: "MW", role: .observation, lowerLimit: 10, upperLimit: 160),
        Channel(name: "level", unit: "m", role: .observation, lowerLimit: -1, upperLimit: 1),
    ]
    /// The valves, with their published limits and rates.
    public let actionChannels = [
        Channel(name: "fuel", role: .action, lowerLimit: 0, upperLimit: 1, rateLimit: 0.007),
        Channel(name: "steam", role: .action, lowerLimit: 0, upperLimit: 1, rateLimit: 0.02),
        Channel(name: "feedwater", role: .action, lowerLimit: 0, upperLimit: 1, rateLimit: 0.05),
    ]
    /// What acts on the plant without being decided: the heat of the fuel as a part of the ordinary.
    public let disturbanceChannels = [Channel(name: "heat", role: .disturbance)]
    /// Half load, in balance.
    public var initialState: [Double] { [108, 66.6471, 428] + restAction + nominalDisturbance }
    /// The valves that hold half load; the printed ones, 0.34, 0.69, 0.433, are these to two or three digits.
    public let restAction = [0.340235, 0.69, 0.43583]
    /// The disturbances on an ordinary day.
    public let nominalDisturbance = [1.0]

    /// The level answers the valves at once.
    public var remembersInput: Bool { true }
    /// Sub-steps of at most 1.25 s, an eighth of the shortest time constant.
    public var subSteps: Int { max(1, Int((samplingTime / 1.25).rounded(.up))) }

    /// Which action moves which output most, and how far in 100 s at half load; a valve needs some 20 s to move.
    public var knownResponse: KnownResponse? {
        KnownResponse(
            gains: DenseMatrix([[80, -34, 0], [0, 130, 0], [0, 0, 0.7]]), timeConstant: 100, delay: 20)
    }
    /// What is added to the loops' valves to learn from: as much either way.
    public var explorationRanges: [ClosedRange<Double>]? {
        zip(restAction, [0.08, 0.08, 0.1]).map { $0 - $1...$0 + $1 }
    }

    /// The same plant with another sampling time.
    public func resampled(every seconds: Double) -> BoilerTurbine? {
        BoilerTurbine(samplingTime: seconds, noise: noise)
    }

    /// The rate of change of the state, per second.
    public func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        let (fuel, steam, feedwater) = (input[0], input[1], input[2])
        let pressure = maximum(state[0], S(1))
        let drive = power(pressure, 9.0 / 8)
        rates[0] = fuel * input[3] * 0.9 - steam * drive * 0.0018 - feedwater * 0.15
        rates[1] = (steam * 0.073 - 0.016) * drive - state[1] * 0.1
        rates[2] = (feedwater * 141 - (steam * 1.1 - 0.19) * pressure) / 85
    }

    /// The true outputs: pressure, power, and the level.
    public func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        let (pressure, density) = (state[0], state[2])
        let wet = (1 - density * 0.001538) * (pressure * 0.8 - 25.6)
        let quality = wet / (density * (1.0394 - pressure * 0.0012304))
        // The heat of the fuel evaporates what the fuel does.
        let firing = input[0] * input[3] * 45.59
        let evaporation = (input[1] * 0.854 - 0.147) * pressure + firing - input[2] * 2.514 - 2.096
        outputs[0] = pressure
        outputs[1] = state[1]
        outputs[2] = (density * 0.13073 + quality * 100 + evaporation / 9 - 67.975) * 0.05
    }

    /// Keeps pressure between 1 and 225 kg/cm², the critical one, power from turning negative, and density between nearly
    /// nothing and that of water alone, where the quality of the steam is 0.
    public func physical(_ state: inout [Double]) {
        state[0] = min(max(state[0], 1), 225)
        state[1] = max(state[1], 0)
        state[2] = min(max(state[2], 1), 650)
    }
}
