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
