/// Tells numbers, times, missing values and text apart.
struct FieldClassifier {
    /// What a field holds.
    enum Content: Equatable {
        case missing
        case number(Double)
        case time(TimeStamp.Kind)
        case text
    }

    private let scanner: DecimalScanner
    private let readsGroups: Bool
    private let markers: Set<[UInt8]>
    /// Numbers that stand for "missing".
    let missingNumbers: [Double]
    private let monthFirst = TimeStampScanner(dayFirst: false)
    private let dayFirst = TimeStampScanner(dayFirst: true)
    private let leapYear = TimeStampScanner(dayFirst: false, leapYear: true)

    /// Field contents, in lower case, that always mean "missing".
    private static let usualMarkers = [
        "", "nan", "-nan", "+nan", "na", "n/a", "#n/a", "<na>", "nat", "null", "none", "nil", "-", "--", "---", "?",
        "inf", "-inf", "+inf", "infinity", "-infinity", "1.#qnan", "-1.#ind", "1.#inf", "-1.#inf", "#value!",
    ]

    /// Creates one for a decimal mark. Between delimiters other than commas a comma groups no digits.
    init(mark: UInt8, delimiter: Delimiter = .semicolon, missing: [String]) {
        scanner = DecimalScanner(mark: mark)
        readsGroups = mark == Ascii.point && delimiter == .comma
        var markers = Set(FieldClassifier.usualMarkers.map { Array($0.utf8) })
        var numbers: [Double] = []
        for marker in missing {
            if let number = Double(marker.trimmed) {
                numbers.append(number)
            } else {
                markers.insert(Array(marker.trimmed.lowercased().utf8))
            }
        }
        self.markers = markers
        missingNumbers = numbers
    }

    /// Whether a number is one that stands for "missing".
    @inline(__always)
    func isMissing(_ number: Double) -> Bool {
        for missing in missingNumbers where missing == number { return true }
        return false
    }

    /// The number that fills the bytes; `nil` when they hold something else. `true` and `on` are 1, `false` and `off`
    /// are 0. Missing values are NaN.
    func number(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Double? {
        var position = range.lowerBound
        if let value = scanner.scan(bytes, &position, end: range.upperBound), position == range.upperBound {
            return isMissing(value) ? .nan : value
        }
        guard range.count <= 64 else { return nil }
        let word = lowered(bytes, range)
        if markers.contains(word) { return .nan }
        if word.elementsEqual("true".utf8) || word.elementsEqual("on".utf8) { return 1 }
        if word.elementsEqual("false".utf8) || word.elementsEqual("off".utf8) { return 0 }
        return nil
    }

    /// The number whose thousands commas set apart, `1,234.5`, which has to be quoted between commas; whether it can be nothing
    /// else, as `1,000` can, which is one where commas are decimal marks. `nil` when the bytes hold something else.
    func grouped(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> (value: Double, isCertain: Bool)? {
        guard readsGroups, let group = DigitGroups(bytes[range]) else { return nil }
        return group.digits.withUnsafeBufferPointer { digits in
            var position = 0
            guard let value = scanner.scan(digits, &position, end: digits.count), position == digits.count else {
                return nil
            }
            return (value, group.isCertain)
        }
    }

    /// What the bytes hold.
    func classify(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Content {
        if let value = number(bytes, range) { return value.isNaN ? .missing : .number(value) }
        if let value = grouped(bytes, range)?.value { return isMissing(value) ? .missing : .number(value) }
        for scanner in [monthFirst, dayFirst, leapYear] {
            if let stamp = scanner.scan(bytes[range]) { return .time(stamp.kind) }
        }
        return .text
    }

    /// Whether the bytes mean "missing".
    func isMissing(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> Bool {
        range.count <= 64 && markers.contains(lowered(bytes, range))
    }

    private func lowered(_ bytes: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> [UInt8] {
        bytes[range].map { $0 &- 0x41 < 26 ? $0 | 0x20 : $0 }
    }
}
