/// What one epoch did, for the log.
public struct EpochReport: Sendable {
    /// The epoch, from 1.
    public var epoch: Int
    /// Optimiser steps taken so far.
    public var step: Int
    /// Mean of each unweighted term of the loss.
    public var terms: [(name: String, value: Double)]
    /// Free-run error on held-out rows, normalised units; of the new data where a model is trained on.
    public var validation: Double
    /// The same of the old data, where a model is trained on with them.
    public var oldValidation: Double?
    /// Whether it is the best so far.
    public var isBest: Bool
    /// Health of the first member's representations.
    public var health: RepresentationHealth
    /// The mean norm of the gradient before clipping.
    public var gradientNorm: Double
    /// The steps rolled out in this epoch.
    public var rolloutSteps: Int
    /// Optimiser steps that were left out because their gradient was no number.
    public var skippedSteps: Int
}
