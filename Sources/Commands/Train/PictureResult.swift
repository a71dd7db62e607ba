import Basics
import Reports
import WorldModels

/// What a training from pictures came to.
struct PictureResult {
    let folder: String
    let model: TrainedImageModel
    let health: ImageHealth?
    let seconds: Double
    let busyShare: Double

    var json: JSONValue {
        var document: [String: JSONValue] = [
            "model": .string("\(folder)/\(TrainSession.modelName)"), "report": .string("\(folder)/report.html"),
            "seconds": .number(seconds), "busy_share": .number(busyShare),
            "recipe": .string(model.settings.recipe),
        ]
        if let health {
            document["effective_rank"] = .number(health.representations.effectiveRank)
            document["prediction_error"] = .array(health.predictionError.map { .number($0) })
            document["probe"] = .array(
                (health.probe?.readings ?? []).map { reading in
                    [
                        "name": .string(reading.name), "linear_correlation": .number(reading.linearCorrelation),
                        "linear_error": .number(reading.linearError),
                        "perceptron_correlation": .number(reading.perceptronCorrelation),
                        "perceptron_error": .number(reading.perceptronError),
                    ]
                })
        }
        if !model.regions.isEmpty { document["regions"] = .array(model.regions.map(RegionWords.json)) }
        return .object(document)
    }

    /// What is said of its health, a sentence each.
    var findings: [String] {
        guard let health else { return [] }
        let sizes = model.network.architecture
        let width = sizes.summaryWidth
        let rank = health.representations.effectiveRank
        var lines = [
            "representation: \(NumberText.significant(rank)) of \(width) "
                + (sizes.frozen == nil ? "directions" : "principal components of \(sizes.width) numbers")
                + " in use on held-out episodes"
                + (rank < 3 ? "; that is a collapse" : "")
        ]
        if let last = health.predictionError.last {
            lines.append(
                "prediction \(health.predictionError.count) steps ahead: \(NumberText.percent(last, decimals: 1)) of the "
                    + "square error of standing still")
        }
        if let readings = health.probe?.readings, !readings.isEmpty {
            let words = readings.map { "\($0.name) \(NumberText.significant($0.linearCorrelation))" }
            lines.append("true state by a linear map, correlation: \(words.joined(separator: ", "))")
        }
        if let readout = model.readout, let bands = readout.bands {
            let words = readout.names.indices.map { index in
                "\(readout.names[index]) ±\(NumberText.significant(bands.halfWidth[(bands.steps - 1) * bands.count + index]))"
            }
            lines.append(
                "read \(bands.steps) steps ahead (\(NumberText.percent(ReadoutBands.coverage, decimals: 0)) band): "
                    + words.joined(separator: ", "))
        }
        return lines + model.regions.map(RegionWords.finding)
    }

    var text: String {
        (["\(folder)/\(TrainSession.modelName): learned in \(period(seconds))"] + findings + [
            "page with plots: \(folder)/report.html"
        ]).joined(separator: "\n")
    }
}
