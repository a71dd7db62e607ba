public import Episodes

/// The four-tank process in the form and with the constants of pc-gym: two pumps, each of which feeds a lower tank and
/// the upper tank of the other side.
///
///     dh1/dt = −a1·s1 + a3·s3 + γ1·k1·v1,      dh2/dt = −a2·s2 + a4·s4 + γ2·k2·v2
///     dh3/dt = −a3·s3 + (1 − γ2)·k2·v2,        dh4/dt = −a4·s4 + (1 − γ1)·k1·v1,     s = √(2·g·h), all areas 1
///
/// after K. H. Johansson, "The quadruple-tank process", IEEE Transactions on Control Systems Technology 2000,
/// https://doi.org/10.1109/87.845876, and M. Bloor et al., "PC-Gym", arXiv:2410.22093. Levels in m, pumps in V. Tanks
/// 3 and 4 are the upper ones. The tanks are 0.6 m high, the bound that pc-gym documents for every level.
public struct FourTank: SmoothPlant, Hashable {
    /// Seconds between samples.
    public var samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise

    /// Creates the process.
    ///
    /// - Parameters:
    ///   - samplingTime: Seconds between samples; 1000 s in 60 steps by default, as in pc-gym's task.
    ///   - noise: 5 % of the level by default, as in pc-gym's protocol.
    public init(samplingTime: Double = 1000.0 / 60, noise: SensorNoise = SensorNoise(proportion: [0.05])) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.samplingTime = samplingTime
        self.noise = noise
    }

    /// The name by which commands know the plant.
    public var name: String { "four-tank" }
    /// The names of the states, in the order of the state vector.
    public let stateNames = ["h1", "h2", "h3", "h4"]
    /// The states that are measured, in the order of the output channels.
    public let outputStates = [0, 1, 2, 3]
    /// The measured channels, with the limits of safe operation.
    public let outputChannels = ["h1", "h2", "h3", "h4"].map {
        Channel(name: $0, unit: "m", role: .observation, lowerLimit: 0, upperLimit: 0.6)
    }
    /// The action channels, with the limits of the actuators.
    public let actionChannels = ["v1", "v2"].map {
        Channel(name: $0, unit: "V", role: .action, lowerLimit: 0.1, upperLimit: 10)
    }
    /// What acts on the plant without being decided.
    public let disturbanceChannels: [Channel] = []
    /// Where a simulation starts unless told otherwise.
    public let initialState = [0.141, 0.112, 0.072, 0.42]
    /// The action that leaves the plant at rest.
    public let restAction = [0.1, 0.1]
    /// The disturbances on an ordinary day.
    public let nominalDisturbance: [Double] = []

    /// Sub-steps of at most 4.2 s; a level of 1 cm has a time constant of 18 s.
    public var subSteps: Int { max(1, Int((samplingTime / 4.2).rounded(.up))) }

    /// The same plant with another sampling time.
    public func resampled(every seconds: Double) -> FourTank? {
        var copy = self
        copy.samplingTime = seconds
        return copy
    }

    /// The rate of change of the state, per second.
    public func derivative(_ state: SIMD4<Double>, input: SIMD4<Double>) -> SIMD4<Double> {
        let head = (state * (2 * gravity)).replacing(with: 0, where: state .< 0)
        let out = outlets * head.squareRoot()
        let v1 = input[0]
        let v2 = input[1]
        return SIMD4(
            out[2] - out[0] + split1 * gain1 * v1,
            out[3] - out[1] + split2 * gain2 * v2,
            (1 - split2) * gain2 * v2 - out[2],
            (1 - split1) * gain1 * v1 - out[3])
    }

    /// Vector–Jacobian products of `derivative` with respect to state and input.
    public func derivativePullback(
        _ state: SIMD4<Double>, input: SIMD4<Double>, cotangent: SIMD4<Double>
    ) -> (state: SIMD4<Double>, input: SIMD4<Double>) {
        // The slope of √h is infinite at 0: a drop of 1 nm of water stands for an empty tank.
        let level = state.clamped(lowerBound: SIMD4(repeating: 1e-9), upperBound: SIMD4(repeating: .infinity))
        let slope = outlets * gravity / (level * (2 * gravity)).squareRoot()
        let into = SIMD4(-cotangent[0], -cotangent[1], cotangent[0] - cotangent[2], cotangent[1] - cotangent[3])
        let v1 = cotangent[0] * split1 * gain1 + cotangent[3] * (1 - split1) * gain1
        let v2 = cotangent[1] * split2 * gain2 + cotangent[2] * (1 - split2) * gain2
        return (slope * into, SIMD4(v1, v2, 0, 0))
    }

    /// A tank does not hold less than nothing.
    public func physical(_ state: SIMD4<Double>) -> SIMD4<Double> { state.replacing(with: 0, where: state .< 0) }
}

/// Gravity, m/s².
private let gravity = 9.81
/// Outlet areas a1…a4 over the area of a tank.
private let outlets = SIMD4(0.0035, 0.003, 0.002, 0.0025)
/// Pump gains k1, k2, m/(V·s) at area 1.
private let gain1 = 0.00085
private let gain2 = 0.00095
/// The share of each pump's flow that goes to the lower tank, γ1 and γ2.
private let split1 = 0.2
private let split2 = 0.2
