import Basics

/// A tree over the values of switched actions, block after block, of which only the best branches are kept; all sequences are
/// tried where there are few.
///
/// Beam search (B. T. Lowerre, "The HARPY speech recognition system", 1976) with rollouts as its estimate of what a branch is
/// worth (D. P. Bertsekas, "Rollout algorithms for discrete optimization", Handbook of Combinatorial Optimization, 2013): a
/// branch counts as good as the better of two ways to go on from it, holding its last values and following the best plan so
/// far. Every rollout is thus a whole plan, judged like any other, so that the search may be stopped at any time. A level of the
/// tree is one switched action of one block; its branches are rolled out as a batch.
///
/// Dynamics have no state to go on from, so that each level rolls out prefixes anew: the cost is quadratic in the horizon.
/// Branches are merged when projection, such as by a dwell, makes the same sequence of them, not when they lead to like
/// outputs: what a model remembers beyond its outputs would be lost.
///
/// Actions that take any value are found by the cross-entropy method before, together with the values, and once more after, with
/// the values of the tree.
public struct BeamSearch: Solver {
    /// `beam`.
    public static let name = "beam"
    /// The default options.
    public static let standard = BeamSearch(unchecked: 12, exhaustive: 1024, iterations: 6)

    /// Branches that are kept at each level.
    public let width: Int
    /// The most sequences of values of which all are tried instead.
    public let exhaustive: Int
    /// Iterations of the cross-entropy method before the tree, and after it, where actions take any value, too.
    public let iterations: Int

    /// Creates a solver.
    ///
    /// - Throws: A usage error that names the option, its value and its limit.
    public init(width: Int = 12, exhaustive: Int = 1024, iterations: Int = 6) throws {
        let check = OptionCheck(solver: Self.name)
        try check.atLeast(1, width, "width")
        try check.within(0...1_000_000, exhaustive, "exhaustive")
        try check.atLeast(1, iterations, "iterations")
        self.init(unchecked: width, exhaustive: exhaustive, iterations: iterations)
    }

    private init(unchecked width: Int, exhaustive: Int, iterations: Int) {
        self.width = width
        self.exhaustive = exhaustive
        self.iterations = iterations
    }

    /// Reads options from a configuration.
    public init(from decoder: any Decoder) throws {
        let reader = try OptionReader(decoder, solver: Self.name, known: ["width", "exhaustive", "iterations"])
        let standard = Self.standard
        try self.init(
            width: reader.value("width", default: standard.width),
            exhaustive: reader.value("exhaustive", default: standard.exhaustive),
            iterations: reader.value("iterations", default: standard.iterations))
    }

    /// Searches until done or until the deadline.
    ///
    /// - Throws: A usage error when every action takes any value; what the dynamics throw.
    public func solve<D: Dynamics>(_ search: CandidateSearch<D>, seed: UInt64) throws {
        let space = search.space
        guard !space.switched.isEmpty else { throw Self.nothingToBranch }
        let isMixed = space.switched.count < space.actionCount
        if isMixed {
            try ImprovedCrossEntropy(iterations: iterations).solve(search, seed: seed)
        } else {
            let known = search.guesses + search.inheritedElites
            let start = known.isEmpty ? [space.held(space.previous)] : known
            _ = try search.evaluate(sequences: start)
        }
        guard !search.isCutShort, let start = search.best else { return }
        var tree = ValueTree(search, around: start.actions)
        guard
            try tree.sequences.map({ $0 <= exhaustive }) ?? false
                ? tree.enumerate(search) : tree.descend(search, width: width)
        else { return }
        if isMixed { try refine(search, seed: seed) }
        search.elites = ([search.best].compactMap { $0 } + search.archive.feasible).map(\.actions)
    }

    /// Searches the other actions around the best candidate, whose values stay.
    private func refine<D: Dynamics>(_ search: CandidateSearch<D>, seed: UInt64) throws {
        guard let best = search.best else { return }
        let solver = try ImprovedCrossEntropy(iterations: iterations, deviation: 0.35, reuse: 0, switches: .fixed)
        guard
            var distribution = try SearchDistribution.start(
                search, deviation: solver.deviation, exponent: solver.exponent, switches: .fixed)
        else { return }
        var point = [Float](repeating: 0, count: search.space.variables)
        search.space.encode(best.actions, candidates: 1, as: .last, into: &point)
        distribution.begin(at: point)
        // Another stream of candidates than the first search drew.
        try solver.solve(search, seed: seed &+ 0x9E37_79B9_7F4A_7C15, from: distribution)
    }

    private static let nothingToBranch = ForesightError.usage(
        "solver '\(name)' branches over the values of actions, and every action here takes any value within its limits",
        remedy:
            "declare values, such as --values valve=0,1, or use another solver, such as '\(ImprovedCrossEntropy.name)'")
}
