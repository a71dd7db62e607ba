import CTorch

/// An operator of libtorch, found by its name once and called through the dispatcher.
///
/// The hot operations have functions of their own in the C interface; everything else goes this way, which costs a few
/// tenths of a microsecond more.
struct Operator: @unchecked Sendable {
    // Unchecked: the handle points to an immutable entry of libtorch's operator table, which is safe to share.
    fileprivate let handle: OpaquePointer
    let name: String

    /// Finds `aten::<name>`.
    init(_ name: String, _ overload: String = "") {
        Engine.require()
        guard let handle = ct_find("aten::" + name, overload) else { Tensor.stop(name, []) }
        self.handle = handle
        self.name = name
    }

    /// A value for one argument, in the order of the operator's schema; what is left off takes the default.
    enum Argument {
        case none
        case tensor(Tensor)
        case optional(Tensor?)
        case int(Int)
        case double(Double)
        case bool(Bool)
        case ints([Int])
        case doubles([Double])
        case tensors([Tensor])
        case optionals([Tensor?])
        case string(String)
        case generator(TorchGenerator)

        static func dtype(_ dtype: DType?) -> Argument { dtype.map { .int(Int($0.rawValue)) } ?? .none }

        /// Words of scratch memory that the C form of the argument needs.
        fileprivate var words: Int {
            switch self {
            case .ints(let values): values.count
            case .doubles(let values): values.count
            case .tensors(let values): values.count
            case .optionals(let values): values.count
            case .string(let text): text.utf8.count / 8 + 1
            default: 0
            }
        }

        fileprivate var operands: [Tensor] {
            switch self {
            case .tensor(let tensor): [tensor]
            case .optional(let tensor): tensor.map { [$0] } ?? []
            case .tensors(let tensors): tensors
            case .optionals(let tensors): tensors.compactMap { $0 }
            default: []
            }
        }
    }

    /// Calls the operator for one tensor.
    func callAsFunction(_ arguments: Argument...) -> Tensor {
        guard let first = call(arguments, capacity: 1).first else { Tensor.stop("\(name) returned nothing", []) }
        return first
    }

    /// Calls the operator for two tensors.
    func pair(_ arguments: Argument...) -> (Tensor, Tensor) {
        let results = call(arguments, capacity: 2)
        precondition(results.count == 2, "\(name) returned \(results.count) tensors")
        return (results[0], results[1])
    }

    /// Calls the operator for up to `capacity` tensors.
    func many(_ arguments: Argument..., capacity: Int) -> [Tensor] { call(arguments, capacity: capacity) }

    /// Calls an operator that changes its operands.
    func act(_ arguments: Argument...) { _ = call(arguments, capacity: 1) }

    private func call(_ arguments: [Argument], capacity: Int) -> [Tensor] {
        let words = arguments.reduce(1) { $0 + $1.words }
        return withUnsafeTemporaryAllocation(of: ct_argument.self, capacity: max(arguments.count, 1)) { lowered in
            withUnsafeTemporaryAllocation(byteCount: words * 8, alignment: 8) { scratch in
                withUnsafeTemporaryAllocation(of: OpaquePointer?.self, capacity: capacity) { results in
                    defer { withExtendedLifetime(arguments) {} }
                    var used = 0
                    for (index, argument) in arguments.enumerated() {
                        lowered.initializeElement(at: index, to: lower(argument, into: scratch, &used))
                    }
                    guard let first = lowered.baseAddress, let output = results.baseAddress else {
                        preconditionFailure("no scratch memory")
                    }
                    output.initialize(repeating: nil, count: capacity)
                    let count = ct_call(handle, first, Int32(arguments.count), output, Int32(capacity))
                    guard count >= 0 else { Tensor.stop(name, arguments.flatMap(\.operands)) }
                    return (0..<Int(count)).compactMap { results[$0].map(Tensor.init(owning:)) }
                }
            }
        }
    }

    /// The C form of an argument. Its pointers stay valid as long as the arguments and the scratch memory do.
    private func lower(
        _ argument: Argument, into scratch: UnsafeMutableRawBufferPointer, _ used: inout Int
    ) -> ct_argument {
        func place<Value>(_ kind: Int, _ values: [Value]) -> ct_argument {
            let start = scratch.baseAddress.map { $0 + used }
            for (index, value) in values.enumerated() {
                scratch.storeBytes(of: value, toByteOffset: used + 8 * index, as: Value.self)
            }
            used += 8 * values.count
            return ct_argument(kind: Int32(kind), count: values.count, integer: 0, number: 0, pointer: start)
        }
        func plain(_ kind: Int, _ pointer: OpaquePointer? = nil, integer: Int = 0, number: Double = 0) -> ct_argument {
            ct_argument(
                kind: Int32(kind), count: 0, integer: Int64(integer), number: number,
                pointer: pointer.map { UnsafeRawPointer($0) })
        }
        func raw(_ tensor: Tensor) -> OpaquePointer { tensor.withRaw { $0 } }
        switch argument {
        case .none: return plain(CT_NONE)
        case .tensor(let tensor): return plain(CT_TENSOR, raw(tensor))
        case .optional(let tensor): return tensor.map { plain(CT_TENSOR, raw($0)) } ?? plain(CT_NONE)
        case .int(let value): return plain(CT_INT, integer: value)
        case .double(let value): return plain(CT_DOUBLE, number: value)
        case .bool(let value): return plain(CT_BOOL, integer: value ? 1 : 0)
        case .ints(let values): return place(CT_INTS, values)
        case .doubles(let values): return place(CT_DOUBLES, values)
        case .tensors(let tensors): return place(CT_TENSORS, tensors.map { Optional(raw($0)) })
        case .optionals(let tensors): return place(CT_OPTIONAL_TENSORS, tensors.map { $0.map(raw) })
        case .generator(let generator): return generator.withRaw { plain(CT_GENERATOR, $0) }
        case .string(let text):
            let start = scratch.baseAddress.map { $0 + used }
            for (index, byte) in (Array(text.utf8) + [0]).enumerated() { scratch[used + index] = byte }
            used += 8 * argument.words
            return ct_argument(kind: Int32(CT_STRING), count: 0, integer: 0, number: 0, pointer: start)
        }
    }
}
