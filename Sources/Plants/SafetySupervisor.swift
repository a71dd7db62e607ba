import Episodes

/// Overrides actions while an observation nears a limit, as the trip of a real plant does.
///
/// An output counts as near its limit when what the sensors show, extended by its present slope over the plant's
/// delay, comes within three standard deviations of the sensor noise. Every action that drives it there is then set
/// to the end of its range that drives it away, until the output is back by twice that distance.
public struct SafetySupervisor: Sendable {
    private let limits: [OutputLimit]
    private let gains: DenseMatrix
    private let ranges: [ClosedRange<Double>]
    private let margins: [Double]
    private let lookahead: [Double]
    private var last: [Double]?
    private var tripped: [Int]
    /// The sampling periods in which an action was overridden.
    public private(set) var interventions = 0

    /// Creates a supervisor; the limits are those of the plant's output channels where none are given.
    public init(for plant: any Plant, limits: [OutputLimit]? = nil) {
        let limits = limits ?? plant.outputLimits
        self.limits = limits
        gains = plant.gains()
        ranges = plant.actionChannels.indices.map { plant.actionRange($0) }
        margins = limits.map { limit in
            let reach = max(abs(limit.upper ?? 0), abs(limit.lower ?? 0))
            return 3 * plant.noise.deviation(of: limit.output, at: reach)
        }
        lookahead = limits.map { limit in
            let delays =
                plant.knownResponse.map { [$0.delay] }
                ?? plant.actionChannels.indices.compactMap {
                    plant.processModel(output: limit.output, action: $0)?.delay
                }
            // The quickest action decides how much is already on its way; in periods, plus the one that runs.
            let delay = delays.min() ?? 0
            return delay < 0.1 * plant.samplingTime ? 0 : 2 * delay / plant.samplingTime + 1
        }
        tripped = limits.map { _ in 0 }
    }

    /// The actions to apply instead of those wanted.
    public mutating func supervise(_ action: [Double], observation: [Double]) -> [Double] {
        var result = action
        for (index, limit) in limits.enumerated() {
            let value = observation[limit.output]
            let slope = last.map { value - $0[limit.output] } ?? 0
            let margin = margins[index]
            let release = tripped[index] == 0 ? margin : 3 * margin
            let high = limit.upper.map { value + max(slope, 0) * lookahead[index] > $0 - release } ?? false
            let low =
                limit.lower.map { value + min(slope, 0) * lookahead[index] < $0 + lowRelease(limit, index) } ?? false
            tripped[index] = high ? 1 : low ? -1 : 0
            guard tripped[index] != 0 else { continue }
            for lane in action.indices where gains[limit.output, lane] != 0 {
                let away = (gains[limit.output, lane] > 0) == (tripped[index] > 0)
                result[lane] = away ? ranges[lane].lowerBound : ranges[lane].upperBound
            }
        }
        last = observation
        if result != action { interventions += 1 }
        return result
    }

    /// Noise in proportion to a level vanishes at a lower limit of zero, and the margin with it.
    private func lowRelease(_ limit: OutputLimit, _ index: Int) -> Double {
        limit.lower == 0 ? 0 : tripped[index] == 0 ? margins[index] : 3 * margins[index]
    }
}
