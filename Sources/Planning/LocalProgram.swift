import Basics
import Objectives

/// The quadratic program that a search is near one point: squares of the cost by Gauss–Newton, guardrails as lines.
///
/// Variables are changes of the point, so that −1 and 1 are the limits of each action and all have one scale.
struct LocalProgram {
    var program: ElasticProgram
    /// The sum of the guardrails' multipliers of the last solution: what a violation has to cost at least.
    private(set) var force = 0.0
    private let space: ActionSpace
    private let variables: Int
    /// For each action of a sequence, the variable that it follows, and what it changes by with it.
    private let followed: [Int]
    private let gains: [Double]
    private var trajectory: TrajectoryBatch
    private var (squares, linear, margins) = (TrajectoryRows(), TrajectoryRows(), TrajectoryRows())
    private var workspace = ObjectiveWorkspace()
    /// Outputs and novelty by variables, row-major `[step · output, variable]` and `[step, variable]`.
    private var (outputSlopes, noveltySlopes): ([Double], [Double]) = ([], [])
    private var row: [Double]

    init(_ problem: SearchProblem) {
        space = problem.space
        variables = space.variables
        program = ElasticProgram(variables: variables)
        row = [Double](repeating: 0, count: variables)
        let count = space.actionCount
        var (followed, gains): ([Int], [Double]) = ([], [])
        for (block, length) in space.blocks.enumerated() {
            for _ in 0..<length {
                for channel in 0..<count {
                    followed.append(block * count + channel)
                    gains.append((Double(space.upper[channel]) - Double(space.lower[channel])) / 2)
                }
            }
        }
        (self.followed, self.gains) = (followed, gains)
        trajectory = TrajectoryBatch(
            candidates: 1, horizon: space.horizon, actionCount: count, outputCount: problem.context.outputs.count,
            hasNovelty: problem.noveltyLimit != nil)
    }

    /// Poses the program at a point whose actions are given.
    ///
    /// - Parameters:
    ///   - search: What is searched.
    ///   - candidates: A population of one candidate that was scored.
    ///   - inset: How far inside their limits guardrails are to hold, normalised.
    ///   - reach: How far a variable may change at most.
    ///   - price: What a guardrail that does not hold costs, by its normalised margin, in units of the steepest slope of the cost.
    /// - Throws: A usage error where cost, guardrails or dynamics have no derivatives; what the dynamics throw.
    mutating func pose<D>(
        _ search: CandidateSearch<D>, _ candidates: inout Population, inset: Double, reach: Double, price: Double
    ) throws {
        let problem = search.problem
        trajectory.actions.replace(by: candidates.sequence(0))
        try search.dynamics.rollout(from: search.state, into: &trajectory)
        squares.removeAll(like: trajectory)
        linear.removeAll(like: trajectory)
        margins.removeAll(like: trajectory)
        guard problem.objective.terms(of: trajectory, into: &squares, linear: &linear, using: &workspace),
            problem.constraint?.conjuncts(of: trajectory, bands: problem.bands, into: &margins, using: &workspace)
                ?? true
        else { throw SequentialQuadratic.notSquares }
        guard let slopes = try search.slopes(of: trajectory) else {
            throw ForesightError.notDifferentiable(solver: SequentialQuadratic.name)
        }
        gather(slopes)
        poseCost()
        program.removeRows()
        let cost = price * max(program.gradient.reduce(0) { max($0, abs($1)) }, 1e-12)
        for index in 0..<margins.count where fill(from: margins, index) {
            program.add(row: row, atLeast: inset - margins.values[index], price: cost)
        }
        poseNovelty(problem, inset: inset, price: cost)
        try poseBackup(search, &candidates, inset: inset, price: cost)
        let point = candidates.point(0)
        for (index, value) in point.enumerated() {
            program.lower[index] = max(-1 - Double(value), -reach)
            program.upper[index] = min(1 - Double(value), reach)
        }
        poseRates(candidates.sequence(0))
    }

    /// Solves it.
    ///
    /// - Returns: Whether it could be solved.
    mutating func solve() -> Bool {
        let isSolved = program.solve()
        force = 0
        for row in 0..<program.rows where program.prices[row].isFinite { force += program.multipliers[row] }
        return isSolved
    }

    /// Solves it without guardrails; rates of actions stay.
    mutating func solveFreely() -> Bool {
        program.removeElasticRows()
        return program.solve(tolerance: 1e-6)
    }

    /// What the quadratic says that the cost falls by along a part of the step.
    func fall(along part: Double) -> Double {
        var (slope, bend) = (0.0, 0.0)
        for row in 0..<variables {
            slope += program.gradient[row] * program.step[row]
            for column in 0..<row {
                bend += 2 * program.step[row] * program.hessian[row * variables + column] * program.step[column]
            }
            bend += program.step[row] * program.hessian[row * variables + row] * program.step[row]
        }
        return -part * slope - part * part * bend / 2
    }

    /// Sums what actions do over the blocks in which they are held.
    private mutating func gather(_ slopes: TrajectorySlopes) {
        let length = space.sequenceLength
        func sum(_ source: [Double], into target: inout [Double]) {
            let rows = source.count / length
            target.resize(to: rows * variables)
            for index in target.indices { target[index] = 0 }
            for row in 0..<rows {
                for index in 0..<length {
                    target[row * variables + followed[index]] += gains[index] * source[row * length + index]
                }
            }
        }
        sum(slopes.outputs, into: &outputSlopes)
        sum(slopes.novelty, into: &noveltySlopes)
    }

    /// Writes one row by variables; returns whether anything in it is not zero.
    private mutating func fill(from rows: TrajectoryRows, _ index: Int) -> Bool {
        for variable in 0..<variables { row[variable] = 0 }
        var isEmpty = true
        for entry in rows.starts[index]..<rows.starts[index + 1] {
            let (column, slope) = (rows.columns[entry], rows.slopes[entry])
            if column >= rows.actionColumns {
                let action = column - rows.actionColumns
                row[followed[action]] += slope * gains[action]
            } else {
                let start = column * variables
                for variable in 0..<variables { row[variable] += slope * outputSlopes[start + variable] }
            }
        }
        for value in row where value != 0 { isEmpty = false }
        return !isEmpty
    }

    /// `cost(d) = Σ (r + J·d)² + linear`.
    private mutating func poseCost() {
        for index in program.hessian.indices { program.hessian[index] = 0 }
        for index in program.gradient.indices { program.gradient[index] = 0 }
        for index in 0..<squares.count where fill(from: squares, index) {
            let twice = 2 * squares.values[index]
            for i in 0..<variables where row[i] != 0 {
                let factor = 2 * row[i]
                program.gradient[i] += twice * row[i]
                for j in 0...i { program.hessian[i * variables + j] += factor * row[j] }
            }
        }
        for index in 0..<linear.count where fill(from: linear, index) {
            for i in 0..<variables { program.gradient[i] += row[i] }
        }
        var greatest = 0.0
        for i in 0..<variables { greatest = max(greatest, program.hessian[i * variables + i]) }
        // Directions that cost nothing move least.
        let ridge = greatest > 0 ? 1e-10 * greatest : 1e-3 * program.gradient.reduce(0) { max($0, abs($1)) }
        for i in 0..<variables { program.hessian[i * variables + i] += ridge }
    }

    private mutating func poseNovelty(_ problem: SearchProblem, inset: Double, price: Double) {
        guard let limit = problem.noveltyLimit, !noveltySlopes.isEmpty else { return }
        for step in 0..<space.horizon {
            let margin = -Double(SearchProblem.noveltyExcess(trajectory.novelty[step], beyond: limit))
            guard margin.isFinite else { continue }
            let start = step * variables
            for index in 0..<variables { row[index] = -noveltySlopes[start + index] / Double(max(limit, 1e-6)) }
            guard row.contains(where: { $0 != 0 }) else { continue }
            program.add(row: row, atLeast: inset - margin, price: price)
        }
    }

    /// The way out that has to be left counts by its least margin.
    private mutating func poseBackup<D>(
        _ search: CandidateSearch<D>, _ candidates: inout Population, inset: Double, price: Double
    ) throws {
        guard search.problem.backup != nil else { return }
        var gradient = [Float](repeating: 0, count: variables)
        let last = candidates.guardrails - 1
        let isComplete = try search.evaluateGradient(&candidates, into: &gradient) { _, _, _, weights in
            weights[last] = 1
            return 0
        }
        let margin = Double(candidates.margins[last])
        guard isComplete, margin.isFinite, gradient.contains(where: { $0 != 0 }) else { return }
        program.add(row: gradient.map(Double.init), atLeast: inset - margin, price: price)
    }

    /// Rates of actions, which never give way.
    private mutating func poseRates(_ actions: ArraySlice<Float>) {
        let (limits, count) = (space.limits, space.actionCount)
        var first = 0
        for (block, length) in space.blocks.enumerated() {
            for channel in 0..<count where limits.rise[channel].isFinite || limits.fall[channel].isFinite {
                let gain = gains[channel]
                guard gain > 0 else { continue }
                let here = Double(actions[actions.startIndex + (first + length - 1) * count + channel])
                let before =
                    first == 0
                    ? Double(space.previous[channel])
                    : Double(actions[actions.startIndex + (first - 1) * count + channel])
                let head =
                    block == 0 ? min(limits.firstInterval ?? .infinity, limits.samplingTime) : limits.samplingTime
                let seconds = head + limits.samplingTime * Double(length - 1)
                for (sign, rate) in [(1.0, limits.rise[channel]), (-1.0, limits.fall[channel])] where rate.isFinite {
                    for index in 0..<variables { row[index] = 0 }
                    row[block * count + channel] = -sign
                    if block > 0 { row[(block - 1) * count + channel] = sign }
                    let left = Double(rate) * seconds - sign * (here - before)
                    program.add(row: row, atLeast: -max(left, 0) / gain, price: .infinity)
                }
            }
            first += length
        }
    }
}
