public import Episodes

/// A turbofan by its published linear models: fan and core speed under fuel, with surge margins and turbine temperature.
///
///     dN1/dt = a12(N1)·(N2 − N2*(N1)) + b1(N1)·(h·Wf − Wf*(N1))
///     dN2/dt = a22(N1)·(N2 − N2*(N1)) + b2(N1)·(h·Wf − Wf*(N1))
///     dWf/dt = 23/s·(demand − Wf)
///     y = y*(N1) + c(N1)·(N2 − N2*(N1)) + d(N1)·(h·Wf − Wf*(N1))
///
/// Starred are the trims at the fan speed, between which tables are straight lines. Scheduling by the fan speed is what the
/// published tool does with these models; since the fan is always at the speed that it is scheduled by, the columns of
/// the matrices that belong to it are in the trims: along them `a11 + a12·dN2*/dN1 + b1·dWf*/dN1` is 0, in the
/// published numbers to some 1 %. Source and numbers: `TurbofanTable`. The lag of the fuel's metering valve is the tool's.
///
/// h, the heat of the fuel as a part of the ordinary, is a disturbance of ours; at 1 the models are the published ones.
/// They hold from 15 000 to 28 000 lbf (67 to 125 kN) at sea level, standing; there is no start, no flight and no bleed
/// in them, and beyond a margin of 0 they do not surge but go on as if nothing was.
public struct Turbofan: EquationPlant, Hashable {
    /// Seconds between samples.
    public var samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise

    /// Creates an engine.
    ///
    /// - Parameters:
    ///   - samplingTime: Seconds between samples.
    ///   - noise: Gaussian noise of 2 and 5 rpm, 5 kPa, 0.2 kN, 3 K and 0.1 % by default: our choice.
    public init(
        samplingTime: Double = 0.05,
        noise: SensorNoise = SensorNoise(standardDeviation: [2, 5, 5, 0.2, 3, 0.1, 0.1])
    ) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.samplingTime = samplingTime
        self.noise = noise
    }

    /// The name by which commands know the plant.
    public var name: String { "turbofan" }
    /// The names of the states: those of the equations, then the inputs in force.
    public let stateNames = ["N1", "N2", "fuel flow", "fuel", "heat"]
    /// The measured channels. Thrust, turbine temperature and margins are what an engine's own model would tell, as
    /// nothing measures them in flight. The limits are where an engine is in danger, and ours; those of the task are
    /// narrower.
    public let outputChannels = [
        Channel(name: "N1", unit: "rpm", role: .observation, lowerLimit: 3800, upperLimit: 5080),
        Channel(name: "N2", unit: "rpm", role: .observation, lowerLimit: 13000, upperLimit: 14600),
        Channel(name: "Ps3", unit: "kPa", role: .observation, lowerLimit: 1500, upperLimit: 3100),
        Channel(name: "thrust", unit: "kN", role: .observation, lowerLimit: 55, upperLimit: 130),
        Channel(name: "T4", unit: "K", role: .observation, lowerLimit: 1200, upperLimit: 1900),
        Channel(name: "HPC_margin", unit: "%", role: .observation, lowerLimit: 2, upperLimit: 50),
        Channel(name: "LPC_margin", unit: "%", role: .observation, lowerLimit: 2, upperLimit: 40),
    ]
    /// What the metering valve is told, between 1.4 and 3.1 lbm/s.
    public let actionChannels = [
        Channel(name: "fuel", unit: "kg/s", role: .action, lowerLimit: 0.635, upperLimit: 1.406)
    ]
    /// What acts on the plant without being decided: the heat of the fuel as a part of the ordinary.
    public let disturbanceChannels = [Channel(name: "heat", role: .disturbance)]
    /// At rest at 16 300 lbf.
    public let initialState = [4155.31, 13514.8, 1.65595 * Units.pound, 1.65595 * Units.pound, 1]
    /// The fuel that holds 16 300 lbf.
    public let restAction = [1.65595 * Units.pound]
    /// The disturbances on an ordinary day.
    public let nominalDisturbance = [1.0]

    /// The outputs answer the heat of the fuel at once.
    public var remembersInput: Bool { true }
    /// Sub-steps of at most 10 ms, a quarter of the valve's lag.
    public var subSteps: Int { max(1, Int((samplingTime / 0.01).rounded(.up))) }

    /// How outputs answer the fuel where they rest again, in the middle of the range, and how long that takes. The high
    /// margin and the temperature answer at once and far: they are what a supervisor gives way to.
    public var knownResponse: KnownResponse? {
        KnownResponse(
            gains: DenseMatrix([[1400], [1500], [2500], [85], [390], [-15], [0]]), timeConstant: 0.5)
    }

    /// What is added to the governor's fuel to learn from.
    public var explorationRanges: [ClosedRange<Double>]? { [-0.12...0.12] }

    /// The same plant with another sampling time.
    public func resampled(every seconds: Double) -> Turbofan? { Turbofan(samplingTime: seconds, noise: noise) }

    /// The rate of change of the state, per second.
    public func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        let section = TurbofanSection(at: state[0])
        let core = state[1] - section.trim(1)
        let fuel = state[2] * input[1] / Units.pound - section.trim(2)
        rates[0] = section.slope(3) * core + section.slope(4) * fuel
        rates[1] = section.slope(5) * core + section.slope(6) * fuel
        rates[2] = (input[0] - state[2]) * 23
    }

    /// The true outputs.
    public func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        let section = TurbofanSection(at: state[0])
        let fuel = state[2] * input[1] / Units.pound
        outputs[0] = state[0]
        outputs[1] = state[1]
        outputs[2] = section.output(10, core: state[1], fuel: fuel) * Units.psi
        outputs[3] = section.output(7, core: state[1], fuel: fuel) * Units.poundForce
        outputs[4] = section.output(13, core: state[1], fuel: fuel) / 1.8
        outputs[5] = section.output(16, core: state[1], fuel: fuel)
        outputs[6] = section.output(19, core: state[1], fuel: fuel)
    }

    /// Keeps the speeds where the models are of any use.
    public func physical(_ state: inout [Double]) {
        state[0] = min(max(state[0], 3500), 5300)
        state[1] = min(max(state[1], 12_500), 15_200)
    }

    /// Units of the tables in those of the channels.
    enum Units {
        /// kg in a pound.
        static let pound = 0.45359237
        /// kN in a pound-force.
        static let poundForce = 0.0044482216
        /// kPa in a psi.
        static let psi = 6.8947573
    }
}
