public import Episodes

/// A continuous stirred tank reactor with a cooling jacket and the exothermic reaction A → B, in the form and with the
/// constants of pc-gym:
///
///     dCa/dt = q/V·(Caf − Ca) − r
///     dT/dt  = q/V·(Ti − T) + ΔH·r/(ρ·C) + UA·(Tc − T)/(ρ·C·V),     r = k0·exp(−E/(R·T))·Ca
///
/// q = 100 m³/min, V = 100 m³, ρ = 1000 kg/m³, C = 0.239 J/(kg·K), ΔH = 5e4 J/mol, E/R = 8750 K, k0 = 7.2e10 /min,
/// UA = 5e4 J/(min·K): M. Bloor et al., "PC-Gym", arXiv:2410.22093, after J. D. Hedengren, "Stirred Reactor",
/// https://apmonitor.com/pdc/index.php/Main/StirredReactor, and D. E. Seborg et al., "Process Dynamics and Control".
///
/// Coolant colder than about 298 K leaves one steady state. Above it there are three: a cool one, an unstable one
/// between 343 and 354 K, and a burning one near 370 K that the reactor runs away to. The feed's temperature Ti and
/// concentration Caf are disturbances, 350 K and 1 mol/m³ on an ordinary day.
public struct CSTR: EquationPlant, Hashable {
    /// Which of pc-gym's protocols sets start, sampling time and limits.
    public enum Setting: String, Sendable, Hashable, CaseIterable {
        /// Tracking: coolant 295 to 302 K, 26 minutes in 120 steps.
        case tracking
        /// The showcase of constraints: coolant 290 to 310 K, 26 minutes in 60 steps, 321 ≤ T ≤ 327 K.
        case constrained
    }

    /// Which of pc-gym's protocols sets start, sampling time and limits.
    public let setting: Setting
    /// Seconds between samples.
    public var samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise

    /// Creates the reactor.
    ///
    /// - Parameters:
    ///   - setting: Which of pc-gym's protocols sets start, sampling time and limits.
    ///   - samplingTime: Seconds between samples; those of the protocol, 13 or 26 s, where `nil`.
    ///   - noise: 0.1 % of the value by default, as in pc-gym's protocol.
    public init(
        _ setting: Setting = .tracking, samplingTime: Double? = nil,
        noise: SensorNoise = SensorNoise(proportion: [0.001])
    ) {
        let seconds = samplingTime ?? (setting == .tracking ? 13 : 26)
        precondition(seconds > 0, "the sampling time \(seconds) s is not positive")
        self.setting = setting
        self.samplingTime = seconds
        self.noise = noise
        let coolant = setting == .tracking ? 295.0...302 : 290...310
        // What pc-gym documents as the range of observations; in the showcase the constraint.
        let temperature = setting == .tracking ? 300.0...350 : 321...327
        outputChannels = [
            Channel(name: "Ca", unit: "mol/m³", role: .observation, lowerLimit: 0.7, upperLimit: 1),
            Channel(
                name: "T", unit: "K", role: .observation, lowerLimit: temperature.lowerBound,
                upperLimit: temperature.upperBound),
        ]
        actionChannels = [
            Channel(
                name: "Tc", unit: "K", role: .action, lowerLimit: coolant.lowerBound, upperLimit: coolant.upperBound)
        ]
        initialState = setting == .tracking ? [0.8, 330] : [0.8, 325]
    }

    /// The name by which commands know the plant.
    public var name: String { setting == .tracking ? "cstr" : "cstr-constrained" }
    /// The names of the states, in the order of the state vector.
    public let stateNames = ["Ca", "T"]
    /// The measured channels, with the limits of safe operation.
    public let outputChannels: [Channel]
    /// The action channels, with the limits of the actuators.
    public let actionChannels: [Channel]
    /// What acts on the plant without being decided.
    public let disturbanceChannels = [
        Channel(name: "Ti", unit: "K", role: .disturbance), Channel(name: "Caf", unit: "mol/m³", role: .disturbance),
    ]
    /// Where a simulation starts unless told otherwise.
    public let initialState: [Double]
    /// The action that leaves the plant at rest: 324.5 K in the reactor, on the cool branch.
    public let restAction = [300.0]
    /// The disturbances on an ordinary day.
    public let nominalDisturbance = [350.0, 1]

    /// Sub-steps of at most 2.6 s: a sampling period from the start, where things move fastest as long as the reactor does not
    /// run away, is then exact to 1e-6 K.
    public var subSteps: Int { max(1, Int((samplingTime / 2.6).rounded(.up))) }

    /// A part of the time constant of what feeds itself, `1 / k·(1 + ΔH/(ρ·C)·Ca·(E/R)/T²)`: a reactor that runs away heats by
    /// hundreds of kelvins within a second or two.
    public func longestStep<S: EquationScalar>(_ state: [S], input: [S]) -> Double {
        let (concentration, temperature) = (state[0].value, state[1].value)
        let rate = RealNumber.exp(RealNumber(-8750 / temperature)).value * (7.2e10 / 60)
        return 0.6 / (rate * (1 + 5e4 / capacity * concentration * 8750 / (temperature * temperature)))
    }

    /// The same plant with another sampling time.
    public func resampled(every seconds: Double) -> CSTR? { CSTR(setting, samplingTime: seconds, noise: noise) }

    /// The rate of change of the state, per second.
    public func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        let (concentration, temperature) = (state[0], state[1])
        let reaction = exp(-8750 / temperature) * concentration * 7.2e10
        rates[0] = (input[2] - concentration - reaction) / 60
        let heat = reaction * (5e4 / capacity) + (input[0] - temperature) * (5e4 / (capacity * 100))
        rates[1] = (input[1] - temperature + heat) / 60
    }

    /// The true outputs: both states.
    public func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        outputs[0] = state[0]
        outputs[1] = state[1]
    }
}

/// ρ·C, J/(m³·K).
private let capacity = 1000 * 0.239
