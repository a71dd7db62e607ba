/// A pseudo-random binary sequence of maximal length 1023 from a shift register with the polynomial `x¹⁰ + x⁷ + 1`.
///
/// Its autocorrelation is 1 at lag 0 and −1/1023 elsewhere, so that its spectrum is flat up to the clock rate
/// (Golomb, "Shift Register Sequences", 1967).
public struct PseudoRandomSequence: Sendable {
    /// The number of bits after which the sequence repeats.
    public static let period = 1023
    private var register: UInt16 = 1

    /// Creates a sequence that starts at one of its 1023 places.
    public init(place: Int = 0) {
        let start = ((place % Self.period) + Self.period) % Self.period
        for _ in 0..<start { _ = next() }
    }

    /// The next bit.
    public mutating func next() -> Bool {
        let bit = (register >> 9 ^ register >> 6) & 1
        register = (register << 1 | bit) & 0x3FF
        return bit == 1
    }
}
