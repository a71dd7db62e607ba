import Networks
import Tensors
import Testing

/// Two loose parameters, as the optimiser fixtures have.
final class Pair: Module {
    let a: Parameter
    let b: Parameter

    init(_ start: [String: Tensor]) throws {
        a = Parameter(try #require(start["a"]).clone())
        b = Parameter(try #require(start["b"]).clone())
    }

    func members(_ keys: String...) -> [(name: String, parameter: Parameter)] {
        namedParameters().filter { keys.contains($0.name) }
    }
}

/// Optimisers over 20 steps, clipping, schedules and averages against PyTorch.
@Suite("Optimisers agree with PyTorch", .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct OptimiserParityTests {
    /// Takes the fixture's 20 gradients and compares the parameters after every step.
    func check(_ name: String, resumingAt resumption: Int? = nil, make: (Pair) -> any Optimiser) throws {
        let fixture = try Fixture(name)
        let model = try Pair(fixture.under("start."))
        var optimiser = make(model)
        for step in 0..<20 {
            if step == resumption {
                let saved = optimiser.stateDict().mapValues { $0.clone() }
                optimiser = make(model)
                try optimiser.load(saved)
            }
            optimiser.clearGradients()
            for (key, parameter) in model.namedParameters() {
                parameter.gradient = try fixture["gradient.\(key)"].select(dim: 0, index: step).clone()
            }
            optimiser.step()
            for (key, parameter) in model.namedParameters() {
                let expected = try fixture["path.\(key)"].select(dim: 0, index: step)
                expectClose(parameter.value, expected, "\(name) \(key) after step \(step + 1)")
            }
        }
    }

    @Test("AdamW", arguments: [true, false]) func adamW(isFused: Bool) throws {
        try check("adamw") {
            AdamW($0, learningRate: 1e-2, betas: (0.9, 0.95), weightDecay: 0.1, isFused: isFused)
        }
    }

    @Test("AdamW with rates and decay by group", arguments: [true, false]) func adamWGroups(isFused: Bool) throws {
        try check("adamw_groups") { model in
            AdamW(
                groups: [
                    ParameterGroup(model.members("a"), learningRate: 3e-2, weightDecay: 0.2),
                    ParameterGroup(model.members("b"), learningRate: 5e-3),
                ], isFused: isFused)
        }
    }

    @Test("AdamW resumed from its state") func adamWResumed() throws {
        try check("adamw", resumingAt: 9) {
            AdamW($0, learningRate: 1e-2, betas: (0.9, 0.95), weightDecay: 0.1)
        }
    }

    @Test("SGD, plain and with weight decay") func sgd() throws {
        try check("sgd") { SGD($0, learningRate: 1e-2) }
        try check("sgd_decay") { SGD($0, learningRate: 1e-2, weightDecay: 0.1) }
    }

    @Test("SGD with momentum, resumed from its state", arguments: [nil, 7]) func momentum(resumption: Int?) throws {
        try check("sgd_momentum", resumingAt: resumption) {
            SGD($0, learningRate: 1e-2, momentum: 0.9, weightDecay: 0.05)
        }
        try check("sgd_nesterov", resumingAt: resumption) {
            SGD($0, learningRate: 1e-2, momentum: 0.8, isNesterov: true, weightDecay: 0.05)
        }
    }

    @Test("SGD with rates and decay by group") func sgdGroups() throws {
        try check("sgd_groups") { model in
            SGD(
                groups: [
                    ParameterGroup(model.members("a"), learningRate: 3e-2),
                    ParameterGroup(model.members("b"), learningRate: 5e-3, weightDecay: 0.1),
                ], momentum: 0.9)
        }
    }

    @Test("Clipping by norm and by value") func clipping() throws {
        let fixture = try Fixture("clipping")
        let gradients = fixture.under("gradient.")
        for (name, limit) in [("tight", 0.5), ("loose", 100.0), ("value", 0.4)] {
            let model = try Pair(gradients)
            for (key, parameter) in model.namedParameters() { parameter.gradient = gradients[key]?.clone() }
            if name == "value" {
                clipGradients(of: model.parameters(), toValue: limit)
            } else {
                let norm = clipGradients(of: model.parameters(), toNorm: limit)
                expectClose(Tensor([Float(norm)], shape: []), try fixture["\(name).norm"], "norm")
            }
            for (key, parameter) in model.namedParameters() {
                expectClose(parameter.gradient, try fixture["\(name).\(key)"], "\(name) \(key)")
            }
        }
    }

    @Test(
        "Schedules",
        arguments: [
            ("constant", Schedule(.constant, steps: 40)),
            ("constant_warm_up", Schedule(.constant, steps: 40, warmUp: 8)),
            ("linear", Schedule(.linear, steps: 31, floor: 0.1)),
            ("cosine", Schedule(.cosine, steps: 40, floor: 0.01)),
            ("cosine_warm_up", Schedule(.cosine, steps: 40, warmUp: 8, floor: 0.01)),
        ])
    func schedules(name: String, schedule: Schedule) throws {
        let expected = try Fixture("schedules")[name]
        let rates = (0..<40).map { Float(0.1 * schedule.factor(at: $0)) }
        expectClose(Tensor(rates, shape: [40]), expected, name)
    }

    @Test("Moving average of weights") func movingAverage() throws {
        let fixture = try Fixture("moving_average")
        let model = Linear(4, 3, seed: Seed(1))
        try model.load(fixture.under("start."))
        let average = MovingAverage(of: model, decay: 0.9)
        for step in 0..<20 {
            try model.load(fixture.under("values.").mapValues { $0.select(dim: 0, index: step) })
            average.update()
        }
        for (key, value) in average.stateDict() { expectClose(value, try fixture["average.\(key)"], key) }
    }
}
