public import Tensors

/// A part of a network: a class whose stored properties are parameters, buffers, other modules, or arrays of them.
///
/// They are found by reflection, so a module declares them as plain `let` properties and registers nothing:
/// ```swift
/// final class Predictor: Module {
///     let input: Linear
///     let blocks: [TransformerBlock]
/// }
/// ```
/// Names are dotted paths of the properties in snake case, `blocks.0.attention.in_proj_weight`, as PyTorch spells them.
public protocol Module: AnyObject {
    /// The name under which a parameter, buffer or module below this one is stored, given its path from here.
    ///
    /// Only for modules whose PyTorch counterpart spells a name otherwise; the default keeps the path.
    func stateName(for path: String) -> String
}

extension Module {
    /// The path itself.
    public func stateName(for path: String) -> String { path }
}

/// A module that maps one tensor to another.
public protocol Layer: Module {
    /// The output for an input.
    func callAsFunction(_ x: Tensor) -> Tensor
}

/// A module that behaves differently while training, such as dropout or batch norm.
public protocol ModeDependent: Module {
    /// Whether the module is training; `true` when made, as in PyTorch.
    var isTraining: Bool { get set }
}

extension Module {
    /// Every parameter with its dotted name, in the order of declaration; a shared one is listed once.
    ///
    /// Complexity: one reflection of the whole module; keep the result rather than asking in a loop.
    public func namedParameters() -> [(name: String, parameter: Parameter)] {
        var seen: Set<ObjectIdentifier> = []
        return members().compactMap { member in
            guard case .parameter(let parameter) = member.kind else { return nil }
            return seen.insert(ObjectIdentifier(parameter)).inserted ? (member.name, parameter) : nil
        }
    }

    /// Every parameter, in the order of declaration.
    public func parameters() -> [Parameter] { namedParameters().map(\.parameter) }

    /// Every buffer with its dotted name, in the order of declaration.
    public func namedBuffers() -> [(name: String, buffer: Buffer)] {
        var seen: Set<ObjectIdentifier> = []
        return members().compactMap { member in
            guard case .buffer(let buffer) = member.kind else { return nil }
            return seen.insert(ObjectIdentifier(buffer)).inserted ? (member.name, buffer) : nil
        }
    }

    /// Every buffer, in the order of declaration.
    public func buffers() -> [Buffer] { namedBuffers().map(\.buffer) }

    /// This module and every one below it.
    public func modules() -> [any Module] {
        let below = members().compactMap { member -> (any Module)? in
            guard case .module(let module) = member.kind else { return nil }
            return module
        }
        return [self] + below
    }

    /// How many numbers training changes.
    public var parameterCount: Int {
        parameters().reduce(0) { $0 + ($1.isTrainable ? $1.value.count : 0) }
    }

    /// Puts every module below into training or evaluation mode.
    public func setTraining(_ isTraining: Bool) {
        for module in modules() { (module as? any ModeDependent)?.isTraining = isTraining }
    }

    /// Runs the body in evaluation mode without gradients, and puts each module back into the mode it had.
    public func evaluating<R>(_ body: () throws -> R) rethrows -> R {
        let dependent = modules().compactMap { $0 as? any ModeDependent }
        let modes = dependent.map(\.isTraining)
        for module in dependent { module.isTraining = false }
        defer { for (module, mode) in zip(dependent, modes) { module.isTraining = mode } }
        return try withoutGradients(body)
    }

    /// Freezes every parameter below, or frees it again.
    public func setTrainable(_ isTrainable: Bool) {
        for parameter in parameters() { parameter.isTrainable = isTrainable }
    }

    /// Forgets the gradients of all parameters.
    public func clearGradients() {
        for parameter in parameters() { parameter.value.clearGradient() }
    }

    /// Moves every parameter and buffer to a device. Optimisers are made after the move.
    public func move(to device: Device) {
        for parameter in parameters() { parameter.move(to: device) }
        for buffer in buffers() { buffer.move(to: device) }
    }
}
