import Episodes
import Foundation
import Reports

/// A duration without the zeros behind the point: `10 s`, `2.5 min`.
func period(_ seconds: Double) -> String {
    let parts = NumberText.duration(seconds).split(separator: " ", maxSplits: 1).map(String.init)
    guard parts.count == 2 else { return NumberText.duration(seconds) }
    return "\(withoutZeros(parts[0], partly: true)) \(parts[1])"
}

/// A number to four digits, without a fraction where it is whole: `22.90`, `100`.
func figure(_ value: Double) -> String { withoutZeros(NumberText.significant(value, digits: 4), partly: false) }

/// A count with its noun: `1 sample`, `3 samples`.
func counted(_ count: Int, _ noun: String) -> String { "\(count) \(noun)\(count == 1 ? "" : "s")" }

/// A share in whole percent; one that is nearly none or all of it with as many digits as tell it from that: `99.6 %`.
func wholePercent(_ share: Double) -> String {
    let whole = NumberText.percent(share, decimals: 0)
    guard share > 0, share < 1, whole == "0 %" || whole == "100 %" else { return whole }
    let finer = (1...6).lazy.map { NumberText.percent(share, decimals: $0) }
    return finer.first { text in !text.hasPrefix("100") && text.contains { ("1"..."9").contains($0) } } ?? whole
}

/// Removes a fraction of zeros; partly, also the last zeros of another fraction.
private func withoutZeros(_ text: String, partly: Bool) -> String {
    guard let point = text.firstIndex(of: "."), !text.contains("e") else { return text }
    if text[text.index(after: point)...].allSatisfy({ $0 == "0" }) { return String(text[..<point]) }
    guard partly else { return text }
    return String(text.reversed().drop { $0 == "0" }.reversed())
}

/// The names of logs as a report shows them: without the folder that all share, so that a page tells nothing about the
/// machine and stays readable.
struct SourceNames {
    private let prefix: String

    init(_ log: LoadedLog) {
        let folders = log.files.map { $0.source.split(separator: "/", omittingEmptySubsequences: false).dropLast() }
        var common = folders.first ?? []
        for folder in folders.dropFirst() {
            common = common.prefix(zip(common, folder).prefix { $0 == $1 }.count)
        }
        prefix = common.isEmpty ? "" : common.joined(separator: "/") + "/"
    }

    /// A name, or a sentence with names, without that folder.
    func short(_ text: String) -> String {
        prefix.isEmpty ? text : text.replacingOccurrences(of: prefix, with: "")
    }
}
