import Basics

extension SafetensorsFile {
    /// The elements of a floating-point tensor, row-major; 64-bit ones are rounded.
    ///
    /// - Throws: `ForesightError.data` for an unknown name or a tensor of whole numbers.
    public func floats(_ name: String) throws -> [Float] {
        let entry = try entry(name)
        return try withBytes(of: name) { bytes in
            switch entry.type {
            case .float32:
                Self.elements(bytes, UInt32.self) { Float(bitPattern: UInt32(littleEndian: $0)) }
            case .float64:
                Self.elements(bytes, UInt64.self) { Float(Double(bitPattern: UInt64(littleEndian: $0))) }
            case .bfloat16:
                Self.elements(bytes, UInt16.self) { Float(bitPattern: UInt32(UInt16(littleEndian: $0)) << 16) }
            case .float16:
                Self.elements(bytes, UInt16.self) { Self.float(half: UInt16(littleEndian: $0)) }
            case .int64, .int32, .int16, .int8, .uint8, .bool:
                throw ForesightError.data(
                    "the tensor '\(name)' holds \(entry.type.rawValue), not floating-point numbers")
            }
        }
    }

    /// The elements of a tensor of whole numbers or truth values, row-major.
    ///
    /// - Throws: `ForesightError.data` for an unknown name, a floating-point tensor, or a truth value other than 0
    ///   and 1.
    public func integers(_ name: String) throws -> [Int64] {
        let entry = try entry(name)
        return try withBytes(of: name) { bytes in
            switch entry.type {
            case .int64: return Self.elements(bytes, Int64.self) { Int64(littleEndian: $0) }
            case .int32: return Self.elements(bytes, Int32.self) { Int64(Int32(littleEndian: $0)) }
            case .int16: return Self.elements(bytes, Int16.self) { Int64(Int16(littleEndian: $0)) }
            case .int8: return Self.elements(bytes, Int8.self) { Int64($0) }
            case .uint8: return Self.elements(bytes, UInt8.self) { Int64($0) }
            case .bool:
                if let odd = bytes.first(where: { $0 > 1 }) {
                    throw ForesightError.data("the tensor '\(name)' holds the truth value \(odd), not 0 or 1")
                }
                return Self.elements(bytes, UInt8.self) { Int64($0) }
            case .float64, .float32, .float16, .bfloat16:
                throw ForesightError.data("the tensor '\(name)' holds \(entry.type.rawValue), not whole numbers")
            }
        }
    }

    private static func elements<Stored: BitwiseCopyable, Element>(
        _ bytes: UnsafeRawBufferPointer, _ type: Stored.Type, _ convert: (Stored) -> Element
    ) -> [Element] {
        let width = MemoryLayout<Stored>.stride
        return [Element](unsafeUninitializedCapacity: bytes.count / width) { buffer, count in
            count = bytes.count / width
            for index in 0..<count {
                buffer.initializeElement(
                    at: index, to: convert(bytes.loadUnaligned(fromByteOffset: index &* width, as: Stored.self)))
            }
        }
    }

    /// The value of a 16-bit float, exact. By hand, because Swift has no such type on Intel Macs.
    static func float(half bits: UInt16) -> Float {
        let sign = UInt32(bits & 0x8000) << 16
        let exponent = UInt32(bits >> 10) & 0x1F
        let fraction = UInt32(bits) & 0x3FF
        switch exponent {
        case 0:
            // Subnormal: fraction · 2⁻²⁴.
            let magnitude = Float(fraction) * 0x1p-24
            return sign == 0 ? magnitude : -magnitude
        case 31: return Float(bitPattern: sign | 0x7F80_0000 | fraction << 13)
        default: return Float(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
