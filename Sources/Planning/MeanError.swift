/// The mean of what predictions were off by, as far as it is more than chance.
///
/// With e the errors that came, newest last, weighted by `ρ^age`, their mean m and its variance v,
///
///     correction = max(0, 1 − v/m²) · m,    v = max(s², σ²)·overlap / n,    n = (Σw)² / Σw²,
///
/// where σ is the standard deviation that calibration found, s that of the errors about their mean, and `overlap` how many errors
/// in a row share what they are wrong about: those of predictions L decisions ahead share up to L. It is the positive-part
/// shrinkage of James and Stein ("Estimation with quadratic loss", Berkeley Symposium 1961) of one mean with a variance that is
/// estimated: what chance explains corrects nothing, and what it does not corrects nearly whole.
///
/// A constant disturbance of the outputs that is estimated from what predictions were off by is what makes predictive control
/// free of offset where model and plant differ (Pannocchia and Rawlings, "Disturbance models for offset-free model-predictive
/// control", AIChE Journal 2003, https://doi.org/10.1002/aic.690490213).
public struct MeanError: Sendable, Equatable {
    /// ρ, what an error counts of the one after it.
    public let retention: Double
    /// How many errors in a row share what they are wrong about.
    public let overlap: Double
    private var weights = 0.0
    private var squaredWeights = 0.0
    private var sum = 0.0
    private var squares = 0.0
    private var deviations = 0.0

    /// Creates a mean of nothing.
    ///
    /// - Parameters:
    ///   - memory: How many errors count, at least 1: `1/(1 − ρ)`.
    ///   - overlap: How many in a row share what they are wrong about, at least 1.
    public init(memory: Double, overlap: Double) {
        precondition(memory >= 1 && overlap >= 1, "a memory of \(memory), an overlap of \(overlap)")
        retention = 1 - 1 / memory
        self.overlap = overlap
    }

    /// Takes in what a prediction was off by; what is not a number is left out.
    ///
    /// - Parameters:
    ///   - error: What came less what was predicted.
    ///   - deviation: The standard deviation that calibration found for such errors.
    public mutating func update(_ error: Double, deviation: Double) {
        guard error.isFinite, deviation.isFinite else { return }
        weights = retention * weights + 1
        squaredWeights = retention * retention * squaredWeights + 1
        sum = retention * sum + error
        squares = retention * squares + error * error
        deviations = retention * deviations + deviation * deviation
    }

    /// What is to be added to predictions.
    public var correction: Double {
        guard weights > 0 else { return 0 }
        let mean = sum / weights
        let variance =
            max(squares / weights - mean * mean, deviations / weights) * overlap * squaredWeights / (weights * weights)
        guard mean * mean > variance else { return 0 }
        return (1 - variance / (mean * mean)) * mean
    }
}
