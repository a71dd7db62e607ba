import Basics
import Episodes
import Objectives

/// The semantics written down a second time, as the papers have it: by recursion, in `Double`, one trajectory, with
/// negation as a sign. Shares nothing with the module but the text of the formulas.
struct ReferenceTrajectory {
    /// Samples by signal: sample 0 is now.
    var signals: [[Double]]

    static let names = ["a", "b", "u"]

    /// Outputs `a` and `b` and action `u` of one candidate, sampled every second.
    init(_ batch: TrajectoryBatch, _ context: TrajectoryContext, candidate: Int) {
        signals = (0..<2).map { channel in
            [Double(context.initialOutputs[channel])]
                + (0..<batch.horizon).map { Double(batch.output(candidate, $0, channel)) }
        }
        signals.append(
            [Double(context.previousActions[0])] + (0..<batch.horizon).map { Double(batch.action(candidate, $0, 0)) })
    }

    static func context(horizon: Int) -> TrajectoryContext {
        TrajectoryContext(
            outputs: [Channel(name: "a", role: .observation), Channel(name: "b", role: .observation)],
            actions: [Channel(name: "u", role: .action)], samplingTime: 1, horizon: horizon, initialOutputs: [1, -2],
            previousActions: [0.5])
    }

    static func batch(candidates: Int, horizon: Int, using generator: inout SeededGenerator) -> TrajectoryBatch {
        var batch = TrajectoryBatch(candidates: candidates, horizon: horizon, actionCount: 1, outputCount: 2)
        for index in batch.outputs.indices { batch.outputs[index] = Float(generator.uniform(in: -4...4)) }
        for index in batch.actions.indices { batch.actions[index] = Float(generator.uniform(in: -4...4)) }
        return batch
    }
}

/// A value of the reference.
indirect enum ReferenceValue {
    case number(Double)
    case signal(Int)
    case sum(ReferenceValue, ReferenceValue)
    case difference(ReferenceValue, ReferenceValue)
    case product(ReferenceValue, ReferenceValue)
    case quotient(ReferenceValue, Double)
    case absolute(ReferenceValue)
    case least(ReferenceValue, ReferenceValue)
    case greatest(ReferenceValue, ReferenceValue)
    case rate(ReferenceValue)

    var source: String {
        switch self {
        case .number(let value): "\(value)"
        case .signal(let index): ReferenceTrajectory.names[index]
        case .sum(let x, let y): "(\(x.source) + \(y.source))"
        case .difference(let x, let y): "(\(x.source) - \(y.source))"
        case .product(let x, let y): "(\(x.source) * \(y.source))"
        case .quotient(let x, let y): "(\(x.source) / \(y))"
        case .absolute(let x): "abs(\(x.source))"
        case .least(let x, let y): "min(\(x.source), \(y.source))"
        case .greatest(let x, let y): "max(\(x.source), \(y.source))"
        case .rate(let x): "rate(\(x.source))"
        }
    }

    func value(_ trajectory: ReferenceTrajectory, _ t: Int) -> Double {
        switch self {
        case .number(let value): value
        case .signal(let index): trajectory.signals[index][t]
        case .sum(let x, let y): x.value(trajectory, t) + y.value(trajectory, t)
        case .difference(let x, let y): x.value(trajectory, t) - y.value(trajectory, t)
        case .product(let x, let y): x.value(trajectory, t) * y.value(trajectory, t)
        case .quotient(let x, let y): x.value(trajectory, t) / y
        case .absolute(let x): abs(x.value(trajectory, t))
        case .least(let x, let y): min(x.value(trajectory, t), y.value(trajectory, t))
        case .greatest(let x, let y): max(x.value(trajectory, t), y.value(trajectory, t))
        case .rate(let x): t == 0 ? 0 : x.value(trajectory, t) - x.value(trajectory, t - 1)
        }
    }

    /// The size of an ordinary step, every channel having 1; 0 for numbers.
    var scale: Double {
        switch self {
        case .number: 0
        case .signal: 1
        case .sum(let x, let y), .difference(let x, let y), .least(let x, let y), .greatest(let x, let y):
            max(x.scale, y.scale)
        case .product(.number(let c), let y): abs(c) * y.scale
        case .product(let x, let y): x.scale * y.scale
        case .quotient(let x, let y): x.scale / y
        case .absolute(let x), .rate(let x): x.scale
        }
    }

    static func random(depth: Int, using generator: inout SeededGenerator) -> ReferenceValue {
        func next() -> ReferenceValue { random(depth: depth - 1, using: &generator) }
        func number() -> Double { ((generator.uniform(in: -3...3) * 4).rounded() + 0.5) / 4 }
        guard depth > 0 else { return .signal(Int(generator.next() % 3)) }
        switch generator.next() % 11 {
        case 0: return .sum(next(), next())
        case 1: return .difference(next(), next())
        case 2: return .product(next(), next())
        case 3: return .product(.number(number()), next())
        case 4: return .quotient(next(), 2.5)
        case 5: return .absolute(next())
        case 6: return .least(next(), next())
        case 7: return .greatest(next(), next())
        case 8: return .rate(next())
        case 9: return .sum(next(), .number(number()))
        default: return .signal(Int(generator.next() % 3))
        }
    }
}

/// A condition of the reference.
indirect enum ReferenceFormula {
    case atMost(ReferenceValue, Double)
    case atLeast(ReferenceValue, Double)
    case within(Double, ReferenceValue, Double)
    case not(ReferenceFormula)
    case and(ReferenceFormula, ReferenceFormula)
    case or(ReferenceFormula, ReferenceFormula)
    case implies(ReferenceFormula, ReferenceFormula)
    case always(Int, Int, ReferenceFormula)
    case eventually(Int, Int, ReferenceFormula)
    case until(Int, Int, ReferenceFormula, ReferenceFormula)

    var source: String {
        switch self {
        case .atMost(let x, let limit): "\(x.source) <= \(limit)"
        case .atLeast(let x, let limit): "\(x.source) > \(limit)"
        case .within(let low, let x, let high): "\(low) <= \(x.source) < \(high)"
        case .not(let f): "not (\(f.source))"
        case .and(let f, let g): "(\(f.source)) and (\(g.source))"
        case .or(let f, let g): "(\(f.source)) or (\(g.source))"
        case .implies(let f, let g): "(\(f.source)) implies (\(g.source))"
        case .always(let a, let b, let f): "always[\(a), \(b)](\(f.source))"
        case .eventually(let a, let b, let f): "eventually[\(a), \(b) s](\(f.source))"
        case .until(let a, let b, let f, let g): "(\(f.source)) until[\(a), \(b)] (\(g.source))"
        }
    }

    /// A margin divided by its scale, by which margins compare, and as it is.
    struct Margin {
        var comparable: Double
        var physical: Double
        static prefix func - (margin: Margin) -> Margin {
            Margin(comparable: -margin.comparable, physical: -margin.physical)
        }
    }

    /// Robustness at a sample; with a temperature, least and greatest are log-sum-exp. Windows skip sample 0.
    func robustness(_ w: ReferenceTrajectory, _ t: Int, temperature: Double? = nil) -> Margin {
        func least(_ values: [Margin]) -> Margin { -greatest(values.map { -$0 }) }
        func greatest(_ values: [Margin]) -> Margin {
            guard var top = values.max(by: { $0.comparable < $1.comparable }) else { preconditionFailure("empty") }
            guard let temperature else { return top }
            let sum = values.reduce(0) { $0 + Self.exp(($1.comparable - top.comparable) / temperature) }
            top.comparable += temperature * Self.log(sum)
            return top
        }
        func at(_ f: ReferenceFormula, _ t: Int) -> Margin { f.robustness(w, t, temperature: temperature) }
        func margin(_ x: ReferenceValue, _ margin: Double) -> Margin {
            Margin(comparable: margin / x.scale, physical: margin)
        }
        switch self {
        case .atMost(let x, let limit): return margin(x, limit - x.value(w, t))
        case .atLeast(let x, let limit): return margin(x, x.value(w, t) - limit)
        case .within(let low, let x, let high):
            return least([margin(x, x.value(w, t) - low), margin(x, high - x.value(w, t))])
        case .not(let f): return -at(f, t)
        case .and(let f, let g): return least([at(f, t), at(g, t)])
        case .or(let f, let g): return greatest([at(f, t), at(g, t)])
        case .implies(let f, let g): return greatest([-at(f, t), at(g, t)])
        case .always(let a, let b, let f): return least((max(1, t + a)...(t + b)).map { at(f, $0) })
        case .eventually(let a, let b, let f): return greatest((max(1, t + a)...(t + b)).map { at(f, $0) })
        case .until(let a, let b, let f, let g):
            return greatest(
                (max(1, t + a)...(t + b)).map { comes in
                    least([at(g, comes)] + (max(1, t)..<comes).map { at(f, $0) })
                })
        }
    }

    /// A formula that looks at most `reach` samples ahead, so that no horizon cuts it.
    static func random(depth: Int, reach: Int, using generator: inout SeededGenerator) -> ReferenceFormula {
        func limit() -> Double { (generator.uniform(in: -3...3) * 8).rounded() / 8 }
        func value() -> ReferenceValue { .random(depth: 2, using: &generator) }
        guard depth > 0 else {
            switch generator.next() % 3 {
            case 0: return .atMost(value(), limit())
            case 1: return .atLeast(value(), limit())
            default: return .within(-2, value(), 2)
            }
        }
        func next(_ reach: Int) -> ReferenceFormula { random(depth: depth - 1, reach: reach, using: &generator) }
        let kind = generator.next() % (reach >= 2 ? 8 : 5)
        guard kind >= 5 else {
            switch kind {
            case 0: return .not(next(reach))
            case 1: return .and(next(reach), next(reach))
            case 2: return .or(next(reach), next(reach))
            case 3: return .implies(next(reach), next(reach))
            default: return next(reach)
            }
        }
        let b = 1 + Int(generator.next() % UInt64(reach))
        let a = Int(generator.next() % UInt64(b + 1))
        switch kind {
        case 5: return .always(a, b, next(reach - b))
        case 6: return .eventually(a, b, next(reach - b))
        default: return .until(a, b, next(reach - b), next(reach - b))
        }
    }

    // The tests need no more of a mathematical library than this.
    private static func exp(_ x: Double) -> Double {
        var (term, sum) = (1.0, 1.0)
        let small = x / 1024
        for k in 1..<16 {
            term *= small / Double(k)
            sum += term
        }
        for _ in 0..<10 { sum *= sum }
        return sum
    }

    private static func log(_ x: Double) -> Double {
        var y = 0.0
        for _ in 0..<15 { y += 2 * (x - exp(y)) / (x + exp(y)) }
        return y
    }
}
