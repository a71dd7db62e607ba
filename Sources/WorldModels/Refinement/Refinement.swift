import Basics
import Dispatch
import Identification

/// What a linear model is reduced from.
enum CoreSource: String, Sendable, Hashable, CaseIterable {
    /// A regression on many lags of outputs and inputs.
    case lags
    /// A regression on filtered inputs alone.
    case filters
}

/// The linear model that a member starts from.
struct Core: Sendable, Hashable {
    /// Its order.
    var order: Int
    /// The penalty of its regression.
    var ridge: Double
    /// Whether a step sees the input at its end.
    var hasLead: Bool
    /// How many states it is reduced to by balanced truncation; `nil` for all, the order times the outputs.
    var states: Int?
    /// What it is reduced from, where it is.
    var source = CoreSource.lags
}

/// What a member of a sensor model is made of.
struct Structure: Sendable, Equatable {
    /// The linear model it starts from.
    var core: Core
    /// Components beyond the linear model's state.
    var free: Int
    /// Hidden units of the nonlinear part.
    var hidden: Int
    /// What they compute.
    var activation = BoundedActivation.tanh
    /// Whether it is fitted on free runs; otherwise it is the regression as it is.
    var isRefined = true

    /// Whether the other differs from this in hidden units alone.
    func isLinearPart(of other: Structure) -> Bool {
        core == other.core && free == other.free && isRefined == other.isRefined && hidden == 0
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
    /// Whether linear parts are held to a spectral norm of 1.
    var isBounded = true
    /// Which parts of the search there are.
    var options = SearchSettings()

    /// A fitted member and its free-run error on what it left out, normalised units.
    struct Fit: Sendable {
        var member: StateSpaceMember
        var error: Double
    }

    /// The most operations of one Gauss–Newton step.
    private static let operations = 4e8
    /// Parameters beyond which a member is not refined: the normal equations grow with their square.
    static let mostParameters = 600

    /// Measured numbers that there are to be for each parameter: folds do not see what all of them are too few for.
    private static let numbersEach = 5

    /// Whether a structure is small enough for its fit, and for the log.
    func canFit(_ structure: Structure) -> Bool {
        let count = parameters(structure)
        return count <= Self.mostParameters && Self.numbersEach * count <= data.numbers
    }

    /// The parameters of a structure.
    func parameters(_ structure: Structure) -> Int {
        StateSpaceShape(
            states: cores.states(structure.core) + structure.free, inputs: cores.inputs,
            outputs: cores.outputs, hidden: structure.hidden, hasLead: structure.core.hasLead
        ).count
    }

    /// Fits the linear part of a structure for a member that leaves out its fold.
    func linear(_ structure: Structure, member: Int) -> Fit? {
        guard let form = cores.form(structure.core, member: member) else { return nil }
        var generator = SeededGenerator(seed: seed, stream: 1000 + UInt64(member))
        let start = StateSpaceMember(
            form, free: structure.free, hidden: 0, hasLead: structure.core.hasLead, isBounded: isBounded,
            horizon: horizon, using: &generator)
        guard structure.isRefined else { return judged(start, member: member) }
        return refine(start, member: member, iterations: 15, free: start.shape.linearParameters)
    }

    /// Adds hidden units to a linear fit and fits everything.
    func nonlinear(_ linear: Fit, _ structure: Structure, member: Int, start: Int) -> Fit {
        var generator = SeededGenerator(seed: seed, stream: 2000 + UInt64(100 * member + start))
        let states = data.states(linear.member, member: member)
        let wide = linear.member.withHidden(
            structure.hidden, structure.activation, states: states, using: &generator)
        return refine(wide, member: member, iterations: 30, free: Array(0..<wide.shape.count))
    }

    /// Gives a fit the gains of the first rows of a history, from where its states and innovations lie.
    func settled(_ fit: Fit, member: Int) -> Fit {
        let windows = data.training(member, steps: 1, rows: Self.settlingRows)
        guard options.transient,
            let start = StartingGains(
                fit.member.contracted().member, data.stretches, windows,
                rows: min(data.history, StartingGains.mostRows))
        else { return fit }
        var result = fit
        let shape = fit.member.shape
        result.member.values.replaceSubrange(shape.prior.range, with: start.prior)
        if let first = start.gains.first {
            result.member.values.replaceSubrange(shape.firstGain.range, with: first.elements)
        }
        result.member.transient = start.gains.dropFirst().map(\.elements)
        return result
    }

    /// Gauss–Newton over free runs of an eighth, a third and all of the reach; the best that the left-out part saw.
    private func refine(_ start: StateSpaceMember, member: Int, iterations: Int, free: [Int]) -> Fit {
        let judged = data.judging(member, steps: reach, rows: Self.judgingRows)
        let newton = GaussNewton(stretches: data.stretches, iterations: iterations, penalty: options.weightPenalty)
        func error(_ member: StateSpaceMember) -> Double {
            judged.isEmpty ? .infinity : newton.cost(member, judged).squareRoot()
        }
        var best = Fit(member: start, error: error(start))
        var current = start
        let longest = min(reach, data.longest(member))
        let reaches = options.grows ? Set([max(8, longest / 8), max(8, longest / 3), longest]) : [longest]
        for steps in reaches.sorted() where steps <= longest {
            let windows = data.learning(
                member, steps: steps, rows: rows(start.shape), histories: options.histories)
            guard !windows.isEmpty else { continue }
            let reached = newton.minimise(&current, over: windows, free: free, judge: judged.isEmpty ? nil : error)
            if reached < best.error || judged.isEmpty { best = Fit(member: current, error: reached) }
        }
        return best
    }

    /// A member as it is, with its errors on what it left out.
    private func judged(_ member: StateSpaceMember, member index: Int) -> Fit {
        let contracted = member.contracted().member
        var (sum, count) = (0.0, 0.0)
        for window in data.judging(index, steps: reach, rows: Self.judgingRows) {
            let errors = FreeRunKernel.errors(contracted, window, data.stretches[window.stretch])
            // Empty when the run left every range.
            guard !errors.isEmpty else { return Fit(member: member, error: .infinity) }
            for error in errors where error.isFinite {
                sum += error * error
                count += 1
            }
        }
        return Fit(member: member, error: count > 0 ? (sum / count).squareRoot() : .infinity)
    }

    /// Rows that a member is judged by at most.
    static let judgingRows = 8000
    /// Rows that what is known of a state is measured on.
    private static let settlingRows = 2000

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
