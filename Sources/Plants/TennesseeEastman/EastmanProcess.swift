import Episodes

/// The fifty differential equations of the Tennessee Eastman process, with everything that is measured at once: the
/// process without its analysers' dead time and without sticking valves, which `TennesseeEastman` adds.
///
/// States, as published: in the reactor A to C as vapour and D to H as liquid, lb-mol, and the energy of the liquid,
/// 10⁶ Btu; the same nine in the separator; A to H and the energy in the stripper's bottom; A to H and the energy in
/// the vapour above the reactor's feed; the outlet temperatures of the cooling water of reactor and condenser, °C; the
/// openings of the twelve valves, %. Rates are published per hour.
struct EastmanProcess: EquationPlant {
    let samplingTime: Double
    let subSteps: Int
    var noise: SensorNoise = .none
    let data = EastmanSubstances()

    var name: String { "tennessee-eastman" }
    var remembersInput: Bool { true }

    /// The states of the equations.
    static let equationStates = 50
    /// Where the parts of the state begin.
    enum Part {
        static let reactor = 0
        static let separator = 9
        static let stripper = 18
        static let feedZone = 27
        static let reactorWater = 36
        static let condenserWater = 37
        static let valves = 38
    }

    let stateNames: [String]
    let outputChannels = TennesseeEastman.measurements
    let actionChannels = TennesseeEastman.valves
    let disturbanceChannels = TennesseeEastman.Disturbance.channels
    let initialState: [Double]
    let restAction = TennesseeEastman.baseValves
    let nominalDisturbance = TennesseeEastman.Disturbance.nominal

    /// Creates the process; Runge–Kutta steps are at most `longestStep` seconds long.
    init(samplingTime: Double, longestStep: Double) {
        self.samplingTime = samplingTime
        subSteps = max(1, Int((samplingTime / longestStep - 1e-9).rounded(.up)))
        let substances = ["A", "B", "C", "D", "E", "F", "G", "H"]
        let vessels = ["reactor", "separator", "stripper", "feed zone"].flatMap { place in
            (substances + ["energy"]).map { "\(place) \($0)" }
        }
        let inputs = TennesseeEastman.valves + TennesseeEastman.Disturbance.channels
        stateNames =
            vessels + ["reactor water", "condenser water"] + TennesseeEastman.valves.map { "\($0.name) opening" }
            + inputs.map { "\($0.name) in force" }
        initialState = Self.baseCase + TennesseeEastman.baseValves + TennesseeEastman.Disturbance.nominal
    }

    func resampled(every seconds: Double) -> EastmanProcess? {
        EastmanProcess(samplingTime: seconds, longestStep: samplingTime / Double(subSteps))
    }

    /// The base case of the paper at rest: the states of the equations, with the valves' openings.
    static let baseCase: [Double] =
        [
            10.40491389, 4.363996017, 7.570059737, 0.4230042431, 24.15513437, 2.942597645, 154.3770655, 159.186596,
            2.808522723, 63.75581199, 26.74026066, 46.38532432, 0.2464521543, 15.20484404, 1.852266172, 52.44639459,
            41.20394008, 0.569931776, 0.4306056376, 7.9906200783e-3, 0.9056036089, 1.6054258216e-2, 0.7509759687,
            8.8582855955e-2, 48.27726193, 39.38459028, 0.3755297257, 107.7562698, 29.77250546, 88.32481135, 23.03929507,
            62.85848794, 5.546318688, 11.92244772, 5.555448243, 0.9218489762, 94.59927549, 77.29698353,
        ] + TennesseeEastman.baseValves

    func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        let point = EastmanPoint(state, input: input, data)
        if point.shutdown != nil {
            for index in 0..<Self.equationStates { rates[index] = S(0) }
            return
        }
        point.writeRates(state, input: input, into: &rates)
    }

    func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        EastmanPoint(state, input: input, data).writeMeasurements(data, into: &outputs)
    }

    /// Why the process is shut down in a state, if it is.
    func shutdown(_ state: [Double]) -> TennesseeEastman.Shutdown? {
        point(state).shutdown
    }

    /// Everything that follows from a state of `Plant`.
    func point(_ state: [Double]) -> EastmanPoint<RealNumber> {
        EastmanPoint(
            state[..<Self.equationStates].map(RealNumber.init),
            input: state[Self.equationStates...].map(RealNumber.init), data)
    }
}
