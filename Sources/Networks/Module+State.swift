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
        var given = state.filter { $0.key.hasPrefix(prefix) }
        var missing: [String] = []
        var mismatched: [String] = []
        var copies: [() -> Void] = []
        for member in members() {
            let shape: [Int]
            let assign: (Tensor) -> Void
            switch member.kind {
            case .parameter(let parameter): (shape, assign) = (parameter.shape, parameter.assign)
            case .buffer(let buffer): (shape, assign) = (buffer.shape, buffer.assign)
            case .module: continue
            }
            guard let values = given.removeValue(forKey: prefix + member.name) else {
                missing.append(prefix + member.name)
                continue
            }
            if values.shape != shape {
                mismatched.append("\(prefix)\(member.name) is \(values.shape), the model needs \(shape)")
            } else {
                copies.append { assign(values) }
            }
        }
        try refuse(missing: missing, unexpected: given.keys.sorted(), mismatched: mismatched)
        for copy in copies { copy() }
    }
}

/// Throws one error for everything that does not fit.
private func refuse(missing: [String], unexpected: [String], mismatched: [String]) throws {
    var reasons: [String] = []
    if !missing.isEmpty { reasons.append("missing: \(abbreviated(missing))") }
    if !unexpected.isEmpty { reasons.append("unexpected: \(abbreviated(unexpected))") }
    if !mismatched.isEmpty { reasons.append("of another shape: \(abbreviated(mismatched))") }
    guard !reasons.isEmpty else { return }
    throw ForesightError.data(
        "the stored parameters do not fit the model: " + reasons.joined(separator: "; "),
        remedy: "load a file that was saved from a model of the same architecture")
}

/// The first few names and how many more there are.
private func abbreviated(_ names: [String], limit: Int = 5) -> String {
    let shown = names.prefix(limit).joined(separator: ", ")
    return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
}
