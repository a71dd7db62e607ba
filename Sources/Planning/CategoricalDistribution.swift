import Basics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// How a solver that samples searches actions that take only some values.
public enum SwitchSearch: String, Sendable, Codable, CaseIterable {
    /// Each value of each block has a probability of its own.
    case categories
    /// Numbers are drawn as for any other action, and moved to the nearest value.
    case rounded
    /// They stay as they are where the search starts.
    case fixed
}

/// Categorical distributions of the actions that take only some values, one for each block and channel.
///
/// The cross-entropy method for categories: R. Y. Rubinstein, "The cross-entropy method for combinatorial and continuous
/// optimization", Methodology and Computing in Applied Probability 1 (1999), and P.-T. de Boer, D. P. Kroese, S. Mannor and
/// R. Y. Rubinstein, "A tutorial on the cross-entropy method", Annals of Operations Research 134 (2005),
/// https://doi.org/10.1007/s10479-005-5724-z: probabilities move to the elites' frequencies, smoothed, so that none settles
/// by chance in one iteration.
///
/// Three things are ours. A part of each distribution stays uniform, so that no value ever dies and late candidates still differ
/// from the mode in a place or two. Where every action takes only some values, a sequence that was drawn before is changed, place
/// by place, until it is new: distributions that have settled would draw the same few again. And every other candidate is drawn with coloured noise: a Gaussian copula, whose
/// numbers have the spectrum of the other actions' first noise, picks the values of neighbouring blocks together while each
/// block keeps its own probabilities. Independent draws switch at half of all steps, which a dwell forbids and plants seldom want.
struct CategoricalDistribution {
    /// The least share of the old probabilities that stays in a refit: 1 − α of the tutorial.
    static let inertia: Float = 0.3
    /// The share of a distribution that stays uniform.
    static let floor: Float = 0.04

    /// The numbers of the values `[slot][value]`, and where the probabilities of each slot begin; a slot is a block and channel.
    private let levels: [[Float]]
    private let offsets: [Int]
    private let channels: [Int]
    private let blocks: Int
    private let actionCount: Int
    private let basis: FrequencyBasis
    /// Amplitudes of noise of variance 1 over the horizon `[frequency, channel]`, and what makes it so in each block.
    private let amplitudes: [Float]
    private let spreads: [Float]
    private let isFixed: Bool
    /// `[block, channel, value]`.
    private(set) var probabilities: [Float]
    private var frequencies: [Float]
    private var noise: [Float]
    private var coefficients: [Float]
    /// What was drawn before `[slot]`, where every action takes only some values.
    private var seen: Set<[UInt16]> = []
    private let isAlone: Bool
    private var drawn: [UInt16]

    /// Creates uniform distributions, or for `isFixed` ones that stay with the point they begin at.
    init(_ space: ActionSpace, basis: FrequencyBasis, exponent: Double, isFixed: Bool) {
        channels = space.switched
        blocks = space.blocks.count
        actionCount = space.actionCount
        self.basis = basis
        self.isFixed = isFixed
        levels = channels.map { space.levels(of: $0) }
        var offsets: [Int] = []
        var count = 0
        for _ in 0..<blocks {
            for levels in levels {
                offsets.append(count)
                count += levels.count
            }
        }
        self.offsets = offsets
        isAlone = channels.count == actionCount
        drawn = [UInt16](repeating: 0, count: offsets.count)
        probabilities = [Float](repeating: 0, count: count)
        frequencies = probabilities
        amplitudes = basis.amplitudes(exponent: exponent, size: 1)
        noise = [Float](repeating: 0, count: space.variables)
        coefficients = noise
        spreads = Self.spreads(space, basis, amplitudes)
        spread(over: nil, share: 1)
    }

    /// The standard deviation of coloured noise in each block, the same for all channels.
    private static func spreads(_ space: ActionSpace, _ basis: FrequencyBasis, _ amplitudes: [Float]) -> [Float] {
        var variances = [Float](repeating: 0, count: space.blocks.count)
        for frequency in space.blocks.indices {
            var coefficients = [Float](repeating: 0, count: space.variables)
            coefficients[frequency * space.actionCount] = amplitudes[frequency * space.actionCount]
            var wave = [Float](repeating: 0, count: space.variables)
            basis.add(coefficients, to: &wave, at: 0)
            for block in space.blocks.indices {
                let value = wave[block * space.actionCount]
                variances[block] += value * value
            }
        }
        return variances.map { max($0, 1e-12).squareRoot() }
    }

    /// Begins again around a point: half of it uniform for a spread of 1, less for less.
    mutating func begin(at point: [Float], spread share: Float) { spread(over: point, share: 0.5 * share) }

    private mutating func spread(over point: [Float]?, share: Float) {
        let share = isFixed && point != nil ? 0 : share
        for block in 0..<blocks {
            for (slot, levels) in levels.enumerated() {
                let offset = offsets[block * channels.count + slot]
                for value in levels.indices { probabilities[offset + value] = share / Float(levels.count) }
                if let point {
                    let value = Self.nearest(point[block * actionCount + channels[slot]], levels)
                    probabilities[offset + value] += 1 - share
                }
            }
        }
    }

    private static func nearest(_ number: Float, _ levels: [Float]) -> Int {
        var best = 0
        for value in levels.indices where abs(levels[value] - number) < abs(levels[best] - number) { best = value }
        return best
    }

    /// Draws the values of one candidate: of an odd one each by itself, of an even one neighbouring blocks together.
    mutating func sample(_ candidate: Int, of population: inout Population, using generator: inout SeededGenerator) {
        if candidate.isMultiple(of: 2) {
            for index in noise.indices {
                noise[index] = 0
                coefficients[index] = amplitudes[index] * Float(generator.normal())
            }
            basis.add(coefficients, to: &noise, at: 0)
        }
        for block in 0..<blocks {
            for (slot, levels) in levels.enumerated() {
                let place = block * actionCount + channels[slot]
                let share: Float
                if candidate.isMultiple(of: 2) {
                    share = Float(0.5 * erfc(-Double(noise[place] / spreads[block]) / 2.0.squareRoot()))
                } else {
                    share = Float(generator.uniform())
                }
                let index = block * channels.count + slot
                drawn[index] = UInt16(pick(share, offsets[index], levels.count))
            }
        }
        if isAlone, !isFixed { renew(using: &generator) }
        for (index, value) in drawn.enumerated() {
            let (block, slot) = (index / channels.count, index % channels.count)
            let place = block * actionCount + channels[slot]
            population.points[candidate * population.variables + place] = levels[slot][Int(value)]
        }
    }

    /// Changes what was drawn until it is new, at most once for each place: a place takes another value, or that of a
    /// neighbouring block, which moves a switch in time.
    private mutating func renew(using generator: inout SeededGenerator) {
        var tries = 0
        while seen.contains(drawn), tries < drawn.count {
            let index = min(drawn.count - 1, Int(generator.uniform() * Double(drawn.count)))
            let neighbour = generator.uniform() < 0.5 ? index - channels.count : index + channels.count
            if generator.uniform() < 0.5, drawn.indices.contains(neighbour) {
                drawn[index] = drawn[neighbour]
            } else {
                let count = levels[index % channels.count].count
                let further = min(count - 2, Int(generator.uniform() * Double(count - 1)))
                drawn[index] = count > 1 ? UInt16((Int(drawn[index]) + 1 + further) % count) : 0
            }
            tries += 1
        }
        seen.insert(drawn)
    }

    /// The value at a share of the cumulative probability.
    private func pick(_ share: Float, _ offset: Int, _ count: Int) -> Int {
        var sum: Float = 0
        for value in 0..<count {
            sum += probabilities[offset + value]
            if share < sum { return value }
        }
        // What rounding leaves of 1 belongs to the last value that can be.
        return (0..<count).last { probabilities[offset + $0] > 0 } ?? count - 1
    }

    /// Moves the probabilities to the weighted frequencies among candidates, as they were carried out.
    mutating func refit(to weighted: [(candidate: Int, weight: Float)], of population: Population, momentum: Float) {
        guard !isFixed else { return }
        for index in frequencies.indices { frequencies[index] = 0 }
        var total: Float = 0
        for (candidate, weight) in weighted {
            total += weight
            for block in 0..<blocks {
                for (slot, levels) in levels.enumerated() {
                    let place = candidate * population.variables + block * actionCount + channels[slot]
                    let value = Self.nearest(population.points[place], levels)
                    frequencies[offsets[block * channels.count + slot] + value] += weight
                }
            }
        }
        guard total > 0 else { return }
        let stays = max(momentum, Self.inertia)
        for (index, offset) in offsets.enumerated() {
            let count = levels[index % channels.count].count
            for value in offset..<offset + count {
                let moved = stays * probabilities[value] + (1 - stays) * frequencies[value] / total
                probabilities[value] = (1 - Self.floor) * moved + Self.floor / Float(count)
            }
        }
    }

    /// Writes the most probable values into a point.
    func writeModes(to point: inout [Float]) {
        for block in 0..<blocks {
            for (slot, levels) in levels.enumerated() {
                let offset = offsets[block * channels.count + slot]
                var best = 0
                for value in levels.indices where probabilities[offset + value] > probabilities[offset + best] {
                    best = value
                }
                point[block * actionCount + channels[slot]] = levels[best]
            }
        }
    }

    /// Takes the Gaussian noise off the channels that are drawn here, `[frequency, channel]`.
    func silence(_ deviation: inout [Float]) {
        for frequency in 0..<blocks {
            for channel in channels { deviation[frequency * actionCount + channel] = 0 }
        }
    }

    /// The greatest probability of any block that another value than the most probable one is better, beyond what stays uniform
    /// anyway.
    var doubt: Float {
        guard !isFixed else { return 0 }
        var greatest: Float = 0
        for (index, offset) in offsets.enumerated() {
            let count = levels[index % channels.count].count
            let most = probabilities[offset..<offset + count].max() ?? 1
            // What a value that no elite has keeps in the long run.
            let rest = Self.floor * Float(count - 1) / Float(count) / (1 - (1 - Self.floor) * Self.inertia)
            greatest = max(greatest, 1 - most - rest)
        }
        return greatest
    }
}
