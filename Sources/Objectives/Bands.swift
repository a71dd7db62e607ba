/// Calibrated half-widths around a predicted trajectory: the truth lies within `prediction ± halfWidth` with the
/// stated coverage.
///
/// The half-width of channel `c` at step `k` is `halfWidth[k, c]`, or `halfWidth[k, c] · max(spread, floor)`-like
/// scalings done by whoever makes the bands: what arrives here is already in physical units.
public struct Bands: Sendable, Equatable {
    /// The promised coverage, in (0, 1).
    public var coverage: Double
    /// Half-widths, row-major `[step, output]`, physical units.
    public var halfWidth: [Float]
    /// How far the middle of each band lies above the prediction, row-major `[step, output]`, physical units; empty where bands lie
    /// around it.
    public var shift: [Float]
    /// What was added to predictions, row-major `[step, output]`, physical units, where bands reach over those around corrected and
    /// around uncorrected predictions: half-widths are greater by half of its size then, ``errors`` are in what they were before, and
    /// a share of the time is judged by the worse of both. Empty where nothing was added.
    public var correction: [Float]
    /// How errors are distributed, for guardrails on an expected share of time; `nil` when all that is known is the coverage.
    public var errors: ErrorQuantiles?

    /// Creates bands from row-major half-widths `[step, output]`.
    public init(
        coverage: Double, halfWidth: [Float], shift: [Float] = [], correction: [Float] = [],
        errors: ErrorQuantiles? = nil
    ) {
        precondition(shift.isEmpty || shift.count == halfWidth.count, "a shift for each half-width")
        precondition(correction.isEmpty || correction.count == halfWidth.count, "a correction for each half-width")
        self.coverage = coverage
        self.halfWidth = halfWidth
        self.shift = shift
        self.correction = correction
        self.errors = errors
    }
}

/// Quantiles of calibrated errors, truth less prediction, in half-widths of the bands that they come with.
public struct ErrorQuantiles: Sendable, Equatable {
    /// The probabilities of the quantiles, rising, in (0, 1).
    public var levels: [Double]
    /// Rising quantiles, row-major `[step, output, level]`, in half-widths: a truth lies below
    /// `prediction + value · halfWidth` with the probability of the level.
    public var values: [Float]

    /// Creates quantiles.
    public init(levels: [Double], values: [Float]) {
        precondition(levels.count >= 2 && values.count.isMultiple(of: levels.count), "a value for each level")
        self.levels = levels
        self.values = values
    }

    /// What a band of a coverage says by itself: its ends and its middle. Errors that are as likely above as below and have one mode
    /// are beyond anything between with less probability than the straight lines between these say.
    static func symmetric(coverage: Double, count: Int) -> ErrorQuantiles {
        let beyond = (1 - min(max(coverage, 0.01), 0.9999)) / 2
        let ends: [Float] = [-1, 0, 1]
        return ErrorQuantiles(levels: [beyond, 0.5, 1 - beyond], values: (0..<count).flatMap { _ in ends })
    }
}
