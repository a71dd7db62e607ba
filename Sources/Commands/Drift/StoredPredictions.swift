import Basics
import Episodes
import Monitoring
import Records
import WorldModels

/// What a store holds, as it is judged and shown.
struct StoredPredictions {
    let folder: String
    let contents: PredictionStore.Contents
    private let model: ModelDescription
    /// Records by episode, in the order in which episodes began.
    let episodes: [(episode: PredictionStore.Episode, records: [PredictionStore.Record])]

    /// Reads the store of a model.
    ///
    /// - Throws: `ForesightError.data` for the store of another model, a damaged or an empty one.
    init(_ folder: String, model path: String, _ model: ModelDescription) throws {
        guard Folder.exists(folder) else {
            throw ForesightError.data(
                "no store at \(folder)", remedy: "name the folder that --store of control or watch made")
        }
        self.folder = folder
        self.model = model
        contents = try PredictionStore.read(folder, model: ModelFolder.digest(of: path))
        guard !contents.records.isEmpty else {
            throw ForesightError.data(
                "\(folder) holds no predictions yet",
                remedy: "feed it with foresight control or watch --store \(folder)")
        }
        let known = Dictionary(contents.episodes.map { ($0.number, $0) }, uniquingKeysWith: { $1 })
        var order: [Int] = []
        var groups: [Int: [PredictionStore.Record]] = [:]
        for record in contents.records {
            if groups[record.episode] == nil { order.append(record.episode) }
            groups[record.episode, default: []].append(record)
        }
        episodes = order.compactMap { number in
            known[number].flatMap { episode in groups[number].map { (episode, $0) } }
        }
    }

    /// How far ahead predictions are, in seconds, rising.
    var leads: [Double] { Set(contents.records.map(\.place.lead)).sorted() }

    /// Errors as the test for drift takes them, one run an episode at the model's step.
    func segments(_ reference: SurpriseReference) -> [WatchedSegment] {
        let (width, driven) = (model.outputs.count, model.inputs.count)
        return episodes.map { episode, records in
            let stride = Swift.max(1, Int((model.stepTime / episode.head.interval).rounded()))
            let count = (records.map(\.row).max() ?? 0) / stride + 1
            var residuals = [[Double]](
                repeating: [Double](repeating: .nan, count: count * width), count: reference.horizons.count)
            for record in records where record.row % stride == 0 {
                guard let output = model.outputs.firstIndex(where: { $0.name == record.place.channel }),
                    let place = reference.horizons.firstIndex(where: {
                        abs(Double($0) * model.stepTime / record.place.lead - 1) < 1e-6
                    })
                else { continue }
                residuals[place][record.row / stride * width + output] =
                    (record.observed - record.predicted) / model.scaling.outputScale[output]
            }
            return WatchedSegment(
                channels: width + driven, outputs: width,
                rows: [Double](repeating: .nan, count: count * (width + driven)), residuals: residuals,
                folds: [Int](repeating: 0, count: count))
        }
    }

    /// The episodes as their times and names are told; their values are not kept.
    var frames: [Episode] {
        episodes.map { episode, records in
            let rows = (records.map(\.row).max() ?? 0) + 1
            return Episode(
                name: episode.head.source, channels: [model.outputs[0]], samplingTime: episode.head.interval,
                values: [Double](repeating: .nan, count: rows), startTime: episode.head.start)
        }
    }

    /// How often bands held what came at one place.
    struct Coverage {
        var place: PredictionStore.Place
        var count: Int
        /// The share inside the band as it was calibrated.
        var calibrated: Double
        /// The share inside the band as wide as it was.
        var widened: Double
        /// What half-widths are multiplied by now.
        var factor: Double
    }

    /// Coverage of every channel and lead time, of the records that are kept.
    var coverages: [Coverage] {
        let groups = Dictionary(grouping: contents.records, by: \.place)
        return model.outputs.flatMap { channel in
            leads.compactMap { lead -> Coverage? in
                let place = PredictionStore.Place(channel: channel.name, lead: lead)
                guard let records = groups[place], let last = contents.calibration[place] else { return nil }
                let count = Double(records.count)
                return Coverage(
                    place: place, count: records.count, calibrated: Double(records.count { $0.ratio <= 1 }) / count,
                    widened: Double(records.count(where: \.isHeld)) / count, factor: last.factor)
            }
        }
    }
}
