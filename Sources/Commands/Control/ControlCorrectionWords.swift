import Basics
import Episodes
import Planning
import Reports

/// By how much a loop corrected its predictions, in words, tables and JSON: of each channel at the lead time at which it was most.
enum ControlCorrectionWords {
    /// What is said where errors never were more than chance.
    private static let nothing =
        "predictions were not corrected: what they were off by on average was never more than chance"

    /// For the terminal; `nil` where nothing is corrected, as with `--no-correction`.
    ///
    /// - Parameters:
    ///   - corrections: Of each channel and lead time.
    ///   - outputs: The channels, for their units.
    /// - Returns: A table, or a line.
    static func text(_ corrections: [LeadCorrection], outputs: [Channel]) -> String? {
        guard corrections.contains(where: { $0.predictions > 0 }) else { return nil }
        let rows = rows(corrections, outputs)
        guard !rows.isEmpty else { return nothing }
        var table = TextTable([
            ("predictions corrected", .left), ("at most", .right), ("ahead", .right), ("at the end", .right),
            ("corrected", .right),
        ])
        for row in rows { table.add(row) }
        return table.text()
    }

    /// The same for a page.
    ///
    /// - Parameters:
    ///   - corrections: Of each channel and lead time.
    ///   - outputs: The channels, for their units.
    /// - Returns: A table, or a sentence.
    static func block(_ corrections: [LeadCorrection], outputs: [Channel]) -> Block? {
        guard corrections.contains(where: { $0.predictions > 0 }) else { return nil }
        let rows = rows(corrections, outputs)
        guard !rows.isEmpty else {
            return .paragraph(nothing.prefix(1).uppercased() + nothing.dropFirst() + ".")
        }
        var table = Table(
            "By how much predictions were corrected: what was added to them, which is what they had been off by on average as "
                + "far as that is more than chance. Of each channel at the lead time at which it was most; at the end is the "
                + "mean of the last plans of the episodes.",
            columns: [
                .text("channel"), .number("at most"), .number("ahead"), .number("at the end"),
                .number("corrected plans"),
            ])
        for row in rows { table.add(row) }
        return .table(table)
    }

    /// A row for each channel that was corrected.
    private static func rows(_ corrections: [LeadCorrection], _ outputs: [Channel]) -> [[String]] {
        outputs.compactMap { channel in
            let own = corrections.filter { $0.channel == channel.name && $0.corrected > 0 }
            guard let most = own.max(by: { abs($0.largest) < abs($1.largest) }) else { return nil }
            return [
                channel.name, signed(most.largest, channel.unit), period(most.lead), signed(most.last, channel.unit),
                NumberText.percent(most.share, decimals: 0),
            ]
        }
    }

    private static func signed(_ value: Double, _ unit: String?) -> String {
        (value > 0 ? "+" : "") + NumberText.quantity(value, unit: unit)
    }

    /// Every channel and lead time.
    static func json(_ corrections: [LeadCorrection], outputs: [Channel]) -> JSONValue {
        .array(
            corrections.map { each in
                [
                    "channel": .string(each.channel),
                    "unit": unit(of: each.channel, outputs),
                    "seconds_ahead": .number(each.lead), "predictions": .integer(each.predictions),
                    "corrected": .integer(each.corrected), "largest": .number(each.largest),
                    "at_the_end": .number(each.last),
                ]
            })
    }

    private static func unit(of channel: String, _ outputs: [Channel]) -> JSONValue {
        guard let unit = outputs.first(where: { $0.name == channel })?.unit else { return .null }
        return .string(unit)
    }
}
