extension TennesseeEastman {
    /// Where the analysers' part of the state begins: what they show.
    private var shown: Int { process.stateNames.count }
    /// Where the samples begin that they are working on.
    private var sampled: Int { shown + 19 }
    /// Where the times until the next analyses are.
    private var clocks: Int { shown + 38 }

    /// The commands that the valves follow: the last ones where a sticking valve ignores the new.
    private func commands(
        _ state: [Double], action: [Double], disturbance: [Double]
    ) -> (values: [Double], new: [Bool]) {
        precondition(action.count == 12, "\(name) takes 12 actions")
        let isNew = action.indices.map { index in
            let before = state[EastmanProcess.equationStates + index]
            let band = Self.deadBand(index, disturbance)
            return band == 0 || abs(before - action[index]) > band
        }
        let values = action.indices.map { index in
            isNew[index] ? min(max(action[index], 0), 100) : state[EastmanProcess.equationStates + index]
        }
        return (values, isNew)
    }

    /// How far a command has to be from the last that a valve followed, %.
    static func deadBand(_ valve: Int, _ disturbance: [Double]) -> Double {
        switch valve {
        case 9: disturbance[Disturbance.reactorWaterValveSticking.rawValue]
        case 10: disturbance[Disturbance.condenserWaterValveSticking.rawValue]
        case 4, 6, 7, 8: disturbance[Disturbance.otherValvesSticking.rawValue]
        default: 0
        }
    }

    /// The analysers that have a new analysis after a sampling period.
    private func due(_ state: [Double]) -> [Bool] {
        (0..<2).map { state[clocks + $0] - samplingTime < 1e-6 * samplingTime }
    }

    /// The state one sampling period later.
    public func step(_ state: [Double], action: [Double], disturbance: [Double]) -> [Double] {
        precondition(state.count == stateNames.count, "\(name) has \(stateNames.count) states")
        let disturbance = disturbance.isEmpty ? nominalDisturbance : disturbance
        var next = state
        let moved = process.step(
            Array(state[..<shown]), action: commands(state, action: action, disturbance: disturbance).values,
            disturbance: disturbance)
        next.replaceSubrange(..<shown, with: moved)
        let due = due(state)
        let analyses = due.contains(true) ? process.outputs(of: moved) : []
        for (analyser, outputs) in Self.analysers.enumerated() {
            next[clocks + analyser] -= samplingTime
            guard due[analyser] else { continue }
            // Samples are late rather than lost where the sampling time is longer than the analysers' period.
            next[clocks + analyser] = max(next[clocks + analyser] + Self.analysisPeriods[analyser], 0)
            for output in outputs {
                next[shown + output - 22] = state[sampled + output - 22]
                next[sampled + output - 22] = analyses[output]
            }
        }
        return next
    }

    /// The true outputs, without noise; those of the analysers as late as they are.
    public func outputs(of state: [Double]) -> [Double] {
        var values = process.outputs(of: Array(state[..<shown]))
        values.replaceSubrange(22..., with: state[shown..<sampled])
        return values
    }

    /// Vector–Jacobian products of `step` with respect to state and action.
    ///
    /// Whether a valve sticks and when a sample is taken are taken as fixed.
    public func stepPullback(
        _ state: [Double], action: [Double], disturbance: [Double], cotangent: [Double]
    ) -> (state: [Double], action: [Double]) {
        let disturbance = disturbance.isEmpty ? nominalDisturbance : disturbance
        let (values, isNew) = commands(state, action: action, disturbance: disturbance)
        var back = [Double](repeating: 0, count: stateNames.count)
        back.replaceSubrange(shown..., with: cotangent[shown...])
        var onProcess = Array(cotangent[..<shown])
        let due = due(state)
        if due.contains(true) {
            var onAnalyses = [Double](repeating: 0, count: 41)
            for (analyser, outputs) in Self.analysers.enumerated() where due[analyser] {
                for output in outputs {
                    back[shown + output - 22] = 0
                    back[sampled + output - 22] = cotangent[shown + output - 22]
                    onAnalyses[output] = cotangent[sampled + output - 22]
                }
            }
            let moved = process.step(Array(state[..<shown]), action: values, disturbance: disturbance)
            let more = process.outputPullback(moved, cotangent: onAnalyses)
            for index in onProcess.indices { onProcess[index] += more[index] }
        }
        let inner = process.stepPullback(
            Array(state[..<shown]), action: values, disturbance: disturbance, cotangent: onProcess)
        for index in inner.state.indices { back[index] += inner.state[index] }
        var onAction = [Double](repeating: 0, count: 12)
        for index in onAction.indices {
            if !isNew[index] {
                back[EastmanProcess.equationStates + index] += inner.action[index]
            } else if action[index] >= 0, action[index] <= 100 {
                onAction[index] = inner.action[index]
            }
        }
        return (back, onAction)
    }

    /// The gradient with respect to the outputs, carried back to the state.
    public func outputPullback(_ state: [Double], cotangent: [Double]) -> [Double] {
        var direct = cotangent
        for output in 22..<41 { direct[output] = 0 }
        return process.outputPullback(Array(state[..<shown]), cotangent: direct) + cotangent[22...]
            + [Double](repeating: 0, count: 21)
    }
}
