import Basics
import Benchmarking
import Episodes
import Reports
import WorldModels

/// The page of `benchmark identification`: the table, and free runs beside what was measured.
enum BenchmarkPage {
    /// The whole page.
    static func page(_ results: [SetResult], note: String, started: String) -> Page {
        var blocks: [Block] = []
        if !note.isEmpty { blocks.append(.notice(.warning, title: "Rough figures", note)) }
        blocks.append(.table(table(results)))
        blocks.append(
            .paragraph(
                "Model: median over the seeds. Linear: the best linear model, chosen on left-out parts of the training "
                    + "record. Held: the last measured value. Inside: the share of what came that lay inside the bands, "
                    + "which promise \(NumberText.percent(results.first?.seeds.first?.coverage ?? 0.9, decimals: 0)) up to "
                    + "the horizon of training; beyond it, bands are those of its last step and promise nothing."))
        for result in results {
            blocks.append(.heading(result.set.name))
            blocks.append(.paragraph(result.set.about))
            blocks += figures(result)
            blocks.append(.details("Trained models", [.table(runs(result))]))
        }
        let sets = results.map(\.set.name).joined(separator: ", ")
        return Page(
            title: "Free-run prediction of recorded systems",
            lead: "One recipe for \(results.count) sets: \(sets).", blocks: blocks,
            footer: "foresight benchmark identification \(Version.foresight), \(started)")
    }

    private static func table(_ results: [SetResult]) -> Table {
        var table = Table(
            "Errors on test records, beside published figures",
            columns: BenchmarkText.columns.map {
                ["measure", "by", ""].contains($0) ? .text($0.isEmpty ? "verdict" : $0) : .number($0)
            })
        for figure in results.flatMap(\.figures) {
            table.add(BenchmarkText.cells(figure), isEmphasised: figure.isReached == true)
        }
        return table
    }

    private static func runs(_ result: SetResult) -> Table {
        var table = Table(
            "What the rules made of the training record",
            columns: ["seed", "stride", "window", "horizon", "components", "hidden", "kept epoch", "seconds"].map {
                .number($0)
            })
        for seed in result.seeds {
            let (model, sizes) = (seed.model, seed.model.architecture)
            table.add([
                "\(seed.seed)", "\(model.stride)", "\(model.window)", "\(model.horizon)",
                "\(sizes.core) + \(sizes.free)", "\(sizes.hidden)",
                "\(model.origin.bestEpoch) of \(model.origin.epochs)",
                NumberText.significant(seed.trainingSeconds),
            ])
        }
        return table
    }

    /// The most channels that a set shows.
    private static let shownChannels = 6
    /// Samples of a plot that shows single ones.
    private static let detailRows = 400

    private static func figures(_ result: SetResult) -> [Block] {
        result.tests.flatMap { test -> [Block] in
            guard let measure = result.set.measure(of: test), let middle = result.middleSeed(measure),
                let forecasts = result.seeds[middle].forecasts[test.name], !forecasts.isEmpty
            else { return [] }
            let promised = result.seeds[middle].coverage
            func figure(_ title: String, _ forecast: TestForecast, rows: Range<Int>) -> Block {
                let episode = test.episodes[forecast.episode]
                return .figure(
                    Figures.freeRun(
                        title: "\(test.name): \(title)",
                        time: rows.map { Double(forecast.start + $0) * episode.samplingTime },
                        traces: traces(test, forecast, rows), coverage: promised))
            }
            if case .ahead(_, let horizon, _) = test.task {
                let rows = 0..<horizon
                return [
                    figure(
                        "one of \(forecasts.count) predictions, \(horizon) samples ahead",
                        forecasts[forecasts.count / 2],
                        rows: rows)
                ]
            }
            let count = forecasts[0].outputs.count / max(1, test.outputs.count)
            var blocks = [figure("the whole free run", forecasts[0], rows: 0..<count)]
            if count > 4 * detailRows {
                let middle = count / 2
                blocks.append(
                    figure(
                        "\(detailRows) samples from its middle", forecasts[0], rows: middle..<(middle + detailRows)))
            }
            return blocks
        }
    }

    private static func traces(_ test: BenchmarkTest, _ forecast: TestForecast, _ rows: Range<Int>) -> [FreeRunTrace] {
        let (episode, width) = (test.episodes[forecast.episode], test.outputs.count)
        return test.outputs.prefix(shownChannels).enumerated().map { output, channel in
            let column = episode.channelIndex(channel.name) ?? 0
            return FreeRunTrace(
                name: channel.name, unit: channel.unit, measured: rows.map { episode[forecast.start + $0, column] },
                predicted: rows.map { forecast.outputs[$0 * width + output] },
                halfWidths: forecast.halfWidths.isEmpty ? [] : rows.map { forecast.halfWidths[$0 * width + output] })
        }
    }
}
