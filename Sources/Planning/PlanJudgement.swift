import Objectives

/// Decides between certified, fallback and refused, and gathers the reasons.
struct PlanJudgement {
    private let compiled: CompiledTask
    private let status: PlanStatus
    private let reason: String?
    /// What the certificate speaks of: the plan that is returned, or when refused the best that was found.
    private let subject: Assessment
    private let alternatives: [Alternative]
    /// Whether that is the plan that breaks least, in place of a safe action that breaks twice as much.
    private let isRecovery: Bool

    /// Judges what a search found; `assessed` is what is known already of one plan, perhaps the best of the search.
    init<D: Dynamics>(
        _ compiled: CompiledTask, search: CandidateSearch<D>, assessed: Assessment?, safe: [Float]?,
        fallbackName: String, dynamics: D, state: D.State
    ) throws {
        self.compiled = compiled
        let assess = { (actions: [Float]) in
            if let assessed, assessed.actions == actions { return assessed }
            return try Assessment(actions, compiled, dynamics, state)
        }
        let best = try Self.best(
            of: search, else: safe ?? compiled.space.held(compiled.space.previous), assess: assess)
        let alreadyViolated = compiled.guardrails.violatedAtStart
        var isRecovery = false
        if best.holds && alreadyViolated.isEmpty && compiled.doubt == nil {
            status = .certified
            reason = nil
            subject = best
        } else {
            let isFeasible = search.best?.score.isFeasible == true
            let why = compiled.doubt ?? Self.reason(best, alreadyViolated, wasFeasible: isFeasible, search)
            // A prediction of it that runs away is no reason to end a loop, nor a way out.
            let backup = safe.flatMap { try? Assessment($0, compiled, dynamics, state, isBackup: true) }
            if best.startsOutside && backup?.startsOutside ?? true {
                status = .refused
                reason = "the state is out of distribution: " + Self.noveltyText(best, first: true)
                subject = best
            } else if let backup, compiled.recovers, best.recovers(beside: backup) {
                status = .fallback
                reason =
                    "\(why); \(fallbackName)" + Self.outlook(backup) + ", so the plan that breaks least is returned"
                subject = best
                isRecovery = true
            } else if let backup {
                status = .fallback
                reason = "\(why); \(fallbackName) is returned" + Self.outlook(backup)
                subject = backup
            } else {
                status = .refused
                reason =
                    safe == nil
                    ? "\(why), and no safe action is declared"
                    : "\(why), and what \(fallbackName) leads to cannot be predicted"
                subject = best
            }
        }
        self.isRecovery = isRecovery
        let picked = Self.pick(
            search.archive, chosen: subject.actions, status, compiled.space)
        let cost = subject.cost
        // One whose prediction runs away is none.
        alternatives = picked.compactMap { candidate in
            (try? assess(candidate.actions)).map { Self.alternative($0, compiled, chosenCost: cost) }
        }
    }

    /// The best candidate that keeps the guardrails when rolled out by itself, else the best.
    ///
    /// A rollout among others rounds otherwise than one alone, so a plan at the very edge of a guardrail can fail here; the
    /// elites near it are almost as good.
    private static func best<D>(
        of search: CandidateSearch<D>, else other: [Float], assess: ([Float]) throws -> Assessment
    ) throws -> Assessment {
        let best = try assess(search.best?.actions ?? other)
        guard !best.holds, search.best?.score.isFeasible == true else { return best }
        let others = search.elites + search.archive.feasible.map(\.actions)
        let kept = others.compactMap { try? assess($0) }.filter(\.holds)
        return kept.min { $0.cost < $1.cost } ?? best
    }

    private static func reason<D>(
        _ best: Assessment, _ violated: [CompiledGuardrail], wasFeasible: Bool, _ search: CandidateSearch<D>
    ) -> String {
        if let first = violated.first {
            let by = Words.amount(-(first.startMargin ?? 0), first.unit)
            let recovery = best.holds ? "; a plan that recovers is among the alternatives" : ""
            return "guardrail '\(first.guardrail.source)' is violated already at the start, by \(by)\(recovery)"
        }
        if wasFeasible { return "the plan that the search found does not keep the guardrails when rolled out again" }
        let cut = search.isCutShort ? " before the deadline" : ""
        return "no plan was found\(cut) that keeps every guardrail; the best \(shortcoming(best).reason)"
    }

    /// What is wrong with a plan, and by how much.
    static func shortcoming(
        _ assessment: Assessment
    ) -> (reason: String, guardrail: String, by: Double?, unit: String?, time: Double?) {
        if let worst = assessment.worst {
            let by = -(worst.guaranteedMargin ?? worst.margin)
            let time = worst.worstTime.map { " at \(Words.number($0)) s" } ?? ""
            return (
                "violates '\(worst.source)' by \(Words.amount(by, worst.unit))\(time)", worst.source,
                by.isFinite ? by : nil, worst.unit, worst.worstTime
            )
        }
        if !assessment.isInDistribution, let novelty = assessment.novelty {
            let excess = novelty.greatest - (assessment.noveltyLimit ?? 0)
            let time = Double(novelty.step + 1) * assessment.samplingTime
            return (
                "leaves what the training data cover: " + noveltyText(assessment, first: false), "novelty",
                excess.isFinite ? excess : nil, nil, time
            )
        }
        if let wrong = assessment.backup?.shortcoming { return wrong }
        return ("has a cost that is not a number", "cost", nil, nil, nil)
    }

    private static func noveltyText(_ assessment: Assessment, first: Bool) -> String {
        guard let novelty = assessment.novelty, let limit = assessment.noveltyLimit else { return "novelty unknown" }
        let step = first ? 0 : novelty.step
        let time = Words.number(Double(step + 1) * assessment.samplingTime)
        return "novelty \(Words.number(first ? novelty.first : novelty.greatest)) exceeds \(Words.number(limit)) "
            + "at \(time) s"
    }

    /// What the fallback itself is predicted to do.
    private static func outlook(_ backup: Assessment) -> String {
        backup.holds ? ", which keeps them" : ", which \(shortcoming(backup).reason)"
    }

    /// The two most telling ones: the cheapest that breaks a guardrail, the best that only costs more; where nothing
    /// was found, those that violate least.
    private static func pick(
        _ archive: CandidateArchive, chosen: [Float], _ status: PlanStatus, _ space: ActionSpace
    ) -> [Candidate] {
        let isOther = { (candidate: Candidate) in
            space.distance(candidate.actions[...], chosen) >= archive.distinctness
        }
        let feasible = archive.feasible.filter(isOther)
        var picked: [Candidate] = []
        let order =
            status == .certified
            ? [archive.cheapest.filter(isOther).prefix(1), feasible[...], archive.cheapest.filter(isOther)[...]]
            : [feasible.prefix(1), archive.leastViolating.filter(isOther)[...], archive.cheapest.filter(isOther)[...]]
        for candidate in order.flatMap({ $0 }) where picked.count < 2 {
            let isNew = picked.allSatisfy { space.distance($0.actions[...], candidate.actions) >= archive.distinctness }
            if isNew { picked.append(candidate) }
        }
        return picked
    }

    private static func alternative(
        _ assessment: Assessment, _ compiled: CompiledTask, chosenCost: Double
    ) -> Alternative {
        let difference = assessment.cost - chosenCost
        let share = chosenCost > 0 ? " (\(Words.number(abs(difference) / chosenCost * 100)) %)" : ""
        let comparison = "costs \(Words.number(abs(difference)))\(share) \(difference < 0 ? "less" : "more")"
        var alternative = Alternative(
            actions: compiled.series(assessment.actions), cost: assessment.cost, costDifference: difference,
            reason: comparison)
        if !assessment.holds {
            let wrong = shortcoming(assessment)
            alternative.reason = "\(wrong.reason); \(comparison)"
            alternative.guardrail = wrong.guardrail
            alternative.shortfall = wrong.by
            alternative.unit = wrong.unit
            alternative.time = wrong.time
        } else if let first = compiled.guardrails.violatedAtStart.first {
            alternative.reason =
                "keeps every guardrail from the first step on, but '\(first.guardrail.source)' is violated at the start; "
                + comparison
        }
        return alternative
    }

    func plan(trainedHorizon: Int?, search: Certificate.Search) -> Plan {
        var plan = Plan(
            status: status, reason: reason, samplingTime: compiled.context.samplingTime,
            actions: compiled.series(status == .refused ? [] : subject.actions),
            certificate: Certificate(subject, compiled, trainedHorizon: trainedHorizon, search: search),
            alternatives: alternatives, warnings: compiled.warnings)
        if isRecovery { plan.recovery = true }
        return plan
    }
}
