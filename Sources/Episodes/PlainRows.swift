/// Reads rows of what most logs are made of, many bytes at a time: decimal numbers, empty fields, times in one pattern, and
/// fields that nobody asked for.
///
/// A row that holds anything else (quotes, words, spaces, exponents, comments) is left to `FieldReader`, so that there is one place
/// that says what such a row means. What both read is the same to the bit.
///
/// The digits of a field are found and added up eight bytes at a time in a register, without a branch that depends on how many
/// there are: Daniel Lemire, "Quickly parsing eight digits" (2018), for the sum; Clinger 1990 for the rounding, which is right
/// because up to eight digits and the power of ten are exact.
struct PlainRows {
    /// Columns beside each other that are treated alike.
    private struct Run {
        var step: TimePlan.Step
        var count: Int
    }

    private let base: UnsafeRawPointer
    private let bytes: UnsafeBufferPointer<UInt8>
    /// The last position from which a field may be looked at: a field's look goes this far beyond it.
    private let last: Int
    private let delimiter: UInt8
    private let mark: UInt8
    private let runs: [Run]
    private let scanner: DecimalScanner
    private let scales: UnsafePointer<Double>
    private let missing: Double
    private let otherMissing: [Double]
    private var clock: ClockScanner
    /// The seconds of the row read last, where there are columns of times.
    private(set) var stamp: TimeStamp?

    /// How many bytes are looked at, at most, from a position that has been checked on.
    static let reach = 80
    /// Powers of ten, for as many decimals as a word has bytes.
    private nonisolated(unsafe) static let scales: UnsafePointer<Double> = {
        let scales = UnsafeMutablePointer<Double>.allocate(capacity: 9)
        for (index, scale) in [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8].enumerated() { scales[index] = scale }
        return UnsafePointer(scales)
    }()

    /// Reads rows that end with the bytes, behind which there are more that may be looked at. No row is plain where fields have no
    /// delimiter of their own.
    init(
        _ bytes: UnsafeBufferPointer<UInt8>, slack: Int, layout: DelimitedLayout, steps: [TimePlan.Step],
        scanner: DecimalScanner, stamps: TimeStampScanner, missing: [Double]
    ) {
        self.bytes = bytes
        let byte: UInt8 = layout.delimiter.byte
        let isUsable = layout.delimiter != .whitespace && byte != layout.mark && !steps.isEmpty
        if let start = bytes.baseAddress, isUsable {
            base = UnsafeRawPointer(start)
            last = min(bytes.count - 1, bytes.count + slack - PlainRows.reach)
        } else {
            (base, last) = (UnsafeRawPointer(PlainRows.scales), -1)
        }
        delimiter = layout.delimiter.byte
        mark = layout.mark
        var runs: [Run] = []
        for step in steps {
            if runs.last?.step == step {
                runs[runs.count - 1].count += 1
            } else {
                runs.append(Run(step: step, count: 1))
            }
        }
        self.runs = runs
        self.scanner = scanner
        scales = PlainRows.scales
        self.missing = missing.first ?? .nan
        otherMissing = Array(missing.dropFirst())
        clock = ClockScanner(stamps: stamps)
    }

    /// Reads the row that begins at a position; where the next one begins, or `nil` when this one is not plain.
    @inline(__always)
    mutating func row(from start: Int, into numbers: UnsafeMutablePointer<Double>) -> Int? {
        guard start <= last else { return nil }
        switch base.byte(start) {
        case Ascii.space, Ascii.tab, Ascii.newline, Ascii.carriageReturn, Ascii.hash: return nil
        default: break
        }
        var position = start
        var place = numbers
        var (isFilled, isEnded) = (false, false)
        stamp = nil
        for index in runs.indices {
            let run = runs[index]
            let endsRow = index == runs.count - 1
            switch run.step {
            case .number:
                guard self.numbers(run.count, endsRow, &position, &place, &isFilled, &isEnded) else { return nil }
            case .stamp:
                for number in 1...run.count {
                    guard let read = clock.scan(bytes, position, last: last, delimiter: delimiter) else { return nil }
                    stamp = TimeStamp(
                        kind: stamp?.kind ?? read.stamp.kind, seconds: (stamp?.seconds ?? 0) + read.stamp.seconds)
                    position = read.end
                    isFilled = true
                    guard endField(&position, &isEnded, endsRow && number == run.count) else { return nil }
                }
            case .pass:
                for number in 1...run.count {
                    let first = position
                    guard passField(&position) else { return nil }
                    // Blanks alone are nothing; a row that begins a field with one is looked at by others.
                    isFilled = isFilled || (position > first && base.byte(first) > Ascii.space)
                    guard endField(&position, &isEnded, endsRow && number == run.count) else { return nil }
                }
            }
        }
        guard isFilled else { return nil }
        if isEnded { return position }
        // A delimiter at the end of the line.
        return position <= last ? lineEnd(position) : nil
    }

    /// Reads fields of numbers; `false` when one is something else.
    ///
    /// Where a field ends is all that the next one waits for: the delimiter is looked for in sixteen bytes at once, and the number
    /// is put together beside that.
    @inline(__always)
    private func numbers(
        _ count: Int, _ endsRow: Bool, _ position: inout Int, _ place: inout UnsafeMutablePointer<Double>,
        _ isFilled: inout Bool, _ isEnded: inout Bool
    ) -> Bool {
        let (base, last, delimiter, mark) = (base, last, delimiter, mark)
        let (scales, missing, hasMore) = (scales, missing, !otherMissing.isEmpty)
        let pattern = UInt64.ones &* UInt64(delimiter)
        let end = place + count
        // The last number of a row has no delimiter behind it.
        let inner = endsRow ? end - 1 : end
        var (p, out, filled) = (position, place, isFilled)
        while out < end {
            if out < inner, p <= last {
                let (first, second) = (base.word(p), base.word(p &+ 8))
                // Sixty-four and what the second word says where there is none in the first, without a branch.
                let early = (first ^ pattern).zeroBytes.trailingZeroBitCount
                let later = (second ^ pattern).zeroBytes.trailingZeroBitCount
                let stop = (early &+ (later & (0 &- (early &>> 6)))) &>> 3
                let sign = first & 0xFF == UInt64(Ascii.minus) ? 1 as UInt64 : 0
                let digits = first ^ UInt64.zeros
                let others = digits.notDigits & ~(sign &<< 7)
                let point = others.trailingZeroBitCount &>> 3
                // The digits before the mark, the last of them highest.
                let whole = ((digits & ~(sign &* 0xFF)) &<< UInt64(truncatingIfNeeded: 56 &- 8 &* point)) &<< 8
                if others != 0, base.byte(p &+ point) == mark {
                    let fraction = base.word(p &+ point &+ 1) ^ UInt64.zeros
                    let decimals = fraction.notDigits.trailingZeroBitCount &>> 3
                    if point &+ decimals &+ 1 == stop, decimals &- 1 < 7, decimals > 0,
                        point &+ decimals &- Int(truncatingIfNeeded: sign) <= 8
                    {
                        let shift = UInt64(truncatingIfNeeded: 8 &* decimals)
                        let all = whole &>> shift | fraction &<< (64 &- shift)
                        let value = all.sumOfDigits / scales[decimals]
                        store(value, sign, missing, hasMore, out)
                        (p, out, filled) = (p &+ stop &+ 1, out + 1, true)
                        continue
                    }
                } else if point == stop, point <= 7, point > Int(truncatingIfNeeded: sign) {
                    store(whole.sumOfDigits, sign, missing, hasMore, out)
                    (p, out, filled) = (p &+ stop &+ 1, out + 1, true)
                    continue
                }
            }
            guard let (value, next) = number(p) else { return false }
            p = next
            guard endField(&p, &isEnded, endsRow && out + 1 == end) else { return false }
            filled = filled || value != nil
            if let value { store(value, 0, missing, hasMore, out) } else { out.pointee = .nan }
            out += 1
        }
        (position, place, isFilled) = (p, out, filled)
        return true
    }

    /// Writes a number, or that it is missing.
    @inline(__always)
    private func store(
        _ magnitude: Double, _ sign: UInt64, _ missing: Double, _ hasMore: Bool, _ out: UnsafeMutablePointer<Double>
    ) {
        let value = Double(bitPattern: magnitude.bitPattern | sign &<< 63)
        // Zero added makes 0 of −0.
        out.pointee = value == missing || (hasMore && otherMissing.contains(value)) ? .nan : value + 0
    }

    /// A number of any length, with spaces or an exponent, or what stands for a missing one (the value is `nil` then where the
    /// field is empty); where it ends. `nil` for anything else.
    @inline(never)
    private func number(_ position: Int) -> (value: Double?, end: Int)? {
        guard position <= last else { return nil }
        if endsField(position) { return (nil, position) }
        var i = position
        while i < last, base.byte(i) == Ascii.space { i += 1 }
        guard let value = scanner.scan(bytes, &i, end: bytes.count), abs(value) <= DecimalScanner.greatest else {
            let word = (base.word(position) & 0xFF_FFFF) | 0x20_2020
            guard word == 0x6E_616E, position + 3 <= last, endsField(position + 3) else { return nil }
            return (.nan, position + 3)
        }
        while i < last, base.byte(i) == Ascii.space { i += 1 }
        return i <= last && endsField(i) ? (value, i) : nil
    }

    /// Moves to the end of a field whose content does not matter; `false` for quotes, which may hold delimiters.
    @inline(__always)
    private func passField(_ position: inout Int) -> Bool {
        while position <= last {
            let byte = base.byte(position)
            if byte == Ascii.quote { return false }
            if byte == delimiter || byte == Ascii.newline || byte == Ascii.carriageReturn { return true }
            position += 1
        }
        return false
    }

    @inline(__always)
    private func endsField(_ position: Int) -> Bool {
        let byte = base.byte(position)
        return byte == delimiter || byte == Ascii.newline || byte == Ascii.carriageReturn
    }

    /// Moves over what ends a field: a delimiter, or for the last field of a row the end of a line; `false` for anything else.
    @inline(__always)
    private func endField(_ position: inout Int, _ isEnded: inout Bool, _ isLast: Bool) -> Bool {
        guard position <= last else { return false }
        if base.byte(position) == delimiter {
            position += 1
            return true
        }
        guard isLast, let next = lineEnd(position) else { return false }
        position = next
        isEnded = true
        return true
    }

    /// The position behind a line end.
    @inline(__always)
    private func lineEnd(_ position: Int) -> Int? {
        if base.byte(position) == Ascii.newline { return position + 1 }
        guard base.byte(position) == Ascii.carriageReturn, base.byte(position + 1) == Ascii.newline else { return nil }
        return position + 2
    }
}

/// Reads times in one pattern, `2020-03-01 15:44:06.25` with any date of ten bytes, and others by the general scanner.
private struct ClockScanner {
    let stamps: TimeStampScanner
    /// The date read last, as bytes, and its seconds.
    private var date: (first: UInt64, rest: UInt64, seconds: Double)?

    init(stamps: TimeStampScanner) { self.stamps = stamps }

    /// The time that begins at a position, and where its field ends.
    @inline(__always)
    mutating func scan(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: Int, last: Int, delimiter: UInt8
    ) -> (stamp: TimeStamp, end: Int)? {
        guard position <= last, let start = bytes.baseAddress else { return nil }
        let base = UnsafeRawPointer(start)
        // HH:MM:SS less 00:00:00 is digits below ten, and zeros.
        let clock = base.word(position + 11) ^ 0x3030_3A30_303A_3030
        let separator = base.byte(position + 10)
        let carried = (clock & 0x7F7F_7F7F_7F7F_7F7F) &+ 0x7676_7F76_767F_7676
        let isPattern = (carried | clock) & UInt64.highs == 0
        if isPattern, separator == Ascii.space || separator == 0x54, let days = day(base, bytes, position) {
            func digit(_ place: UInt64) -> Int { Int(truncatingIfNeeded: clock >> place) & 0xF }
            func two(_ place: UInt64) -> Int { 10 * digit(place) + digit(place + 8) }
            let (hour, minute, second) = (two(0), two(24), two(48))
            var seconds = Double(hour * 3600 + minute * 60) + Double(second)
            var end = position + 19
            if base.byte(end) == Ascii.point {
                var (value, scale, count) = (0.0, 1.0, 0)
                while count < 15, Ascii.isDigit(base.byte(end + 1 + count)) {
                    value = value * 10 + Double(base.byte(end + 1 + count) & 0xF)
                    scale *= 10
                    count += 1
                }
                if count > 0 { (seconds, end) = (seconds + value / scale, end + 1 + count) }
            }
            if base.byte(end) == 0x5A { end += 1 }
            let byte = base.byte(end)
            if hour <= 24, minute < 60, second <= 60,
                byte == delimiter || byte == Ascii.newline || byte == Ascii.carriageReturn
            {
                return (TimeStamp(kind: .dateTime, seconds: days + seconds), end)
            }
        }
        return general(bytes, position, last: last, delimiter: delimiter)
    }

    /// The seconds of the day that ten bytes name.
    @inline(__always)
    private mutating func day(
        _ base: UnsafeRawPointer, _ bytes: UnsafeBufferPointer<UInt8>, _ position: Int
    ) -> Double? {
        let (first, rest) = (base.word(position), base.word(position + 8) & 0xFFFF)
        if let date, date.first == first, date.rest == rest { return date.seconds }
        guard let stamp = stamps.scan(bytes[position..<position + 10]), stamp.kind == .dateOnly else { return nil }
        date = (first, rest, stamp.seconds)
        return stamp.seconds
    }

    @inline(never)
    private func general(
        _ bytes: UnsafeBufferPointer<UInt8>, _ position: Int, last: Int, delimiter: UInt8
    ) -> (stamp: TimeStamp, end: Int)? {
        var end = position
        while end < last {
            let byte = bytes[end]
            if byte == Ascii.quote { return nil }
            if byte == delimiter || byte == Ascii.newline || byte == Ascii.carriageReturn { break }
            end += 1
        }
        guard end < last, let stamp = stamps.scan(Ascii.trimmed(bytes[position..<end])) else { return nil }
        return (stamp, end)
    }
}

extension UnsafeRawPointer {
    @inline(__always)
    fileprivate func byte(_ position: Int) -> UInt8 { load(fromByteOffset: position, as: UInt8.self) }

    /// Eight bytes, the first of them lowest.
    @inline(__always)
    fileprivate func word(_ position: Int) -> UInt64 {
        UInt64(littleEndian: loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }
}

extension UInt64 {
    /// The bytes 1.
    @inline(__always)
    fileprivate static var ones: UInt64 { 0x0101_0101_0101_0101 }

    /// The characters `0`.
    @inline(__always)
    fileprivate static var zeros: UInt64 { 0x3030_3030_3030_3030 }

    /// The highest bit of each byte.
    @inline(__always)
    fileprivate static var highs: UInt64 { 0x8080_8080_8080_8080 }

    /// The highest bit of each byte that is zero. Exact up to the first.
    @inline(__always)
    fileprivate var zeroBytes: UInt64 { (self &- UInt64.ones) & ~self & UInt64.highs }

    /// The highest bit of each byte that is ten or more. Exact up to the first that is 128 or more.
    @inline(__always)
    fileprivate var notDigits: UInt64 { ((self &+ 0x7676_7676_7676_7676) | self) & UInt64.highs }

    /// The number that eight digits make, each the value of a byte, the first digit lowest.
    @inline(__always)
    fileprivate var sumOfDigits: Double {
        let pairs = self &* 10 &+ (self >> 8)
        let low = (pairs & 0x0000_00FF_0000_00FF) &* 0x000F_4240_0000_0064
        let high = (pairs >> 16 & 0x0000_00FF_0000_00FF) &* 0x0000_2710_0000_0001
        // The number in the last bits of 2⁵² less 2⁵²: the processor's own conversion would wait for the register it writes to, and
        // with it for the field before.
        return Double(bitPattern: (low &+ high) >> 32 | 0x4330_0000_0000_0000) - 0x1p52
    }
}
