import Episodes

@testable import Plants

/// The four tanks, written as general equations.
struct WrittenTanks: EquationPlant {
    let tanks = FourTank()
    var name: String { "written-tanks" }
    var samplingTime: Double { tanks.samplingTime }
    var stateNames: [String] { tanks.stateNames }
    var outputChannels: [Channel] { tanks.outputChannels }
    var actionChannels: [Channel] { tanks.actionChannels }
    var disturbanceChannels: [Channel] { [] }
    var initialState: [Double] { tanks.initialState }
    var restAction: [Double] { tanks.restAction }
    var nominalDisturbance: [Double] { [] }
    var noise = SensorNoise.none
    var subSteps: Int { tanks.subSteps }

    func resampled(every seconds: Double) -> WrittenTanks? { nil }

    func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        func out(_ index: Int, _ area: Double) -> S { sqrt(maximum(state[index], S(0)) * 19.62) * area }
        let (out3, out4) = (out(2, 0.002), out(3, 0.0025))
        rates[0] = out3 - out(0, 0.0035) + input[0] * (0.2 * 0.00085)
        rates[1] = out4 - out(1, 0.003) + input[1] * (0.2 * 0.00095)
        rates[2] = input[1] * (0.8 * 0.00095) - out3
        rates[3] = input[0] * (0.8 * 0.00085) - out4
    }

    func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        for index in 0..<4 { outputs[index] = state[index] }
    }

    func physical(_ state: inout [Double]) {
        for index in 0..<4 where state[index] < 0 { state[index] = 0 }
    }
}

/// A row of eleven vessels with a nonlinear exchange and two actions, more directions than a dual number has; its
/// second output answers the first action and the disturbance at once.
struct VesselRow: EquationPlant {
    var name: String { "vessels" }
    let samplingTime = 0.5
    var stateNames: [String] { (0..<11).map { "c\($0)" } + ["a", "b", "d"] }
    let outputChannels = ["y", "z"].map { Channel(name: $0, role: .observation) }
    let actionChannels = ["a", "b"].map { Channel(name: $0, role: .action, lowerLimit: 0, upperLimit: 10) }
    let disturbanceChannels = [Channel(name: "d", role: .disturbance)]
    var initialState: [Double] { (0..<11).map { 0.2 + 0.1 * Double($0) } + [1, 2, 0.3] }
    let restAction = [1.0, 2]
    let nominalDisturbance = [0.3]
    var noise = SensorNoise.none
    var subSteps = 3
    let remembersInput = true

    func resampled(every seconds: Double) -> VesselRow? { nil }

    func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        for index in 0..<11 {
            let before = index == 0 ? input[0] : state[index - 1]
            let after = index == 10 ? input[1] * input[2] : state[index + 1]
            rates[index] = before - state[index] * 2 + tanh(after - state[index] * state[index])
        }
    }

    func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        outputs[0] = state[10] * state[3]
        outputs[1] = state[5] + input[0] * input[0] * 0.1 - input[2] * state[0]
    }
}
