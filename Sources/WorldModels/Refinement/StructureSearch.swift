import Basics

/// Chooses the structure of a model by free-run errors on left-out parts, and fits its members.
///
/// Linear structures first, the nonlinear part on top of the best two of them, more hidden units and free components
/// while they help. Few folds judge, all members are fitted with what was chosen, from several starts each.
struct StructureSearch: Sendable {
    let refinement: Refinement
    /// Members of the ensemble.
    let members: Int
    /// Hidden units that may be tried, rising.
    let hidden: [Int]
    /// Free components that may be tried, rising.
    let free: [Int]
    /// The linear models that training starts from without a search: what the outcome has to beat.
    let baseline: [StateSpaceMember]

    /// What the search came to.
    struct Outcome: Sendable {
        var structure: Structure
        var fits: [Refinement.Fit]
        /// The structures tried, with their errors on the judging folds.
        var tried: [(structure: Structure, error: Double)]

        /// The search in one line.
        var summary: String {
            func least(_ isWanted: (Structure) -> Bool) -> String {
                let error = tried.filter { isWanted($0.structure) }.map(\.error).min() ?? .infinity
                return error.isFinite ? "\((error * 1e4).rounded() / 1e4)" : "none"
            }
            return "search: \(tried.count) structures by free-run error on left-out parts, in spreads of the channels: "
                + "\(least { $0.hidden == 0 }) at best for linear ones, \(least { $0 == structure }) for the chosen one"
        }
    }

    private static let judges = 5
    private static let starts = 2

    /// Searches; `nil` when every structure is too large or nothing was left out to judge by.
    ///
    /// - Parameter progress: Told what is being fitted, in a few words, and how much is done, 0 to 1; may throw to end
    ///   the search.
    /// - Returns: What was chosen and fitted.
    func run(progress: (String, Double) throws -> Void) rethrows -> Outcome? {
        var walk = Walk(judges: (0..<min(members, Self.judges)).map { $0 * members / min(members, Self.judges) })
        let structures = refinement.cores.structures.map { base in
            Structure(order: base.order, hasLead: base.hasLead, free: free.first ?? 0, hidden: 0)
        }
        for (index, structure) in structures.enumerated() {
            try progress("linear model of order \(structure.order)", 0.2 * Double(index) / Double(structures.count))
            tryLinear(structure, &walk)
        }
        // What the linear models say of the lead is not the last word: a nonlinearity may hide it.
        let bases = [false, true].compactMap { lead in best(walk.linear.filter { $0.structure.hasLead == lead }) }
        guard let plain = bases.first, plain.error.isFinite else { return nil }
        (walk.chosen, walk.best) = ((plain.structure, plain.error), plain.fits)
        for base in bases.dropFirst() where base.error < Self.gain(lead: true) * plain.error {
            (walk.chosen, walk.best) = ((base.structure, base.error), base.fits)
        }
        if let least = hidden.first {
            for (index, base) in bases.enumerated() {
                try progress("\(least) hidden units on order \(base.structure.order)", 0.2 + 0.1 * Double(index))
                let needsLead = base.structure.hasLead && !walk.chosen.structure.hasLead
                tryHidden(least, on: base, required: needsLead ? Self.gain(lead: true) : nil, &walk)
            }
            try grow(least, &walk, progress)
        }
        try progress("members of the ensemble", 0.7)
        let structure = walk.chosen.structure
        let known = Dictionary(uniqueKeysWithValues: zip(walk.judges, walk.best))
        let fits = concurrently(members) { member -> Refinement.Fit? in
            let fit = known[member] ?? fit(structure, member: member)
            return fit.map { refinement.settled($0, member: member) }
        }.compactMap { $0 }
        guard fits.count == members, Self.error(fits) <= baselineError() else { return nil }
        return Outcome(structure: structure, fits: fits, tried: walk.tried)
    }

    /// How far the search has come.
    private struct Walk {
        let judges: [Int]
        var tried: [(structure: Structure, error: Double)] = []
        var linear: [Base] = []
        var chosen = (structure: Structure(order: 1, hasLead: false, free: 0, hidden: 0), error: Double.infinity)
        /// The judging members' fits of what is chosen.
        var best: [Refinement.Fit] = []
    }

    /// A linear structure with its fits.
    private struct Base: Sendable {
        var structure: Structure
        var fits: [Refinement.Fit]
        var error: Double
    }

    /// What a step's sight of the input at its end has to gain: plans know the inputs of a step, not those after it.
    private static func gain(lead: Bool) -> Double { lead ? 0.9 : 0.97 }

    /// More of everything, as long as it helps: another order, more hidden units, free components.
    private func grow(_ least: Int, _ walk: inout Walk, _ progress: (String, Double) throws -> Void) rethrows {
        guard walk.chosen.structure.hidden > 0 else { return }
        let reached = walk.chosen.structure
        let larger = walk.linear.filter {
            $0.structure.hasLead == reached.hasLead && $0.structure.order > reached.order
        }
        if let base = larger.min(by: { $0.structure.order < $1.structure.order }) {
            try progress("\(least) hidden units on order \(base.structure.order)", 0.4)
            tryHidden(least, on: base, required: nil, &walk)
        }
        for count in hidden where count > least {
            guard let base = walk.linear.first(where: { $0.structure.isLinearPart(of: walk.chosen.structure) }) else {
                break
            }
            try progress("\(count) hidden units on order \(base.structure.order)", 0.5)
            let before = walk.chosen.structure
            tryHidden(count, on: base, required: nil, &walk)
            if walk.chosen.structure == before { break }
        }
        for count in free.dropFirst() {
            var structure = walk.chosen.structure
            structure.free = count
            structure.hidden = 0
            try progress("\(count) free components", 0.6)
            guard let base = tryLinear(structure, &walk) else { break }
            let before = walk.chosen.structure
            tryHidden(before.hidden, on: base, required: nil, &walk)
            if walk.chosen.structure == before { break }
        }
    }

    /// Fits a linear structure for the judging members.
    @discardableResult
    private func tryLinear(_ structure: Structure, _ walk: inout Walk) -> Base? {
        guard refinement.parameters(structure) <= Refinement.mostParameters else { return nil }
        let judges = walk.judges
        let fits = concurrently(judges.count) { refinement.linear(structure, member: judges[$0]) }.compactMap { $0 }
        guard fits.count == judges.count else { return nil }
        let base = Base(structure: structure, fits: fits, error: Self.error(fits))
        walk.linear.append(base)
        walk.tried.append((structure, base.error))
        return base
    }

    /// Puts hidden units on a linear structure, and chooses that when the error falls enough.
    private func tryHidden(_ count: Int, on base: Base, required: Double?, _ walk: inout Walk) {
        var structure = base.structure
        structure.hidden = count
        guard refinement.parameters(structure) <= Refinement.mostParameters, base.error.isFinite else { return }
        let judges = walk.judges
        let all = concurrently(judges.count * Self.starts) { task in
            let (judge, start) = (task / Self.starts, task % Self.starts)
            return refinement.nonlinear(base.fits[judge], hidden: count, member: judges[judge], start: start)
        }
        let fits = judges.indices.compactMap { judge in
            all[(judge * Self.starts)..<((judge + 1) * Self.starts)].min { $0.error < $1.error }
        }
        let error = Self.error(fits)
        walk.tried.append((structure, error))
        if error < (required ?? Self.gain(lead: false)) * walk.chosen.error {
            (walk.chosen, walk.best) = ((structure, error), fits)
        }
    }

    /// The best linear structure, where a larger one has to earn its size.
    private func best(_ bases: [Base]) -> Base? {
        let ranked = bases.sorted { refinement.parameters($0.structure) < refinement.parameters($1.structure) }
        return ranked.dropFirst().reduce(ranked.first) { best, candidate in
            guard let best, best.error.isFinite else { return candidate }
            return candidate.error < 0.98 * best.error ? candidate : best
        }
    }

    /// The best of several starts for a member.
    private func fit(_ structure: Structure, member: Int) -> Refinement.Fit? {
        guard let linear = refinement.linear(structure, member: member) else { return nil }
        guard structure.hidden > 0 else { return linear }
        let fits = (0..<Self.starts).map {
            refinement.nonlinear(linear, hidden: structure.hidden, member: member, start: $0)
        }
        return fits.min { $0.error < $1.error }
    }

    /// The error of the unrefined models on what their members left out.
    private func baselineError() -> Double {
        Self.error(concurrently(baseline.count) { refinement.judged(baseline[$0], member: $0) })
    }

    private static func error(_ fits: [Refinement.Fit]) -> Double {
        (fits.reduce(0) { $0 + $1.error * $1.error } / Double(max(1, fits.count))).squareRoot()
    }
}
