/// One signal of a formula. Operands are indices into the graph that holds it.
enum SignalNode: Hashable, Sendable {
    /// A weighted operand.
    struct Term: Hashable, Sendable {
        var weight: Double
        var node: Int
    }

    case output(Int)
    case action(Int)
    case novelty
    case series(ReferenceSeries)
    case affine([Term], constant: Double)
    case product(Int, Int)
    case quotient(Int, Int)
    case absolute(Int)
    case minimum(Int, Int)
    case maximum(Int, Int)
    /// Change per second since the sample before; 0 at the start.
    case rate(Int)
}

/// The signals of an objective, each once.
///
/// Linear parts are gathered into one `affine` node, which is what makes interval bounds of linear expressions exact:
/// `T1 - T2 + T2` is `T1`, not three intervals added. Operands always stand before the nodes that use them.
struct SignalGraph: Sendable {
    private(set) var nodes: [SignalNode] = []
    private var indices: [SignalNode: Int] = [:]

    /// The index of a node, which is added unless it is there.
    mutating func add(_ node: SignalNode) -> Int {
        if let index = indices[node] { return index }
        nodes.append(node)
        indices[node] = nodes.count - 1
        return nodes.count - 1
    }

    /// The outputs that any of some nodes is made of.
    func outputs(of roots: [Int]) -> Set<Int> {
        var (found, seen, open): (Set<Int>, Set<Int>, [Int]) = ([], [], roots)
        while let index = open.popLast() {
            guard seen.insert(index).inserted else { continue }
            switch nodes[index] {
            case .output(let output): found.insert(output)
            case .action, .novelty, .series: break
            case .affine(let terms, _): open += terms.map(\.node)
            case .absolute(let node), .rate(let node): open.append(node)
            case .product(let left, let right), .quotient(let left, let right), .minimum(let left, let right),
                .maximum(let left, let right):
                open += [left, right]
            }
        }
        return found
    }

    /// A constant.
    mutating func constant(_ value: Double) -> Int { add(.affine([], constant: value)) }

    /// The value of a node that is constant, else `nil`.
    func constantValue(_ index: Int) -> Double? {
        if case .affine(let terms, let constant) = nodes[index], terms.isEmpty { return constant }
        return nil
    }

    /// `Σ weightᵢ · nodeᵢ + constant`.
    mutating func affine(_ terms: [(weight: Double, node: Int)], constant: Double = 0) -> Int {
        var weights: [Int: Double] = [:]
        var total = constant
        for (weight, index) in terms {
            if case .affine(let inner, let innerConstant) = nodes[index] {
                for term in inner { weights[term.node, default: 0] += weight * term.weight }
                total += weight * innerConstant
            } else {
                weights[index, default: 0] += weight
            }
        }
        let kept = weights.filter { $0.value != 0 }.sorted { $0.key < $1.key }
        if total == 0, kept.count == 1, kept[0].value == 1 { return kept[0].key }
        return add(.affine(kept.map { SignalNode.Term(weight: $0.value, node: $0.key) }, constant: total))
    }

    /// `left - right`.
    mutating func difference(_ left: Int, _ right: Int) -> Int { affine([(1, left), (-1, right)]) }

    /// The margin of a comparison of one channel with a number, written so that a channel exactly at the limit has the margin 0.
    ///
    /// `0.1 − x / 60` is −7e-9 at 6 in single precision, and what is set to 6 would break a limit that it keeps;
    /// `−(x − 6) / 60` is 0 there and has the right sign everywhere. The limit is rounded to single precision, as channels are.
    /// Margins of outputs in other units stay as they are: nobody sets an output.
    mutating func exactAtLimit(_ index: Int) -> Int {
        guard case .affine(let terms, let constant) = nodes[index], terms.count == 1, constant != 0 else {
            return index
        }
        let term = terms[0]
        let isPlain = Swift.abs(term.weight) == 1
        switch nodes[term.node] {
        case .output where isPlain, .action where isPlain:
            guard Float(constant).isFinite else { return index }
            return add(.affine(terms, constant: Double(Float(constant))))
        case .action:
            let shift = Float(constant / term.weight)
            guard shift.isFinite, Float(term.weight).isNormal else { return index }
            let distance = add(
                .affine([SignalNode.Term(weight: 1, node: term.node)], constant: Double(shift)))
            return add(.affine([SignalNode.Term(weight: term.weight, node: distance)], constant: 0))
        default: return index
        }
    }

    /// `factor · node`.
    mutating func scaled(_ node: Int, by factor: Double) -> Int {
        factor == 1 ? node : affine([(factor, node)])
    }

    /// `left · right`.
    mutating func product(_ left: Int, _ right: Int) -> Int {
        if let constant = constantValue(left) { return scaled(right, by: constant) }
        if let constant = constantValue(right) { return scaled(left, by: constant) }
        return add(.product(left, right))
    }

    /// `left / right`; the caller has refused a constant zero.
    mutating func quotient(_ left: Int, _ right: Int) -> Int {
        if let constant = constantValue(right) { return scaled(left, by: 1 / constant) }
        return add(.quotient(left, right))
    }

    /// `|node|`.
    mutating func absolute(_ node: Int) -> Int {
        constantValue(node).map { constant(Swift.abs($0)) } ?? add(.absolute(node))
    }

    /// The smaller of two.
    mutating func minimum(_ left: Int, _ right: Int) -> Int {
        if left == right { return left }
        guard let a = constantValue(left), let b = constantValue(right) else { return add(.minimum(left, right)) }
        return constant(Swift.min(a, b))
    }

    /// The larger of two.
    mutating func maximum(_ left: Int, _ right: Int) -> Int {
        if left == right { return left }
        guard let a = constantValue(left), let b = constantValue(right) else { return add(.maximum(left, right)) }
        return constant(Swift.max(a, b))
    }

    /// The change per second.
    mutating func rate(_ node: Int) -> Int {
        guard case .affine(let terms, _) = nodes[node] else { return add(.rate(node)) }
        let rates = terms.map { (weight: $0.weight, node: add(.rate($0.node))) }
        return affine(rates)
    }
}

extension SignalGraph {
    /// The value of a node at one sample, for the few places that look at single instants.
    ///
    /// `time` is the time of the task at sample 0 in seconds; `leaf` tells outputs, actions and novelty at a sample.
    func value(
        _ index: Int, sample: Int, samplingTime: Double, time: Double, leaf: (SignalNode, Int) -> Double
    ) -> Double {
        func value(_ index: Int, _ sample: Int) -> Double {
            switch nodes[index] {
            case .output, .action, .novelty: leaf(nodes[index], sample)
            case .series(let series): series.value(at: time + Double(sample) * samplingTime)
            case .affine(let terms, let constant):
                terms.reduce(constant) { $0 + $1.weight * value($1.node, sample) }
            case .product(let a, let b): value(a, sample) * value(b, sample)
            case .quotient(let a, let b): value(a, sample) / value(b, sample)
            case .absolute(let a): Swift.abs(value(a, sample))
            case .minimum(let a, let b): pick(value(a, sample), value(b, sample), Swift.min)
            case .maximum(let a, let b): pick(value(a, sample), value(b, sample), Swift.max)
            case .rate(let a): sample == 0 ? 0 : (value(a, sample) - value(a, sample - 1)) / samplingTime
            }
        }
        // The library's min and max may drop a NaN; here it must stay.
        func pick(_ a: Double, _ b: Double, _ choose: (Double, Double) -> Double) -> Double {
            a.isNaN || b.isNaN ? .nan : choose(a, b)
        }
        return value(index, sample)
    }

    /// Whether a node says something of one instant that actions from then on do not decide: it speaks of what was measured, and of
    /// no change, which takes two instants.
    func isMeasured(_ index: Int) -> Bool {
        reads(index) { if case .output = $0 { true } else { false } }
            && !reads(index) { if case .rate = $0 { true } else { false } }
    }

    /// Whether a node is made of actions alone, so that it changes only as they do.
    func isDecided(_ index: Int) -> Bool {
        !reads(index) { if case .action = $0 { false } else { Self.isSource($0) } }
            && reads(index) { if case .action = $0 { true } else { false } }
    }

    /// Whether a node is made of no others.
    private static func isSource(_ node: SignalNode) -> Bool {
        switch node {
        case .output, .action, .novelty, .series: true
        default: false
        }
    }

    /// Whether a node, or one that it is made of, is of a kind.
    func reads(_ index: Int, _ isWanted: (SignalNode) -> Bool) -> Bool {
        guard !isWanted(nodes[index]) else { return true }
        return switch nodes[index] {
        case .output, .action, .novelty, .series: false
        case .affine(let terms, _): terms.contains { reads($0.node, isWanted) }
        case .absolute(let a), .rate(let a): reads(a, isWanted)
        case .product(let a, let b), .quotient(let a, let b), .minimum(let a, let b), .maximum(let a, let b):
            reads(a, isWanted) || reads(b, isWanted)
        }
    }

    /// Whether a node changes with the trajectory, and not with time only.
    func dependsOnTrajectory(_ index: Int) -> Bool {
        switch nodes[index] {
        case .output, .action, .novelty: true
        case .series: false
        case .affine(let terms, _): terms.contains { dependsOnTrajectory($0.node) }
        case .absolute(let a), .rate(let a): dependsOnTrajectory(a)
        case .product(let a, let b), .quotient(let a, let b), .minimum(let a, let b), .maximum(let a, let b):
            dependsOnTrajectory(a) || dependsOnTrajectory(b)
        }
    }

    /// The interval that a node can lie in when its leaves lie in theirs, or `nil` when a leaf has none or the node
    /// depends on time.
    func range(_ index: Int, leaf: (SignalNode) -> ClosedRange<Double>?) -> ClosedRange<Double>? {
        switch nodes[index] {
        case .output, .action: return leaf(nodes[index])
        case .affine(let terms, let constant):
            var (low, high) = (constant, constant)
            for term in terms {
                guard let inner = range(term.node, leaf: leaf) else { return nil }
                low += term.weight * (term.weight > 0 ? inner.lowerBound : inner.upperBound)
                high += term.weight * (term.weight > 0 ? inner.upperBound : inner.lowerBound)
            }
            return low <= high ? low...high : nil
        case .absolute(let a):
            guard let inner = range(a, leaf: leaf) else { return nil }
            let high = Swift.max(Swift.abs(inner.lowerBound), Swift.abs(inner.upperBound))
            return (inner.contains(0) ? 0 : Swift.min(Swift.abs(inner.lowerBound), Swift.abs(inner.upperBound)))...high
        case .minimum(let a, let b):
            guard let x = range(a, leaf: leaf), let y = range(b, leaf: leaf) else { return nil }
            return Swift.min(x.lowerBound, y.lowerBound)...Swift.min(x.upperBound, y.upperBound)
        case .maximum(let a, let b):
            guard let x = range(a, leaf: leaf), let y = range(b, leaf: leaf) else { return nil }
            return Swift.max(x.lowerBound, y.lowerBound)...Swift.max(x.upperBound, y.upperBound)
        case .novelty, .series, .product, .quotient, .rate: return nil
        }
    }
}
