import Episodes
import Planning
import Plants

/// What came of the process in one episode, by its true state and its true measurements.
public struct EastmanEpisode: Sendable, Codable, Equatable {
    /// How far a limit was crossed.
    public struct Excess: Sendable, Codable, Equatable {
        /// The channel.
        public var channel: String
        /// Samples beyond the limit.
        public var samples: Int
        /// The greatest distance beyond, in the unit of the channel.
        public var depth: Double
    }

    /// The number of the disturbance; 0 for none.
    public var fault: Int
    /// The seed.
    public var seed: UInt64
    /// Who moves the targets.
    public var row: EastmanProtocol.Row
    /// Hours until the process shut down, or all of them.
    public var hours: Double
    /// Why it shut down; `nil` where it ran on.
    public var shutdown: String?
    /// The mean operating cost while it ran, $/h.
    public var cost: Double
    /// The mean over the last day of the episode, $/h, where it ran until then: what is not saved by letting B gather.
    public var lastDay: Double?
    /// The mean flow of the product, m³/h, and G and H in it, mol%.
    public var product: Double, shareG: Double, shareH: Double
    /// Hours in which flow of the product or G in it was further than 5 % from the base case.
    public var hoursOff: Double
    /// The limits that were crossed, one entry a channel.
    public var excesses: [Excess]
    /// Samples beyond any limit.
    public var beyond: Int
    /// Samples while it ran.
    public var samples: Int
    /// The highest pressure of the reactor, kPa.
    public var pressure: Double
    /// Decisions that were certified, fell back, were refused.
    public var certified: Int, fallbacks: Int, refusals: Int
    /// Why decisions were not certified, without the numbers, and how often.
    public var reasons: [String: Int]
    /// Alarms of surprise.
    public var alarms: Int
    /// Seconds of each decision.
    public var seconds: [Double]
    /// Every quarter of an hour: the true cost, the reactor's pressure, and the targets, row-major `[time, target]`.
    public var trace: Trace

    /// The course of an episode.
    public struct Trace: Sendable, Codable, Equatable {
        /// Hours.
        public var time: [Double] = []
        /// $/h.
        public var cost: [Double] = []
        /// kPa.
        public var pressure: [Double] = []
        /// mol%.
        public var shareG: [Double] = []
        /// The targets, `[time][target]`.
        public var targets: [[Double]] = []
    }

    /// Whether the process ran to the end.
    public var ranOn: Bool { shutdown == nil }

    /// Sums up an episode.
    ///
    /// - Parameters:
    ///   - fault: The number of the disturbance.
    ///   - row: Who moves the targets.
    ///   - record: What happened.
    ///   - plans: The plans by step.
    ///   - result: The loop's own account.
    ///   - plant: The plant.
    ///   - task: The task with its limits.
    init(
        fault: Int, row: EastmanProtocol.Row, _ record: ControlRecord, _ plans: [Int: Plan], _ result: EpisodeResult,
        plant: SupervisedTennesseeEastman, task: ControlTask
    ) {
        let (states, outputs) = (plant.stateCount, plant.outputChannels.count)
        let count = record.states.count / states
        func state(_ step: Int) -> [Double] { Array(record.states[step * states..<(step + 1) * states]) }
        let end = (0..<count).first { plant.shutdown(state($0)) != nil }
        let (running, period) = (end ?? count, plant.samplingTime / 3600)
        (self.fault, self.row, seed) = (fault, row, record.seed)
        (hours, shutdown) = (Double(running) * period, end.flatMap { plant.shutdown(state($0))?.rawValue })
        samples = running
        // A process that is down makes neither cost nor product: what is beyond a limit then is not counted again.
        let costs = (0..<running).map { plant.operatingCost(state($0)) }
        let regulated = (0..<running).map { plant.regulated.outputs(of: state($0)) }
        func mean(_ values: some Collection<Double>) -> Double {
            values.reduce(0, +) / Double(max(1, values.count))
        }
        cost = mean(costs)
        let day = Int((24 / period).rounded())
        lastDay = end == nil && count >= day ? mean(costs.suffix(day)) : nil
        (product, shareG, shareH) = (
            mean(regulated.map { $0[16] }), mean(regulated.map { $0[39] }), mean(regulated.map { $0[40] })
        )
        pressure = regulated.map { $0[6] }.max() ?? 0
        var excesses: [Excess] = []
        var beyond = Set<Int>()
        for limit in task.limits {
            let name = plant.outputChannels[limit.output].name
            var excess = Excess(channel: name, samples: 0, depth: 0)
            for step in 0..<running {
                let value = record.outputs[step * outputs + limit.output]
                let over = max(value - (limit.upper ?? .infinity), (limit.lower ?? -.infinity) - value)
                guard over > 0 else { continue }
                excess.samples += 1
                excess.depth = max(excess.depth, over)
                beyond.insert(step)
            }
            if excess.samples > 0 { excesses.append(excess) }
        }
        (self.excesses, self.beyond) = (excesses, beyond.count)
        let (base, share) = (SupervisedTennesseeEastman.product, SupervisedTennesseeEastman.tolerance)
        let off = regulated.count { abs($0[16] / base.flow - 1) > share || abs($0[39] / base.shareG - 1) > share }
        hoursOff = Double(off) * period
        let decided = plans.filter { $0.key < running }.values
        let made = decided.map(\.status)
        reasons = Dictionary(grouping: decided.compactMap { $0.reason.map(Self.withoutNumbers) }) { $0 }.mapValues(
            \.count)
        certified = made.count { $0 == .certified }
        fallbacks = made.count { $0 == .fallback }
        refusals = made.count { $0 == .refused }
        alarms = result.alarms.count { $0.step < running }
        seconds = row == .foresight ? Array(result.decisionSeconds.prefix(made.count)) : []
        trace = Trace()
        let width = plant.actionChannels.count
        for step in stride(from: 4, to: running, by: 5) {
            trace.time.append(Double(step + 1) * period)
            trace.cost.append(costs[step])
            trace.pressure.append(regulated[step][6])
            trace.shareG.append(regulated[step][39])
            trace.targets.append(Array(record.actions[step * width..<(step + 1) * width]))
        }
    }

    /// A reason with the amounts of its own case left out.
    private static func withoutNumbers(_ reason: String) -> String {
        let words = reason.split(separator: " ").map { word in
            Double(word.filter { !",;:()'".contains($0) }) == nil ? String(word) : "…"
        }
        return words.joined(separator: " ")
    }
}
