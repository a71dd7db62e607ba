import Basics
public import Tensors

extension Module {
    /// The values of every parameter and buffer under its dotted name; they share memory with the module.
    public func stateDict() -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for member in members() {
            switch member.kind {
            case .parameter(let parameter): state[member.name] = parameter.value.detached()
            case .buffer(let buffer): state[member.name] = buffer.value
            case .module: continue
            }
        }
        return state
    }

    /// Copies values into every parameter and buffer.
    ///
    /// Nothing is changed unless everything fits. With a prefix, such as `encoder.`, only the names that begin with it
    /// are looked at.
    /// - Throws: `ForesightError.data` that lists what is missing, what is unexpected, and both shapes where they differ.
    public func load(_ state: [String: Tensor], prefix: String = "") throws {
        let given = state.filter { $0.key.hasPrefix(prefix) }
        var shapes: [String: [Int]] = [:]
        var copies: [() -> Void] = []
        for member in members() {
            let shape: [Int]
            let assign: (Tensor) -> Void
            switch member.kind {
            case .parameter(let parameter): (shape, assign) = (parameter.shape, parameter.assign)
            case .buffer(let buffer): (shape, assign) = (buffer.shape, buffer.assign)
            case .module: continue
            }
            shapes[prefix + member.name] = shape
            if let values = given[prefix + member.name] { copies.append { assign(values) } }
        }
        try StoredShapes.check(given.mapValues(\.shape), against: shapes)
        for copy in copies { copy() }
    }
}
