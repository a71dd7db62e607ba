public import Networks
public import Tensors

/// Tells whether a step of the model leads through a region of what can be seen: learned from frames that somebody labelled.
///
/// It looks at the representations at both ends of a step, since a step of several rows may cut through the corner of a
/// region while both its ends lie outside. The score is a logit, above 0 inside and below 0 outside, with inside and outside
/// drawn equally often in training, so that a rare region is not talked away:
/// ```
/// s(z_t, z_{t+1}) = MLP [z_t; z_{t+1}],    s(z, z) for a state by itself
/// ```
/// Representations are taken as they are, standardised, and none is changed.
public final class RegionClassifier: Module {
    /// The perceptron.
    public let network: MLP
    /// Mean and deviation of each component of a representation, `[2, D]`.
    public let inputs: Buffer

    private static let (hidden, half) = (128, 128)

    /// Creates a classifier that knows nothing yet, of representations of a size.
    public init(width: Int, seed: Seed) {
        network = MLP([2 * width, Self.hidden, 1], activation: .gelu, seed: seed["region"])
        inputs = Buffer(Tensor.concatenate([Tensor.zeros([1, width]), Tensor.ones([1, width])], dim: 0))
    }

    /// Learns from representations `[N, D]` and the labelled passages between their rows, of which some lie inside and some
    /// outside.
    convenience init(_ representations: Tensor, passages: RegionPassages, steps: Int = 1500, seed: Seed) {
        precondition(!passages.inside.isEmpty && !passages.outside.isEmpty, "nothing to tell apart")
        self.init(width: representations.size(1), seed: seed)
        inputs.assign(StateReadout.standardisation(representations))
        let x = withoutGradients { standardised(representations) }
        let kinds = [passages.inside, passages.outside].map { kind in
            (
                before: Tensor(kind.map { Int64($0.before) }, shape: [kind.count]),
                after: Tensor(kind.map { Int64($0.after) }, shape: [kind.count])
            )
        }
        let target = Tensor.concatenate([Tensor.ones([Self.half]), Tensor.zeros([Self.half])], dim: 0)
        let optimiser = AdamW(network, learningRate: 2e-3, weightDecay: 1e-2)
        let schedule = Schedule(.cosine, steps: steps, warmUp: min(50, steps), floor: 0.01)
        let generator = seed["region batches"].generator()
        for step in 0..<steps {
            let rows = kinds.map { kind in
                let drawn = (Tensor.uniform([Self.half], using: generator) * Double(kind.before.size(0)))
                    .to(dtype: .int64)
                return Tensor.concatenate(
                    [kind.before, kind.after].map { ends in
                        x.indexSelect(dim: 0, ends.indexSelect(dim: 0, drawn))
                    }, dim: 1)
            }
            let scores = network(Tensor.concatenate(rows, dim: 0)).squeezed(-1)
            let loss = scores.binaryCrossEntropyWithLogits(target)
            optimiser.clearGradients()
            loss.backward()
            optimiser.step(factor: schedule.factor(at: step))
        }
    }

    /// The score of steps between representations `[…, D]`: `[…]`.
    public func callAsFunction(from before: Tensor, to after: Tensor) -> Tensor {
        network(Tensor.concatenate([standardised(before), standardised(after)], dim: -1)).squeezed(-1)
    }

    private func standardised(_ z: Tensor) -> Tensor { (z - inputs.value[0]) / inputs.value[1] }
}

/// Steps of the model between recorded rows, by whether a row of theirs lies in a region.
struct RegionPassages {
    /// Rows at the ends of a step; the same one twice for a state by itself.
    typealias Ends = (before: Int, after: Int)
    /// Those that a labelled row of lies inside.
    private(set) var inside: [Ends] = []
    /// Those that all rows of were labelled as outside.
    private(set) var outside: [Ends] = []

    /// Finds them; those that hold rows without a label count only where another row of theirs lies inside.
    ///
    /// - Parameters:
    ///   - labels: One for each row of all episodes: 1 inside, 0 outside, NaN unknown.
    ///   - episodes: The rows of each episode.
    ///   - block: Rows of a step.
    init(_ labels: [Float], episodes: [Range<Int>], block: Int) {
        for rows in episodes {
            for row in rows {
                add((row, row), Self.isInside(labels[row...row]))
                if row + block < rows.upperBound {
                    add((row, row + block), Self.isInside(labels[row + 1...row + block]))
                }
            }
        }
    }

    private mutating func add(_ ends: Ends, _ isInside: Bool?) {
        guard let isInside else { return }
        if isInside { inside.append(ends) } else { outside.append(ends) }
    }

    /// Whether a row lies inside; `nil` where that is not known.
    static func isInside(_ labels: ArraySlice<Float>) -> Bool? {
        if labels.contains(1) { return true }
        return labels.contains(where: \.isNaN) ? nil : false
    }
}
