/// The state of the regulated process in parts, as numbers with or without derivatives.
struct EastmanRun<S: EquationScalar> {
    /// The states of the equations and the inputs in force.
    var work: EquationWorkspace<S>
    /// What the analysers show, and the samples that they are working on.
    var shown: [S]
    var sampled: [S]
    /// Seconds until the next analyses.
    var clocks: [Double]
    var loops: EastmanLoops<S>
    private var measured = [S](repeating: S(0), count: 41)

    /// The parts of a state `[state]`.
    init(_ state: [S]) {
        let inputs = 50..<79
        work = EquationWorkspace(state: Array(state[..<50]), input: Array(state[inputs]))
        shown = Array(state[79..<98])
        sampled = Array(state[98..<117])
        clocks = state[117..<119].map(\.value)
        loops = EastmanLoops()
        loops.valves = Array(state[119..<130])
        loops.targets = Array(state[130..<149])
        loops.errors = Array(state[149..<168])
        loops.purge = Int(state[168].value)
    }

    /// The state `[state]`.
    var state: [S] {
        work.state + work.input + shown + sampled + clocks.map { S($0) } + loops.valves + loops.targets + loops.errors
            + [S(Double(loops.purge))]
    }

    /// One call of the loops and the period of the process that follows.
    mutating func advance(_ process: EastmanProcess, deadBands: [Double]) {
        process.outputs(work.state, input: work.input, into: &measured)
        for index in 0..<19 { measured[22 + index] = shown[index] }
        let periods = TennesseeEastman.analysisPeriods
        let tolerance = 1e-6 * process.samplingTime
        loops.act(
            on: measured, period: process.samplingTime,
            isDue: (abs(clocks[0] - periods[0]) < tolerance, abs(clocks[1] - periods[1]) < tolerance))
        for index in 0..<11 {
            let (wanted, band) = (loops.valves[index], deadBands[index])
            if band == 0 || abs(wanted.value - work.input[index].value) > band { work.input[index] = wanted }
        }
        process.integrate(&work)
        var isFresh = false
        for (analyser, outputs) in TennesseeEastman.analysers.enumerated() {
            clocks[analyser] -= process.samplingTime
            guard clocks[analyser] < tolerance else { continue }
            clocks[analyser] = periods[analyser]
            if !isFresh { process.outputs(work.state, input: work.input, into: &measured) }
            isFresh = true
            for index in outputs {
                shown[index - 22] = sampled[index - 22]
                sampled[index - 22] = measured[index]
            }
        }
    }
}

extension RegulatedTennesseeEastman: SteppedPlant {
    /// A sampling period, with numbers of either kind.
    private func advance<S: EquationScalar>(_ state: [S], targets: [S], disturbance: [Double]) -> [S] {
        precondition(state.count == stateNames.count, "\(name) has \(stateNames.count) states")
        precondition(targets.count == 11, "\(name) takes 11 actions")
        let disturbance = disturbance.isEmpty ? nominalDisturbance : disturbance
        var run = EastmanRun(state)
        for (place, loop) in EastmanLoop.free.enumerated() { run.loops.targets[loop] = targets[place] }
        for (index, value) in disturbance.enumerated() { run.work.input[12 + index] = S(value) }
        let deadBands = (0..<12).map { TennesseeEastman.deadBand($0, disturbance) }
        for _ in 0..<calls { run.advance(inner.process, deadBands: deadBands) }
        return run.state
    }

    /// The state one sampling period later.
    public func step(_ state: [Double], action: [Double], disturbance: [Double]) -> [Double] {
        advance(state.map(RealNumber.init), targets: action.map(RealNumber.init), disturbance: disturbance)
            .map(\.value)
    }

    /// The true outputs, without noise; those of the analysers as late as they are.
    public func outputs(of state: [Double]) -> [Double] {
        inner.outputs(of: Array(state[..<inner.stateNames.count])) + state[119..<130]
    }

    /// Vector–Jacobian products of `step` with respect to state and action.
    ///
    /// Whether a valve sticks or is at its end, whether the purge is overridden and when a sample is taken are taken as
    /// fixed.
    public func stepPullback(
        _ state: [Double], action: [Double], disturbance: [Double], cotangent: [Double]
    ) -> (state: [Double], action: [Double]) {
        var back = [Double](repeating: 0, count: state.count + action.count)
        // Times, the purge's override and the disturbances in force are no variables.
        let variables = Array(0..<62) + Array(79..<117) + Array(119..<168) + action.indices.map { state.count + $0 }
        for first in stride(from: 0, to: variables.count, by: DualNumber.directions) {
            var values = (state + action).map { DualNumber($0) }
            let lanes = variables[first..<min(first + DualNumber.directions, variables.count)]
            for (lane, variable) in lanes.enumerated() { values[variable].slopes[lane] = 1 }
            let next = advance(
                Array(values[..<state.count]), targets: Array(values[state.count...]), disturbance: disturbance)
            var product = SIMD8<Double>.zero
            for (row, value) in next.enumerated() where cotangent[row] != 0 {
                product += value.slopes * cotangent[row]
            }
            for (lane, variable) in lanes.enumerated() { back[variable] = product[lane] }
        }
        return (Array(back[..<state.count]), Array(back[state.count...]))
    }

    /// The gradient with respect to the outputs, carried back to the state.
    public func outputPullback(_ state: [Double], cotangent: [Double]) -> [Double] {
        var back = inner.outputPullback(
            Array(state[..<inner.stateNames.count]), cotangent: Array(cotangent[..<41]))
        back += cotangent[41...] + [Double](repeating: 0, count: 39)
        return back
    }
}
