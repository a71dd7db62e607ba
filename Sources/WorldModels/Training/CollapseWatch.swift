/// Says when representations collapse: when they use far fewer directions than before the first step, or a component
/// no longer tells one state from another.
public struct CollapseWatch: Sendable, Equatable {
    /// The health before the first step.
    public var start: RepresentationHealth
    /// The share of the effective rank at the start below which it is a collapse.
    public var leastRankShare = 0.5
    /// The share of the least spread at the start below which it is a collapse.
    public var leastSpreadShare = 0.02

    /// Watches a run from its start.
    public init(start: RepresentationHealth) { self.start = start }

    /// What is wrong, in plain words; `nil` when nothing is.
    public func warning(_ health: RepresentationHealth) -> String? {
        let width = health.spectrum.count
        if !(health.effectiveRank >= start.effectiveRank * leastRankShare) && start.effectiveRank > 1 {
            return "the representation collapses: \(rounded(health.effectiveRank)) of \(width) directions are in use, "
                + "\(rounded(start.effectiveRank)) were at the start; raise loss.anti_collapse_weight or set "
                + "loss.anti_collapse=vicreg"
        }
        if !(health.leastSpread >= start.leastSpread * leastSpreadShare) && start.leastSpread > 0 {
            return "a component of the representation collapses: its spread is \(rounded(health.leastSpread)), "
                + "\(rounded(start.leastSpread)) at the start; raise loss.anti_collapse_weight"
        }
        return nil
    }

    private func rounded(_ value: Double) -> String {
        value.isFinite ? "\((value * 1000).rounded() / 1000)" : "not a number"
    }
}
