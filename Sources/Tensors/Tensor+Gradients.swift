import CTorch

extension Tensor {
    /// Says that gradients with respect to this tensor are wanted, or no longer; returns the tensor itself.
    @discardableResult
    public func requiresGrad(_ on: Bool = true) -> Tensor { act("requiresGrad") { ct_set_requires_grad($0, on) } }

    /// Whether gradients flow to or through this tensor.
    public var requiresGradient: Bool { withRaw { ct_requires_grad($0) } }

    /// Whether the tensor was made by hand and not by a recorded operation.
    public var isLeaf: Bool { withRaw { ct_is_leaf($0) } }

    /// The gradient that ``backward(gradient:retainGraph:createGraph:)`` has gathered; `nil` before.
    public var grad: Tensor? { withRaw { ct_grad($0) }.map(Tensor.init(owning:)) }

    /// Sets the gathered gradient.
    public func setGradient(_ gradient: Tensor?) {
        _ = act("setGradient") { raw in Tensor.withRaw(gradient) { ct_set_grad(raw, $0) } }
    }

    /// Forgets the gathered gradient.
    public func clearGradient() { setGradient(nil) }

    /// The same numbers cut off from the record of operations: a view.
    public func detached() -> Tensor { Tensor.make("detached", self) { ct_detach($0) } }

    /// Adds the gradient of this tensor to ``grad`` of every leaf that it depends on.
    ///
    /// - Parameters:
    ///   - gradient: The gradient of the final result with respect to this tensor; 1 for a tensor of one element.
    ///   - retainGraph: Whether the record is kept for another pass.
    ///   - createGraph: Whether the pass itself is recorded, for derivatives of higher order.
    public func backward(gradient: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false) {
        let status = withRaw { raw in
            Tensor.withRaw(gradient) { ct_backward(raw, $0, retainGraph, createGraph) }
        }
        if status != 0 { Tensor.stop("backward", [self] + (gradient.map { [$0] } ?? [])) }
    }

    /// The gradients of the outputs, summed, with respect to the inputs; leaves ``grad`` alone.
    ///
    /// - Parameters:
    ///   - outputs: What is differentiated.
    ///   - inputs: With respect to what; an input that no output depends on gets zeros.
    ///   - gradient: The gradient of the final result with respect to each output; 1 for outputs of one element.
    ///   - retainGraph: Whether the record is kept for another pass.
    ///   - createGraph: Whether the pass itself is recorded, for derivatives of higher order.
    /// - Returns: One gradient for each input, of its shape.
    public static func gradients(
        of outputs: [Tensor], withRespectTo inputs: [Tensor], gradient: [Tensor?]? = nil, retainGraph: Bool = false,
        createGraph: Bool = false
    ) -> [Tensor] {
        let weights = gradient ?? outputs.map { _ in nil }
        precondition(
            weights.count == outputs.count, "\(weights.count) gradients for \(outputs.count) outputs")
        let found = withUnsafeTemporaryAllocation(of: OpaquePointer?.self, capacity: max(inputs.count, 1)) { found in
            found.initialize(repeating: nil)
            guard let result = found.baseAddress else { preconditionFailure("no scratch memory") }
            let status = withRaw(of: outputs) { outputPointers in
                withRaw(of: inputs) { inputPointers in
                    withRaw(of: weights) { weightPointers in
                        ct_gradients(
                            outputPointers, outputs.count, inputPointers, inputs.count, weightPointers, retainGraph,
                            createGraph, true, result)
                    }
                }
            }
            if status != 0 { stop("gradients", outputs + inputs) }
            return Array(found.prefix(inputs.count))
        }
        return zip(inputs, found).map { input, found in found.map(Tensor.init(owning:)) ?? zeros(like: input) }
    }

    /// The gradient of one output with respect to inputs; leaves ``grad`` alone.
    public static func gradients(
        of output: Tensor, withRespectTo inputs: [Tensor], gradient: Tensor? = nil, retainGraph: Bool = false,
        createGraph: Bool = false
    ) -> [Tensor] {
        gradients(
            of: [output], withRespectTo: inputs, gradient: [gradient], retainGraph: retainGraph,
            createGraph: createGraph)
    }
}
