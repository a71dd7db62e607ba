import Basics
public import Tensors

/// Parameters that share a learning rate and a weight decay.
public struct ParameterGroup {
    /// The parameters with the names under which the optimiser's state is stored.
    public var members: [(name: String, parameter: Parameter)]
    /// The learning rate, before the schedule's factor.
    public var learningRate: Double
    /// The weight decay.
    public var weightDecay: Double

    /// Creates a group.
    public init(
        _ members: [(name: String, parameter: Parameter)], learningRate: Double, weightDecay: Double = 0
    ) {
        self.members = members
        self.learningRate = learningRate
        self.weightDecay = weightDecay
    }

    /// Two groups of one model: matrices with weight decay, and gains, offsets and biases without.
    ///
    /// Decay pulls a gain towards zero, which fights the norm it belongs to; vectors are left alone, as is usual.
    public static func decayingMatricesOnly(
        of module: any Module, learningRate: Double, weightDecay: Double
    ) -> [ParameterGroup] {
        let named = module.namedParameters()
        return [
            ParameterGroup(
                named.filter(\.parameter.decays), learningRate: learningRate, weightDecay: weightDecay),
            ParameterGroup(named.filter { !$0.parameter.decays }, learningRate: learningRate),
        ]
    }
}

/// An algorithm that changes parameters by their gradients.
///
/// ```swift
/// optimiser.clearGradients()
/// loss.backward()
/// clipGradients(of: model.parameters(), toNorm: 1)
/// optimiser.step(factor: schedule.factor(at: step))
/// ```
public protocol Optimiser: AnyObject {
    /// The parameters with their rates, which may be changed between steps.
    var groups: [ParameterGroup] { get set }

    /// Changes every trainable parameter that has a gradient.
    /// - Parameter factor: What the schedule multiplies every group's learning rate with.
    func step(factor: Double)

    /// Everything a resumed run needs, to the bit, beside the parameters and the groups' rates.
    func stateDict() -> [String: Tensor]

    /// Takes back what `stateDict()` gave.
    /// - Throws: `ForesightError.data` when the state is of other parameters or another algorithm.
    func load(_ state: [String: Tensor]) throws
}

extension Optimiser {
    /// Changes every trainable parameter that has a gradient, at the groups' own rates.
    public func step() { step(factor: 1) }

    /// Forgets all gradients.
    public func clearGradients() {
        for group in groups {
            for member in group.members { member.parameter.value.clearGradient() }
        }
    }
}

/// The tensors that an optimiser keeps for each parameter, such as a momentum, by the name of the parameter.
struct OptimiserState {
    /// What kind of tensors are kept, such as `first_moment`.
    let kinds: [String]
    private(set) var tensors: [String: [Tensor]] = [:]

    init(_ kinds: [String]) {
        self.kinds = kinds
    }

    /// The tensors of a parameter, made on first use.
    mutating func of(_ name: String, make: () -> [Tensor]) -> [Tensor] {
        if let known = tensors[name] { return known }
        let made = make()
        tensors[name] = made
        return made
    }

    func stateDict() -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (name, values) in tensors {
            for (kind, value) in zip(kinds, values) { state["\(kind).\(name)"] = value }
        }
        return state
    }

    /// Copies stored tensors for parameters that the groups know; the scalar `step` may be of any shape `[]`.
    mutating func load(_ state: [String: Tensor], groups: [ParameterGroup]) throws {
        var remaining = state
        var loaded: [String: [Tensor]] = [:]
        for member in groups.flatMap(\.members) {
            let found = kinds.map { remaining.removeValue(forKey: "\($0).\(member.name)") }
            let present = found.compactMap { $0 }
            if present.isEmpty { continue }  // A parameter that never had a gradient has no state.
            guard present.count == kinds.count else {
                throw Self.misfit("it has only a part of the state of \(member.name)")
            }
            for value in present where value.shape != member.parameter.shape && !value.shape.isEmpty {
                throw Self.misfit("\(member.name) is \(member.parameter.shape), its state \(value.shape)")
            }
            // Clones: the caller's tensors must not change with the next step.
            loaded[member.name] = present.map { $0.to(device: member.parameter.value.device).clone() }
        }
        if let name = remaining.keys.min() { throw Self.misfit("nothing in the model is called \(name)") }
        tensors = loaded
    }

    private static func misfit(_ reason: String) -> ForesightError {
        .data(
            "the optimiser's state does not fit: \(reason)",
            remedy: "resume with the configuration that the checkpoint was saved with")
    }
}
