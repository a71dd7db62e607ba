extension VirtualPatient {
    /// Sub-steps of at most 20 s, a third of the clock: halving them moves glucose by less than 0.02 mg/dL over a day of
    /// meals.
    public var subSteps: Int { clockTicks * Self.stepsPerTick }

    /// Minutes that have begun in a sampling period: the clock of the published simulator, by which meals go.
    private var clockTicks: Int { max(1, Int((samplingTime / 60).rounded(.up))) }
    private static let stepsPerTick = 3

    /// Keeps account of the meal, which the stomach empties by: a new one begins when something is eaten after nothing
    /// was, with what is in the stomach; what is eaten in a minute counts from its beginning, as in simglucose.
    public func prepare<S: EquationScalar>(_ state: inout [S], input: [S], subStep: Int) {
        guard subStep % Self.stepsPerTick == 0 else { return }
        let eaten = input[1]
        if eaten.value > 0 {
            if state[14].value <= 0 { state[13] = state[0] + state[1] }
            state[13] = state[13] + eaten * (1000 * samplingTime / 60 / Double(clockTicks))
        }
        state[14] = eaten
    }

    /// The rate of change of the state, per second.
    public func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        let p = parameters
        let insulin = input[0] * (PatientParameters.pmolPerUnit / 60 / p.bodyWeight)
        // Stomach and gut, mg/min.
        let emptying = emptying(stomach: state[0] + state[1], meal: state[13])
        let dissolved = state[0] * p.kmax
        let emptied = state[1] * emptying
        let absorbed = state[2] * p.kabs
        rates[0] = input[1] * 1000 - dissolved
        rates[1] = dissolved - emptied
        rates[2] = emptied - absorbed
        // Glucose, mg/kg/min.
        let appearance = absorbed * (PatientParameters.absorbed / p.bodyWeight)
        let production = maximum(S(p.kp1) - state[3] * p.kp2 - state[8] * p.kp3, S(0))
        let excess = maximum(state[3] - PatientParameters.excretionThreshold, S(0))
        let exchange = state[3] * p.k1 - state[4] * p.k2
        let use = (state[6] * p.vmx + p.vm0) * state[4] / (state[4] + p.km0)
        rates[3] =
            production + appearance - PatientParameters.brainUse - excess * PatientParameters.excretion - exchange
        rates[4] = exchange - use
        // Insulin, pmol/kg/min, and its action, pmol/l/min.
        let concentration = state[5] / p.vi
        rates[5] =
            state[9] * p.m1 + state[10] * p.ka1 + state[11] * p.ka2 - state[5] * (p.m2 + p.m4)
        rates[6] = (concentration - p.ib - state[6]) * p.p2u
        rates[7] = (concentration - state[7]) * p.ki
        rates[8] = (state[7] - state[8]) * p.ki
        rates[9] = state[5] * p.m2 - state[9] * (p.m1 + p.m30)
        rates[10] = insulin - state[10] * (p.ka1 + p.kd)
        rates[11] = state[10] * p.kd - state[11] * p.ka2
        rates[12] = (state[3] - state[12]) * p.ksc
        // What has fallen below nothing stays there, as published.
        for index in Self.amounts where state[index].value < 0 { rates[index] = S(0) }
        for index in 0..<13 { rates[index] = rates[index] / 60 }
        rates[13] = S(0)
        rates[14] = S(0)
    }

    /// States that stand still below 0.
    private static let amounts = [3, 4, 5, 9, 10, 11, 12]

    /// The rate at which the stomach empties, 1/min, by how much of the meal is still in it.
    private func emptying<S: EquationScalar>(stomach: S, meal: S) -> S {
        let p = parameters
        guard meal.value > 0 else { return S(p.kmax) }
        let rising = tanh((stomach - meal * p.b) / (meal * (0.4 * (1 - p.b))))
        let falling = tanh((stomach - meal * p.d) / (meal * (0.4 * p.d)))
        return (rising - falling + 2) * ((p.kmax - p.kmin) / 2) + p.kmin
    }

    /// The glucose under the skin, mg/dL.
    public func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        outputs[0] = state[12] / parameters.vg
    }
}
