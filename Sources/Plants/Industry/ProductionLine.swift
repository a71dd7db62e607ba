public import Episodes

/// A production line: three unreliable machines in a row with a finite buffer between each two, under a demand.
///
/// Each cycle of 6 s every machine that is asked to work, finds a part before it and room behind it makes one part. A
/// machine fails only while it works, with a probability `p` a cycle, and is repaired with a probability `r` a cycle: the
/// deterministic line of Buzacott (J. A. Buzacott, "Automatic transfer lines with buffer stocks", International Journal of
/// Production Research 1967) as S. B. Gershwin, "Manufacturing Systems Engineering", Prentice Hall 1994, chapter 3, counts it:
/// first failures and repairs, then parts, each machine seeing the buffers as they were when the cycle began.
/// `ProductionLine+Chance` follows it event by event. r = 0.1 and p = 0.01, as in the book's examples: ten minutes between
/// failures, a minute of repair, 9.1 of 10 parts a minute by itself.
///
/// What is ours: the second machine wears by 1/2000 a part and fails more often for it, p·(1 + 3·wear); maintenance
/// stands it still and takes away a fifth of its wear a minute. The surplus is what was finished over what was asked for.
///
/// The disturbance `chance` says whether the line is followed as chance has it: 0 gives the mean of many lines as a fluid,
///
///     du/dt = r·(1 − u) − p·u·e,     db1/dt = u1·e1 − u2·e2,     db2/dt = u2·e2 − u3·e3,     ds/dt = u3·e3 − demand
///
/// a cycle, in which u is the part of the machines that are up and e the part of the cycles in which one is asked, has a
/// part (`min(b, 1)`) and room (`min(40 − b, 1)`); any other number is the seed of a sampling period. Planners with true
/// equations use the fluid.
public struct ProductionLine: EquationPlant, Hashable {
    /// Seconds between samples: a whole number of cycles.
    public let samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise

    /// Creates a line.
    ///
    /// - Parameters:
    ///   - samplingTime: Seconds between samples, rounded to whole cycles of 6 s; a minute by default.
    ///   - noise: None by default: parts are counted.
    public init(samplingTime: Double = 60, noise: SensorNoise = .none) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.samplingTime = max(1, (samplingTime / Rates.cycle).rounded()) * Rates.cycle
        self.noise = noise
    }

    /// The name by which commands know the plant.
    public var name: String { "production-line" }
    /// Which machines are up, the parts in the buffers, the surplus of parts and the wear of the second machine.
    public let stateNames = ["up1", "up2", "up3", "buffer1", "buffer2", "surplus", "wear"]
    /// The measured channels. A buffer at 0 starves the machine behind it, a full one blocks that before it.
    public let outputChannels = [
        Channel(name: "buffer1", unit: "parts", role: .observation, lowerLimit: 0, upperLimit: 40),
        Channel(name: "buffer2", unit: "parts", role: .observation, lowerLimit: 0, upperLimit: 40),
        Channel(name: "surplus", unit: "parts", role: .observation, lowerLimit: -100, upperLimit: 100),
        Channel(name: "wear", role: .observation, lowerLimit: 0, upperLimit: 2),
        Channel(name: "up1", role: .observation, lowerLimit: 0, upperLimit: 1),
        Channel(name: "up2", role: .observation, lowerLimit: 0, upperLimit: 1),
        Channel(name: "up3", role: .observation, lowerLimit: 0, upperLimit: 1),
    ]
    /// The part of its cycles in which each machine is asked to work, and whether the second is maintained: the last is 0
    /// or 1, and what is told in between is rounded.
    public let actionChannels = [
        Channel(name: "speed1", role: .action, lowerLimit: 0, upperLimit: 1),
        Channel(name: "speed2", role: .action, lowerLimit: 0, upperLimit: 1),
        Channel(name: "speed3", role: .action, lowerLimit: 0, upperLimit: 1),
        Channel(name: "maintenance", role: .action, lowerLimit: 0, upperLimit: 1, values: [0, 1]),
    ]
    /// The parts that are asked for, a minute, and chance: 0 for the mean, any other number for the seed of a sampling period.
    public let disturbanceChannels = [
        Channel(name: "demand", unit: "parts/min", role: .disturbance, lowerLimit: 0),
        Channel(name: "chance", role: .disturbance),
    ]
    /// Chance is a seed.
    public var seedDisturbances: Set<String> { ["chance"] }
    /// All machines up, half-full buffers, and a second machine in the middle of its life.
    public let initialState = [1.0, 1, 1, 20, 20, 10, 0.5]
    /// Speeds near the demand, which hold nothing: buffers and surplus integrate.
    public let restAction = [0.72, 0.78, 0.72, 0]
    /// Six and a half parts a minute, and the mean of many lines.
    public let nominalDisturbance = [6.5, 0]

    /// Sub-steps of half a cycle.
    public var subSteps: Int { max(1, Int((samplingTime / Rates.cycle * 2).rounded(.up))) }
    /// Which machine fills and empties what, in five minutes; the rest is no matter of limits.
    public var knownResponse: KnownResponse? {
        KnownResponse(
            gains: DenseMatrix([
                [45, -45, 0, 0], [0, 45, -45, 0], [0, 0, 45, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0],
                [0, 0, 0, 0],
            ]), timeConstant: 300)
    }
    /// What is added to the customary speeds to learn from; maintenance is as customary.
    public var explorationRanges: [ClosedRange<Double>]? { [-0.25...0.25, -0.25...0.25, -0.25...0.25, 0...0] }

    /// The same plant with another sampling time, rounded to whole cycles.
    public func resampled(every seconds: Double) -> ProductionLine? {
        ProductionLine(samplingTime: seconds, noise: noise)
    }

    /// Maintenance is done or not.
    public func delivered(_ action: [Double]) -> [Double] {
        [action[0], action[1], action[2], action[3] >= 0.5 ? 1 : 0]
    }

    /// The state one sampling period later: as chance has it, or as the mean of many lines.
    public func step(_ state: [Double], action: [Double], disturbance: [Double]) -> [Double] {
        guard disturbance.count == 2, disturbance[1] != 0 else {
            return integratedStep(state, action: action, disturbance: disturbance)
        }
        return chanceStep(state, action: action, demand: disturbance[0], seed: disturbance[1].bitPattern)
    }

    /// The rate of change of the state, per second.
    public func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        let (first, second) = (state[3], state[4])
        let asked = (input[0], input[1] * (1 - input[3]), input[2])
        let eligible = (
            asked.0 * Self.part(Rates.room - first), asked.1 * Self.part(first) * Self.part(Rates.room - second),
            asked.2 * Self.part(second)
        )
        let flow = (state[0] * eligible.0, state[1] * eligible.1, state[2] * eligible.2)
        let worn = Rates.failure(wear: state[6])
        rates[0] = ((1 - state[0]) * Rates.repair - flow.0 * Rates.failure) / Rates.cycle
        rates[1] = ((1 - state[1]) * Rates.repair - flow.1 * worn) / Rates.cycle
        rates[2] = ((1 - state[2]) * Rates.repair - flow.2 * Rates.failure) / Rates.cycle
        rates[3] = (flow.0 - flow.1) / Rates.cycle
        rates[4] = (flow.1 - flow.2) / Rates.cycle
        rates[5] = flow.2 / Rates.cycle - input[3 + 1] / 60
        rates[6] = flow.1 * (Rates.wear / Rates.cycle) - state[6] * input[3] * Rates.care
    }

    /// How much of a part there is, 0…1.
    @inline(__always)
    private static func part<S: EquationScalar>(_ amount: S) -> S { minimum(maximum(amount, S(0)), S(1)) }

    /// The true outputs.
    public func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        for (place, index) in [3, 4, 5, 6, 0, 1, 2].enumerated() { outputs[place] = state[index] }
    }

    /// Buffers hold what they can, and machines are up or down.
    public func physical(_ state: inout [Double]) {
        for index in 0..<3 { state[index] = min(max(state[index], 0), 1) }
        for index in 3..<5 { state[index] = min(max(state[index], 0), Rates.room) }
        state[6] = max(state[6], 0)
    }

    /// What the line is made of.
    enum Rates {
        /// Seconds that a part takes on a machine.
        static let cycle = 6.0
        /// Parts that a buffer holds.
        static let room = 40.0
        /// Of repair and failure, a cycle.
        static let (repair, failure) = (0.1, 0.01)
        /// Wear of the second machine a part.
        static let wear = 1.0 / 2000
        /// Wear that maintenance takes away, 1/s: what is left after a minute is 4/5.
        static let care = 0.22314355131420976 / 60

        /// The probability that the second machine fails in a cycle in which it works.
        @inline(__always)
        static func failure<S: EquationScalar>(wear: S) -> S { (wear * 3 + 1) * failure }
    }
}
