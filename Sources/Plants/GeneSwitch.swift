public import Episodes

/// The genetic toggle switch: two genes that repress each other, held between its two sides by two inducers.
///
///     dm_L/dt = k_L0 + k_L/(1 + (T/θ_T · 1/(1 + (A/θ_A)²))^2.152) − g_m·m_L,     dL/dt = p_L·m_L − g_p·L
///     dm_T/dt = k_T0 + k_T/(1 + (L/θ_L · 1/(1 + (I/θ_I)²))²) − g_m·m_T,          dT/dt = p_T·m_T − g_p·T
///     dI/dt = k_I·(IPTG − I),     A = aTc
///
/// m_L and m_T are messenger RNA, L (LacI) and T (TetR) the proteins, counted in the units of fluorescence of the paper,
/// which stand for molecules. The inducer aTc in ng/ml keeps TetR from repressing, IPTG in mM keeps LacI from it; IPTG
/// needs some 25 minutes to get in. J.-B. Lugagne et al., "Balancing a genetic toggle switch by real-time feedback
/// control and periodic forcing", Nature Communications 2017, https://doi.org/10.1038/s41467-017-01498-0, for
/// Escherichia coli under a microscope that sees and doses every five minutes. Constants per minute: k_L0 = 0.3045,
/// k_L = 13.01, k_T0 = 0.3313, k_T = 5.055, p_L = 0.6606, p_T = 0.5098, g_m = 0.1386, g_p = 0.0165, k_I = 0.04, and
/// θ_L = 124.9, θ_T = 76.4, θ_A = 35.98 ng/ml, θ_I = 0.2926 mM.
///
/// Under little of both inducers the switch has two resting sides and a saddle between them. The disturbance `chance`
/// says whether a cell is followed as chance has it: 0 gives the equations above, the mean of many molecules; any other
/// number is the seed of a sampling period by Gillespie's method, in which every molecule is made and lost by itself.
public struct GeneSwitch: EquationPlant, Hashable {
    /// Seconds between samples.
    public var samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise

    /// Creates a cell.
    ///
    /// - Parameters:
    ///   - samplingTime: Seconds between samples; five minutes by default, as in the paper.
    ///   - noise: 3 % of the fluorescence by default: our choice.
    public init(samplingTime: Double = 300, noise: SensorNoise = SensorNoise(proportion: [0.03])) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.samplingTime = samplingTime
        self.noise = noise
    }

    /// The name by which commands know the plant.
    public var name: String { "gene-switch" }
    /// The names of the states, in the order of the state vector.
    public let stateNames = ["mRNA of LacI", "mRNA of TetR", "LacI", "TetR", "IPTG within"]
    /// The fluorescence of the two proteins. The limits are ours: some half of what either side of the switch makes.
    public let outputChannels = [
        Channel(name: "LacI", role: .observation, lowerLimit: 0, upperLimit: 1800),
        Channel(name: "TetR", role: .observation, lowerLimit: 0, upperLimit: 700),
    ]
    /// The inducers in the medium, within the paper's limits.
    public let actionChannels = [
        Channel(name: "aTc", unit: "ng/ml", role: .action, lowerLimit: 0, upperLimit: 100),
        Channel(name: "IPTG", unit: "mM", role: .action, lowerLimit: 0, upperLimit: 1),
    ]
    /// Chance: 0 for the mean, any other number for the seed of a sampling period.
    public let disturbanceChannels = [Channel(name: "chance", role: .disturbance)]
    /// Chance is a seed.
    public var seedDisturbances: Set<String> { ["chance"] }
    /// Near the paper's target between the sides.
    public let initialState = [18.73, 9.71, 750, 300, 0.3]
    /// Inducers with which both sides are within reach; nothing rests there.
    public let restAction = [25.0, 0.3]
    /// The mean of many molecules.
    public let nominalDisturbance = [0.0]

    /// Sub-steps of at most half a minute, a fourteenth of the life of messenger RNA: exact to some 1e-7 of the values.
    public var subSteps: Int { max(1, Int((samplingTime / 30).rounded(.up))) }
    /// Which inducer moves which protein, and about how far; the switch itself runs to a side.
    public var knownResponse: KnownResponse? {
        KnownResponse(gains: DenseMatrix([[20, -1500], [-5, 600]]), timeConstant: 3600, delay: 600)
    }
    /// What is added to the loops' inducers to learn from: as much either way.
    public var explorationRanges: [ClosedRange<Double>]? { [0...50, 0...0.6] }

    /// The same plant with another sampling time.
    public func resampled(every seconds: Double) -> GeneSwitch? { GeneSwitch(samplingTime: seconds, noise: noise) }

    /// The state one sampling period later: as chance has it, or as the mean of many molecules.
    public func step(_ state: [Double], action: [Double], disturbance: [Double]) -> [Double] {
        guard let chance = disturbance.first, chance != 0 else {
            return integratedStep(state, action: action, disturbance: disturbance)
        }
        return chanceStep(state, action: action, seed: chance.bitPattern)
    }

    /// Messenger RNA made per minute, of LacI and of TetR.
    @inline(__always)
    func transcription<S: EquationScalar>(lacI: S, tetR: S, aTc: S, iptg: S) -> (lacI: S, tetR: S) {
        let (boundT, boundL) = (aTc / 35.98, iptg / 0.2926)
        let repressionT = power(maximum(tetR, S(0)) / 76.4 / (1 + boundT * boundT), 2.152)
        let free = lacI / 124.9 / (1 + boundL * boundL)
        return (13.01 / (1 + repressionT) + 0.3045, 5.055 / (1 + free * free) + 0.3313)
    }

    /// The rate of change of the state, per second.
    public func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        let made = transcription(lacI: state[2], tetR: state[3], aTc: input[0], iptg: state[4])
        rates[0] = (made.lacI - state[0] * Rates.messengerLoss) / 60
        rates[1] = (made.tetR - state[1] * Rates.messengerLoss) / 60
        rates[2] = (state[0] * Rates.lacI - state[2] * Rates.proteinLoss) / 60
        rates[3] = (state[1] * Rates.tetR - state[3] * Rates.proteinLoss) / 60
        rates[4] = (input[1] - state[4]) * (Rates.exchange / 60)
    }

    /// The true outputs: both proteins.
    public func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        outputs[0] = state[2]
        outputs[1] = state[3]
    }

    /// There is no less than nothing of anything.
    public func physical(_ state: inout [Double]) {
        for index in state.indices where state[index] < 0 { state[index] = 0 }
    }

    /// Per minute.
    enum Rates {
        /// Of messenger RNA, g_m, and of proteins, g_p, which cells thin out as they grow.
        static let (messengerLoss, proteinLoss) = (0.1386, 0.0165)
        /// Proteins made per messenger, p_L and p_T.
        static let (lacI, tetR) = (0.6606, 0.5098)
        /// Of IPTG with the medium, k_I.
        static let exchange = 0.04
    }
}
