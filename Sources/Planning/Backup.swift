import Basics
import Objectives

/// The way out of a plan: the declared safe action or policy from some step on, and what it has to keep.
///
/// Its predictions are judged as plans are: at the edge of the bands, and inside what the training data cover.
struct Backup: Sendable {
    /// How it is called in reasons.
    let name: String
    /// Steps of the plan before the backup takes over.
    let after: Int
    /// What it has to keep.
    let guardrails: GuardrailSet
    /// Guardrails, as written, that are asked of the plan only.
    let uncovered: [String]
    private let fallback: Fallback
    private let context: TrajectoryContext
    private let space: ActionSpace
    private let bands: Bands?
    private let noveltyLimit: Float?

    /// The backup of a task; `nil` where nothing is declared safe, nothing is asked of it, or no step is left for it.
    init?(_ compiled: CompiledTask, _ fallback: Fallback, _ options: PlannerOptions) {
        let covered = Self.covered(compiled, fallback, options)
        guard options.commitment < options.horizon, !covered.isEmpty else { return nil }
        name = fallback.name
        after = options.commitment
        guardrails = GuardrailSet(covered)
        uncovered = options.backup == .all ? [] : compiled.parts.filter { !$0.isLimit }.map(\.guardrail.source)
        self.fallback = fallback
        context = compiled.context
        space = compiled.space
        bands = compiled.bands
        noveltyLimit = compiled.noveltyLimit.map { Float($0) }
    }

    /// What is asked of the backup of a task; empty where nothing is declared safe.
    private static func covered(
        _ compiled: CompiledTask, _ fallback: Fallback, _ options: PlannerOptions
    ) -> [CompiledGuardrail] {
        if case .none = fallback { return [] }
        switch options.backup {
        case .none: return []
        case .all: return compiled.guardrails.guardrails
        case .limits: return compiled.parts.filter(\.isLimit)
        }
    }

    /// Why no way out is verified though one is asked for: plans are carried on to the end of what they look ahead. `nil` else.
    static func hindrance(_ compiled: CompiledTask, _ fallback: Fallback, _ options: PlannerOptions) -> String? {
        guard options.commitment >= options.horizon, !covered(compiled, fallback, options).isEmpty else { return nil }
        return "no way out is verified: all \(options.horizon) steps of the horizon are taken before the next plan; "
            + "lengthen the horizon or plan anew sooner"
    }

    /// The first actions of a plan, then the backup, moved into the limits.
    ///
    /// - Parameters:
    ///   - actions: The plan `[step, action]`.
    ///   - outputs: What it is predicted to lead to `[step, output]`: where a policy starts from.
    /// - Returns: `[step, action]`.
    /// - Throws: What the policy throws; a usage error when it gives something else than actions.
    func sequence(after actions: ArraySlice<Float>, outputs: ArraySlice<Float>) throws -> [Float] {
        let width = space.actionCount
        var result = Array(actions.prefix(after * width))
        switch fallback {
        case .none: break
        case .action(let action):
            for _ in after..<space.horizon { result += action.map { Float($0) } }
        case .policy(let name, let policy):
            let seen = context.outputs.count
            var ahead = context
            ahead.horizon = space.horizon - after
            ahead.initialOutputs = Array(outputs.dropFirst((after - 1) * seen).prefix(seen))
            ahead.previousActions = Array(result.suffix(width))
            let tail = try policy(ahead)
            guard tail.count == ahead.horizon * width, tail.allSatisfy(\.isFinite) else {
                throw ForesightError.usage(
                    "the backup policy '\(name)' gives \(tail.count) values where \(ahead.horizon) steps of \(width) "
                        + "actions are needed, all of them numbers", remedy: "give one finite value per step and action"
                )
            }
            result += tail
        }
        space.project(&result)
        return result
    }

    /// What the backup of one plan is predicted to do.
    func outlook<D: Dynamics>(of plan: TrajectoryBatch, _ dynamics: D, _ state: D.State) throws -> BackupOutlook {
        var batch = TrajectoryBatch(
            candidates: 1, horizon: plan.horizon, actionCount: plan.actionCount, outputCount: plan.outputCount,
            hasNovelty: true)
        batch.actions = try sequence(after: plan.actions[...], outputs: plan.outputs[...])
        try dynamics.rollout(from: state, into: &batch)
        // Before the backup takes over the plan answers for itself.
        let novelty = batch.novelty.dropFirst(after)
        let isInside = noveltyLimit.map { limit in novelty.allSatisfy { $0 <= limit } } ?? true
        let worst = novelty.indices.max { novelty[$0] < novelty[$1] }
        return BackupOutlook(
            name: name, after: Double(after) * context.samplingTime,
            reports: guardrails.guardrails.map { $0.report(of: batch, bands: bands) }, uncovered: uncovered,
            novelty: worst.map { Double(novelty[$0]) },
            noveltyTime: worst.map { Double($0 + 1) * context.samplingTime },
            isInDistribution: isInside, isFinite: batch.outputs.allSatisfy(\.isFinite))
    }

    /// Fills a batch with the backups of the plans of another; a safe action asks for no memory.
    func fill(_ batch: inout TrajectoryBatch, from plans: TrajectoryBatch) throws {
        let length = space.sequenceLength
        if case .action(let action) = fallback {
            let own = after * space.actionCount
            for candidate in 0..<plans.candidates {
                let begin = candidate * length
                for index in begin..<begin + own { batch.actions[index] = plans.actions[index] }
                for step in after..<space.horizon {
                    for (place, value) in action.enumerated() {
                        batch.actions[begin + step * action.count + place] = Float(value)
                    }
                }
            }
            return space.project(&batch.actions)
        }
        let seen = plans.horizon * plans.outputCount
        for candidate in 0..<plans.candidates {
            let actions = try sequence(
                after: plans.actions[candidate * length..<(candidate + 1) * length],
                outputs: plans.outputs[candidate * seen..<(candidate + 1) * seen])
            for index in 0..<length { batch.actions[candidate * length + index] = actions[index] }
        }
    }

    /// Judges a batch of backups.
    ///
    /// - Parameters:
    ///   - batch: The backups.
    ///   - margins: Receives the normalised margins, row-major `[candidate, guardrail]`.
    ///   - judgements: Receives what they come to for each candidate.
    ///   - workspace: Memory that is kept between calls.
    ///   - excess: How far a novelty lies beyond the limit, in units of it; negative inside.
    func judge(
        _ batch: TrajectoryBatch, margins: inout [Float], into judgements: inout [BackupJudgement],
        using workspace: inout ObjectiveWorkspace, excess: (Float) -> Float
    ) {
        let count = guardrails.count
        margins.resize(to: batch.candidates * count)
        guardrails.margins(of: batch, bands: bands, into: &margins, using: &workspace)
        judgements.removeAll(keepingCapacity: true)
        judgements.reserveCapacity(batch.candidates)
        for candidate in 0..<batch.candidates {
            var judgement = BackupJudgement()
            for index in candidate * count..<(candidate + 1) * count { judgement.take(margin: margins[index]) }
            if noveltyLimit != nil {
                for step in after..<batch.horizon {
                    let beyond = excess(batch.novelty[candidate * batch.horizon + step])
                    judgement.least = min(judgement.least, -beyond)
                    judgement.violation += max(0, beyond)
                }
            }
            judgements.append(judgement)
        }
    }

    /// Adds the gradient of each candidate's least guardrail margin, times a weight.
    func addGradient(
        of batch: TrajectoryBatch, margins: [Float], weights: [Float], into gradient: inout TrajectoryGradient,
        using workspace: inout ObjectiveWorkspace
    ) {
        let count = guardrails.count
        var upstream = [Float](repeating: 0, count: batch.candidates * count)
        for candidate in 0..<batch.candidates {
            let row = candidate * count..<(candidate + 1) * count
            guard let least = row.min(by: { margins[$0] < margins[$1] }) else { continue }
            upstream[least] = weights[candidate]
        }
        guardrails.addGradient(of: batch, bands: bands, upstream: upstream, into: &gradient, using: &workspace)
    }
}

/// What the margins of one backup come to.
struct BackupJudgement {
    /// The least of all.
    var least = Float.infinity
    /// The sum of the violations.
    var violation: Float = 0

    mutating func take(margin: Float) {
        // Written so that a margin that is not a number makes the sum so, and the candidate the worst.
        least = margin < least || margin.isNaN ? margin : least
        if !(margin >= 0) { violation -= margin }
    }
}

/// What the backup of a plan is predicted to do.
struct BackupOutlook {
    let name: String
    /// Seconds from now until it takes over.
    let after: Double
    let reports: [GuardrailReport]
    let uncovered: [String]
    let novelty: Double?
    let noveltyTime: Double?
    let isInDistribution: Bool
    let isFinite: Bool

    /// Whether it keeps what it has to.
    var holds: Bool { isFinite && isInDistribution && reports.allSatisfy(\.holds) }

    /// What it breaks, in words; `nil` where it holds.
    var shortcoming: (reason: String, guardrail: String, by: Double?, unit: String?, time: Double?)? {
        guard !holds else { return nil }
        let start = "leaves no way out: \(name) from \(Words.number(after)) s on "
        if let worst = reports.filter({ !$0.holds }).min(by: { $0.normalisedMargin < $1.normalisedMargin }) {
            let by = -(worst.guaranteedMargin ?? worst.margin)
            let time = worst.worstTime.map { " at \(Words.number($0)) s" } ?? ""
            return (
                "\(start)violates '\(worst.source)' by \(Words.amount(by, worst.unit))\(time)", worst.source,
                by.isFinite ? by : nil, worst.unit, worst.worstTime
            )
        }
        let far = novelty.map { ", novelty \(Words.number($0))" } ?? ""
        let time = noveltyTime.map { " at \(Words.number($0)) s" } ?? ""
        return ("\(start)leaves what the training data cover\(far)\(time)", "novelty", nil, nil, noveltyTime)
    }
}
