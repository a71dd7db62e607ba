import Basics
import Episodes

extension ModelFolder {
    private static func refusal(_ source: String) -> (String) -> ForesightError {
        { reason in .data("\(source): \(reason)", remedy: "the file is damaged or edited; save the model anew") }
    }

    /// Whether the weights are usable.
    ///
    /// - Throws: `ForesightError.data` with what does not hold.
    static func check(_ weights: SensorWeights, source: String) throws {
        let refuse = refusal(source)
        for (name, values) in weights.values.sorted(by: { $0.key < $1.key }) {
            guard values.numbers.allSatisfy(\.isFinite) else {
                throw refuse("the weights \(name) hold numbers that are not finite")
            }
        }
        guard weights["predictor.scale"].allSatisfy({ $0 > 0 }) else { throw refuse("the representation has no scale") }
    }

    /// Whether bands and score are usable and belong to a model of this description.
    ///
    /// - Throws: `ForesightError.data` with what does not hold.
    static func check(_ file: CalibrationFile, _ description: ModelDescription, source: String) throws {
        try check(file.calibration, description, refusal(source))
        try check(file.novelty, description, refusal(source))
    }

    private static func check(
        _ bands: Calibration, _ description: ModelDescription, _ refuse: (String) -> ForesightError
    ) throws {
        let names = description.outputs.map(\.name)
        guard bands.outputs == names else {
            throw refuse(
                "the bands are for \(bands.outputs.joined(separator: ", ")), the model predicts "
                    + names.joined(separator: ", "))
        }
        let count = bands.steps * names.count
        guard bands.steps >= 1, bands.steps <= description.horizon,
            [bands.quantile, bands.guardQuantile, bands.floor, bands.typicalSpread].allSatisfy({ $0.count == count })
        else {
            throw refuse("the bands cover \(bands.steps) steps, the model was trained for \(description.horizon)")
        }
        guard bands.coverage > 0, bands.coverage < 1, bands.windows >= 0, bands.spreadFactor.isFinite,
            bands.spreadFactor > 0, bands.guardCoverage >= bands.coverage, bands.guardCoverage < 1,
            (bands.quantile + bands.guardQuantile).allSatisfy({ $0.isFinite && $0 >= 0 }),
            bands.floor.allSatisfy({ $0.isFinite && $0 > 0 }),
            bands.typicalSpread.allSatisfy({ $0.isFinite && $0 >= 0 })
        else { throw refuse("the bands hold numbers that make no sense") }
        guard bands.errors.map({ $0.isSound(count: count) }) ?? true else {
            throw refuse("the quantiles of errors are not \(count) rising rows")
        }
    }

    private static func check(
        _ score: NoveltyScore, _ description: ModelDescription, _ refuse: (String) -> ForesightError
    ) throws {
        let width = description.architecture.width + description.inputs.count
        let outputs = description.outputs.count
        guard score.mean.count == width, score.whitening.count == width * width,
            !score.spreadThreshold.isEmpty, score.spreadThreshold.count % outputs == 0
        else {
            throw refuse("the out-of-distribution score is for \(score.mean.count) numbers, the model has \(width)")
        }
        guard (score.mean + score.whitening).allSatisfy(\.isFinite), score.distanceThreshold.isFinite,
            score.distanceThreshold > 0, score.spreadThreshold.allSatisfy({ $0.isFinite && $0 > 0 })
        else { throw refuse("the out-of-distribution score holds numbers that make no sense") }
    }
}
