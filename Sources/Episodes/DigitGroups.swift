/// A number whose thousands are set apart by commas, as spreadsheets show them: `1,000`, `-12,345,678.9`.
struct DigitGroups {
    /// The number without these commas.
    var digits: [UInt8]
    /// Whether it can be nothing else: a number with one comma and no point is a decimal fraction elsewhere.
    var isCertain: Bool

    /// Reads a field; `nil` where it is no such number.
    init?(_ bytes: Slice<UnsafeBufferPointer<UInt8>>) {
        guard bytes.contains(Ascii.comma), bytes.count <= 64 else { return nil }
        let isSigned = bytes.first == Ascii.minus || bytes.first == Ascii.plus
        let whole = bytes.dropFirst(isSigned ? 1 : 0).prefix { $0 != Ascii.point }
        let groups = whole.split(separator: Ascii.comma, omittingEmptySubsequences: false)
        // Nobody writes 0,125 for 125.
        guard groups.count > 1, (1...3).contains(groups[0].count), groups[0].first != Ascii.zero,
            groups.dropFirst().allSatisfy({ $0.count == 3 }), groups.allSatisfy({ $0.allSatisfy(Ascii.isDigit) })
        else { return nil }
        digits = bytes.filter { $0 != Ascii.comma }
        isCertain = groups.count > 2 || whole.endIndex != bytes.endIndex
        if whole.endIndex != bytes.endIndex {
            guard bytes[(whole.endIndex + 1)...].allSatisfy(Ascii.isDigit) else { return nil }
        }
    }
}
