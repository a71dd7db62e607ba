/// The numbers that a step response is remembered by.
public struct StepShape: Sendable, Equatable {
    /// Which way an output goes when the action is raised.
    public enum Direction: String, Sendable {
        /// Up.
        case up
        /// Down.
        case down
        /// Within the members' disagreement: nothing that can be told.
        case unclear
    }

    /// Change of the output for each unit of the action at the end of what was predicted, output's unit over action's.
    public var gain: Double
    /// Half-width of the members' disagreement about the gain; `nil` for one member.
    public var gainHalfWidth: Double?
    /// Which way the output goes when the action is raised.
    public var direction: Direction
    /// Whether the output has come to rest by the end; otherwise gain and times are those of the part that was predicted.
    public var isSettled: Bool
    /// Seconds until anything happens, by Smith's two points; `nil` where the direction is unclear.
    public var deadTime: Double?
    /// Seconds from there to 63 % of the change; `nil` where the direction is unclear.
    public var timeConstant: Double?
    /// By how much the response passes its end on the way, as a share of it; 0 for less than 5 %.
    public var overshoot: Double
    /// By how much it goes the other way first, as a share of its end; 0 for less than 5 %.
    public var inverse: Double
}

extension StepResponse {
    /// The numbers of the response.
    ///
    /// Dead time θ and time constant τ of a first-order lag through the moments when 28.3 % and 63.2 % of the change are
    /// reached: `τ = 1.5 (t₆₃ − t₂₈)`, `θ = t₆₃ − τ` (Smith, "Digital Computer Process Control", 1972), exact for such a
    /// plant; θ below 0 counts as 0, and τ is then t₆₃.
    public var shape: StepShape {
        guard let end = values.last, size != 0 else {
            return StepShape(
                gain: .nan, gainHalfWidth: nil, direction: .unclear, isSettled: false, deadTime: nil,
                timeConstant: nil, overshoot: 0, inverse: 0)
        }
        let peak = values.map(abs).max() ?? 0
        let tail = values.suffix(max(2, values.count / 5))
        let moved = (tail.max() ?? end) - (tail.min() ?? end)
        let isSettled = moved <= Self.restShare * max(abs(end), peak)
        let uncertain = memberHalfWidths.last ?? 0
        let isClear = abs(end) > uncertain && abs(end) > 1e-9 * max(1, peak)
        var shape = StepShape(
            gain: end / size, gainHalfWidth: memberHalfWidths.last.map { $0 / abs(size) },
            direction: !isClear ? .unclear : end / size > 0 ? .up : .down, isSettled: isSettled, deadTime: nil,
            timeConstant: nil, overshoot: 0, inverse: 0)
        guard isClear else { return shape }
        let relative = values.map { $0 / end }
        func moment(_ share: Double) -> Double? {
            guard let index = relative.firstIndex(where: { $0 >= share }) else { return nil }
            let (time, value) = index > 0 ? (seconds[index - 1], relative[index - 1]) : (0, 0)
            return time + (share - value) / (relative[index] - value) * (seconds[index] - time)
        }
        if let early = moment(0.2835), let late = moment(0.6321) {
            let lag = 1.5 * (late - early)
            shape.deadTime = max(0, late - lag)
            shape.timeConstant = min(lag, late)
        }
        let (over, under) = ((relative.max() ?? 1) - 1, -(relative.min() ?? 0))
        shape.overshoot = over > Self.noticedShare ? over : 0
        shape.inverse = under > Self.noticedShare ? under : 0
        return shape
    }

    /// What may still move over the last fifth of a response that has come to rest, as a share of it.
    private static let restShare = 0.03
    /// Below this share nothing is called an overshoot or an inverse response.
    private static let noticedShare = 0.05
}
