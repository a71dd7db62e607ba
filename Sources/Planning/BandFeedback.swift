import Basics
import Episodes
public import Objectives

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Compares what a running loop predicted with what came: says how much wider bands have to be, and when predictions are
/// not what calibration promised any more.
///
/// Predictions are made anew from the states that were known then, under the actions that were really applied since, so
/// that they can be compared whatever a later plan has changed. Each is compared once, at a few lead times: the next step,
/// a quarter of the horizon, and all of it. Widths between these follow by interpolation.
///
/// It judges outputs only and not, as a monitor of logs does, how actions usually move: a planner moves them in ways of its
/// own, and what nobody commands shows in the outputs.
public struct BandFeedback<D: Dynamics> {
    /// A prediction that waits for what comes.
    private struct Issued {
        var decision: Int
        var state: D.State
        /// Calibrated, `[lead, output]`.
        var halfWidths: [Double]
        /// What they were multiplied by then, `[lead, output]`.
        var factors: [Double]
        /// What was added to predictions then, `[lead, output]`.
        var corrections: [Double]
        /// What was decided then.
        var status: PlanStatus?
    }

    /// What was counted at one lead time.
    private struct Tally {
        var compared = 0
        var calibrated = 0
        var recalibrated = 0
        var factors = 0.0
    }

    /// What it does.
    public let options: FeedbackOptions
    /// Steps of the dynamics ahead that are compared.
    public let leads: [Int]
    /// What came as a surprise so far.
    public private(set) var alarms: [LoopAlarm] = []
    /// What was compared before the last decision.
    public private(set) var comparisons: [BandComparison] = []
    /// By how much predictions were corrected so far, `[lead, output]`; empty where nothing is corrected.
    public private(set) var corrections: [LeadCorrection]
    /// Whether a surprise asks for the safe action now.
    public private(set) var asksForFallback = false

    private let dynamics: D
    private let coverage: Double
    /// Standard deviations in a half-width, were errors normal.
    private let quantile: Double
    private let decisionTime: Double
    /// Decisions of a step of the dynamics.
    private let stride: Int
    private let outputs: Int
    private var issued: [Issued] = []
    /// The actions applied in each decision, from `firstAction` on.
    private var applied: [[Double]] = []
    private var firstAction = 0
    /// `[lead, output]`.
    private var scales: [ConformalScale]
    /// `[lead, output]`.
    private var means: [MeanError]
    /// `[lead, output]`.
    private var detectors: [SurpriseDetector]
    /// What errors were already known to have grown to, `[lead, output]`: a surprise is what is worse than that.
    private var baselines: [Double]
    /// The last ratios, `[lead, output]`, newest last.
    private var recent: [[Double]]
    private var tallies: [Tally]
    private var calm = 0

    /// How many errors the width after a surprise goes by.
    private static var remembered: Int { 5 }
    /// How many horizons the mean error looks back on.
    private static var horizonsRemembered: Double { 4 }

    /// Creates feedback for a loop that has not begun.
    ///
    /// - Parameters:
    ///   - dynamics: What predicts.
    ///   - coverage: What the calibrated bands promise.
    ///   - horizon: Steps that plans look ahead.
    ///   - decisionTime: Seconds between decisions.
    ///   - options: What is done with errors.
    public init(_ dynamics: D, coverage: Double, horizon: Int, decisionTime: Double, options: FeedbackOptions) {
        self.dynamics = dynamics
        self.coverage = coverage
        quantile = NormalDistribution.quantile((1 + coverage) / 2)
        self.decisionTime = decisionTime
        self.options = options
        stride = max(1, Int((dynamics.samplingTime / decisionTime).rounded()))
        leads = Set([1, max(1, (horizon + 2) / 4), horizon]).sorted()
        outputs = dynamics.outputChannels.count
        let (alpha, count) = (1 - coverage, outputs)
        let (least, allowance) = (options.recalibration.least, options.allowance)
        scales = leads.flatMap { lead in
            // Errors far ahead overlap and come in runs, each of which is to count about once.
            let rate = 0.25 / Double(lead).squareRoot()
            return (0..<count).map { _ in ConformalScale(miscoverage: alpha, rate: rate, least: least) }
        }
        let stride = stride
        let (memory, isCorrected) = (Self.horizonsRemembered * Double(horizon * stride), options.corrects)
        means = leads.flatMap { lead in
            (0..<(isCorrected ? count : 0)).map { _ in MeanError(memory: memory, overlap: Double(lead * stride)) }
        }
        corrections = leads.flatMap { lead in
            (isCorrected ? dynamics.outputChannels : []).map {
                LeadCorrection(channel: $0.name, lead: Double(lead) * dynamics.samplingTime)
            }
        }
        detectors = leads.flatMap { lead in
            (0..<count).map { _ in
                SurpriseDetector(miscoverage: min(0.5, allowance * alpha), overlap: lead * stride)
            }
        }
        recent = [[Double]](repeating: [], count: leads.count * count)
        baselines = [Double](repeating: 1, count: leads.count * count)
        tallies = [Tally](repeating: Tally(), count: leads.count)
    }

    /// Takes in what is observed before a decision, and the actions that were in force until then.
    ///
    /// - Parameters:
    ///   - decision: The number of the decision, from 0, each exactly once and in order.
    ///   - observation: What the sensors show `[output]`; what is not a number is not compared.
    ///   - previousAction: `[action]`.
    /// - Returns: A surprise that begins here, if one does.
    /// - Throws: What the dynamics throw.
    public mutating func observe(
        decision: Int, observation: [Double], previousAction: [Double]
    ) throws -> LoopAlarm? {
        if decision > 0 { applied.append(previousAction) } else { firstAction = 0 }
        var isCovered = true
        comparisons = []
        for (place, lead) in leads.enumerated() {
            guard let past = issued.first(where: { $0.decision == decision - lead * stride }) else { continue }
            let predicted = try prediction(from: past, steps: lead)
            for output in 0..<outputs where observation[output].isFinite {
                let index = place * outputs + output
                let width = past.halfWidths[index]
                guard width > 0 else { continue }
                let ratio = abs(observation[output] - predicted[output]) / width
                tallies[place].compared += 1
                tallies[place].factors += past.factors[index]
                if ratio <= 1 { tallies[place].calibrated += 1 }
                let error = observation[output] - predicted[output]
                let correction = past.corrections[index]
                // The band holds what is predicted with and without it.
                if abs(error - correction / 2) <= past.factors[index] * width + abs(correction) / 2 {
                    tallies[place].recalibrated += 1
                }
                if !means.isEmpty { means[index].update(error, deviation: width / quantile) }
                if scales[index].update(ratio) { isCovered = false }
                detectors[index].update(ratio / baselines[index])
                recent[index] = recent[index].suffix(Self.remembered - 1) + [ratio]
                comparisons.append(
                    BandComparison(
                        decision: decision, channel: dynamics.outputChannels[output].name,
                        lead: Double(lead) * dynamics.samplingTime, predicted: predicted[output], halfWidth: width,
                        factor: past.factors[index], observed: observation[output], status: past.status,
                        next: scales[index].factor))
            }
        }
        // What nobody measured confirms nothing.
        let isCompared = alarms.last.map { alarm in comparisons.contains { $0.channel == alarm.channel } } ?? true
        if !isCovered { calm = 0 } else if isCompared { calm += 1 }
        if asksForFallback, calm >= options.calmDecisions { asksForFallback = false }
        forget(before: decision - (leads.last ?? 1) * stride)
        let alarm = raise(decision)
        guard alarm != nil else { return nil }
        // A surprise widens bands at once, and what goes on from here is to know.
        for index in comparisons.indices { comparisons[index].next = factor(of: comparisons[index]) }
        return alarm
    }

    /// What half-widths are multiplied by now, where a comparison was made.
    private func factor(of comparison: BandComparison) -> Double {
        guard let place = leads.firstIndex(where: { Double($0) * dynamics.samplingTime == comparison.lead }),
            let output = dynamics.outputChannels.firstIndex(where: { $0.name == comparison.channel })
        else { return comparison.next }
        return scales[place * outputs + output].factor
    }

    /// Says what was decided from the state that was issued last.
    public mutating func decided(_ status: PlanStatus) {
        guard !issued.isEmpty else { return }
        issued[issued.count - 1].status = status
    }

    /// Goes on from what bands were widened to before: each scale for which something is known.
    ///
    /// - Parameter factor: Of a channel, so many seconds ahead; `nil` where nothing is known.
    public mutating func resume(_ factor: (String, Double) -> Double?) {
        for (place, lead) in leads.enumerated() {
            for (output, channel) in dynamics.outputChannels.enumerated() {
                guard let known = factor(channel.name, Double(lead) * dynamics.samplingTime) else { continue }
                scales[place * outputs + output].resume(at: known)
            }
        }
    }

    /// Keeps what a plan starts from, for what comes to be compared with.
    ///
    /// - Parameters:
    ///   - decision: The number of the decision.
    ///   - state: What predictions start from.
    ///   - bands: The calibrated bands from this state.
    ///   - isCorrected: Whether ``correction(horizon:)`` was added to what is predicted from it.
    public mutating func issue(decision: Int, state: D.State, bands: Bands, isCorrected: Bool = false) {
        let steps = bands.halfWidth.count / max(1, outputs)
        let halfWidths = leads.flatMap { lead in
            (0..<outputs).map { Double(bands.halfWidth[(min(lead, steps) - 1) * outputs + $0]) }
        }
        let factors = options.recalibration == .off ? halfWidths.map { _ in 1 } : scales.map(\.factor)
        let added = isCorrected ? means.map(\.correction) : halfWidths.map { _ in 0 }
        for index in corrections.indices { corrections[index].take(added[index]) }
        issued.append(
            Issued(decision: decision, state: state, halfWidths: halfWidths, factors: factors, corrections: added)
        )
    }

    /// What is to be added to predictions, row-major `[step, output]`, physical units: the mean error so far, as far as it is more
    /// than chance, between lead times along straight lines from nothing on. `nil` where nothing is.
    public func correction(horizon: Int) -> [Float]? {
        let known = means.map(\.correction)
        guard known.contains(where: { $0 != 0 }) else { return nil }
        return (1...horizon).flatMap { step in
            (0..<outputs).map { output in
                let after = leads.firstIndex { $0 >= step } ?? leads.count - 1
                let high = known[after * outputs + output]
                guard leads[after] > step else { return Float(high) }
                let (low, from) = after > 0 ? (known[(after - 1) * outputs + output], leads[after - 1]) : (0, 0)
                return Float(low + (high - low) * Double(step - from) / Double(leads[after] - from))
            }
        }
    }

    /// What calibrated half-widths are multiplied by now, row-major `[step, output]`; between lead times along the
    /// logarithm. `nil` where bands stay as calibrated.
    public func widening(horizon: Int) -> [Float]? {
        guard options.recalibration != .off else { return nil }
        return (1...horizon).flatMap { step in
            (0..<outputs).map { output in
                let after = leads.firstIndex { $0 >= step } ?? leads.count - 1
                let high = scales[after * outputs + output].factor
                guard after > 0, leads[after] > step else { return Float(high) }
                let low = scales[(after - 1) * outputs + output].factor
                let share = Double(step - leads[after - 1]) / Double(leads[after] - leads[after - 1])
                return Float(low * pow(high / low, share))
            }
        }
    }

    /// Why no plan is to be certified now; `nil` where predictions may be relied on.
    public var doubt: String? {
        guard asksForFallback, let alarm = alarms.last else { return nil }
        return "predictions of '\(alarm.channel)' \(Words.number(alarm.lead)) s ahead are not what calibration promised"
    }

    /// How often bands have held what came, one entry a lead time.
    public var coverages: [LeadCoverage] {
        zip(leads, tallies).map { lead, tally in
            LeadCoverage(
                lead: Double(lead) * dynamics.samplingTime, promised: coverage, compared: tally.compared,
                calibrated: tally.calibrated, recalibrated: tally.recalibrated,
                independent: Double(tally.compared) / Double(lead * stride * max(1, outputs)),
                meanFactor: tally.compared > 0 ? tally.factors / Double(tally.compared) : 1)
        }
    }

    /// What the dynamics say of a past state under what was applied since.
    private func prediction(from past: Issued, steps: Int) throws -> [Double] {
        let width = dynamics.actionChannels.count
        var batch = TrajectoryBatch(candidates: 1, horizon: steps, actionCount: width, outputCount: outputs)
        for step in 0..<steps {
            // An action of the dynamics is the mean over the decisions that its step covers, as in training.
            let covered = (0..<stride).map { applied[past.decision + step * stride + $0 - firstAction] }
            for action in 0..<width {
                batch.actions[step * width + action] = Float(covered.reduce(0) { $0 + $1[action] } / Double(stride))
            }
        }
        try dynamics.rollout(from: past.state, into: &batch)
        return (0..<outputs).map { Double(batch.output(0, steps - 1, $0)) }
    }

    private mutating func forget(before decision: Int) {
        issued.removeAll { $0.decision < decision }
        let surplus = decision - firstAction
        guard surplus > 0, surplus <= applied.count else { return }
        applied.removeFirst(surplus)
        firstAction += surplus
    }

    /// What the last errors ask of a band.
    private func grown(_ index: Int) -> Double { 1.2 * (recent[index].filter(\.isFinite).max() ?? 0) }

    /// Raises an alarm where there is evidence enough, widens, and begins to look anew.
    private mutating func raise(_ decision: Int) -> LoopAlarm? {
        let evidence = detectors.map(\.evidence)
        let mean = evidence.reduce(0, +) / Double(evidence.count)
        guard mean >= options.decisionsPerFalseAlarm,
            let most = evidence.indices.max(by: { evidence[$0] < evidence[$1] })
        else { return nil }
        let alarm = LoopAlarm(
            step: decision, time: Double(decision) * decisionTime,
            channel: dynamics.outputChannels[most % outputs].name,
            lead: Double(leads[most / outputs]) * dynamics.samplingTime, ratio: recent[most].last ?? .nan)
        alarms.append(alarm)
        for index in baselines.indices { baselines[index] = max(baselines[index], grown(index)) }
        if options.response != .note, options.recalibration != .off {
            for index in scales.indices { scales[index].widen(to: grown(index)) }
        }
        if options.response == .fallback {
            asksForFallback = true
            calm = 0
        }
        for index in detectors.indices { detectors[index].reset() }
        return alarm
    }
}
