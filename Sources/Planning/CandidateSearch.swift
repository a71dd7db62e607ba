import Basics
import Objectives

/// What a solver works with: it scores candidates by the dynamics, keeps the best and watches the deadline.
///
/// Candidates are rolled out in chunks of at most `chunk`. Where the dynamics treat the candidates of a batch
/// independently, the chunk size changes nothing in the result, to the bit.
public final class CandidateSearch<D: Dynamics> {
    /// What is minimised.
    public let problem: SearchProblem
    /// Action sequences to begin with, each allowed: the last plan shifted, the safe action, and so on.
    public let guesses: [[Float]]
    /// The elites of the last plan, shifted by the steps that have passed; only some solvers leave any.
    public let inheritedElites: [[Float]]
    /// What the solver leaves for the next plan: its best action sequences.
    public var elites: [[Float]] = []
    /// Iterations that were completed.
    public private(set) var iterations = 0
    /// Candidates that were rolled out.
    public private(set) var evaluated = 0
    /// Whether the deadline stopped the search.
    public private(set) var isCutShort = false
    /// The best candidate so far: the one that violates least, then costs least.
    public private(set) var best: Candidate?

    let dynamics: D
    let state: D.State
    private let chunk: Int
    private let clock: any PlanningClock
    private let deadline: Double?
    private(set) var archive = CandidateArchive()
    private var batches: RolloutBatches
    private var costs: [Float] = []
    private var margins: [Float] = []
    private var weights: [Float] = []
    private var costWeights: [Float] = []
    var workspace = ObjectiveWorkspace()
    private var pace: DeadlinePace
    /// What `retract` evaluates, kept so that no iteration allocates.
    var spare: Population?
    var retracted: [Int] = []
    // Of the ways out of a chunk's candidates, kept as well.
    var backupBatches: RolloutBatches
    var backupMargins: [Float] = []
    var backupJudgements: [BackupJudgement] = []
    var backupWeights: [Float] = []
    private lazy var differentiated = Self.differentiate(dynamics, from: state)

    /// Creates a search.
    ///
    /// - Parameters:
    ///   - problem: What is minimised.
    ///   - dynamics: What predicts.
    ///   - state: What predictions start from.
    ///   - guesses: Allowed action sequences `[step, action]` to begin with.
    ///   - inheritedElites: Elites of the last plan, shifted.
    ///   - chunk: The most candidates that are rolled out at once.
    ///   - clock: Where the time is read.
    ///   - deadline: When to stop, in seconds of the clock; `nil` never stops.
    ///   - leavesReserve: Whether to stop as long before as judging the result may take.
    public init(
        _ problem: SearchProblem, dynamics: D, state: D.State, guesses: [[Float]] = [], inheritedElites: [[Float]] = [],
        chunk: Int = 128, clock: any PlanningClock = MonotonicClock(), deadline: Double? = nil,
        leavesReserve: Bool = true
    ) {
        precondition(chunk >= 1, "a chunk holds at least one candidate")
        self.problem = problem
        self.dynamics = dynamics
        self.state = state
        self.guesses = guesses
        self.inheritedElites = inheritedElites
        self.chunk = chunk
        self.clock = clock
        self.deadline = deadline
        pace = DeadlinePace(leavesReserve: leavesReserve)
        batches = RolloutBatches(problem, most: chunk)
        backupBatches = RolloutBatches(problem, most: chunk)
    }

    /// The allowed action sequences and their variables.
    public var space: ActionSpace { problem.space }

    /// Whether the dynamics carry gradients.
    public var isDifferentiable: Bool { differentiated != nil }

    /// Scores candidates that are given as points: decodes them, moves them into the limits, writes back the points
    /// they were moved to, and rolls them out.
    ///
    /// - Returns: Whether all were scored; `false` when the deadline came first, and the solver has to return.
    /// - Throws: What the dynamics throw.
    public func evaluate(_ population: inout Population) throws -> Bool {
        decode(&population)
        return try score(&population)
    }

    /// Scores the given action sequences, which are moved into the limits first.
    public func evaluate(sequences: [[Float]]) throws -> Population {
        var population = Population(count: sequences.count, for: problem)
        population.actions = sequences.flatMap { $0 }
        space.project(&population.actions)
        space.encode(population.actions, candidates: population.count, as: .mean, into: &population.points)
        _ = try score(&population)
        return population
    }

    /// Counts one iteration as done.
    public func finishIteration() { iterations += 1 }

    private func decode(_ population: inout Population) {
        space.decode(population.points, candidates: population.count, into: &population.actions)
        space.encode(population.actions, candidates: population.count, as: .last, into: &population.points)
    }

    private func score(_ population: inout Population) throws -> Bool {
        try inChunks(&population) { search, population, range in
            try search.batches.withBatch(candidates: range.count) { batch in
                search.fill(&batch, from: population, range)
                try search.dynamics.rollout(from: search.state, into: &batch)
                search.judge(batch, into: &population, range)
                try search.judgeBackups(of: batch, into: &population, range)
            }
        }
    }

    /// Scores candidates as `evaluate` does and writes a gradient with respect to their points.
    ///
    /// - Parameters:
    ///   - population: The candidates.
    ///   - gradient: Receives `∂/∂points`, row-major `[candidate, variable]`.
    ///   - weigh: Asked once per candidate: is given its score and its guardrails' margins, writes the weight of each
    ///     margin's gradient and returns the weight of the cost's gradient.
    /// - Returns: Whether all were scored.
    /// - Throws: What the dynamics throw; a usage error when they carry no gradient.
    public func evaluateGradient(
        _ population: inout Population, into gradient: inout [Float],
        weigh: (_ candidate: Int, Score, ArraySlice<Float>, inout [Float]) -> Float
    ) throws -> Bool {
        guard let differentiated else { throw ForesightError.notDifferentiable(solver: GradientDescent.name) }
        decode(&population)
        var pulled = [Float](repeating: 0, count: chunk * space.variables)
        let isComplete = try inChunks(&population) { search, population, range in
            let actions = try search.batches.withBatch(candidates: range.count) { batch in
                search.fill(&batch, from: population, range)
                var actions = try differentiated(&batch) { trajectories in
                    search.judge(trajectories, into: &population, range)
                    try search.judgeBackups(of: trajectories, into: &population, range)
                    return search.weighted(trajectories, population, range, weigh)
                }
                try search.addBackupGradient(of: batch, differentiated, to: &actions)
                return actions
            }
            search.space.pullBack(actions, candidates: range.count, into: &pulled)
            let count = search.space.variables
            for index in 0..<range.count * count { gradient[range.lowerBound * count + index] = pulled[index] }
        }
        return isComplete
    }

    private func weighted(
        _ batch: TrajectoryBatch, _ population: Population, _ range: Range<Int>,
        _ weigh: (Int, Score, ArraySlice<Float>, inout [Float]) -> Float
    ) -> TrajectoryGradient {
        let count = problem.guardrailCount
        let all = population.guardrails
        var gradient = TrajectoryGradient(like: batch)
        var row = [Float](repeating: 0, count: all)
        weights.removeAll(keepingCapacity: true)
        costWeights.removeAll(keepingCapacity: true)
        backupWeights.removeAll(keepingCapacity: true)
        for (offset, candidate) in range.enumerated() {
            for index in 0..<all { row[index] = 0 }
            let margins = population.margins[candidate * all..<(candidate + 1) * all]
            costWeights.append(weigh(candidate, population.scores[candidate], margins, &row))
            weights += row[..<count]
            if problem.backup != nil { backupWeights.append(row[all - 1]) }
            if let limit = problem.noveltyLimit {
                // The margin is `1 − novelty / limit` at the step that is furthest from the data.
                let steps = offset * batch.horizon..<(offset + 1) * batch.horizon
                if let worst = steps.max(by: { batch.novelty[$0] < batch.novelty[$1] }) {
                    gradient.novelty[worst] -= row[count] / max(limit, 1e-6)
                }
            }
        }
        problem.objective.addGradient(of: batch, upstream: costWeights, into: &gradient, using: &workspace)
        problem.constraint?.addGradient(
            of: batch, bands: problem.bands, upstream: weights, into: &gradient, using: &workspace)
        return gradient
    }

    private func inChunks(
        _ population: inout Population, _ body: (CandidateSearch, inout Population, Range<Int>) throws -> Void
    ) throws -> Bool {
        for candidate in 0..<population.count { population.scores[candidate] = .worst }
        var start = 0
        while start < population.count {
            // Under a deadline chunks grow as the pace becomes known; what they hold changes no result.
            let limit = deadline == nil ? chunk : min(chunk, pace.largestChunk)
            let range = start..<min(start + limit, population.count)
            let began = deadline == nil ? 0 : clock.now()
            if let deadline {
                pace.begin(at: began)
                if pace.isTooLate(for: range.count, at: began, until: deadline) {
                    isCutShort = true
                    break
                }
            }
            try body(self, &population, range)
            if deadline != nil {
                let ended = clock.now()
                pace.record(candidates: range.count, seconds: ended - began, at: ended)
            }
            evaluated += range.count
            start = range.upperBound
        }
        remember(population, first: start)
        return start == population.count
    }

    private func fill(_ batch: inout TrajectoryBatch, from population: Population, _ range: Range<Int>) {
        let length = space.sequenceLength
        let (offset, count) = (range.lowerBound * length, range.count * length)
        batch.actions.withUnsafeMutableBufferPointer { actions in
            _ = actions.update(fromContentsOf: population.actions[offset..<offset + count])
        }
    }

    private func judge(_ batch: TrajectoryBatch, into population: inout Population, _ range: Range<Int>) {
        let count = problem.guardrailCount
        costs.resize(to: range.count)
        margins.resize(to: range.count * count)
        problem.objective.cost(of: batch, into: &costs, using: &workspace)
        problem.constraint?.margins(of: batch, bands: problem.bands, into: &margins, using: &workspace)
        for (offset, candidate) in range.enumerated() {
            var violation: Float = 0
            let row = candidate * population.guardrails
            for guardrail in 0..<count {
                // Written so that a margin that is not a number makes the sum so, and the candidate the worst.
                let margin = margins[offset * count + guardrail]
                population.margins[row + guardrail] = margin
                if !(margin >= 0) { violation -= margin }
            }
            population.scores[candidate] = Score(violation: violation, cost: costs[offset])
        }
        if let limit = problem.noveltyLimit { judgeNovelty(of: batch, beyond: limit, into: &population, range) }
    }

    /// Counts how far candidates leave the training data: the greatest excess of a step is a margin, and all that is beyond the
    /// limit a violation.
    private func judgeNovelty(
        of batch: TrajectoryBatch, beyond limit: Float, into population: inout Population, _ range: Range<Int>
    ) {
        let (column, horizon) = (problem.guardrailCount, batch.horizon)
        batch.novelty.withUnsafeBufferPointer { novelty in
            for (offset, candidate) in range.enumerated() {
                var worst = -Float.infinity
                var sum: Float = 0
                for step in offset &* horizon..<(offset &+ 1) &* horizon {
                    let excess = SearchProblem.noveltyExcess(novelty[step], beyond: limit)
                    worst = max(worst, excess)
                    sum += max(0, excess)
                }
                population.margins[candidate * population.guardrails + column] = -worst
                let score = population.scores[candidate]
                population.scores[candidate] = Score(violation: score.violation + sum, cost: score.cost)
            }
        }
    }

    /// Keeps the best of the first candidates, and what is worth naming as turned down.
    private func remember(_ population: Population, first count: Int) {
        archive.consider(population, first: count, in: space)
        var leader: Int?
        var least = best?.score
        for candidate in 0..<count {
            let score = population.scores[candidate]
            guard least.map({ score < $0 }) ?? score.cost.isFinite else { continue }
            (leader, least) = (candidate, score)
        }
        guard let leader else { return }
        var memory = best?.actions ?? []
        best = nil  // So that the memory is this one's alone.
        memory.replace(by: population.sequence(leader))
        best = Candidate(actions: memory, score: population.scores[leader])
    }

    private static func differentiate(_ dynamics: D, from state: D.State) -> DifferentiatedRollout? {
        func open<G: DifferentiableDynamics>(_ differentiable: G) -> DifferentiatedRollout? {
            guard let state = state as? G.State else { return nil }
            return { try differentiable.rolloutGradient(from: state, into: &$0, gradient: $1) }
        }
        guard let differentiable = dynamics as? any DifferentiableDynamics else { return nil }
        return open(differentiable)
    }
}

/// A rollout that carries a gradient back to the actions.
typealias DifferentiatedRollout =
    (inout TrajectoryBatch, (TrajectoryBatch) throws -> TrajectoryGradient) throws -> [Float]
