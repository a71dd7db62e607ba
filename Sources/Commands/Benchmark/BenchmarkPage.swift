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

    private static func figures(_ result: SetResult) -> [Block] {
        result.tests.flatMap { test -> [Block] in
            guard let measure = result.set.measure(of: test), let middle = result.middleSeed(measure),
                let forecasts = result.seeds[middle].forecasts[test.name], !forecasts.isEmpty
            else { return [] }
            let promised = result.seeds[middle].coverage
            guard case .ahead(_, let horizon, _) = test.task else {
                var blocks = [
                    Block.figure(
                        Figures.prediction(
                            title: "\(test.name): the whole test record", note: "", traces: traces(test, forecasts[0]),
                            coverage: promised))
                ]
                let rows = forecasts[0].outputs.count / max(1, test.outputs.count)
                if rows > 4 * detailRows {
                    let first = rows / 2
                    blocks.append(
                        .figure(
                            Figures.prediction(
                                title: "\(test.name): \(detailRows) samples from its middle", note: "",
                                traces: traces(test, forecasts[0], rows: first..<(first + detailRows)),
                                coverage: promised)))
                }
                return blocks
            }
            let shown = forecasts[forecasts.count / 2]
            return [
                .figure(
                    Figures.prediction(
                        title: "\(test.name): one of \(forecasts.count) predictions, \(horizon) samples ahead",
                        note: "",
                        traces: traces(test, shown), coverage: promised))
            ]
        }
    }

    /// Samples of a plot that shows single ones.
    private static let detailRows = 400

    private static func traces(
        _ test: BenchmarkTest, _ forecast: TestForecast, rows: Range<Int>? = nil
    ) -> [PredictionTrace] {
        let episode = test.episodes[forecast.episode]
        let (time, width) = (episode.samplingTime, test.outputs.count)
        let rows = rows ?? 0..<(forecast.outputs.count / max(1, width))
        let seen = rows.lowerBound == 0 ? test.history : 0
        let samples = (forecast.start + rows.lowerBound - seen)..<(forecast.start + rows.upperBound)
        return test.outputs.prefix(shownChannels).enumerated().map { output, channel in
            let column = episode.channelIndex(channel.name) ?? 0
            var trace = PredictionTrace(
                name: channel.name, unit: channel.unit, time: samples.map { Double($0 - forecast.start + 1) * time },
                truth: samples.map { episode[$0, column] }, predictedTime: rows.map { Double($0 + 1) * time },
                predicted: rows.map { forecast.outputs[$0 * width + output] })
            if !forecast.halfWidths.isEmpty {
                let widths = rows.map { forecast.halfWidths[$0 * width + output] }
                trace.lower = zip(trace.predicted, widths).map { $0 - $1 }
                trace.upper = zip(trace.predicted, widths).map { $0 + $1 }
            }
            return trace
        }
    }
}
