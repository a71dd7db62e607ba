/// The hedging points of a line and a limit of wear: a baseline for `ProductionLine`.
///
/// Each machine works at full speed while what stands behind it is below its hedging point, at the pace of the demand near
/// it, and not at all above it (J. Kimemia and S. B. Gershwin, "An algorithm for the computer control of a flexible
/// manufacturing system", IIE Transactions 1983; for buffers within a line S. B. Gershwin, "Manufacturing Systems
/// Engineering", 1994). The worn machine is maintained as soon as its wear passes a limit while the buffer behind it can
/// bridge the pause. Hedging points and limits are ours, the best of 48 on six episodes that no comparison has.
public struct HedgingPolicy: Controller, Hashable {
    /// The hedging points of the two buffers, parts; that of the surplus is its target.
    public var buffers: [Double]
    /// Parts around a hedging point within which a machine goes at the pace of the demand.
    public var width: Double
    /// The pace of the demand, a part of the full speed of a machine that is always up.
    public var pace: Double
    /// The wear at which maintenance begins, and that at which it ends.
    public var wear: ClosedRange<Double>
    /// The parts in the second buffer below which maintenance waits.
    public var bridge: Double
    private var isMaintaining = false

    /// Creates a policy.
    public init(
        buffers: [Double] = [20, 28], width: Double = 4, pace: Double = 0.75, wear: ClosedRange<Double> = 0.05...0.25,
        bridge: Double = 15
    ) {
        precondition(buffers.count == 2, "\(buffers.count) hedging points of buffers, not 2")
        self.buffers = buffers
        self.width = width
        self.pace = pace
        self.wear = wear
        self.bridge = bridge
    }

    /// Starts anew.
    public mutating func reset(action: [Double]) { isMaintaining = false }

    /// The speeds of the machines and whether the second is maintained.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        let target = reference[2] ?? 0
        let worn = observations[3]
        isMaintaining =
            isMaintaining
            ? worn > wear.lowerBound && observations[1] > bridge / 2
            : worn > wear.upperBound && observations[1] > bridge
        return [
            speed(observations[0], buffers[0]), speed(observations[1], buffers[1]), speed(observations[2], target),
            isMaintaining ? 1 : 0,
        ]
    }

    private func speed(_ level: Double, _ point: Double) -> Double {
        level < point - width ? 1 : level > point + width ? 0 : pace
    }
}
