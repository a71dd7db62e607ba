import Basics
import Episodes
import Records
import Reports
import WorldModels

/// What a store shows: predictions beside what came, and how often bands held it over time.
enum StoredPage {
    private static let shownChannels = 4
    private static let shownRows = 400
    /// Parts that coverage over time is shown in.
    private static let parts = 40

    /// For a terminal.
    static func text(_ stored: StoredPredictions, _ model: TrainedModel) -> String {
        var table = TextTable([
            ("bands hold what came", .left), ("ahead", .right), ("promised", .right), ("as calibrated", .right),
            ("recalibrated", .right), ("width now", .right), ("compared", .right),
        ])
        for coverage in stored.coverages { table.add(row(coverage, model)) }
        return table.text()
    }

    private static func row(_ coverage: StoredPredictions.Coverage, _ model: TrainedModel) -> [String] {
        [
            coverage.place.channel, period(coverage.place.lead),
            NumberText.percent(model.calibration.guardCoverage, decimals: 0), NumberText.percent(coverage.calibrated),
            NumberText.percent(coverage.widened), NumberText.significant(coverage.factor) + " ×", "\(coverage.count)",
        ]
    }

    /// For the page of `drift`.
    static func blocks(_ stored: StoredPredictions, _ model: TrainedModel) -> [Block] {
        var table = Table(
            "How often bands held what came, of the records that the store keeps.",
            columns: [
                .text("channel"), .text("ahead"), .number("promised"), .number("as calibrated"),
                .number("recalibrated"), .number("width now, calibrated is 1"), .number("compared"),
            ])
        for coverage in stored.coverages { table.add(row(coverage, model)) }
        var blocks: [Block] = [.heading("Predicted against observed"), .table(table)]
        for channel in model.description.outputs.prefix(shownChannels) {
            blocks.append(
                .grid(
                    [predictions(stored, channel.name, unit: channel.unit), coverage(stored, channel.name, model)]
                        .compactMap { $0 }))
        }
        return blocks
    }

    /// The last predictions one step ahead.
    private static func predictions(_ stored: StoredPredictions, _ channel: String, unit: String?) -> Figure? {
        guard let lead = stored.leads.first, let last = stored.episodes.last else { return nil }
        let records = last.records.filter { $0.place.channel == channel && $0.place.lead == lead }.suffix(shownRows)
        guard records.count > 1, let first = records.first, let end = records.last else { return nil }
        let time = TimeUnit(span: end.time - first.time)
        let x = records.map { ($0.time - last.episode.head.start) / time.seconds }
        return Figure(
            Chart(
                title: "\(channel), \(period(lead)) ahead",
                description: "What was predicted with its band, and what came.", x: ChartAxis("time", unit: time.name),
                panels: [
                    ChartPanel(
                        ChartAxis(channel, unit: unit),
                        layers: [
                            .band(
                                "band", x: x, lower: records.map { $0.predicted - $0.factor * $0.halfWidth },
                                upper: records.map { $0.predicted + $0.factor * $0.halfWidth }, ink: .blue),
                            .line("predicted", x: x, y: records.map(\.predicted), ink: .blue),
                            .line("observed", x: x, y: records.map(\.observed), ink: .foreground, dash: .dotted),
                        ], height: 220)
                ], width: 480), note: "The end of \(last.episode.head.source).")
    }

    /// The share of what came that bands held, part by part of all that is kept.
    private static func coverage(_ stored: StoredPredictions, _ channel: String, _ model: TrainedModel) -> Figure? {
        let inks: [Ink] = [.blue, .orange, .muted]
        var layers: [ChartLayer] = []
        for (index, lead) in stored.leads.prefix(inks.count).enumerated() {
            let records = stored.contents.records.filter { $0.place.channel == channel && $0.place.lead == lead }
            let size = max(10, (records.count + parts - 1) / parts)
            let shares = stride(from: 0, to: records.count - size / 2, by: size).map { start in
                let part = records[start..<min(records.count, start + size)]
                return Double(part.count(where: \.isHeld)) / Double(part.count)
            }
            guard shares.count > 1 else { continue }
            layers.append(
                .line(
                    "\(period(lead)) ahead", x: shares.indices.map { (Double($0) + 0.5) * Double(size) },
                    y: shares.map { 100 * $0 }, ink: inks[index]))
        }
        guard !layers.isEmpty else { return nil }
        return Figure(
            Chart(
                title: "Coverage of \(channel)",
                description: "The share of what came inside bands, as wide as they were.",
                x: ChartAxis("predictions", unit: nil),
                panels: [
                    ChartPanel(
                        ChartAxis("inside", unit: "%"), layers: layers,
                        references: [
                            .level(100 * model.calibration.guardCoverage, label: "promised", ink: .foreground)
                        ], height: 220)
                ], width: 480))
    }
}
