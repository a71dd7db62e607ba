/// Reads decimal numbers from bytes, correctly rounded, whatever the locale of the process.
struct DecimalScanner {
    /// `.` or `,`.
    var mark: UInt8

    /// The greatest magnitude that is taken for a measurement: squares and sums of it stay finite.
    static let greatest = 1e100

    /// 10⁰ … 10²²: all of them are exact in double precision.
    private let powers: [Double]

    init(mark: UInt8) {
        self.mark = mark
        powers = (0..<22).reduce(into: [1.0]) { powers, _ in powers.append(powers[powers.count - 1] * 10) }
    }

    /// The number that starts at a position, which is moved behind it; `nil`, and not moved, when none starts there.
    ///
    /// Up to 2⁵³ and twenty-two powers of ten, one correctly rounded multiplication or division of exact numbers gives
    /// the nearest double (Clinger 1990, "How to read floating point numbers accurately"); the rest goes to the
    /// standard library. A number beyond the range of a double gives infinity.
    @inline(__always)
    func scan(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, end: Int) -> Double? {
        let start = position
        var i = start
        var negative = false
        if i < end, bytes[i] == Ascii.minus || bytes[i] == Ascii.plus {
            negative = bytes[i] == Ascii.minus
            i += 1
        }
        var mantissa: UInt64 = 0
        var exponent = 0
        let firstDigit = i
        while i < end, Ascii.isDigit(bytes[i]) {
            mantissa = mantissa &* 10 &+ UInt64(bytes[i] &- Ascii.zero)
            i += 1
        }
        var digits = i - firstDigit
        if i < end, bytes[i] == mark {
            let firstDecimal = i + 1
            i = firstDecimal
            while i < end, Ascii.isDigit(bytes[i]) {
                mantissa = mantissa &* 10 &+ UInt64(bytes[i] &- Ascii.zero)
                i += 1
            }
            exponent = firstDecimal - i
            digits += i - firstDecimal
        }
        guard digits > 0 else { return nil }
        if i < end, bytes[i] | 0x20 == 0x65, let written = exponentPart(bytes, &i, end: end) { exponent += written }
        position = i
        var significant = digits
        // More digits than fit are looked at again: zeros before the first count for nothing.
        if digits > 19 { (mantissa, significant) = counted(bytes[firstDigit..<i]) }
        if mantissa <= 1 << 53, significant <= 19, exponent >= -22, exponent <= 22 {
            let value = Double(mantissa)
            let scaled = exponent < 0 ? value / powers[-exponent] : value * powers[exponent]
            return negative ? -scaled : scaled
        }
        if significant <= 19, exponent >= -22, exponent <= 22, let value = doubled(mantissa, exponent) {
            return negative ? -value : value
        }
        return exact(bytes[start..<i])
    }

    /// The first nineteen digits from the first that is not zero, and how many there are; up to an exponent.
    private func counted(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> (mantissa: UInt64, significant: Int) {
        var mantissa: UInt64 = 0
        var significant = 0
        for byte in bytes where byte != mark {
            guard Ascii.isDigit(byte) else { break }
            if significant < 19 {
                mantissa = mantissa &* 10 &+ UInt64(byte &- Ascii.zero)
                significant += mantissa == 0 ? 0 : 1
            } else {
                significant += 1
            }
        }
        return (mantissa, significant)
    }

    /// The nearest double of `mantissa · 10^exponent`, computed with twice the digits (Dekker 1971, "A floating-point
    /// technique for extending the available precision"); `nil` in the rare case that it lies too close to the middle
    /// between two doubles to tell.
    @inline(__always)
    private func doubled(_ mantissa: UInt64, _ exponent: Int) -> Double? {
        let high = Double(mantissa)
        guard high < 0x1p64 else { return nil }
        let low = Double(Int64(bitPattern: mantissa &- UInt64(high)))
        let value: Double
        let rest: Double
        if exponent < 0 {
            let power = powers[-exponent]
            value = high / power
            rest = (high.addingProduct(-value, power) + low) / power
        } else {
            let power = powers[exponent]
            value = high * power
            rest = (-value).addingProduct(high, power) + low * power
        }
        let sum = value + rest
        let error = abs((value - sum) + rest)
        // The rest is good to 2⁻⁵⁰ of itself, that is to far less than a millionth of a unit in the last place.
        return error < sum.ulp * 0.499999 && sum.significandBitPattern != 0 ? sum : nil
    }

    /// The number after an `e`; `nil`, and the position not moved, when no digits follow.
    private func exponentPart(_ bytes: UnsafeBufferPointer<UInt8>, _ position: inout Int, end: Int) -> Int? {
        var i = position + 1
        var negative = false
        if i < end, bytes[i] == Ascii.minus || bytes[i] == Ascii.plus {
            negative = bytes[i] == Ascii.minus
            i += 1
        }
        let first = i
        var value = 0
        while i < end, Ascii.isDigit(bytes[i]) {
            // Beyond this a double is zero or infinite, and the integer must not overflow.
            if value < 100_000 { value = value * 10 + Int(bytes[i] &- Ascii.zero) }
            i += 1
        }
        guard i > first else { return nil }
        position = i
        return negative ? -value : value
    }

    /// The standard library's reading, which knows no locale.
    private func exact(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) -> Double? {
        var text = ""
        text.reserveCapacity(bytes.count)
        for byte in bytes { text.unicodeScalars.append(Unicode.Scalar(byte == mark ? Ascii.point : byte)) }
        return Double(text)
    }
}
