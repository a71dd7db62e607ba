#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How likely a margin's error is below a value, at each step: what makes a predicted margin the probability that it holds.
///
/// A margin `Σ wᵢ yᵢ + c` is off by `Σ wᵢ eᵢ`. With one channel its distribution is that of the channel's errors. With n
/// channels nothing is assumed of how their errors go together: all `wᵢ eᵢ` stay above their quantiles of `p / n` with
/// probability `1 - p` at least (Bonferroni), and then the sum is above the sum of these quantiles.
///
/// Of predictions to which a loop has added `cᵢ`, the worse of both counts: without it the margin is lower by `Σ wᵢ cᵢ`, so that
/// all quantiles are where this is positive. No correction makes a condition likelier than it is without.
struct ChanceTable: Sendable {
    /// The probabilities of the quantiles, rising.
    let levels: [Float]
    /// Quantiles of the margin's error, `[step, level]`, in the unit of the margin.
    private(set) var values: [Float] = []

    /// The table of `Σ weight · output` over a horizon.
    init(_ terms: [(weight: Double, output: Int)], bands: Bands, steps: Int, outputs: Int) {
        let errors = bands.errors ?? .symmetric(coverage: bands.coverage, count: bands.halfWidth.count)
        levels = errors.levels.map { Float($0) }
        let count = levels.count
        precondition(errors.values.count >= steps * outputs * count, "quantiles of fewer steps than the bands have")
        values.reserveCapacity(steps * count)
        func correction(_ place: Int) -> Float { bands.correction.isEmpty ? 0 : bands.correction[place] }
        for step in 0..<steps {
            let added = terms.reduce(Float(0)) { $0 + Float($1.weight) * correction(step * outputs + $1.output) }
            let parts = terms.map { term -> [Float] in
                let place = (step * outputs + term.output)
                let factor = Float(term.weight) * (bands.halfWidth[place] - abs(correction(place)) / 2)
                let own = errors.values[place * count..<(place + 1) * count].map { $0 * factor }
                // Levels are symmetric in what they leave on either side only where the table says so; mirrored ones are looked up.
                let quantiles = factor >= 0 ? own : Self.mirrored(own, levels)
                // What bands reach back over is no error of either prediction.
                guard bands.correction.isEmpty, !bands.shift.isEmpty else { return quantiles }
                let middle = Float(term.weight) * bands.shift[place]
                return quantiles.map { $0 + middle }
            }
            for (index, level) in levels.enumerated() {
                let quantile: Float =
                    parts.count == 1
                    ? parts[0][index]
                    : parts.reduce(0) { $0 + Self.quantile(level / Float(parts.count), $1[...], levels) }
                values.append(quantile - max(0, added))
            }
        }
    }

    /// How likely the error is below a value at a step, and the density there.
    func below(_ value: Float, step: Int) -> (probability: Float, density: Float) {
        Self.below(value, values[step * levels.count..<(step + 1) * levels.count], levels)
    }

    /// Between quantiles the probability rises in straight lines, and ``Tail`` goes on beyond the outermost.
    static func below(_ value: Float, _ quantiles: ArraySlice<Float>, _ levels: [Float]) -> (
        probability: Float, density: Float
    ) {
        let (first, last) = (quantiles.startIndex, quantiles.endIndex - 1)
        if value <= quantiles[first] { return Tail(below: quantiles, levels).beyond(quantiles[first] - value) }
        if value >= quantiles[last] {
            let above = Tail(above: quantiles, levels).beyond(value - quantiles[last])
            return (1 - above.probability, above.density)
        }
        var (low, high) = (first, last)
        while high - low > 1 {
            let middle = (low + high) / 2
            if quantiles[middle] <= value { low = middle } else { high = middle }
        }
        let width = quantiles[high] - quantiles[low]
        let rise = levels[high - first] - levels[low - first]
        return (levels[low - first] + rise * (value - quantiles[low]) / width, rise / width)
    }

    /// The value below which an error is with a probability: the inverse of `below`.
    static func quantile(_ probability: Float, _ quantiles: ArraySlice<Float>, _ levels: [Float]) -> Float {
        let (first, last, count) = (quantiles.startIndex, quantiles.endIndex - 1, levels.count)
        if probability < levels[0] {
            return quantiles[first] - Tail(below: quantiles, levels).distance(probability)
        }
        if probability >= levels[count - 1] {
            return quantiles[last] + Tail(above: quantiles, levels).distance(1 - probability)
        }
        let high = levels.firstIndex { $0 > probability } ?? count - 1
        let share = (probability - levels[high - 1]) / (levels[high] - levels[high - 1])
        return quantiles[first + high - 1] + share * (quantiles[first + high] - quantiles[first + high - 1])
    }

    /// Quantiles of the opposite: `falling` holds `-x` at the levels of `x`.
    private static func mirrored(_ falling: [Float], _ levels: [Float]) -> [Float] {
        let rising = Array(falling.reversed())
        let opposite = levels.reversed().map { 1 - $0 }
        return levels.map { quantile($0, rising[...], opposite) }
    }
}

/// What lies beyond the outermost quantile on one side: probability falls as fast as between the last two, more slowly than any
/// distribution does whose tails are concave on a logarithmic scale.
private struct Tail {
    /// The probability beyond the outermost quantile.
    let rest: Float
    /// By what share it falls a unit of distance.
    let rate: Float

    init(below quantiles: ArraySlice<Float>, _ levels: [Float]) {
        let first = quantiles.startIndex
        self.init(rest: levels[0], before: levels[1], distance: quantiles[first + 1] - quantiles[first])
    }

    init(above quantiles: ArraySlice<Float>, _ levels: [Float]) {
        let (last, count) = (quantiles.endIndex - 1, levels.count)
        self.init(
            rest: 1 - levels[count - 1], before: 1 - levels[count - 2], distance: quantiles[last] - quantiles[last - 1])
    }

    private init(rest: Float, before: Float, distance: Float) {
        self.rest = rest
        // Errors that are known to be none have no width.
        rate = log(before / rest) / max(distance, 1e-30)
    }

    /// How likely an error is further out than a distance, and the density there.
    func beyond(_ distance: Float) -> (probability: Float, density: Float) {
        let probability = rest * exp(-rate * distance)
        return (probability, probability > 0 ? probability * rate : 0)
    }

    /// How far out an error is beyond which there are others with a probability.
    func distance(_ probability: Float) -> Float { log(rest / probability) / rate }
}

/// The chance tables of a formula's comparisons, by instruction; empty where it has no share of time.
typealias ChanceTables = [Int: ChanceTable]

extension CompiledGuardrail {
    /// Chance tables with the bands that they were made of.
    struct Chances: Sendable {
        let bands: Bands
        let tables: ChanceTables
    }

    /// The same guardrail with the chances of errors of these bands worked out, where it limits a share of the time: margins under
    /// other bands work them out each time.
    public func prepared(for bands: Bands?) -> CompiledGuardrail {
        guard let bands, let formula, formula.isShare else { return self }
        var prepared = self
        prepared.chances = Chances(bands: bands, tables: chanceTables(bands, formula))
        return prepared
    }

    /// The tables of the comparisons that are judged by chance, or none without bands: then what is predicted is taken for certain.
    func chanceTables(_ bands: Bands?, _ formula: FormulaProgram) -> ChanceTables {
        guard let bands, formula.isShare else { return [:] }
        // Bands that were only handed on are in the same memory, and are known to be equal by that.
        if let chances, chances.bands == bands { return chances.tables }
        let outputs = context.outputs.count
        var tables = ChanceTables()
        for (index, instruction) in formula.instructions.enumerated() where instruction.operation == .chance {
            let terms = graph.outputTerms(of: atoms[instruction.b].node)
            guard !terms.isEmpty else { continue }
            tables[index] = ChanceTable(terms, bands: bands, steps: context.horizon, outputs: outputs)
        }
        return tables
    }
}

extension SignalGraph {
    /// The outputs that a node is a sum of, with their weights.
    func outputTerms(of node: Int) -> [(weight: Double, output: Int)] {
        switch nodes[node] {
        case .output(let channel): return [(1, channel)]
        case .affine(let terms, _):
            return terms.compactMap { term in
                if case .output(let channel) = nodes[term.node] { return (term.weight, channel) }
                return nil
            }
        default: return []
        }
    }

    /// Whether a node is a sum of channels and references at one instant.
    func isSumOfChannels(_ node: Int) -> Bool {
        func isChannel(_ node: Int) -> Bool {
            switch nodes[node] {
            case .output, .action, .novelty, .series: true
            default: false
            }
        }
        // A comparison of one action stands on a sum of its own: `exactAtLimit`.
        if case .affine(let terms, _) = nodes[node] { return terms.allSatisfy { isSumOfChannels($0.node) } }
        return isChannel(node)
    }
}
