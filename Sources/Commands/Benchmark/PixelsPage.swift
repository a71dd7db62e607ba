import Basics
import Benchmarking
import Reports
import WorldModels

/// The page of `benchmark pixels`.
enum PixelsPage {
    static func page(_ results: [PixelResult], note: String) -> Page {
        var blocks: [Block] = []
        if !note.isEmpty { blocks.append(.notice(.warning, title: "Rough figures", note)) }
        var table = Table(
            "Goals reached within \(results.first?.set.task.budget ?? 50) steps: median over the models, each the mean over "
                + "its manifests; least and greatest of the models beside it"
                + (PixelsText.hasIntervals(results) ? "; \(PixelsText.intervals)." : "."),
            columns: PixelsText.columns.map {
                ["world", "rule", "published"].contains($0) ? .text($0) : .number($0)
            })
        for row in results.flatMap(PixelsText.rows) { table.add(row) }
        blocks.append(.table(table))
        for result in results {
            blocks += [.heading(result.set.name), .paragraph("From pictures alone: \(result.set.about).")]
            blocks += PixelsText.details(result).map { .list($0.split(separator: "\n").map(String.init)) }
            if !result.varied.isEmpty { blocks.append(.table(factors(result))) }
            if let health = result.trainings.first?.health { blocks.append(.grid(HealthFigures.figures(health))) }
        }
        blocks.append(
            .paragraph(
                "What acts sees pictures alone; states are read by the evaluation after it has "
                    + "acted. Pairs of start and goal stand in manifests/, what came of each in episodes/."))
        return Page(
            title: "Planning to a picture", lead: "\(counted(results.count, "simulated world")), seen as pictures.",
            blocks: blocks,
            footer: "foresight benchmark pixels \(Version.foresight)")
    }

    private static func factors(_ result: PixelResult) -> Table {
        var table = Table(
            "One factor of variation after another, drawn anew for each pair: goals reached under the moderate rule, and the "
                + "share of what is reached in the world as it is.",
            columns: PixelsText.factorColumns.map { $0 == "factor" ? .text($0) : .number($0) })
        for row in PixelsText.factorRows(result) { table.add(row) }
        return table
    }
}
