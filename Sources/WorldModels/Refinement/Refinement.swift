import Basics
import Dispatch
import Identification

/// What a member of a sensor model is made of.
struct Structure: Sendable, Equatable {
    /// Order of the linear model it starts from.
    var order: Int
    /// Whether a step sees the input at its end.
    var hasLead: Bool
    /// Components beyond the linear model's state.
    var free: Int
    /// Hidden units of the nonlinear part.
    var hidden: Int

    /// Whether the other differs from this in hidden units alone.
    func isLinearPart(of other: Structure) -> Bool {
        order == other.order && hasLead == other.hasLead && free == other.free
    }
}

/// Fits members of a structure by Gauss–Newton on free runs that grow from short to long.
struct Refinement: Sendable {
    /// Rows and windows.
    let data: RefinementData
    /// Linear models to start from.
    let cores: LinearCores
    /// Steps of the longest free run.
    let reach: Int
    /// Steps that plans look ahead: what lags are spread over.
    let horizon: Int
    /// Where everything random comes from.
    let seed: UInt64

    /// A fitted member and its free-run error on what it left out, normalised units.
    struct Fit: Sendable {
        var member: StateSpaceMember
        var error: Double
    }

    /// Penalty on the weights of the nonlinear part.
    private static let penalty = 1e-5
    /// The most operations of one Gauss–Newton step.
    private static let operations = 4e8
    /// Parameters beyond which a member is not refined: the normal equations grow with their square.
    static let mostParameters = 600

    /// The parameters of a structure.
    func parameters(_ structure: Structure) -> Int {
        StateSpaceShape(
            states: structure.order * cores.outputs + structure.free, inputs: cores.inputs, outputs: cores.outputs,
            hidden: structure.hidden, hasLead: structure.hasLead
        ).count
    }

    /// Fits the linear part of a structure for a member that leaves out its fold.
    func linear(_ structure: Structure, member: Int) -> Fit? {
        guard let form = cores.form(structure, member: member) else { return nil }
        var generator = SeededGenerator(seed: seed, stream: 1000 + UInt64(member))
        let start = StateSpaceMember(
            form, free: structure.free, hidden: 0, hasLead: structure.hasLead, horizon: horizon, using: &generator)
        return refine(start, member: member, iterations: 15, free: start.shape.linearParameters)
    }

    /// Adds hidden units to a linear fit and fits everything.
    func nonlinear(_ linear: Fit, hidden: Int, member: Int, start: Int) -> Fit {
        var generator = SeededGenerator(seed: seed, stream: 2000 + UInt64(100 * member + start))
        let states = data.states(linear.member, member: member)
        let wide = linear.member.withHidden(hidden, states: states, using: &generator)
        return refine(wide, member: member, iterations: 30, free: Array(0..<wide.shape.count))
    }

    /// Fits what the first row of a history says of the state, on histories of any length; all else stays.
    ///
    /// Only that may learn from histories cut short: a predictor that did would learn to forget what it starts from.
    func settled(_ fit: Fit, member: Int) -> Fit {
        var generator = SeededGenerator(seed: seed, stream: 4000 + UInt64(member))
        let shape = fit.member.shape
        let windows = data.withCutHistories(
            data.training(member, steps: horizon, rows: rows(shape)), steps: horizon, using: &generator)
        guard !windows.isEmpty else { return fit }
        var result = fit
        GaussNewton(stretches: data.stretches, iterations: 10).minimise(
            &result.member, over: windows, free: Array(shape.firstGain.range) + Array(shape.prior.range))
        return result
    }

    /// Gauss–Newton over free runs of an eighth, a third and all of the reach; the best that the left-out part saw.
    private func refine(_ start: StateSpaceMember, member: Int, iterations: Int, free: [Int]) -> Fit {
        let judged = data.judging(member, steps: reach, rows: 8000)
        let newton = GaussNewton(stretches: data.stretches, iterations: iterations, penalty: Self.penalty)
        func error(_ member: StateSpaceMember) -> Double {
            judged.isEmpty ? .infinity : newton.cost(member, judged).squareRoot()
        }
        var best = Fit(member: start, error: error(start))
        var current = start
        let longest = min(reach, data.longest(member))
        for steps in Set([max(8, longest / 8), max(8, longest / 3), longest]).sorted() where steps <= longest {
            let windows = data.training(member, steps: steps, rows: rows(start.shape))
            guard !windows.isEmpty else { continue }
            let reached = newton.minimise(&current, over: windows, free: free, judge: judged.isEmpty ? nil : error)
            if reached < best.error || judged.isEmpty { best = Fit(member: current, error: reached) }
        }
        return best
    }

    /// A member as it is, with its error on what it left out.
    func judged(_ member: StateSpaceMember, member index: Int) -> Fit {
        let windows = data.judging(index, steps: reach, rows: 8000)
        let newton = GaussNewton(stretches: data.stretches)
        return Fit(member: member, error: newton.cost(member, windows).squareRoot())
    }

    /// Rows that one step looks at.
    private func rows(_ shape: StateSpaceShape) -> Int {
        let (states, outputs, count) = (Double(shape.states), Double(shape.outputs), Double(shape.count))
        let each = 2 * states * states * count + outputs * count * count
        return Int(min(8000, max(800, Self.operations / each)))
    }
}

extension RefinementData {
    /// Means and spreads of a member's states over rows it learns from.
    func states(_ member: StateSpaceMember, member index: Int) -> (mean: [Double], spread: [Double]) {
        let width = member.shape.states
        var (count, sums, squares) = (0.0, [Double](repeating: 0, count: width), [Double](repeating: 0, count: width))
        let contracted = member.contracted().member
        for window in training(index, steps: 1, rows: 400) {
            let state = contracted.encoded(stretches[window.stretch], from: window.start, rows: window.history)
            count += 1
            for place in 0..<width {
                sums[place] += state[place]
                squares[place] += state[place] * state[place]
            }
        }
        let mean = sums.map { $0 / max(1, count) }
        let spread = squares.indices.map { max(0, squares[$0] / max(1, count) - mean[$0] * mean[$0]).squareRoot() }
        // A component that nothing drives has no size; it must not be divided by nothing.
        let least = max(0.05 * (spread.max() ?? 1), 1e-3)
        return (mean, spread.map { max($0, least) })
    }
}

/// Runs a task for each index on the processor's cores and returns the results in order.
func concurrently<Result: Sendable>(_ count: Int, _ task: @Sendable @escaping (Int) -> Result) -> [Result] {
    let results = Results<Result>(count)
    DispatchQueue.concurrentPerform(iterations: count) { results.put(task($0), at: $0) }
    return results.values
}

/// Results that several threads put in place.
private final class Results<Value: Sendable>: @unchecked Sendable {
    private let lock = DispatchSemaphore(value: 1)
    private var slots: [Value?]

    init(_ count: Int) { slots = [Value?](repeating: nil, count: count) }

    func put(_ value: Value, at index: Int) {
        lock.wait()
        slots[index] = value
        lock.signal()
    }

    var values: [Value] { slots.compactMap { $0 } }
}
