import Foundation
import Identification

/// What is normal: how watched rows lie and how far predictions of them are off when nothing is wrong.
///
/// Three kinds of vectors are watched, each by its squared distance from normal (`ShrunkMetric`): **now**, what nobody
/// expected one step before, of outputs and inputs together; **ahead**, the residuals of longer predictions; **level**,
/// where the plant is. Each is looked at as it comes and as a moving average, `m_t = λ v_t + (1 − λ) m_{t−1}` (Lowry,
/// Woodall, Champ and Rigdon, Technometrics 1992: small shifts that stay), and the surprise of each itself is averaged
/// (scatter that grows). Every one of these charts has a distribution of its own, of rows left out of everything that it
/// is made of; the greatest of their surprises has one again, and that is the score.
public struct SurpriseReference: Sendable, Equatable, Codable {
    /// Names of the outputs.
    public internal(set) var outputs: [String]
    /// Names of the inputs.
    public internal(set) var inputs: [String]
    /// Channels that never moved in the reference, and are not watched.
    public internal(set) var silent: [String]
    /// Steps ahead of the residuals, the first is 1.
    public internal(set) var horizons: [Int]
    /// Seconds between the rows of a step; rows of other phases lie between.
    public internal(set) var stepTime: Double
    /// Seconds between the rows of the log.
    public internal(set) var rowTime: Double
    /// Rows that the distributions are made of.
    public internal(set) var rows: Int
    /// How many rows in a row lie beyond a threshold when one does.
    public internal(set) var rowsPerEvent: Double
    /// Whether the residuals are of predictions by models that had not seen them.
    public internal(set) var isLeftOut: Bool
    /// What inputs usually are; `nil` without inputs.
    var predictor: InputPredictor?
    /// The distance of each vector.
    var metrics: [ShrunkMetric]
    /// The distribution of each chart.
    var charts: [TailDistribution]
    /// The distribution of the greatest surprise of the charts.
    var overall: TailDistribution

    /// Weights λ of the moving averages.
    static let weights = [1, 0.25, 0.0625]
    /// The greatest surprise that goes into an average of surprises, so that one wild row does not fill it.
    static let cap = 3.0
    /// Steps without alarm that end an event.
    public static let closing = 6

    /// Names of the watched vectors.
    var vectorNames: [String] { ["now"] + horizons.dropFirst().map { "\($0) ahead" } + ["level"] }

    /// The charts in their order: the averages of each vector, then the averages of each vector's surprise.
    static func charts(vectors: Int) -> [(vector: Int, weight: Double, isScatter: Bool)] {
        (0..<vectors).flatMap { vector in weights.map { (vector, $0, false) } }
            + (0..<vectors).flatMap { vector in weights.dropFirst().map { (vector, $0, true) } }
    }

    /// Names of all channels, outputs first.
    public var channels: [String] { outputs + inputs }

    /// The names of the channels of a vector.
    func names(of vector: Int) -> [String] {
        vector > 0 && vector < horizons.count ? outputs : channels
    }

    /// Hours of normal operation behind the distributions.
    public var hours: Double { Double(rows) * rowTime / 3600 }

    /// The greatest share of normal rows that may be as surprising as a row of an alarm.
    public func threshold(_ falseAlarms: FalseAlarms) -> Double {
        falseAlarms.share(rowTime: rowTime, rowsPerEvent: rowsPerEvent)
    }

    /// Whether so few false alarms lie beyond what the reference could show by itself.
    public func isExtrapolated(_ falseAlarms: FalseAlarms) -> Bool {
        threshold(falseAlarms) * Double(rows) < max(1, rowsPerEvent)
    }

    /// Whether a reference that was read is usable.
    public var isConsistent: Bool {
        let vectors = horizons.count + 1
        return horizons.first == 1 && metrics.count == vectors && stepTime > 0 && rowTime > 0 && rowsPerEvent >= 1
            && charts.count == Self.charts(vectors: vectors).count && overall.isConsistent
            && charts.allSatisfy(\.isConsistent) && metrics.allSatisfy(\.isConsistent)
            && metrics.indices.allSatisfy { metrics[$0].width == names(of: $0).count }
            && (predictor.map { $0.isConsistent(channels: channels.count, inputs: inputs.count) } ?? inputs.isEmpty)
    }
}

extension SurpriseReference {
    /// What a reference is about.
    public struct Scope: Sendable {
        /// Names of the outputs.
        public var outputs: [String]
        /// Names of the inputs.
        public var inputs: [String]
        /// Channels that never moved, among both.
        public var silent: [String]
        /// Steps ahead of the residuals, the first is 1.
        public var horizons: [Int]
        /// Seconds of a step.
        public var stepTime: Double
        /// Seconds between the rows of the log.
        public var rowTime: Double
        /// Whether the residuals are left-out ones.
        public var isLeftOut: Bool

        /// Creates a scope.
        public init(
            outputs: [String], inputs: [String], silent: [String], horizons: [Int], stepTime: Double, rowTime: Double,
            isLeftOut: Bool
        ) {
            self.outputs = outputs
            self.inputs = inputs
            self.silent = silent
            self.horizons = horizons
            self.stepTime = stepTime
            self.rowTime = rowTime
            self.isLeftOut = isLeftOut
        }
    }

    /// Calibrates on normal operation; `nil` when there are too few rows.
    ///
    /// Every row is judged by distances, an input predictor and distributions of charts that were fitted without its fold,
    /// like its residuals.
    ///
    /// - Parameters:
    ///   - segments: Contiguous rows with residuals and folds.
    ///   - scope: What they are.
    ///   - folds: The number of folds.
    ///   - phases: Which segments are of one episode, each group in the order of its first rows: where a step covers several
    ///     rows, its phases take turns. Without, every segment is an episode by itself.
    public init?(_ segments: [WatchedSegment], scope: Scope, folds: Int, phases: [[Int]]? = nil) {
        let predictors =
            scope.inputs.isEmpty ? nil : InputPredictor.fit(segments, inputs: scope.inputs.count, folds: folds)
        guard scope.inputs.isEmpty || predictors != nil else { return nil }
        let vectors = scope.horizons.count + 1
        let watched = segments.map { segment in
            (0..<segment.count).map { segment.vectors($0, predictor: predictors?.without[segment.folds[$0]]) }
        }
        let folded = segments.map(\.folds)
        func metrics(without fold: Int?) -> [ShrunkMetric]? {
            let fitted = (0..<vectors).compactMap { vector -> ShrunkMetric? in
                var rows: [Double] = []
                var width = 0
                for (segment, folds) in zip(watched, folded) {
                    for (row, values) in segment.enumerated() where folds[row] != fold {
                        width = values[vector].count
                        if values[vector].contains(where: \.isFinite) { rows += values[vector] }
                    }
                }
                return ShrunkMetric(rows, width: width)
            }
            return fitted.count == vectors ? fitted : nil
        }
        guard let whole = metrics(without: nil) else { return nil }
        let parts = folds > 1 ? (0..<folds).map { metrics(without: $0) ?? whole } : [whole]
        var averages = segments.map { _ in VectorAverages(vectors: vectors) }
        var distances = [[Double]](repeating: [], count: vectors * Self.weights.count)
        for (index, segment) in watched.enumerated() {
            for (row, values) in segment.enumerated() {
                let found = averages[index].distances(values, metrics: parts[folded[index][row]])
                for place in distances.indices { distances[place].append(found[place]) }
            }
        }
        let owners = folded.flatMap { $0 }
        let lengths = watched.map(\.count)
        let order = RowOrder(lengths: lengths, phases: phases ?? lengths.indices.map { [$0] })
        guard let charts = ChartTails(distances, vectors: vectors, lengths: lengths, order: order, where: { _ in true })
        else { return nil }
        // How surprising a row is to charts that have not seen its fold.
        var greatest = [Double](repeating: .nan, count: owners.count)
        for fold in 0..<max(1, folds) {
            let isSeen = { (row: Int) in folds < 2 || owners[row] != fold }
            guard owners.contains(fold),
                let others = ChartTails(distances, vectors: vectors, lengths: lengths, order: order, where: isSeen)
            else { continue }
            for row in owners.indices where owners[row] == fold { greatest[row] = others.greatest[row] }
        }
        guard let overall = TailDistribution(greatest, isPredictive: false) else { return nil }
        self.init(
            outputs: scope.outputs, inputs: scope.inputs, silent: scope.silent, horizons: scope.horizons,
            stepTime: scope.stepTime, rowTime: scope.rowTime, rows: greatest.count { $0.isFinite }, rowsPerEvent: 1,
            isLeftOut: scope.isLeftOut, predictor: predictors?.whole, metrics: whole, charts: charts.tails,
            overall: overall)
        rowsPerEvent = Self.rowsPerEvent(greatest, order, rowsPerStep: max(1, (stepTime / rowTime).rounded()))
    }

    /// The mean size of clusters of the most surprising rows: the reciprocal of the extremal index by the runs estimator
    /// (Smith and Weissman, JRSS B 1994). An event ends where it does when a log is watched, all phases together.
    private static func rowsPerEvent(_ scores: [Double], _ order: RowOrder, rowsPerStep: Double) -> Double {
        let sorted = scores.filter(\.isFinite).sorted()
        let threshold = sorted[max(0, sorted.count - 1 - max(10, sorted.count / 50))]
        var (beyond, clusters) = (0.0, 0)
        for episode in order.episodes {
            let ending = closing * episode.phases
            // Phases that are not there would be as surprising.
            let share = max(1, rowsPerStep / Double(episode.phases))
            var quiet = ending
            for row in episode.rows {
                if scores[row] > threshold {
                    beyond += share
                    if quiet >= ending { clusters += 1 }
                    quiet = 0
                } else {
                    quiet += 1
                }
            }
        }
        return max(1, beyond / Double(max(1, clusters)))
    }
}
