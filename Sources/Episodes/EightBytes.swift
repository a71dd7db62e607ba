// Eight bytes of a text at a time in a register.

extension UnsafeRawPointer {
    @inline(__always)
    func byte(_ position: Int) -> UInt8 { load(fromByteOffset: position, as: UInt8.self) }

    /// Eight bytes, the first of them lowest.
    @inline(__always)
    func word(_ position: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
}

extension UInt64 {
    /// The bytes 1.
    @inline(__always)
    static var ones: UInt64 { 0x0101_0101_0101_0101 }

    /// The characters `0`.
    @inline(__always)
    static var zeros: UInt64 { 0x3030_3030_3030_3030 }

    /// The highest bit of each byte.
    @inline(__always)
    static var highs: UInt64 { 0x8080_8080_8080_8080 }

    /// The highest bit of each byte that is zero. Exact up to the first.
    @inline(__always)
    var zeroBytes: UInt64 { (self &- UInt64.ones) & ~self & UInt64.highs }

    /// The highest bit of each byte that is ten or more. Exact up to the first that is 128 or more.
    @inline(__always)
    var notDigits: UInt64 { ((self &+ 0x7676_7676_7676_7676) | self) & UInt64.highs }

    /// The number that eight digits make, each the value of a byte, the first digit lowest.
    @inline(__always)
    var sumOfDigits: Double {
        let pairs = self &* 10 &+ (self >> 8)
        let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let high = (pairs >> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        // The number in the last bits of 2⁵² less 2⁵²: the processor's own conversion would wait for the register it writes to, and
        // with it for the field before.
        return Double(bitPattern: (low &+ high) >> 32 | 0x4330_0000_0000_0000) - 0x1p52
    }
}
