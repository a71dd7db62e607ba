import Tensors

extension [String: Tensor] {
    /// The tensors of one part of a checkpoint, under the names they have there.
    func part(_ name: String) -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (key, value) in self where key.hasPrefix(name + "/") {
            state[String(key.dropFirst(name.count + 1))] = value
        }
        return state
    }

    /// Adds the tensors of a part, on the processor: a file is read where there may be no other device.
    mutating func add(_ state: [String: Tensor], as name: String) {
        for (key, value) in state { self["\(name)/\(key)"] = value.to(device: .cpu) }
    }
}
