public import Networks
public import Tensors

/// How well a true state can be read off representations that were learned without it: the usual test of what a
/// representation knows (Alain and Bengio, arXiv:1610.01644).
///
/// Fitted on representations of some episodes and judged on those of others; states are standardised by the former.
public struct StateProbe: Sendable, Codable, Equatable {
    /// What was read of one number of the state.
    public struct Reading: Sendable, Codable, Equatable {
        /// The name of the number.
        public var name: String
        /// Mean square error of a linear map, in variances.
        public var linearError: Double
        /// Pearson's correlation of its readings with the truth.
        public var linearCorrelation: Double
        /// Mean square error of a perceptron with one hidden layer, in variances.
        public var perceptronError: Double
        /// Pearson's correlation of its readings with the truth.
        public var perceptronCorrelation: Double
    }

    /// One for each number of the state that moves at all.
    public let readings: [Reading]

    /// The penalty on the linear map, in units of a standardised component's variance.
    private static let ridge = 1e-4

    /// Fits and judges. Rows in which a number of the state is missing (NaN) are left out; where none is left, nothing is
    /// read.
    ///
    /// - Parameters:
    ///   - representations: `[N, D]`, to learn from.
    ///   - states: The true states of the same rows, `[N, S]`.
    ///   - judged: Representations and states of other episodes.
    ///   - names: What the numbers of a state are called.
    ///   - angles: Those that are directions, rad: of each the cosine and the sine are read, which do not jump at a whole turn.
    ///   - seed: What the perceptron starts from.
    public init(
        _ representations: Tensor, states: Tensor, judged: (representations: Tensor, states: Tensor), names: [String],
        angles: Set<String> = [], seed: Seed
    ) {
        let (complete, judgeable) = (states.completeRows, judged.states.completeRows)
        let (z, others) = withoutGradients {
            (representations.taking(rows: complete), judged.representations.taking(rows: judgeable))
        }
        guard z.size(0) > 0, others.size(0) > 0 else {
            readings = []
            return
        }
        let unrolled = Self.unrolled(states.taking(rows: complete), names: names, angles: angles)
        let targets = Self.unrolled(judged.states.taking(rows: judgeable), names: names, angles: angles)
        let names = names.flatMap { angles.contains($0) ? ["cos \($0)", "sin \($0)"] : [$0] }
        let moving = withoutGradients {
            unrolled.std(dim: 0, unbiased: false).doubles().enumerated().filter { $0.element > 1e-6 }.map(\.offset)
        }
        guard !moving.isEmpty else {
            readings = []
            return
        }
        let columns = Tensor(moving.map(Int64.init), shape: [moving.count])
        let (known, truth) = (unrolled.indexSelect(dim: 1, columns), targets.indexSelect(dim: 1, columns))
        let readout = StateReadout(z, values: known, seed: seed)
        let (linear, read) = withoutGradients { () -> (Tensor, Tensor) in
            let scale = StateReadout.standardisation(known)
            let map = Self.linear(readout.standardised(z), (known - scale[0]) / scale[1])
            return (readout.standardised(others).matmul(map) * scale[1] + scale[0], readout(others))
        }
        let variance = withoutGradients { known.variance(dim: 0, unbiased: false) }
        let (a, b) = (Self.judge(linear, truth, variance), Self.judge(read, truth, variance))
        readings = moving.indices.map { index in
            Reading(
                name: names[moving[index]], linearError: a[index].error, linearCorrelation: a[index].correlation,
                perceptronError: b[index].error, perceptronCorrelation: b[index].correlation)
        }
    }

    /// States with cosine and sine in the place of each direction.
    private static func unrolled(_ states: Tensor, names: [String], angles: Set<String>) -> Tensor {
        withoutGradients {
            let columns = names.enumerated().flatMap { index, name in
                let column = states.narrow(dim: 1, start: index, length: 1)
                return angles.contains(name) ? [column.cos(), column.sin()] : [column]
            }
            return Tensor.concatenate(columns, dim: 1)
        }
    }

    /// The map `[D, S]` of least squares.
    private static func linear(_ x: Tensor, _ y: Tensor) -> Tensor {
        let width = x.size(1)
        let normal = x.T.matmul(x) + Tensor.eye(width) * (ridge * Double(x.size(0)))
        // Positive definite for the penalty, so that it can be inverted; if rounding makes it otherwise, nothing is read.
        return (try? normal.solve(x.T.matmul(y))) ?? Tensor.zeros([width, y.size(1)])
    }

    private static func judge(
        _ read: Tensor, _ truth: Tensor, _ variance: Tensor
    ) -> [(error: Double, correlation: Double)] {
        withoutGradients {
            let errors = ((read - truth).square().mean(dim: 0) / variance).doubles()
            func centred(_ x: Tensor) -> Tensor { x - x.mean(dim: 0, keepDim: true) }
            let (a, b) = (centred(read), centred(truth))
            let size = (a.square().sum(dim: 0) * b.square().sum(dim: 0)).sqrt() + 1e-12
            let correlations = ((a * b).sum(dim: 0) / size).doubles()
            return zip(errors, correlations).map { ($0, $1) }
        }
    }
}
