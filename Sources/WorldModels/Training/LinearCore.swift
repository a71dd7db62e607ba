import Basics
import Episodes
import Identification

/// The linear model that a world model starts from: one choice of order and penalty, fitted anew for each member on a
/// resampling of the training data, so that members disagree where the data say little (Breiman, "Bagging predictors",
/// 1996).
struct LinearCore: Sendable {
    /// The order of the ARX model.
    var order: Int
    /// Its ridge penalty.
    var ridge: Double
    /// One model a member, at the world model's step.
    var members: [ARXModel]

    /// How much worse than the best a smaller order may predict and still be taken: on few data the least validation
    /// error flatters the larger model.
    static let parsimony = 1.1

    /// Chooses an order on validation episodes and fits the members.
    ///
    /// - Parameters:
    ///   - training: Episodes at the model's step.
    ///   - validation: Episodes at the model's step; empty when each member leaves out a fold instead.
    ///   - orders: The orders to choose from.
    /// - Throws: `ForesightError.data` when there are too few complete rows.
    init(
        training: [Episode], validation: [Episode], layout: SignalLayout, horizon: Int, orders: [Int],
        members count: Int,
        isFolded: Bool, using generator: inout SeededGenerator
    ) throws {
        let candidates =
            isFolded
            ? Self.foldErrors(training, layout: layout, horizon: horizon, orders: orders, folds: max(2, count))
            : try Self.validationErrors(training, validation, layout: layout, horizon: horizon, orders: orders)
        let least = candidates.map(\.error).filter(\.isFinite).min() ?? .infinity
        let smallest = candidates.filter { $0.error <= least * Self.parsimony }
            .min { ($0.order, $0.error) < ($1.order, $1.error) }
        self.order = smallest?.order ?? orders.min() ?? 1
        ridge = smallest?.ridge ?? 1e-2
        self.members = []
        for member in 0..<count {
            let episodes = Self.resampled(
                training, member: member, of: count, isFolded: isFolded, order: self.order, using: &generator)
            self.members.append(
                try (try? ARXModel.fit(episodes, layout: layout, order: self.order, ridge: ridge))
                    ?? ARXModel.fit(training, layout: layout, order: self.order, ridge: ridge))
        }
    }

    private typealias Candidate = (order: Int, ridge: Double, error: Double)
    /// The orders to choose from.
    static let orders = [1, 2, 3, 4, 6, 8]
    private static let ridges = [1e-6, 1e-4, 1e-2]

    /// Free-run errors on validation episodes.
    private static func validationErrors(
        _ training: [Episode], _ validation: [Episode], layout: SignalLayout, horizon: Int, orders: [Int]
    ) throws -> [Candidate] {
        var search = LinearModelSearch()
        search.orders = orders
        search.ridges = ridges
        search.stateOrders = []
        search.refinedCandidates = 0
        let selection = try selectLinearModel(
            train: training, validation: validation, layout: layout, horizon: horizon, search: search)
        return selection.candidates.compactMap { candidate in
            guard let model = candidate.model as? ARXModel, candidate.isStable else { return nil }
            return (model.order, model.ridge, candidate.validationError)
        }
    }

    /// Free-run errors on left-out folds, summed over folds: what few data allow instead of a validation record.
    private static func foldErrors(
        _ training: [Episode], layout: SignalLayout, horizon: Int, orders: [Int], folds: Int
    ) -> [Candidate] {
        var generator = SeededGenerator(seed: 0)
        var candidates: [Candidate] = []
        let scales = SignalScaling(fitting: training, outputs: layout.outputs, inputs: layout.inputs).outputScale
        for order in orders {
            for ridge in ridges {
                var total = 0.0
                for fold in 0..<folds {
                    let rest = resampled(
                        training, member: fold, of: folds, isFolded: true, order: order, using: &generator)
                    guard let model = try? ARXModel.fit(rest, layout: layout, order: order, ridge: ridge),
                        isStable(spectralRadius: model.spectralRadius, horizon: horizon)
                    else {
                        total = .infinity
                        break
                    }
                    total += foldError(of: model, training, fold: fold, folds: folds, horizon: horizon, scales: scales)
                }
                candidates.append((order, ridge, total))
            }
        }
        return candidates
    }

    private static func foldError(
        of model: ARXModel, _ training: [Episode], fold: Int, folds: Int, horizon: Int, scales: [Double]
    ) -> Double {
        let window = 12
        let parts = training.compactMap { episode -> Episode? in
            let (start, end) = (episode.count * fold / folds, episode.count * (fold + 1) / folds)
            let part = episode.slice(max(0, start - window)..<end)
            return part.count > window + 1 ? part : nil
        }
        let shortest = parts.map(\.count).min() ?? 0
        let rules = FreeRunProtocol(
            window: window, horizon: max(1, min(horizon, shortest - window)), maximumStarts: 24)
        guard !parts.isEmpty, let errors = try? model.freeRunErrors(on: parts, protocol: rules) else { return 0 }
        return scales.indices.reduce(0) { sum, output in
            let error = errors.overall(output)
            return error.isFinite ? sum + (error / scales[output]) * (error / scales[output]) : sum
        }
    }

    /// The training data as member `member` sees them for its linear fit.
    private static func resampled(
        _ episodes: [Episode], member: Int, of count: Int, isFolded: Bool, order: Int,
        using generator: inout SeededGenerator
    ) -> [Episode] {
        guard count > 1 else { return episodes }
        if isFolded {
            // The stretches before and after the fold that this member leaves out.
            return episodes.flatMap { episode in
                let (start, end) = (episode.count * member / count, episode.count * (member + 1) / count)
                return [episode.slice(0..<start), episode.slice(end..<episode.count)].filter { $0.count > order + 1 }
            }
        }
        let blocks: [Episode]
        if episodes.count >= 6 {
            blocks = episodes
        } else {
            blocks = episodes.flatMap { episode -> [Episode] in
                let length = max(episode.count / 12, 8 * order)
                return stride(from: 0, to: episode.count, by: length).map { start in
                    episode.slice(start..<min(episode.count, start + length))
                }
            }
        }
        return blocks.indices.map { _ in blocks[Int(generator.next(upperBound: UInt64(blocks.count)))] }
    }
}

extension Episode {
    /// The episode at a coarser step, one for each phase: outputs are samples, inputs means over the samples they cover.
    func decimated(by stride: Int, outputs: Set<String>, phases: Int) -> [Episode] {
        guard stride > 1 else { return [self] }
        return (0..<min(phases, stride)).compactMap { phase in
            let rows = (count - phase) / stride
            guard rows > 1 else { return nil }
            var values: [Double] = []
            values.reserveCapacity(rows * channels.count)
            for row in 0..<rows {
                let sample = phase + row * stride
                for (column, channel) in channels.enumerated() {
                    if outputs.contains(channel.name) {
                        values.append(self[sample, column])
                    } else {
                        let covered = (sample..<(sample + stride)).map { self[$0, column] }.filter(\.isFinite)
                        values.append(covered.isEmpty ? .nan : covered.reduce(0, +) / Double(covered.count))
                    }
                }
            }
            return Episode(
                name: "\(name) phase \(phase)", channels: channels, samplingTime: samplingTime * Double(stride),
                values: values)
        }
    }
}
