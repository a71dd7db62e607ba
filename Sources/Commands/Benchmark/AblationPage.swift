import Basics
import Benchmarking
import Reports

/// The page of `benchmark ablation`: a map of parts and sets, the summary, and a table for each set.
enum AblationPage {
    static func page(_ results: [AblationSetResult], seeds: Int, note: String, started: String) -> Page {
        var blocks: [Block] = []
        if !note.isEmpty { blocks.append(.notice(.warning, title: "Rough figures", note)) }
        let done = results.filter { !$0.runs.isEmpty }
        let summaries = AblationSummary.all(done)
        for family in AblationPart.Family.allCases {
            let own = summaries.filter { $0.part.family == family }
            guard !own.isEmpty else { continue }
            blocks.append(.heading(family == .search ? "The search" : "The loss and the epochs"))
            blocks.append(.paragraph(AblationText.lead(family) + "."))
            blocks.append(.figure(map(own, done.map(\.set))))
            blocks.append(.table(table(own)))
        }
        blocks.append(.paragraph("\(AblationText.rule) \(AblationText.chances(done))"))
        blocks.append(.heading("Set by set"))
        for result in done {
            blocks.append(.details(AblationText.lead(result), [.table(table(result)), .table(runs(result))]))
        }
        blocks.append(
            .paragraph(
                "The end of each training part was held back and scored by the set's own protocol: the last fifth of a "
                    + "record, of many records the last fifth, of periodic ones a level from the middle. The test records "
                    + "were not looked at."))
        return Page(
            title: "What each part of the recipe is worth",
            lead: "One part left out at a time, \(counted(seeds, "seed")), on \(counted(done.count, "set")): "
                + "\(done.map(\.set).joined(separator: ", ")).",
            blocks: blocks, footer: "foresight benchmark ablation \(Version.foresight), \(started)")
    }

    /// What a cell shows at most, in per cent: beyond, it is bad enough.
    private static let most = 100.0
    /// The change in per cent from which on colours are at their strongest.
    private static let strong = 30.0

    /// Changes of the error in per cent, part by part and set by set.
    private static func map(_ summaries: [AblationSummary], _ sets: [String]) -> Figure {
        func shown(_ ratio: Double) -> Double {
            ratio.isNaN ? most : min(max(100 * (ratio - 1), -most), most)
        }
        let values = summaries.flatMap { summary -> [Double] in
            let known = Dictionary(uniqueKeysWithValues: summary.figures.map { ($0.set, $0.figure) })
            return sets.map { known[$0].map { shown($0.ratio) } ?? .nan } + [shown(summary.ratio)]
        }
        let map = HeatMap(
            title: "Error without the part, change in per cent", rows: summaries.map(\.part.name),
            columns: sets + ["mean"], values: values, range: -strong...strong, isSigned: true)
        return map.figure(
            note:
                "Blue: the error grows without the part, so that it helps. Vermilion: it falls. A change of \(Int(most)) "
                + "stands for all that are greater; blank where there is nothing to leave out.")
    }

    private static func table(_ summaries: [AblationSummary]) -> Table {
        var table = Table(
            "All sets together",
            columns: AblationText.summaryColumns.map {
                ["without", "the part"].contains($0) ? .text($0) : .number($0)
            } + [.text("what is left out")])
        for summary in summaries {
            table.add(AblationText.cells(summary) + [summary.part.about], isEmphasised: summary.advice == .helps)
        }
        return table
    }

    private static func table(_ result: AblationSetResult) -> Table {
        var table = Table(
            "Errors on what was held back",
            columns: AblationText.setColumns.map { $0 == "without" ? .text($0) : .number($0) })
        for figure in result.parts.compactMap({ result.figure($0) }) {
            table.add(AblationText.cells(figure), isEmphasised: figure.part == .full)
        }
        return table
    }

    private static func runs(_ result: AblationSetResult) -> Table {
        var table = Table(
            "What training made of it",
            columns: [.text("without")] + ["seed", "error", "left out", "seconds"].map { .number($0) }
                + [.text("model")])
        for part in result.parts {
            for run in result.runs(without: part) {
                table.add([
                    part.name, "\(run.seed)", BenchmarkText.number(run.value), BenchmarkText.number(run.leftOutError),
                    NumberText.significant(run.seconds), run.reason ?? run.structure,
                ])
            }
        }
        return table
    }
}
