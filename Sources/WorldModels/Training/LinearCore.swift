import Basics
import Episodes
import Identification

/// The linear model that a world model starts from: one choice of order and penalty, fitted for each member without the
/// fold that it leaves out, so that members disagree where the data say little.
struct LinearCore: Sendable {
    /// The order of the ARX model.
    var order: Int
    /// Its ridge penalty.
    var ridge: Double
    /// One model a member, at the world model's step.
    var members: [ARXModel]

    /// How much worse than the best a smaller order may predict and still be taken: small models train and plan faster.
    ///
    /// On short logs the linear model is nearly all that can be learned, and the best one is taken.
    static func parsimony(isShort: Bool) -> Double { isShort ? 1.02 : 1.1 }

    /// Chooses an order by the free-run error on left-out folds and fits each member without its fold.
    ///
    /// - Parameters:
    ///   - episodes: The log at the model's step.
    ///   - folds: The parts that members leave out, for episodes of this step.
    ///   - layout: Outputs and inputs.
    ///   - horizon: Steps of a free run.
    ///   - orders: The orders to choose from.
    /// - Throws: `ForesightError.data` when there are too few complete rows.
    init(_ episodes: [Episode], folds: Folds, layout: SignalLayout, horizon: Int, orders: [Int]) throws {
        let rests = (0..<folds.count).map { folds.without($0, of: episodes) }
        let fits = rests.map {
            ARXModel.fits($0, layout: layout, orders: orders, ridges: Self.ridges(isShort: folds.isShort))
        }
        let whole = ARXModel.fits(episodes, layout: layout, orders: orders, ridges: Self.ridges(isShort: folds.isShort))
        guard !whole.isEmpty else {
            // Fails with the number of rows there are and are needed.
            _ = try ARXModel.fit(episodes, layout: layout, order: 1, ridge: 1e-2)
            throw ForesightError.data(
                "the log is too short for a linear model", remedy: "give longer logs or fewer channels")
        }
        let scales = SignalScaling(fitting: episodes, outputs: layout.outputs, inputs: layout.inputs).outputScale
        var judged: [(order: Int, ridge: Double, error: Double)] = []
        for model in whole {
            var total = 0.0
            for fold in fits.indices {
                guard let same = fits[fold].first(where: { $0.order == model.order && $0.ridge == model.ridge }),
                    isStable(spectralRadius: same.spectralRadius, horizon: horizon)
                else {
                    total = .infinity
                    break
                }
                total += Self.error(
                    of: same, on: folds.only(fold, of: episodes, before: Self.window), horizon: horizon, scales: scales)
            }
            judged.append((model.order, model.ridge, total))
        }
        let least = judged.map(\.error).min() ?? .infinity
        let chosen = judged.filter { $0.error <= least * Self.parsimony(isShort: folds.isShort) }
            .min { ($0.order, $0.error) < ($1.order, $1.error) }
        let (order, ridge) = (chosen?.order ?? whole[0].order, chosen?.ridge ?? whole[0].ridge)
        self.order = order
        self.ridge = ridge
        func matching(_ models: [ARXModel]) -> ARXModel? { models.first { $0.order == order && $0.ridge == ridge } }
        guard let all = matching(whole) else { throw ForesightError.failure("the chosen linear model was not fitted") }
        members = fits.map { matching($0) ?? all }
    }

    /// The orders to choose from: those that leave enough rows for each coefficient of an output, and the first.
    ///
    /// Folds judge within these. On short logs they favour the order that also predicts another record best: too small a
    /// one has no room for the lag between actuator and sensor, and bends everything else to make up for it.
    ///
    /// Enough are five. On short logs two are, and higher orders are tried: penalties do the rest.
    static func orders(rows: Int, signals: Int, isShort: Bool) -> [Int] {
        let (tried, enough) = ([1, 2, 3, 4, 6, 8, 12], isShort ? 2 : 5)
        return tried.filter { order in order == 1 || enough * (order * signals + 1) <= rows }
    }

    /// The penalties to choose from.
    static func ridges(isShort: Bool) -> [Double] {
        isShort ? [1e-6, 1e-4, 1e-3, 1e-2, 1e-1] : [1e-6, 1e-4, 1e-2]
    }

    private static let window = 12

    /// The mean square free-run error over outputs, in units of their variance: each part is predicted as far as it reaches.
    static func error(of model: ARXModel, on parts: [Episode], horizon: Int, scales: [Double]) -> Double {
        let usable = parts.filter { $0.count > window + 1 }
        guard let longest = usable.map(\.count).max() else { return 0 }
        let rules = FreeRunProtocol(window: window, horizon: max(1, min(horizon, longest - window)), maximumStarts: 24)
        guard let errors = try? model.freeRunErrors(on: usable, protocol: rules) else { return .infinity }
        return scales.indices.reduce(0) { sum, output in
            let error = errors.overall(output)
            return error.isFinite ? sum + (error / scales[output]) * (error / scales[output]) : sum
        }
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
