import Basics
import Benchmarking
import Foundation
import Records
import WorldModels

/// A run of `benchmark regions`: teaches a model the region, plans, and leaves the model and what came of each pair in the run
/// folder, from where another run goes on.
struct RegionsSession {
    private let study: RegionStudy
    private let manifest: PixelManifest
    private let talk: Talk
    private let folder: RunFolder
    private let model: String
    private let digest: String

    /// What an earlier run in the folder has learned and planned.
    private let isLearned: Bool
    private let known: [RegionStudy.Outcome]

    /// The files that are kept.
    private static let (region, outcomes) = ("region.json", "judged/regions.json")

    /// Looks at what is in the folder.
    ///
    /// - Parameters:
    ///   - study: The study.
    ///   - manifest: Its pairs.
    ///   - model: The folder of the model that is to learn the region.
    ///   - folder: The run folder.
    ///   - talk: Where lines go.
    /// - Throws: `ForesightError.usage` where it holds what was made with other settings or of another model;
    ///   `ForesightError.data` for files that cannot be read.
    init(_ study: RegionStudy, manifest: PixelManifest, model: String, folder: RunFolder, talk: Talk) throws {
        (self.study, self.manifest, self.model, self.folder, self.talk) = (study, manifest, model, folder, talk)
        digest = try ImageModelFolder.digest(of: model)
        let files = KeptFiles(folder)
        let name: String? = try files.read(Self.region, words: study.regionWords, model: digest)
        isLearned = name != nil
        known = try files.read(Self.outcomes, words: study.words(manifest), model: digest) ?? []
    }

    /// Learns and plans what is not there yet.
    ///
    /// - Returns: The model that knows the region, and what came of each way of planning.
    /// - Throws: `ForesightError.interrupted` after Ctrl-C; what recording, learning and planning throw.
    func run() throws -> (model: TrainedImageModel, outcomes: [RegionStudy.Outcome]) {
        let trained = try learned()
        let total = (2 + study.weights.count) * study.pairs
        var (kept, done) = (known, known.reduce(0) { $0 + $1.reached.count })
        let line = ProgressLine("planning", total: total, done: done, unit: "pairs", style: talk.beginWork())
        let (files, words) = (KeptFiles(folder), try study.words(manifest))
        let outcomes = try study.run(trained, manifest: manifest, known: known) { outcome in
            if let place = kept.firstIndex(where: { $0.way == outcome.way }) {
                kept[place] = outcome
            } else {
                kept.append(outcome)
            }
            try files.write(kept, Self.outcomes, words: words, model: digest)
            done += 1
            line.update(done, note: outcome.way)
            try stopIfAsked()
        }
        line.finish(done)
        return (trained, outcomes)
    }

    /// The model with the region, which is recorded and learned unless an earlier run has.
    private func learned() throws -> TrainedImageModel {
        let place = folder.file("model")
        if isLearned {
            talk.note("\(place) has learned the region already")
            return try ImageModelFolder.load(place)
        }
        var trained = try ImageModelFolder.load(model)
        let line = ProgressLine("recording", total: study.episodes, unit: "episodes", style: talk.beginWork())
        let frames = try study.record(imageSize: trained.network.architecture.imageSize[0]) {
            try stopIfAsked()
            line.update($0)
        }
        line.finish(study.episodes)
        let labels = try RegionLabels(column: RegionStudy.name, of: frames)
        try trained.learnRegion(RegionStudy.name, labels: labels, in: frames, heldOut: RegionStudy.heldOut) { _ in
            try stopIfAsked()
        }
        try ImageModelFolder.save(trained, to: place)
        // Last, so that where it is, the model is whole.
        try KeptFiles(folder).write(RegionStudy.name, Self.region, words: study.regionWords, model: digest)
        return trained
    }

    private func stopIfAsked() throws {
        if Interrupt.isRequested { throw Interrupt.error(resumeWith: "the same command with --out \(folder.path)") }
    }
}
