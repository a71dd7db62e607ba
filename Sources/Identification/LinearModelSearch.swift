/// What a search for the best linear reference model tries.
public struct LinearModelSearch: Sendable, Equatable {
    /// ARX orders.
    public var orders: [Int] = Array(1...12)
    /// Ridge penalties per sample, for standardised signals.
    public var ridges: [Double] = [1e-8, 1e-6, 1e-4, 1e-2]
    /// Orders of subspace models; empty for none.
    public var stateOrders: [Int] = Array(1...12)
    /// How many of the best ARX models of each output are refined on their free-run error.
    public var refinedCandidates = 3
    /// The greatest number of refinement steps of each.
    public var refinementIterations = 12
    /// Samples of the initial window; `nil` for as many as the greatest order.
    public var window: Int?
    /// The greatest number of starts of the runs that judge a model and of the refinement.
    public var maximumStarts = 48

    /// Creates a search with the defaults.
    public init() {}
}

/// Whether poles of the given magnitude amplify by less than 5 % over the horizon.
///
/// An integrator (1 exactly, or a hair above it after estimation) passes; a mode that grows visibly within the
/// horizon does not.
public func isStable(spectralRadius: Double, horizon: Int) -> Bool {
    guard spectralRadius.isFinite else { return false }
    if spectralRadius <= 1 { return true }
    var growth = 1.0
    for _ in 0..<horizon where growth < 2 { growth *= spectralRadius }
    return growth < 1.05
}
