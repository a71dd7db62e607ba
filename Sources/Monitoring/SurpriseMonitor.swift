import Foundation

/// How unexpected a row is, given what came before it.
public struct Surprise: Sendable, Equatable {
    /// The share of normal rows that are as surprising.
    public var probability: Double
    /// `−log₁₀` of it: 2 is one normal row in a hundred.
    public var score: Double
    /// What it is about: `now`, `8 ahead` or `level`.
    public var part: String
    /// λ of the moving average, 1 for the row by itself.
    public var weight: Double
    /// Whether it is scatter that has grown and not a shift.
    public var isScatter: Bool
    /// How much each channel has to do with it, outputs then inputs: shares that add up to 1.
    public var contributions: [Double]
}

/// Watches one run of rows at the model's step.
///
///     var monitor = SurpriseMonitor(reference)
///     let surprise = monitor.step(segment, row)
public struct SurpriseMonitor: Sendable {
    private let reference: SurpriseReference
    private var averages: VectorAverages
    private var scatters: ScatterAverages

    /// Starts to watch.
    public init(_ reference: SurpriseReference) {
        self.reference = reference
        averages = VectorAverages(vectors: reference.metrics.count)
        scatters = ScatterAverages(vectors: reference.metrics.count)
    }

    /// Takes up the next row.
    ///
    /// - Parameters:
    ///   - segment: Rows with residuals; those before the row are looked at for what inputs usually are.
    ///   - row: The row.
    /// - Returns: `nil` when nothing can be said yet.
    public mutating func step(_ segment: WatchedSegment, _ row: Int) -> Surprise? {
        let vectors = segment.vectors(row, predictor: reference.predictor)
        let distances = averages.distances(vectors, metrics: reference.metrics)
        let means = distances.indices.map { reference.charts[$0].surprise(ofMissing: distances[$0]) }
        let scatter = scatters.step(means)
        let all = means + scatter.indices.map { reference.charts[means.count + $0].surprise(ofMissing: scatter[$0]) }
        // A prediction needs a history: until there is one, the level alone would be judged by a distribution of more.
        guard means[0] != nil, let greatest = all.indices.max(by: { (all[$0] ?? -1) < (all[$1] ?? -1) }),
            let surprise = all[greatest]
        else { return nil }
        let chart = SurpriseReference.charts(vectors: reference.metrics.count)[greatest]
        let probability = reference.overall.probability(above: surprise)
        return Surprise(
            probability: probability, score: max(0, -log10(probability)), part: reference.vectorNames[chart.vector],
            weight: chart.weight, isScatter: chart.isScatter,
            contributions: contributions(chart.vector, chart.isScatter ? 1 : chart.weight))
    }

    private func contributions(_ vector: Int, _ weight: Double) -> [Double] {
        let weights = SurpriseReference.weights
        let place = vector * weights.count + (weights.firstIndex(of: weight) ?? 0)
        let parts = reference.metrics[vector].contributions(averages.values[place])
        let total = max(parts.reduce(0, +), 1e-300)
        let padding = reference.channels.count - parts.count
        return parts.map { $0 / total } + [Double](repeating: 0, count: padding)
    }
}
