/// One PI loop in velocity form, `Δu = K·((e − e₋) + e·Δt/Ti)`, with the error `e` in % of a span.
struct EastmanLoop: Sendable {
    /// What a loop moves.
    enum Effect: Sendable {
        /// The valve of the same number.
        case valve
        /// The target of another loop, by so much per %.
        case target(Int, Double)
    }

    /// When a loop acts.
    enum Timing: Int, Sendable {
        /// Whenever the control is called; every 3 s in the program.
        case always
        /// When there is an analysis of gases.
        case gasAnalysis
        /// When there is an analysis of the product.
        case productAnalysis
    }

    /// The measurement.
    let output: Int
    /// The gain, % of the span of what is moved per % of the span of the measurement.
    let gain: Double
    /// The integral time, s; infinite for a proportional loop.
    var integralTime = Double.infinity
    /// The span of the measurement.
    let span: Double
    /// The target in the base case.
    let target: Double
    var effect = Effect.valve
    var timing = Timing.always

    /// The loops, those on valves first, in the order of the valves.
    static let all: [EastmanLoop] = [
        // Flows of D, E, A, and A with C.
        EastmanLoop(output: 1, gain: 1, span: 5811, target: 3664),
        EastmanLoop(output: 2, gain: 1, span: 8354, target: 4509.3),
        EastmanLoop(output: 0, gain: 1, span: 1.017, target: 0.25052),
        EastmanLoop(output: 3, gain: 1, span: 15.25, target: 9.3477),
        // Recycle, purge, levels of separator and stripper, steam.
        EastmanLoop(output: 4, gain: -0.083, integralTime: 1, span: 53, target: 26.902),
        EastmanLoop(output: 9, gain: 1.22, span: 1, target: 0.33712),
        EastmanLoop(output: 11, gain: -2.06, span: 70, target: 50),
        EastmanLoop(output: 14, gain: -1.62, span: 70, target: 50),
        EastmanLoop(output: 18, gain: 0.41, span: 460, target: 230.31),
        // The reactor's cooling water at its outlet; the flow of the product by the condenser.
        EastmanLoop(output: 20, gain: -1.56, integralTime: 1452, span: 150, target: 94.599),
        EastmanLoop(output: 16, gain: 1.09, integralTime: 2600, span: 46, target: 22.949),
        // Stripper temperature by the steam, reactor level by A and C, reactor temperature by its cooling water.
        EastmanLoop(output: 17, gain: 0.169, integralTime: 236, span: 130, target: 65.731, effect: .target(8, 4.6)),
        EastmanLoop(output: 7, gain: 1.11, integralTime: 3168, span: 50, target: 75, effect: .target(3, 0.1525)),
        EastmanLoop(output: 8, gain: 28.3, integralTime: 982, span: 150, target: 120.4, effect: .target(9, 1.5)),
        // A, D and E in the reactor's feed by the feeds, B in the purge by the purge.
        EastmanLoop(
            output: 22, gain: 18, integralTime: 3168, span: 100, target: 32.188, effect: .target(2, 0.01017),
            timing: .gasAnalysis),
        EastmanLoop(
            output: 25, gain: 8.3, integralTime: 3168, span: 100, target: 6.882, effect: .target(0, 58.11),
            timing: .gasAnalysis),
        EastmanLoop(
            output: 26, gain: 2.37, integralTime: 5069, span: 100, target: 18.776, effect: .target(1, 83.54),
            timing: .gasAnalysis),
        EastmanLoop(
            output: 29, gain: -83.2 / 15, integralTime: 6336, span: 26, target: 13.823, effect: .target(5, 0.01),
            timing: .gasAnalysis),
        // E in the product by the stripper's temperature.
        EastmanLoop(
            output: 37, gain: -16.3 / 5, integralTime: 12408, span: 1.6, target: 0.8357, effect: .target(11, 1.3),
            timing: .productAnalysis),
    ]

    /// The loops whose targets no other loop moves, in the order of their measurements.
    static let free = [4, 12, 13, 6, 7, 10, 14, 15, 16, 17, 18]
}

/// The state of the loops of the Tennessee Eastman process, as numbers with or without derivatives.
struct EastmanLoops<S: EquationScalar>: Sendable {
    /// What the control wants of the eleven valves, %.
    var valves: [S]
    /// The targets of all loops.
    var targets: [S]
    /// The errors at the last calls, %.
    var errors: [S]
    /// Whether the purge is wide open (1), shut (−1) or controlled (0).
    var purge = 0

    /// The loops in the base case.
    init(valves: [S] = TennesseeEastman.baseValves[..<11].map { S($0) }) {
        self.valves = valves
        targets = EastmanLoop.all.map { S($0.target) }
        errors = EastmanLoop.all.map { _ in S(0) }
    }

    /// Moves the valves.
    ///
    /// - Parameters:
    ///   - measured: The measurements `[output]`.
    ///   - period: Seconds since the last call.
    ///   - isDue: Whether there are new analyses of gases, of the product.
    mutating func act(on measured: [S], period: Double, isDue: (gases: Bool, product: Bool)) {
        for (index, loop) in EastmanLoop.all.enumerated() {
            let length: Double
            switch loop.timing {
            // The program gives the recycle three times its error at each call, whatever the period.
            case .always: length = loop.integralTime < period ? min(period, 3) : period
            case .gasAnalysis:
                guard isDue.gases else { continue }
                length = TennesseeEastman.analysisPeriods[0]
            case .productAnalysis:
                guard isDue.product else { continue }
                length = TennesseeEastman.analysisPeriods[1]
            }
            if index == 5, overridesPurge(measured[12].value) { continue }
            let error: S = (targets[index] - measured[loop.output]) * (100 / loop.span)
            // What was not measured moves nothing.
            guard !error.value.isNaN else { continue }
            let rise: S = error - errors[index]
            let move: S = (rise + error * (length / loop.integralTime)) * loop.gain
            errors[index] = error
            switch loop.effect {
            case .valve: valves[index] += move
            case .target(let other, let scale): targets[other] += move * scale
            }
        }
        for index in valves.indices {
            if valves[index].value < 0 { valves[index] = S(0) }
            if valves[index].value > 100 { valves[index] = S(100) }
        }
    }

    /// The purge opens wide while the separator's pressure is far too high, and shuts while it is far too low, until it
    /// is back where it belongs.
    private mutating func overridesPurge(_ pressure: Double) -> Bool {
        let ordinary = 2633.7
        if (purge == 1 && pressure <= ordinary) || (purge == -1 && pressure >= ordinary) {
            purge = 0
            valves[5] = S(40.06)
            targets[5] = S(EastmanLoop.all[5].target)
            errors[5] = S(0)
            return true
        }
        if pressure >= 2950 { purge = 1 }
        if pressure <= 2300 { purge = -1 }
        if purge != 0 { valves[5] = S(purge > 0 ? 100 : 0) }
        return purge != 0
    }
}
