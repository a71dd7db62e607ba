/// The type of a tensor's elements.
///
/// The raw values are libtorch's numbers of its scalar types.
public enum DType: Int32, Sendable, Hashable, CaseIterable, CustomStringConvertible {
    /// Unsigned integers of 8 bits.
    case uint8 = 0
    /// Integers of 8 bits.
    case int8 = 1
    /// Integers of 16 bits.
    case int16 = 2
    /// Integers of 32 bits.
    case int32 = 3
    /// Integers of 64 bits: what indices are made of.
    case int64 = 4
    /// IEEE 754 half precision.
    case float16 = 5
    /// IEEE 754 single precision: the default.
    case float32 = 6
    /// IEEE 754 double precision.
    case float64 = 7
    /// Complex numbers of two `float32`.
    case complex64 = 9
    /// Complex numbers of two `float64`.
    case complex128 = 10
    /// Truth values, a byte each.
    case bool = 11
    /// The upper half of a `float32`: its range with 8 bits of precision.
    case bfloat16 = 15

    /// Bytes of one element.
    public var byteCount: Int {
        switch self {
        case .uint8, .int8, .bool: 1
        case .int16, .float16, .bfloat16: 2
        case .int32, .float32: 4
        case .int64, .float64, .complex64: 8
        case .complex128: 16
        }
    }

    /// Whether the type holds real numbers with a fraction; only such tensors have gradients here.
    public var isFloatingPoint: Bool {
        switch self {
        case .float16, .bfloat16, .float32, .float64: true
        default: false
        }
    }

    /// The name of the type.
    public var description: String {
        switch self {
        case .uint8: "uint8"
        case .int8: "int8"
        case .int16: "int16"
        case .int32: "int32"
        case .int64: "int64"
        case .float16: "float16"
        case .float32: "float32"
        case .float64: "float64"
        case .complex64: "complex64"
        case .complex128: "complex128"
        case .bool: "bool"
        case .bfloat16: "bfloat16"
        }
    }
}

/// A Swift type whose arrays can become tensors and back, bit by bit.
public protocol TensorElement: Sendable {
    /// The type of a tensor of such elements.
    static var dtype: DType { get }
}

extension Float: TensorElement {
    /// `float32`.
    public static var dtype: DType { .float32 }
}

extension Double: TensorElement {
    /// `float64`.
    public static var dtype: DType { .float64 }
}

extension Int64: TensorElement {
    /// `int64`.
    public static var dtype: DType { .int64 }
}

extension Int: TensorElement {
    /// `int64`.
    public static var dtype: DType { .int64 }
}

extension Int32: TensorElement {
    /// `int32`.
    public static var dtype: DType { .int32 }
}

extension Int16: TensorElement {
    /// `int16`.
    public static var dtype: DType { .int16 }
}

extension Int8: TensorElement {
    /// `int8`.
    public static var dtype: DType { .int8 }
}

extension UInt8: TensorElement {
    /// `uint8`.
    public static var dtype: DType { .uint8 }
}

extension Bool: TensorElement {
    /// `bool`.
    public static var dtype: DType { .bool }
}
