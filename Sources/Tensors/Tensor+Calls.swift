import Basics
import CTorch

extension Tensor {
    /// Calls a function of one tensor.
    @inline(__always)
    static func make(_ name: StaticString, _ a: Tensor, _ call: (OpaquePointer) -> OpaquePointer?) -> Tensor {
        guard let result = a.withRaw(call) else { stop(name, [a]) }
        return Tensor(owning: result)
    }

    /// Calls a function of two tensors.
    @inline(__always)
    static func make(
        _ name: StaticString, _ a: Tensor, _ b: Tensor, _ call: (OpaquePointer, OpaquePointer) -> OpaquePointer?
    ) -> Tensor {
        guard let result = a.withRaw({ a in b.withRaw { b in call(a, b) } }) else { stop(name, [a, b]) }
        return Tensor(owning: result)
    }

    /// Calls a function of three tensors.
    @inline(__always)
    static func make(
        _ name: StaticString, _ a: Tensor, _ b: Tensor, _ c: Tensor,
        _ call: (OpaquePointer, OpaquePointer, OpaquePointer) -> OpaquePointer?
    ) -> Tensor {
        guard let result = a.withRaw({ a in b.withRaw { b in c.withRaw { c in call(a, b, c) } } }) else {
            stop(name, [a, b, c])
        }
        return Tensor(owning: result)
    }

    /// Calls a function that changes `self`.
    @inline(__always)
    func act(_ name: StaticString, _ call: (OpaquePointer) -> Int32) -> Tensor {
        if withRaw(call) != 0 { Tensor.stop(name, [self]) }
        return self
    }

    /// Calls a function that changes `self` by another tensor.
    @inline(__always)
    func act(_ name: StaticString, _ b: Tensor, _ call: (OpaquePointer, OpaquePointer) -> Int32) -> Tensor {
        if withRaw({ a in b.withRaw { b in call(a, b) } }) != 0 { Tensor.stop(name, [self, b]) }
        return self
    }

    /// Takes over a result, or stops with the operands.
    @inline(__always)
    static func own(_ name: StaticString, _ operands: [Tensor], _ result: OpaquePointer?) -> Tensor {
        guard let result else { stop(name, operands) }
        return Tensor(owning: result)
    }

    /// Lends the pointers of many tensors; an absent one is NULL.
    static func withRaw<Result>(
        of tensors: [Tensor?], _ body: (UnsafeMutablePointer<OpaquePointer?>) -> Result
    ) -> Result {
        withUnsafeTemporaryAllocation(of: OpaquePointer?.self, capacity: max(tensors.count, 1)) { buffer in
            defer { withExtendedLifetime(tensors) {} }
            for (index, tensor) in tensors.enumerated() {
                buffer.initializeElement(at: index, to: tensor.map { $0.withRaw { $0 } })
            }
            // A temporary allocation of at least one element always has an address.
            guard let address = buffer.baseAddress else { preconditionFailure("no scratch memory") }
            return body(address)
        }
    }

    /// Lends the pointer of a tensor that may be absent.
    @inline(__always)
    static func withRaw<Result>(_ tensor: Tensor?, _ body: (OpaquePointer?) -> Result) -> Result {
        guard let tensor else { return body(nil) }
        return tensor.withRaw { body($0) }
    }
}

// MARK: Stopping

extension Tensor {
    /// Stops the program: an operation failed, which says that the program is wrong.
    static func stop(_ name: StaticString, _ operands: [Tensor]) -> Never { stop("\(name)", operands) }

    /// Stops the program with the operation, the scopes it ran in, its operands and libtorch's words.
    static func stop(_ name: String, _ operands: [Tensor]) -> Never {
        halt(failureMessage(name, operands, reason: takeError()))
    }

    /// Stops the program because libtorch is missing.
    static func stop(_ problem: ForesightError) -> Never { halt(problem.description) }

    /// What libtorch said about the last failure of this thread.
    static func takeError() -> String { ct_error().map { String(cString: $0) } ?? "no reason given" }

    /// `matmul in encoder › block 2: <reason> [operands: float32 [3, 4] on cpu, float32 [5, 6] on cpu]`.
    static func failureMessage(_ name: String, _ operands: [Tensor], reason: String) -> String {
        let scopes = Meaning.scopes.isEmpty ? "" : " in " + Meaning.scopes.joined(separator: " › ")
        let shapes = operands.isEmpty ? "" : " [operands: \(operands.map(\.description).joined(separator: ", "))]"
        return "\(name)\(scopes): \(reason)\(shapes)"
    }

    /// The one place that ends the process. `precondition` would drop the message in optimised builds, and the
    /// message is the point.
    private static func halt(_ message: String) -> Never { fatalError(message) }
}
