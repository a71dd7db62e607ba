import Basics

/// Chooses the structure of a model by free-run errors on left-out parts, and fits its members.
///
/// Linear models of all orders as regressions give them, the small ones also fitted on free runs; the nonlinear part on
/// top of the best of those; more hidden units and free components while they help. Few folds judge, all members are
/// fitted with what was chosen, from several starts each. What is larger has to earn its size on the folds together and
/// on most of them: see ``Judgement``.
struct StructureSearch: Sendable {
    let refinement: Refinement
    /// Members of the ensemble.
    let members: Int
    /// Hidden units that may be tried, rising.
    let hidden: [Int]
    /// Free components that may be tried, rising.
    let free: [Int]
    /// What the hidden units may compute; the first as long as no other is better.
    let activations: [BoundedActivation]

    /// A structure with its fits for the judging members.
    private struct Candidate: Sendable {
        var structure: Structure
        var fits: [Refinement.Fit]
        var judgement: Judgement
    }

    /// How far the search has come.
    private struct Walk {
        let judges: [Int]
        var tried: [(structure: Structure, judgement: Judgement)] = []
        /// Linear structures that were fitted on free runs.
        var refined: [Candidate] = []
        var chosen: Candidate?
    }

    private static let mostJudges = 5
    /// Starts that judge a structure, and all of what was chosen.
    private var starts: Int { min(2, allStarts) }
    private var allStarts: Int { refinement.options.starts }
    /// States of linear models that are fitted on free runs at first.
    private static let mostStates = 12
    private static let greatestRefinedOrder = 4
    /// Sizes of reduced models that are fitted on free runs.
    private static let reducedSizes = 2
    /// How much better a reduced model is to be that hidden units are tried on it alone.
    private static let clearGain = 0.25

    /// Searches; `nil` when there is nothing to choose from or nothing was left out to judge by.
    ///
    /// - Parameter progress: Told what is being fitted, in a few words, and how much is done, 0 to 1; may throw to end
    ///   the search.
    /// - Returns: What was chosen and fitted.
    func run(progress: (String, Double) throws -> Void) rethrows -> Outcome? {
        var walk = Walk(judges: judges)
        try progress("linear models", 0)
        let plain = refinement.cores.all.compactMap { core in
            linear(Structure(core: core, free: 0, hidden: 0, isRefined: false), &walk)
        }
        try refineLinear(plain, &walk, progress)
        // What the linear models say of the lead is not the last word: a nonlinearity may hide it.
        let leads = [false, true].filter { lead in plain.contains { $0.structure.core.hasLead == lead } }
        for hasLead in leads {
            let candidates = (refinement.options.regressions ? plain : []) + walk.refined
            guard let best = best(candidates.filter { $0.structure.core.hasLead == hasLead }) else { continue }
            choose(best, &walk)
        }
        guard let start = walk.chosen, start.judgement.error.isFinite else { return nil }
        if let least = hidden.first, let first = activations.first {
            for (index, hasLead) in leads.enumerated() {
                let bases = walk.refined.filter { $0.structure.core.hasLead == hasLead }
                // A reduced model has to be better than the best of the others with hidden units, too.
                let whole = best(bases.filter { $0.structure.core.states == nil })
                let overall = best(bases).flatMap { $0.structure == whole?.structure ? nil : $0 }
                // Hidden units do not make up for a linear part that is much worse.
                let isClear = whole.flatMap { other in
                    overall?.judgement.isBetter(than: other.judgement, by: Self.clearGain)
                }
                for base in [isClear == true ? nil : whole, overall].compactMap({ $0 }) {
                    try progress("\(least) hidden units on \(states(base.structure)) states", 0.2 + 0.1 * Double(index))
                    tryHidden(least, first, on: base, &walk)
                }
            }
            try grow(least, &walk, progress)
        }
        try progress("members of the ensemble", 0.7)
        guard let chosen = walk.chosen else { return nil }
        let known = Dictionary(uniqueKeysWithValues: zip(walk.judges, chosen.fits))
        let fits = concurrently(members) { member -> Refinement.Fit? in
            let fit = best(known[member], chosen.structure, member: member)
            return fit.map { refinement.settled($0, member: member) }
        }.compactMap { $0 }
        guard fits.count == members else { return nil }
        return Outcome(structure: chosen.structure, fits: fits, tried: walk.tried)
    }

    /// The members that judge: a few, of those in whose left-out part something was measured. A single member leaves nothing out.
    private var judges: [Int] {
        let judged = (0..<members).filter {
            !refinement.data.judging($0, steps: refinement.reach, rows: Refinement.judgingRows).isEmpty
        }
        let able = judged.isEmpty ? Array(0..<members) : judged
        let count = min(able.count, Self.mostJudges)
        return (0..<count).map { able[$0 * able.count / count] }
    }

    /// Fits the small linear models on free runs, each order from the penalty that does best.
    private func refineLinear(
        _ plain: [Candidate], _ walk: inout Walk, _ progress: (String, Double) throws -> Void
    ) rethrows {
        let whole = plain.filter { $0.structure.core.states == nil }
        let starts = whole.filter { candidate in
            let order = candidate.structure.core.order
            return order == 1
                || (order <= Self.greatestRefinedOrder && order * refinement.cores.outputs <= Self.mostStates)
                || whole.allSatisfy { $0.structure.core.order == order }
        }
        var groups: [(structure: Structure, error: Double)] = []
        for start in starts {
            var structure = start.structure
            (structure.isRefined, structure.free) = (true, free.first ?? 0)
            let place = groups.firstIndex {
                $0.structure.core.order == structure.core.order && $0.structure.core.hasLead == structure.core.hasLead
            }
            if let place {
                if start.judgement.error < groups[place].error { groups[place] = (structure, start.judgement.error) }
            } else {
                groups.append((structure, start.judgement.error))
            }
        }
        for hasLead in [false, true] {
            for source in CoreSource.allCases { groups += reduced(plain, hasLead: hasLead, from: source) }
        }
        for (index, group) in groups.enumerated() {
            try progress(
                "linear model of \(states(group.structure)) states", 0.2 * Double(index) / Double(groups.count))
            if let candidate = linear(group.structure, &walk) { walk.refined.append(candidate) }
        }
    }

    /// The best reduced models without or with the lead, of two sizes, to be fitted on free runs.
    private func reduced(
        _ plain: [Candidate], hasLead: Bool, from source: CoreSource
    ) -> [(structure: Structure, error: Double)] {
        let ranked = plain.filter {
            let core = $0.structure.core
            return core.states != nil && core.hasLead == hasLead && core.source == source
        }.sorted { $0.judgement.error < $1.judgement.error }
        var sizes: Set<Int> = []
        let best = ranked.filter { $0.judgement.error.isFinite && sizes.insert(states($0.structure)).inserted }
        return best.prefix(Self.reducedSizes).map { candidate in
            var structure = candidate.structure
            (structure.isRefined, structure.free) = (true, free.first ?? 0)
            return (structure, candidate.judgement.error)
        }
    }

    /// More of everything, as long as it helps: another order, more hidden units, free components.
    private func grow(_ least: Int, _ walk: inout Walk, _ progress: (String, Double) throws -> Void) rethrows {
        guard let reached = walk.chosen?.structure, reached.hidden > 0 else { return }
        let larger = walk.refined.filter {
            $0.structure.core.hasLead == reached.core.hasLead
                && states($0.structure) > states(reached)
        }
        if let base = larger.min(by: { states($0.structure) < states($1.structure) }) {
            try progress("\(least) hidden units on \(states(base.structure)) states", 0.4)
            tryHidden(least, reached.activation, on: base, &walk)
        }
        for activation in activations.dropFirst() {
            guard let chosen = walk.chosen?.structure,
                let base = walk.refined.first(where: { $0.structure.isLinearPart(of: chosen) })
            else { break }
            try progress("\(least) \(activation.rawValue) hidden units on \(states(chosen)) states", 0.45)
            tryHidden(least, activation, on: base, &walk)
        }
        for count in hidden where count > least {
            guard let chosen = walk.chosen?.structure,
                let base = walk.refined.first(where: { $0.structure.isLinearPart(of: chosen) })
            else { break }
            try progress("\(count) hidden units on \(states(chosen)) states", 0.5)
            guard tryHidden(count, chosen.activation, on: base, &walk) else { break }
        }
        for count in free.dropFirst() {
            guard let chosen = walk.chosen?.structure else { break }
            var structure = chosen
            structure.free = count
            structure.hidden = 0
            try progress("\(count) free components", 0.6)
            guard let base = linear(structure, &walk) else { break }
            structure.hidden = chosen.hidden
            guard tryNonlinear(structure, on: base, &walk) else { break }
        }
    }

    private func states(_ structure: Structure) -> Int { refinement.cores.states(structure.core) }

    /// Fits a linear structure for the judging members; `nil` when it is too large to be fitted.
    private func linear(_ structure: Structure, _ walk: inout Walk) -> Candidate? {
        if structure.isRefined, !refinement.canFit(structure) { return nil }
        let judges = walk.judges
        let fits = concurrently(judges.count) { refinement.linear(structure, member: judges[$0]) }.compactMap { $0 }
        guard fits.count == judges.count else { return nil }
        let judgement = Judgement(fits.map(\.error))
        walk.tried.append((structure, judgement))
        return Candidate(structure: structure, fits: fits, judgement: judgement)
    }

    /// Puts hidden units on a linear structure.
    ///
    /// - Returns: Whether that was chosen.
    @discardableResult
    private func tryHidden(
        _ count: Int, _ activation: BoundedActivation, on base: Candidate, _ walk: inout Walk
    ) -> Bool {
        var structure = base.structure
        structure.hidden = count
        structure.activation = activation
        guard base.judgement.error.isFinite else { return false }
        while !refinement.canFit(structure) {
            // Half as many for records that are too short for these, down to two.
            guard count == hidden.first, structure.hidden > 2 else { return false }
            structure.hidden /= 2
        }
        return tryNonlinear(structure, on: base, &walk)
    }

    /// Fits a structure on top of its linear part.
    ///
    /// - Returns: Whether that was chosen.
    private func tryNonlinear(
        _ structure: Structure, on base: Candidate, _ walk: inout Walk
    ) -> Bool {
        let judges = walk.judges
        let starts = starts
        let all = concurrently(judges.count * starts) { task in
            let (judge, start) = (task / starts, task % starts)
            return refinement.nonlinear(base.fits[judge], structure, member: judges[judge], start: start)
        }
        let fits = judges.indices.compactMap { judge in
            all[(judge * starts)..<((judge + 1) * starts)].min { $0.error < $1.error }
        }
        let judgement = Judgement(fits.map(\.error))
        walk.tried.append((structure, judgement))
        return choose(Candidate(structure: structure, fits: fits, judgement: judgement), &walk)
    }

    /// Takes a candidate that gains enough over what is chosen.
    ///
    /// A step's sight of the input at its end has to gain more: plans know the inputs of a step, not those after it.
    @discardableResult
    private func choose(_ candidate: Candidate, _ walk: inout Walk) -> Bool {
        guard let chosen = walk.chosen else {
            walk.chosen = candidate
            return candidate.judgement.error.isFinite
        }
        let addsLead = candidate.structure.core.hasLead && !chosen.structure.core.hasLead
        guard isBetter(candidate, chosen, by: addsLead ? 0.05 : 0.03) else { return false }
        walk.chosen = candidate
        return true
    }

    /// The best linear structure, where a larger one has to earn its size.
    private func best(_ candidates: [Candidate]) -> Candidate? {
        let ranked = candidates.enumerated().sorted {
            let first = (refinement.parameters($0.element.structure), $0.offset)
            return first < (refinement.parameters($1.element.structure), $1.offset)
        }.map(\.element)
        return ranked.dropFirst().reduce(ranked.first) { best, candidate in
            guard let best else { return candidate }
            let isLarger = refinement.parameters(candidate.structure) > refinement.parameters(best.structure)
            return isBetter(candidate, best, by: isLarger ? 0.02 : 0) ? candidate : best
        }
    }

    private func isBetter(_ candidate: Candidate, _ other: Candidate, by fraction: Double) -> Bool {
        let options = refinement.options
        return candidate.judgement.isBetter(
            than: other.judgement, by: options.margins ? fraction : 0, rule: options.judge)
    }

    /// The best of what a member has and of further starts.
    private func best(_ known: Refinement.Fit?, _ structure: Structure, member: Int) -> Refinement.Fit? {
        var base = structure
        base.hidden = 0
        guard structure.hidden > 0 || known == nil else { return known }
        guard let linear = refinement.linear(base, member: member) else { return known }
        guard structure.hidden > 0 else { return linear }
        let first = known == nil ? 0 : starts
        let fits = (first..<allStarts).map {
            refinement.nonlinear(linear, structure, member: member, start: $0)
        }
        return ([known].compactMap { $0 } + fits).min { $0.error < $1.error }
    }
}
