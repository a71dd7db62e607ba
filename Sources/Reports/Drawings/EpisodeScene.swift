/// What a moving drawing shows: the signals of one episode, sample by sample.
public struct EpisodeScene: Sendable {
    /// One signal.
    public struct Signal: Sendable {
        /// What a signal is.
        public enum Role: Sendable {
            /// Measured.
            case output
            /// Set by whoever controls.
            case action
            /// Acts from outside.
            case disturbance
        }
        /// The channel.
        public var name: String
        /// Its unit.
        public var unit: String?
        /// What it is.
        public var role: Role
        /// The range of the channel; what was seen where it has none.
        public var range: ClosedRange<Double>
        /// A value for each sample.
        public var values: [Double]
        /// The greatest value that guardrails allow.
        public var upper: Double?
        /// The least value that they allow.
        public var lower: Double?
        /// The target of each sample; empty where there is none.
        public var targets: [Double] = []

        /// Creates a signal.
        public init(
            _ name: String, unit: String? = nil, role: Role, range: ClosedRange<Double>? = nil, values: [Double]
        ) {
            self.name = name
            self.unit = unit
            self.role = role
            let sound = values.filter(\.isFinite)
            let (low, high) = (sound.min() ?? 0, sound.max() ?? 1)
            self.range = range ?? low...max(high, low + 1e-9)
            self.values = values
        }

        /// Whether a guardrail is crossed, `[sample]`.
        var isBeyond: [Bool] { values.map { $0 > upper ?? .infinity || $0 < lower ?? -.infinity } }
    }

    /// The plant, which decides what is drawn.
    public var plant: String
    /// Seconds of each sample.
    public var time: [Double]
    /// The signals; outputs first.
    public var signals: [Signal]

    /// The most frames that are drawn: more than a play of ten seconds can tell apart.
    static let mostFrames = 160

    /// Creates a scene; of a long episode every so many samples are kept, and samples from the first that is no number on are left
    /// out.
    public init(plant: String, time: [Double], signals: [Signal]) {
        precondition(signals.allSatisfy { $0.values.count == time.count }, "signals of another length than the time")
        let sound = time.indices.first { sample in signals.contains { !$0.values[sample].isFinite } } ?? time.count
        let step = max(1, (sound + Self.mostFrames - 1) / Self.mostFrames)
        var kept = Array(stride(from: 0, to: sound, by: step))
        if let last = kept.last, last != sound - 1 { kept.append(sound - 1) }
        self.plant = plant
        self.time = kept.map { time[$0] }
        self.signals = signals.map { signal in
            var signal = signal
            signal.values = kept.map { signal.values[$0] }
            if !signal.targets.isEmpty { signal.targets = kept.map { signal.targets[$0] } }
            return signal
        }
    }

    /// The signal of a name.
    func signal(_ name: String) -> Signal? { signals.first { $0.name == name } }

    /// The frame that stands for the episode where nothing may move: where a guardrail is crossed deepest or least is left.
    var stillFrame: Int {
        var (best, least) = (max(0, time.count / 2), Double.infinity)
        for signal in signals where signal.upper != nil || signal.lower != nil {
            let width = max(signal.range.upperBound - signal.range.lowerBound, 1e-9)
            for (frame, value) in signal.values.enumerated() {
                let margin = min((signal.upper ?? .infinity) - value, value - (signal.lower ?? -.infinity)) / width
                if margin < least { (best, least) = (frame, margin) }
            }
        }
        return best
    }
}
