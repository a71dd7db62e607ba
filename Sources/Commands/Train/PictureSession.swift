import Basics
import Episodes
import Foundation
import Perception
import Records
import Reports
import Tensors
import WorldModels

/// One training run from pictures, to the model in the run folder.
struct PictureSession {
    static let checkpointName = TrainSession.checkpointName
    /// Optimiser steps between two lines of the log.
    private static let stride = 50

    let configuration: PictureConfiguration
    /// Where encoder and predictor learn; one that is available.
    let device: Device
    let talk: Talk

    /// Trains to the end and fills a folder.
    ///
    /// - Parameters:
    ///   - former: The folder of the run that is resumed; `nil` for a new one.
    ///   - folder: Makes the folder of a new run, once it is known that there is something to learn.
    /// - Returns: What it came to.
    /// - Throws: `ForesightError.interrupted` after Ctrl-C, with the command that goes on; what reading and training throw.
    func run(former: RunFolder?, folder: () throws -> RunFolder) throws -> PictureResult {
        let frames = try FrameFormat.open(configuration.pictures)
        return try run(frames, former: former, folder: folder)
    }

    private func run(
        _ frames: some FrameDataset, former: RunFolder?, folder makeFolder: () throws -> RunFolder
    ) throws -> PictureResult {
        for note in frames.notes { talk.warning(note) }
        let layout = frames.layout
        talk.note(
            "pictures: \(layout.rowCount) of \(layout.frameSize) pixels in \(layout.lengths.count) episodes, "
                + "\(layout.actionWidth) actions")
        talk.note("recipe: \(try ImageRecipe.named(configuration.training.recipe).summary)")
        sayDevice()
        if let former, !former.has(Self.checkpointName) {
            throw ForesightError.data(
                "\(former.path) holds no \(Self.checkpointName) to go on from", remedy: "start a new run")
        }
        let first = try former.map { try ImageCheckpoint.step(of: $0.file(Self.checkpointName)) } ?? 0
        let training = try ImageTraining(
            frames, actions: try actions(frames), samplingTime: configuration.samplingTime,
            settings: configuration.training, device: device, startIndex: first)
        sayShort(training)
        try training.check(regions: configuration.regions)
        // A frozen encoder is part of what is learned from, and is read again when a run goes on.
        let encoder = training.trainer.model.architecture.frozen?.encoder
        let data = fingerprint(layout) + (encoder.map { ", encoder \($0.digest.prefix(12))" } ?? "")
        let folder = try former ?? makeFolder()
        try ImageModelFolder.check(place: folder.file(TrainSession.modelName))
        if former != nil {
            try ImageCheckpoint.restore(training, data: data, from: folder.file(Self.checkpointName))
            talk.note("goes on after \(training.progressWords) in \(folder.path)")
        } else {
            try folder.write(configuration.yaml(), to: TrainSession.configurationName)
            try Provenance(
                command: Provenance.commandLine,
                seeds: ["training": UInt64(max(0, configuration.training.seed))],
                versions: ["libtorch": Engine.version]
            ).save(in: folder)
            talk.note("run folder: \(folder.path)")
        }
        Interrupt.install()
        defer { Interrupt.uninstall() }
        try encode(training, data: data, isNew: former == nil, in: folder)
        let saving = ImageSaving(training, data: data, path: folder.file(Self.checkpointName))
        let seconds = try learn(training, saving, in: folder)
        let line = ProgressLine("heads", total: 100, unit: "parts", style: talk.beginWork())
        try training.learnHeads(regions: configuration.regions) { share, what in
            try saving.during {
                if Interrupt.isRequested { throw interruption(folder) }
                line.update(Int(share * 100), note: what)
            }
        }
        line.finish(100)
        var origin = ModelOrigin()
        origin.torch = Engine.version
        let model = training.model(origin: origin)
        try ImageModelFolder.save(model, to: folder.file(TrainSession.modelName))
        let result = PictureResult(
            folder: folder.path, model: model, health: training.health, seconds: seconds, busyShare: training.busyShare)
        try folder.write(result.json, to: "training.json")
        let metrics = try MetricsLog.read(folder.file(TrainSession.metricsName))
        try folder.write(PicturePage.page(result, metrics: metrics).html, to: "report.html")
        return result
    }

    /// What says how a run goes on that somebody ended.
    private func interruption(_ folder: RunFolder) -> ForesightError {
        Interrupt.error(resumeWith: "foresight train --resume \(folder.path)")
    }

    /// What of the recording is too short to learn from.
    private func sayShort(_ training: ImageTraining<some FrameDataset>) {
        let (short, rows) = training.tooShort
        guard short > 0 else { return }
        let predictor = configuration.training.predictor
        let steps = predictor == .patches || predictor == .lewm ? "history" : "horizon"
        talk.warning(
            "\(short) of \(counted(training.learned.layout.lengths.count, "episode")) to learn from have fewer rows than a "
                + "window, which takes \(rows): nothing is learned from them; choose a smaller block, stack or \(steps)"
        )
    }

    /// Where and in which numbers training computes, and what is slower than it need be.
    private func sayDevice() {
        let precision = configuration.training.precision
        if device != .cpu || precision != .float32 { talk.note("device: \(device), \(precision.rawValue)") }
        if precision == .bfloat16 && !device.hasFastBFloat16 {
            talk.warning(
                "this processor has no instructions for bfloat16, so that steps take many times as long as with float32; "
                    + "leave precision=bfloat16 out here")
        }
    }

    /// What a frozen encoder sees, once for all steps.
    private func encode(
        _ training: ImageTraining<some FrameDataset>, data: String, isNew: Bool, in folder: RunFolder
    ) throws {
        guard let encoder = training.trainer.model.architecture.frozen?.encoder else { return }
        // It may take an hour, in which there has to be something to go on from.
        if isNew { try ImageCheckpoint.save(training, data: data, to: folder.file(Self.checkpointName)) }
        talk.note(
            "encoder: \(encoder.family), \(encoder.tokens) tokens of \(encoder.vision.width) numbers, frozen; "
                + "\(training.tableBytes / 1_048_576) MiB for all pictures")
        let rows = training.learned.layout.rowCount + training.heldOut.layout.rowCount
        let line = ProgressLine("tokens", total: rows, unit: "pictures", style: talk.beginWork())
        try training.prepare { done, _ in
            if Interrupt.isRequested { throw interruption(folder) }
            line.update(done)
        }
        line.finish(rows)
    }

    /// The optimiser steps of encoder and predictor.
    private func learn<Frames: FrameDataset>(
        _ training: ImageTraining<Frames>, _ saving: ImageSaving<Frames>, in folder: RunFolder
    ) throws -> Double {
        let (trainer, settings) = (training.trainer, configuration.training)
        let metrics = try MetricsLog(path: folder.file(TrainSession.metricsName), resumingAfter: trainer.step)
        let board = try TensorBoardWriter(folder: folder.path, resumingAfter: trainer.step > 0 ? trainer.step : nil)
        let line = ProgressLine("training", total: settings.steps, done: trainer.step, style: talk.beginWork())
        let start = ProgressLine.seconds()
        var note = ""
        while !trainer.isFinished {
            let begun = ProgressLine.seconds()
            let before = trainer.step
            let report = try training.run(Self.stride)
            let windows = Double((trainer.step - before) * settings.batch)
            let values =
                report.terms.map { ("loss/\($0.name)", $0.value) } + [
                    ("optimisation/gradient_norm", report.gradientNorm),
                    ("throughput/windows_per_second", windows / (ProgressLine.seconds() - begun)),
                ]
            try metrics.append(step: report.step, values)
            try board.append(step: report.step, values)
            if report.skipped > 0 {
                talk.warning(
                    "\(report.skipped) steps were left out, their gradient was no number; lower rate= or clip=")
            }
            note = report.terms.map { "\($0.name) \(($0.value * 1e4).rounded() / 1e4)" }.joined(separator: ", ")
            line.update(report.step, note: note)
            try saving.during(isLast: trainer.isFinished) {
                guard Interrupt.isRequested && !trainer.isFinished else { return }
                line.finish(report.step, note: note)
                throw interruption(folder)
            }
        }
        line.finish(trainer.step, note: note)
        return ProgressLine.seconds() - start
    }

    /// The actions that were recorded; nothing says their limits, so they are not driven beyond what was recorded.
    private func actions(_ frames: some FrameDataset) throws -> [Channel] {
        let width = frames.layout.actionWidth
        guard width > 0 else {
            throw ForesightError.data(
                "\(configuration.pictures) holds no column \(FrameColumn.action), so there is nothing to learn the effect of",
                remedy: "record actions beside the pictures")
        }
        var least = [Double](repeating: .infinity, count: width)
        var greatest = [Double](repeating: -.infinity, count: width)
        for (episode, length) in frames.layout.lengths.enumerated() {
            for (place, value) in try frames.actions(episode: episode, rows: 0..<length).enumerated() where !value.isNaN
            {
                least[place % width] = min(least[place % width], Double(value))
                greatest[place % width] = max(greatest[place % width], Double(value))
            }
        }
        return (0..<width).map { index in
            Channel(
                name: "action_\(index)", role: .action,
                lowerLimit: least[index].isFinite ? least[index] : nil,
                upperLimit: greatest[index].isFinite ? greatest[index] : nil)
        }
    }

    /// What the data are, in words that differ where the data do; the pictures themselves may be many gigabytes.
    private func fingerprint(_ layout: FrameLayout) -> String {
        let columns = layout.columns.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
        let lengths = SHA256.hex(of: Array(layout.lengths.map(String.init).joined(separator: ",").utf8)).prefix(12)
        return "\(layout.rowCount) rows of \(layout.frameSize) pixels, \(columns), lengths \(lengths)"
    }
}
