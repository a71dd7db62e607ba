import Basics
import Episodes
import Reports
import WorldModels

/// The page of `drift`: whether the plant has changed, in which channel, since when, by how much.
enum DriftPage {
    private static let shownChannels = 4
    private static let shownEpisodes = 6

    static func page(_ outcome: DriftOutcome, started: String) -> Page {
        let names = outcome.hasChanged ? outcome.channels.map(\.channel) : outcome.model.outputs.map(\.name)
        var blocks: [Block] = [
            .cards([
                KeyFigure(
                    "changed", outcome.hasChanged ? "\(outcome.channels.count)" : "nothing",
                    note: "of \(counted(outcome.model.outputs.count, "output"))",
                    verdict: outcome.hasChanged ? .failure : .success),
                KeyFigure(
                    "least p", NumberText.significant(outcome.drift.findings.first?.probability ?? 1, digits: 2),
                    note: "corrected for \(counted(outcome.drift.findings.count, "test"))"),
            ])
        ]
        if outcome.hasChanged { blocks.append(.list(outcome.channels.map(outcome.words))) }
        blocks.append(.table(table(outcome)))
        for name in names.prefix(shownChannels) {
            for errors in outcome.drift.errors(of: name).prefix(shownEpisodes) {
                blocks.append(.figure(figure(errors, name, outcome)))
            }
        }
        blocks += outcome.blocks
        blocks += [
            .heading("How to read this"),
            .paragraph(
                "Errors of predictions are compared with those of normal operation, of parts that the model had not learned "
                    + "from. Rows that follow each other are alike: what counts are means over stretches that are longer "
                    + "than errors remember. p is the chance of errors this far beyond the tolerance if nothing had changed "
                    + "by more, corrected for all tests of this page. A change of an actuator or of the plant shows in the "
                    + "outputs that answer to it."),
        ]
        return Page(
            title: outcome.hasChanged ? "The plant has changed" : "The plant has not changed",
            lead: outcome.verdict, blocks: blocks, footer: "foresight drift \(Version.foresight), \(started)")
    }

    private static func table(_ outcome: DriftOutcome) -> Table {
        var table = Table(
            "Every test, the most certain first.",
            columns: [
                .text("channel"), .text("ahead"), .text("test"), .number("p"), .number("mean error"),
                .number("normally"), .number("errors, normal is 1"), .number("stretches"),
            ])
        for finding in outcome.drift.findings {
            table.add(outcome.row(finding), isEmphasised: finding.probability < outcome.significance)
        }
        return table
    }

    private static func figure(_ errors: ModelDrift.Errors, _ name: String, _ outcome: DriftOutcome) -> Figure {
        let episode = outcome.episodes[errors.episode]
        let unit = TimeUnit(span: episode.duration)
        let known = errors.values.indices.filter { errors.values[$0].isFinite }
        let change = outcome.channels.first { $0.channel == name }?.since
        var references: [ChartReference] = [
            .level(2, label: "2 σ", ink: .danger), .level(-2, label: "", ink: .danger),
        ]
        if let change, change.episode == errors.episode {
            let start = (change.time - episode.startTime) / unit.seconds
            references.append(
                .span(start...max(start, episode.duration / unit.seconds), label: "changed", ink: .orange))
        }
        return Figure(
            Chart(
                title: "\(name) in \(episode.name)",
                description: "Errors of predictions one step ahead, as multiples of their normal standard deviation.",
                x: ChartAxis("time", unit: unit.name),
                panels: [
                    ChartPanel(
                        ChartAxis("error, normal is 1", includesZero: true),
                        layers: [
                            .line(
                                "error", x: known.map { (errors.times[$0] - episode.startTime) / unit.seconds },
                                y: known.map { max(-20, min(20, errors.values[$0])) }, ink: .blue)
                        ], references: references)
                ], width: 900), note: "Errors beyond 20 are drawn at 20.")
    }
}
