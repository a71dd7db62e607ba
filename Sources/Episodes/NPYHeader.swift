import Basics

/// What stands before the numbers of an array in NumPy's format.
///
/// NEP 1, "A simple file format for NumPy arrays".
struct NPYHeader {
    var shape: [Int]
    /// The type of the elements; `nil` where they are no numbers (text, objects, complex numbers).
    var element: NPYElement?
    var isColumnMajor: Bool
    /// Where the numbers begin.
    var start: Int
    /// The number of elements.
    var count: Int

    /// Reads a header from the bytes of a `.npy` file, and checks that the numbers are all there.
    ///
    /// - Throws: `ForesightError.data` when the file is truncated or damaged.
    init<Bytes: RandomAccessCollection<UInt8>>(_ bytes: Bytes, source: String) throws where Bytes.Index == Int {
        func fault(_ reason: String) -> ForesightError {
            .data("\(source) is not a whole NumPy array: \(reason)", remedy: "write it again with numpy.save")
        }
        let first = bytes.startIndex
        let view = LittleEndian(bytes)
        guard bytes.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]), bytes.count >= 10 else {
            throw fault("it does not begin with the mark of one")
        }
        let lengthWidth = bytes[first + 6] == 1 ? 2 : 4
        guard (1...3).contains(bytes[first + 6]), let length = view.integer(8, lengthWidth) else {
            throw fault("version \(bytes[first + 6]) is not 1, 2 or 3")
        }
        start = 8 + lengthWidth + length
        guard start <= bytes.count else { throw fault("its header ends after \(bytes.count) of \(start) bytes") }
        let header = Ascii.text(bytes[(first + 8 + lengthWidth)..<(first + start)])
        guard let descriptor = NPYHeader.entry("descr", in: header),
            let order = NPYHeader.entry("fortran_order", in: header),
            let shapeText = NPYHeader.entry("shape", in: header)
        else { throw fault("its header lacks descr, fortran_order or shape") }
        let lengths = shapeText.split { $0 == "," || $0 == " " || $0 == "(" || $0 == ")" || $0 == "L" }.map { Int($0) }
        count = 1
        shape = []
        for length in lengths {
            guard let length, length >= 0 else { throw fault("its shape is \(shapeText)") }
            let (product, overflow) = count.multipliedReportingOverflow(by: length)
            guard !overflow else { throw fault("its shape is \(shapeText)") }
            count = product
            shape.append(length)
        }
        isColumnMajor = order == "True"
        element = NPYElement(descriptor)
        guard let element else { return }
        let (size, overflow) = count.multipliedReportingOverflow(by: element.width)
        guard !overflow, bytes.count - start >= size else {
            throw fault(
                "shape \(shapeText) needs \(overflow ? "more than" : "") \(size) bytes, there are \(bytes.count - start)"
            )
        }
    }

    /// The value of a key in the header, which is a Python dictionary of literals.
    private static func entry(_ key: String, in header: String) -> String? {
        guard
            let found = header.split(separator: "'\(key)':", maxSplits: 1, omittingEmptySubsequences: false).dropFirst()
                .first
        else { return nil }
        let rest = found.drop { $0 == " " }
        switch rest.first {
        case "(": return rest.firstIndex(of: ")").map { String(rest[...$0]) }
        case "'":
            return rest.dropFirst().firstIndex(of: "'").map { String(rest[rest.index(after: rest.startIndex)..<$0]) }
        default: return rest.prefix { $0 != "," && $0 != "}" }.trimmed
        }
    }

    /// The bytes that stand before row-major elements of a type, such as `<f8`.
    static func encoded(_ descriptor: String, shape: [Int]) -> [UInt8] {
        let lengths = shape.map { "\($0)," }.joined(separator: " ")
        var header = "{'descr': '\(descriptor)', 'fortran_order': False, 'shape': (\(lengths)), }"
        // The samples begin at a multiple of 64 bytes, so that they can be mapped.
        while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
        header += "\n"
        var bytes: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0]
        let count = header.utf8.count
        bytes += [UInt8(count & 255), UInt8(count >> 8)]
        bytes += header.utf8
        return bytes
    }
}

/// The type of the numbers of a NumPy array.
struct NPYElement: Equatable, Sendable {
    enum Kind: Sendable { case float, signed, unsigned, boolean }

    var kind: Kind
    var width: Int
    var isBigEndian: Bool
    var secondsPerUnit: Double?

    /// Single precision, in the order of this machine.
    static let float32 = NPYElement("<f4")
    /// Bytes.
    static let uint8 = NPYElement("|u1")

    /// Reads `<f8`, `|b1`, `>i4`, `<M8[ns]`; `nil` for what is no number.
    init?(_ descriptor: String) {
        var text = Substring(descriptor)
        isBigEndian = text.first == ">"
        if let first = text.first, "<>|=".contains(first) { text = text.dropFirst() }
        guard let letter = text.first else { return nil }
        let unit = text.split(separator: "[").dropFirst().first?.dropLast()
        let digits = text.dropFirst().prefix { $0.isNumber }
        guard let width = Int(digits) else { return nil }
        self.width = width
        switch (letter, width) {
        case ("f", 2), ("f", 4), ("f", 8): kind = .float
        case ("i", 1), ("i", 2), ("i", 4), ("i", 8): kind = .signed
        case ("u", 1), ("u", 2), ("u", 4), ("u", 8): kind = .unsigned
        case ("b", 1): kind = .boolean
        case ("M", 8):
            let units: [Substring: Double] = [
                "ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600, "D": 86_400,
            ]
            guard let seconds = unit.flatMap({ units[$0] }) else { return nil }
            kind = .signed
            secondsPerUnit = seconds
        default: return nil
        }
    }

    /// The number of half precision (binary16 of IEEE 754) with these bits; not every processor that we build for has the type.
    private static func half(_ bits: UInt16) -> Double {
        let (exponent, fraction) = (Int(bits >> 10 & 31), Double(bits & 1023))
        let magnitude: Double =
            switch exponent {
            case 0: fraction * 0x1p-24
            case 31: fraction == 0 ? .infinity : .nan
            default: (1 + fraction * 0x1p-10) * Double(sign: .plus, exponent: exponent - 15, significand: 1)
            }
        return bits >> 15 == 0 ? magnitude : -magnitude
    }

    func value(_ raw: UnsafeRawBufferPointer, _ offset: Int) -> Double {
        var bits: UInt64 = 0
        for i in 0..<width { bits = bits << 8 | UInt64(raw[offset + (isBigEndian ? i : width - 1 - i)]) }
        switch kind {
        case .float:
            switch width {
            case 8: return Double(bitPattern: bits)
            case 4: return Double(Float(bitPattern: UInt32(bits)))
            default: return NPYElement.half(UInt16(bits))
            }
        case .boolean: return bits == 0 ? 0 : 1
        case .unsigned: return Double(bits)
        case .signed:
            let shift = 64 - 8 * width
            let value = Int64(bitPattern: bits << UInt64(shift)) >> Int64(shift)
            // The least value of a date means "no date".
            return secondsPerUnit != nil && value == .min ? .nan : Double(value)
        }
    }
}
