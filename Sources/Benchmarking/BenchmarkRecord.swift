public import Basics
import Episodes
import Foundation
import WorldModels

/// Results as files: `results.json` and predictions as CSV.
public enum BenchmarkRecord {
    /// The content of `results.json`: one entry under `sets` for each measure.
    ///
    /// - Parameters:
    ///   - results: The sets that are done.
    ///   - failures: The sets of which there are no figures, and why.
    ///   - note: What a reader has to know, such as that figures are rough; empty for nothing.
    /// - Returns: The document.
    public static func json(
        _ results: [SetResult], failures: [(set: String, error: ForesightError)] = [], note: String = ""
    ) -> JSONValue {
        var entries: [String: JSONValue] = [:]
        for result in results { for figure in result.figures { entries[figure.measure.name] = entry(figure, result) } }
        var document: [String: JSONValue] = ["sets": .object(entries)]
        if !failures.isEmpty {
            let reasons = failures.map { ($0.set, JSONValue.string($0.error.description)) }
            document["failed"] = .object(Dictionary(reasons, uniquingKeysWith: { first, _ in first }))
        }
        if !note.isEmpty { document["note"] = .string(note) }
        return .object(document)
    }

    private static func entry(_ figure: MeasureFigure, _ result: SetResult) -> JSONValue {
        let measure = figure.measure
        let marks = measure.published.map { mark -> JSONValue in
            ["system": .string(mark.system), "value": .finite(mark.value), "source": .string(mark.source)]
        }
        let test = measure.rule.test
        let names = result.tests.first { $0.name == test }?.outputs.map(\.name) ?? []
        let seeds = result.seeds.map { seed -> JSONValue in
            let model = seed.model
            return [
                "seed": .integer(seed.seed), "training_seconds": .finite(seed.trainingSeconds),
                "test_seconds": .finite(seed.testSeconds), "stride": .integer(model.stride),
                "window": .integer(model.window), "horizon": .integer(model.horizon),
                "core": .integer(model.architecture.core), "free": .integer(model.architecture.free),
                "hidden": .integer(model.architecture.hidden), "members": .integer(model.architecture.members),
                "epochs": .integer(model.origin.epochs), "best_epoch": .integer(model.origin.bestEpoch),
                "validation_error": .finite(model.origin.validationError),
            ]
        }
        let score = result.middleSeed(measure).flatMap { result.seeds[$0].scores[test] }
        var outputs: [String: JSONValue] = [:]
        for (index, name) in names.enumerated() {
            func error(_ score: TestScore?) -> JSONValue { .finite(score?.error[index]) }
            outputs[name] = [
                "error": error(score), "linear": error(result.linear[test]), "held": error(result.held[test]),
                "deviation": .finite(score?.deviation[index]),
            ]
        }
        return [
            "metric": .string(measure.metric), "unit": .string(measure.unit), "value": .finite(figure.value),
            "seeds": .array(figure.values.map { .finite($0) }), "published": .array(marks),
            "linear": .finite(figure.linear), "held": .finite(figure.held), "seconds": .finite(result.seconds),
            "coverage": .finite(figure.coverage), "promised_coverage": .finite(result.seeds.first?.coverage),
            "reach": .finite(measure.reach), "reached": figure.isReached.map { .bool($0) } ?? .null,
            "stable": .bool(figure.isStable), "runs": .array(seeds), "outputs": .object(outputs),
            "linear_models": .array(result.linearSummaries.map { .string($0) }),
            "notes": .array(result.notes.map { .string($0) }),
        ]
    }

    /// Predictions of a test as CSV: a row for each predicted sample of a record, or for the last sample of each
    /// prediction from many starts.
    ///
    /// - Parameters:
    ///   - test: The test.
    ///   - forecasts: Its predictions.
    /// - Returns: The text: record, time, and of each output what was measured and predicted, and the band.
    public static func csv(_ test: BenchmarkTest, _ forecasts: [TestForecast]) -> String {
        let outputs = test.outputs
        var text = "record,time [s]"
        for output in outputs {
            let unit = output.unit.map { " [\($0)]" } ?? ""
            for column in ["measured", "predicted", "low", "high"] { text += ",\(output.name) \(column)\(unit)" }
        }
        text += "\n"
        for forecast in forecasts {
            let episode = test.episodes[forecast.episode]
            let columns = outputs.map { episode.channelIndex($0.name) ?? 0 }
            let rows = forecast.outputs.count / max(1, outputs.count)
            var shown = 0..<rows
            if case .ahead = test.task { shown = (rows - 1)..<rows }
            for row in shown {
                let sample = forecast.start + row
                text += "\(forecast.episode),\(digits(Double(sample) * episode.samplingTime))"
                for output in outputs.indices {
                    let place = row * outputs.count + output
                    let (value, half) = (
                        forecast.outputs[place], forecast.halfWidths.isEmpty ? .nan : forecast.halfWidths[place]
                    )
                    for number in [episode[sample, columns[output]], value, value - half, value + half] {
                        text += "," + digits(number)
                    }
                }
                text += "\n"
            }
        }
        return text
    }

    /// Seven significant digits; empty for what is missing.
    private static func digits(_ value: Double) -> String {
        value.isFinite ? String(format: "%.7g", value) : ""
    }
}
