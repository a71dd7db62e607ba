import Basics
import Episodes
import Tensors

extension ImageTraining {
    /// Trains the predictor alone, where settings ask for it, on what the encoder has made of all rows.
    ///
    /// - Throws: What `progress` throws, which hears how much is done, 0 to 1, and how large errors are.
    func learnPredictor(_ encoded: EncodedRows, progress: (Double, String) throws -> Void) throws {
        guard settings.predictorSteps > 0 else { return }
        let windows = try EncodedWindows(
            table: encoded.full, actions: actionScaling.normalised(try learned.table(FrameColumn.action)),
            layout: learned.layout, time: 1 + settings.reach, padded: (settings.stack - 1) * settings.block,
            settings: settings, source: learned.source, device: device)
        let training = try PredictorTraining(trainer.model, windows: windows, settings: settings)
        try predictorState.map { try training.resume(from: $0) }
        predictorTraining = training
        while training.step < settings.predictorSteps {
            let error = training.run(min(100, settings.predictorSteps - training.step))
            let words = "predictor alone, error \((error * 1e4).rounded() / 1e4)"
            try progress(Double(training.step) / Double(settings.predictorSteps), words)
        }
    }

    /// How far training is, in words: `step 400`, and behind it the steps that the predictor took alone.
    public var progressWords: String {
        let alone = predictorState.map { " and step \($0.step) of the predictor alone" } ?? ""
        return "step \(trainer.step)\(alone)"
    }

    /// How far the predictor alone has come, and what it takes to go on; `nil` before it begins.
    var predictorState: PredictorTraining.State? {
        get { predictorTraining?.state ?? resumedPredictor }
        set { resumedPredictor = newValue }
    }

    /// Checks, before anything is learned, that episodes are as long as the longest free run.
    ///
    /// - Throws: `ForesightError.data` when none is.
    static func checkLengths(_ frames: FrameSubset<Frames>, settings: ImageSettings) throws {
        let longest = frames.layout.lengths.max() ?? 0
        let needed = (settings.stack - 1 + settings.reach) * settings.block + 1
        guard settings.predictorSteps > 0, longest < needed else { return }
        throw ForesightError.data(
            "\(frames.source): the longest of \(frames.layout.lengths.count) episodes has \(longest) rows, a free run of "
                + "\(settings.reach) steps needs \(needed)",
            remedy: "choose a smaller free_run or block, or record longer episodes")
    }
}
