import CTorch

/// An array of numbers of any rank, with automatic differentiation, computed by libtorch.
///
/// A tensor refers to memory that other tensors may share (a view, `detached()`), and modes such as
/// ``withoutGradients(_:)`` belong to the thread; so tensors are not `Sendable`. Between tasks go arrays of numbers.
///
/// Operators stop the program when shapes do not fit, with the operation, the shapes of its operands, the scopes
/// named by ``withMeaning(_:_:)`` and libtorch's words: a wrong shape inside the program is a mistake in the
/// program. Shapes that come from a person or a file are checked at the edge by ``requireShape(_:_:)``, which throws.
public final class Tensor {
    /// One strong reference to libtorch's tensor. It must not outlive `self`: see ``withRaw(_:)``.
    private let raw: OpaquePointer

    /// Takes over the reference that a function of the C interface returned.
    init(owning raw: OpaquePointer) { self.raw = raw }

    deinit { ct_release(raw) }

    /// Lends the pointer for the time of the call. Swift may free an object right after its last use, even before a C
    /// function that was given its pointer has read it; the scope rules that out.
    @inline(__always)
    func withRaw<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        defer { withExtendedLifetime(self) {} }
        return body(raw)
    }

    /// The sizes along each dimension.
    public var shape: [Int] {
        withRaw { raw in
            let rank = ct_rank(raw)
            return [Int](unsafeUninitializedCapacity: rank) { buffer, count in
                if let sizes = buffer.baseAddress { ct_sizes(raw, sizes) }
                count = rank
            }
        }
    }

    /// How many elements lie between neighbours along each dimension.
    public var strides: [Int] {
        withRaw { raw in
            let rank = ct_rank(raw)
            return [Int](unsafeUninitializedCapacity: rank) { buffer, count in
                if let strides = buffer.baseAddress { ct_strides(raw, strides) }
                count = rank
            }
        }
    }

    /// The number of dimensions.
    public var rank: Int { withRaw { ct_rank($0) } }

    /// The number of elements.
    public var count: Int { withRaw { ct_count($0) } }

    /// The type of the elements.
    public var dtype: DType {
        let code = withRaw { ct_dtype($0) }
        guard let dtype = DType(rawValue: code) else { Tensor.stop("dtype: scalar type \(code) is not supported", []) }
        return dtype
    }

    /// Where the elements are.
    public var device: Device { Device(code: withRaw { ct_device($0) }) }

    /// Whether the elements lie in memory in the order of the shape, without gaps.
    public var isContiguous: Bool { withRaw { ct_is_contiguous($0) } }
}

extension Tensor: CustomStringConvertible {
    /// Type, shape and device, such as `float32 [32, 64] on cpu`.
    public var description: String { "\(dtype) \(shape) on \(device)" }
}
