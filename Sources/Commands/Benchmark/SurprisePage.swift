import Basics
import Benchmarking
import Reports
import WorldModels

/// The page of `benchmark surprise`.
enum SurprisePage {
    static func page(_ results: [SurpriseResult], note: String) -> Page {
        var blocks: [Block] = []
        if !note.isEmpty { blocks.append(.notice(.warning, title: "Rough figures", note)) }
        for result in results {
            blocks += [.heading(result.set.name), .paragraph("From pictures alone: \(result.set.about).")]
            blocks.append(.table(table(result)))
            blocks.append(.list(SurpriseText.details(result)))
            for violation in result.set.violations {
                guard let judgement = SurpriseText.middle(result, violation), let example = judgement.example
                else { continue }
                blocks += [
                    .picture(sheet(violation, example, window: result.set.window)),
                    .figure(curve(violation, example, window: result.set.window)),
                ]
            }
        }
        blocks.append(.paragraph(SurpriseText.legend))
        return Page(
            title: "What surprises a model of pictures",
            lead: "\(counted(results.count, "simulated world")): pairs of the possible and the impossible.",
            blocks: blocks, footer: "foresight benchmark surprise \(Version.foresight)")
    }

    /// The figures of a world, without columns that say nothing of it.
    private static func table(_ result: SurpriseResult) -> Table {
        let rows = SurpriseText.rows(result)
        let told = SurpriseText.columns.indices.filter { column in
            column > 0 && rows.contains { !["", "1"].contains($0[column]) }
        }
        var table = Table(
            "Surprise at the impossible and at lawful twins; figures of the model whose AUROC is the middle one, but for those over "
                + "models.",
            columns: told.map { column in
                let name = SurpriseText.columns[column]
                return SurpriseText.words.contains(name) ? .text(name) : .number(name)
            })
        for row in rows { table.add(told.map { row[$0] }) }
        return table
    }

    /// Pictures of a pair around the event, the lawful ones above.
    private static func sheet(
        _ violation: Violation, _ example: SurpriseJudgement.Example, window: Int
    ) -> Picture {
        let rows = shown(example, window: window)
        let size = squareSide(example.pair.possible[0].count)
        let sheet = ContactSheet(
            [rows.map { example.pair.possible[$0] }, rows.map { example.pair.impossible[$0] }], width: size,
            height: size)
        let places = rows.map(String.init).joined(separator: ", ")
        let kind = violation.isControl ? "one episode above, another below" : "lawful above, with the violation below"
        return Picture(
            sheet.png, title: "\(violation.principle): \(violation.name)",
            note: "\(violation.about); \(kind); rows \(places), the event in row \(example.pair.event).",
            width: sheet.width * 3 / 2)
    }

    /// Surprise over time of the same pair.
    private static func curve(
        _ violation: Violation, _ example: SurpriseJudgement.Example, window: Int
    ) -> Figure {
        var layers: [ChartLayer] = []
        let names = violation.isControl ? ["one", "another"] : ["possible", "impossible"]
        func add(_ predictor: SurprisePredictor, _ suffix: String, _ dash: Dash) {
            guard let values = example.errors[predictor], let first = example.firstRow[predictor] else { return }
            for (index, ink) in [Ink.blue, .danger].enumerated() {
                let rows = values[index].indices.map { Double($0 + first) }
                layers.append(
                    .line(
                        names[index] + suffix, x: rows, y: values[index], ink: ink, dash: dash,
                        width: dash == .solid ? 2.2 : 1.4))
            }
        }
        let remembers = example.errors[.remembering] != nil
        if remembers { add(.brief, ", three steps", .dotted) }
        add(remembers ? .remembering : .own, "", .solid)
        let chart = Chart(
            title: "Surprise over time: \(violation.name)",
            description: "Whitened error of the prediction of each row, for the two episodes of the pair.",
            x: ChartAxis("row"),
            panels: [
                ChartPanel(
                    ChartAxis("whitened error", includesZero: true), layers: layers,
                    references: [.moment(Double(example.pair.event), label: "event")], height: 180)
            ])
        return Figure(chart, note: "1 is the root mean square of ordinary steps.")
    }

    /// Nine rows at most, from a little before the event to the end.
    private static func shown(_ example: SurpriseJudgement.Example, window: Int) -> [Int] {
        let last = min(example.pair.possible.count, example.pair.impossible.count) - 1
        let first = max(0, example.pair.event - 4)
        return Array(stride(from: first, through: last, by: max(1, (last - first + 8) / 9)))
    }

    /// The side of a square picture of so many bytes.
    private static func squareSide(_ bytes: Int) -> Int { Int((Double(bytes) / 3).squareRoot().rounded()) }
}
