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

    /// Creates bands from row-major half-widths `[step, output]`.
    public init(coverage: Double, halfWidth: [Float]) {
        self.coverage = coverage
        self.halfWidth = halfWidth
    }
}
