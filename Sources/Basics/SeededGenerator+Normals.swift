extension SeededGenerator {
    /// Writes the standard normal numbers that ``normal()`` would give one after the other, several times as fast: what is
    /// drawn is first gathered without a branch that the processor would guess wrongly, and then scaled side by side.
    ///
    /// Numbers are those of `normal()` but for the last digits of double precision, of which a `Float` has none.
    public mutating func normals(into numbers: UnsafeMutableBufferPointer<Float>) {
        var index = 0
        if let spare = spareNormal, !numbers.isEmpty {
            spareNormal = nil
            numbers[0] = Float(spare)
            index = 1
        }
        // So many that their memory fits on the stack.
        let most = 32
        withUnsafeTemporaryAllocation(of: Double.self, capacity: 3 * most) { memory in
            guard let first = memory.baseAddress else { return }
            let (second, squares) = (first + most, first + 2 * most)
            while index + 1 < numbers.count {
                let pairs = min(most, (numbers.count - index) / 2)
                var found = 0
                while found < pairs {
                    let u = 2 * uniform() - 1
                    let v = 2 * uniform() - 1
                    let s = u * u + v * v
                    first[found] = u
                    second[found] = v
                    squares[found] = s
                    // A point outside the circle is overwritten by the next one.
                    found &+= s > 0 && s < 1 ? 1 : 0
                }
                for pair in 0..<pairs {
                    let square = squares[pair]
                    squares[pair] = (-2 * Self.logarithm(square) / square).squareRoot()
                }
                for pair in 0..<pairs {
                    numbers[index + 2 * pair] = Float(first[pair] * squares[pair])
                    numbers[index + 2 * pair + 1] = Float(second[pair] * squares[pair])
                }
                index += 2 * pairs
            }
        }
        // Of the last pair the second number is kept for the next call.
        if index < numbers.count { numbers[index] = Float(normal()) }
    }

    /// The natural logarithm of a positive normal number in plain arithmetic, so that neighbours are computed side by side; wrong
    /// by less than one unit in the last place.
    ///
    /// `log x = k·log 2 + log m` with `m` in [√½, √2), and `log m` as fdlibm's `e_log.c` has it (Sun Microsystems, 1993): by a
    /// minimax polynomial in `s²`, `s = (m − 1) / (m + 1)`.
    @inline(__always)
    static func logarithm(_ x: Double) -> Double {
        let shifted = x.bitPattern &+ (0x3ff0_0000_0000_0000 - 0x3fe6_a09e_0000_0000)
        // An integer in the lower bits of 2⁵² is that number more.
        let exponent = Double(bitPattern: shifted &>> 52 | 0x4330_0000_0000_0000) - (0x1p52 + 1023)
        let mantissa = Double(bitPattern: (shifted & 0x000f_ffff_ffff_ffff) &+ 0x3fe6_a09e_0000_0000)
        let f = mantissa - 1
        let half = 0.5 * f * f
        let s = f / (2 + f)
        let z = s * s
        let w = z * z
        let even = w * (3.999999999940941908e-01 + w * (2.222219843214978396e-01 + w * 1.531383769920937332e-01))
        let odd =
            z
            * (6.666666666666735130e-01
                + w
                * (2.857142874366239149e-01 + w * (1.818357216161805012e-01 + w * 1.479819860511658591e-01)))
        let (high, low) = (6.93147180369123816490e-01, 1.90821492927058770002e-10)  // log 2 in two parts
        return exponent * high - ((half - (s * (half + even + odd) + exponent * low)) - f)
    }
}
