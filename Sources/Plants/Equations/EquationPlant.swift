/// A plant of any size given by ordinary differential equations, which are written once and serve simulation and
/// gradients: integrated by the classical Runge–Kutta method of fourth order with a fixed number of sub-steps, shorter
/// ones where the state asks for them, and differentiated by forward mode, eight directions at a time.
///
/// Everything that `Plant` asks of the dynamics follows from `derivative` and `outputs`. The arrays that they get are
/// reused from call to call, so that a rollout allocates nothing in its inner loop: write into `rates` and `outputs`,
/// make no arrays.
public protocol EquationPlant: Plant {
    /// The sub-steps of one sampling period; enough that halving them does not change a result that matters.
    var subSteps: Int { get }

    /// The longest step that is still accurate from a state: a sub-step that is longer is parted.
    ///
    /// - Parameters:
    ///   - state: The states of the equations `[state]`.
    ///   - input: The actions, then the disturbances `[input]`.
    /// - Returns: Seconds; infinite where sub-steps are short enough everywhere.
    func longestStep<S: EquationScalar>(_ state: [S], input: [S]) -> Double

    /// Whether outputs answer to the inputs in force at once, not only through the states.
    ///
    /// Then the inputs are part of what `Plant` calls the state: the last entries of `stateNames` and `initialState`,
    /// after the states of the equations, are the actions and disturbances that led there. Else `outputs` is given the
    /// rest action and the nominal disturbances and must not depend on them.
    var remembersInput: Bool { get }

    /// Changes at once what jumps with the inputs, at the beginning of each sub-step.
    ///
    /// - Parameters:
    ///   - state: The states of the equations `[state]`.
    ///   - input: The actions, then the disturbances `[input]`.
    ///   - subStep: The number of the sub-step in its sampling period, from 0.
    func prepare<S: EquationScalar>(_ state: inout [S], input: [S], subStep: Int)

    /// The rate of change of the state, per second.
    ///
    /// - Parameters:
    ///   - state: The states of the equations `[state]`.
    ///   - input: The actions, then the disturbances `[input]`.
    ///   - rates: Where the result goes `[state]`; every entry must be written.
    func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S])

    /// The true outputs, without noise.
    ///
    /// - Parameters:
    ///   - state: The states of the equations `[state]`.
    ///   - input: The actions, then the disturbances `[input]`.
    ///   - outputs: Where the result goes `[output]`; every entry must be written.
    func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S])

    /// Moves a state to the nearest that is physically possible, after each sampling period. What it moves no longer
    /// depends on anything before, as far as gradients go.
    func physical(_ state: inout [Double])
}

extension EquationPlant {
    /// Outputs follow from the states.
    public var remembersInput: Bool { false }
    /// Sub-steps are short enough.
    public func longestStep<S: EquationScalar>(_ state: [S], input: [S]) -> Double { .infinity }
    /// Nothing jumps.
    public func prepare<S: EquationScalar>(_ state: inout [S], input: [S], subStep: Int) {}
    /// Leaves the state as it is.
    public func physical(_ state: inout [Double]) {}

    /// The number of actions and disturbances.
    var inputCount: Int { actionChannels.count + nominalDisturbance.count }
    /// The number of states that the equations have.
    var equationStateCount: Int { stateNames.count - (remembersInput ? inputCount : 0) }

    func input(action: [Double], disturbance: [Double]) -> [Double] {
        precondition(action.count == actionChannels.count, "\(name) takes \(actionChannels.count) actions")
        let disturbance = disturbance.isEmpty ? nominalDisturbance : disturbance
        precondition(
            disturbance.count == nominalDisturbance.count, "\(name) has \(nominalDisturbance.count) disturbances")
        return action + disturbance
    }

    /// The input that belongs to a state of `Plant` as far as outputs go.
    private func inputInForce(_ state: [Double]) -> [Double] {
        remembersInput
            ? Array(state[equationStateCount...]) : input(action: restAction, disturbance: nominalDisturbance)
    }
}

extension EquationPlant {
    /// The rate of change of the state `[state]`, per second, under an input `[input]`.
    public func rates(at state: [Double], input: [Double]) -> [Double] {
        var rates = [RealNumber](repeating: RealNumber(0), count: equationStateCount)
        derivative(
            state[..<equationStateCount].map(RealNumber.init), input: input.map(RealNumber.init), into: &rates)
        return rates.map(\.value)
    }

    /// The state one sampling period later.
    public func step(_ state: [Double], action: [Double], disturbance: [Double]) -> [Double] {
        integratedStep(state, action: action, disturbance: disturbance)
    }

    /// The state one sampling period later, by the equations.
    func integratedStep(_ state: [Double], action: [Double], disturbance: [Double]) -> [Double] {
        precondition(state.count == stateNames.count, "\(name) has \(stateNames.count) states")
        let input = input(action: action, disturbance: disturbance)
        var work = EquationWorkspace<RealNumber>(
            state: state[..<equationStateCount].map(RealNumber.init), input: input.map(RealNumber.init))
        integrate(&work)
        var next = work.state.map(\.value)
        physical(&next)
        return remembersInput ? next + input : next
    }

    /// The true outputs, without noise.
    public func outputs(of state: [Double]) -> [Double] {
        var result = [RealNumber](repeating: RealNumber(0), count: outputChannels.count)
        outputs(
            state[..<equationStateCount].map(RealNumber.init), input: inputInForce(state).map(RealNumber.init),
            into: &result)
        return result.map(\.value)
    }

    /// Vector–Jacobian products of `step` with respect to state and action.
    public func stepPullback(
        _ state: [Double], action: [Double], disturbance: [Double], cotangent: [Double]
    ) -> (state: [Double], action: [Double]) {
        let count = equationStateCount
        var slopes = EquationSlopes(states: count, actions: action.count, results: count)
        var work = EquationWorkspace<DualNumber>(states: count, inputs: inputCount)
        differentiateStep(
            Array(state[..<count]), input: input(action: action, disturbance: disturbance), using: &work,
            into: &slopes)
        var result = slopes.pullback(Array(cotangent[..<count]))
        if remembersInput {
            // The next state holds the action itself; nothing comes from the inputs that were in force before.
            for index in action.indices { result.action[index] += cotangent[count + index] }
            result.state += [Double](repeating: 0, count: inputCount)
        }
        return result
    }

    /// The gradient with respect to the outputs, carried back to the state.
    public func outputPullback(_ state: [Double], cotangent: [Double]) -> [Double] {
        let count = equationStateCount
        // Disturbances in force are states here, so that every input counts like an action.
        var slopes = EquationSlopes(
            states: count, actions: remembersInput ? inputCount : 0, results: outputChannels.count)
        var work = EquationWorkspace<DualNumber>(states: count, inputs: inputCount)
        var scratch = [DualNumber](repeating: DualNumber(0), count: outputChannels.count)
        differentiateOutputs(
            Array(state[..<count]), input: inputInForce(state), using: &work, scratch: &scratch, into: &slopes)
        let result = slopes.pullback(cotangent)
        return result.state + result.action
    }
}
