public import Identification

/// What the inputs of a row usually are, given the rows before it: a linear regression with a penalty.
///
/// Where a controller or a person sets the inputs, what they do is an observation, too: a fault that control makes up for
/// shows in the valves and not in what they hold. `û_t = c + Σ_{l=1…L} (A_l y_{t−l} + B_l u_{t−l})`, fitted by least squares
/// with the penalty that predicts left-out parts best.
public struct InputPredictor: Sendable, Equatable, Codable {
    /// Rows that it looks back.
    public let lags: Int
    /// `[1 + lags · channels, inputs]`: intercept, then for each lag outputs and inputs.
    public let coefficients: RealMatrix
    /// The penalty per row.
    public let penalty: Double

    /// Rows that a predictor looks back.
    public static let usualLags = 2
    private static let penalties = [0.001, 0.01, 0.1, 1.0, 10.0]

    /// The prediction from the rows before, the latest first; each holds outputs, then inputs, normalised.
    public func predict(_ past: [ArraySlice<Double>]) -> [Double] {
        (0..<coefficients.columns).map { input in
            var sum = coefficients[0, input]
            var row = 1
            for values in past.prefix(lags) {
                for value in values {
                    if value.isFinite { sum += coefficients[row, input] * value }
                    row += 1
                }
            }
            return sum
        }
    }

    /// Whether a predictor that was read is usable.
    func isConsistent(channels: Int, inputs: Int) -> Bool {
        lags >= 1 && coefficients.rows == 1 + lags * channels && coefficients.columns == inputs
            && coefficients.elements.allSatisfy(\.isFinite)
    }

    /// Fits predictors: one of all rows, and for each fold one that has not seen it.
    ///
    /// - Parameters:
    ///   - segments: Contiguous rows.
    ///   - inputs: How many of the last channels are inputs; at least one.
    ///   - folds: The number of folds.
    /// - Returns: `nil` when there are not enough rows.
    static func fit(_ segments: [WatchedSegment], inputs: Int, folds: Int) -> (whole: Self, without: [Self])? {
        guard let channels = segments.first?.channels, inputs > 0 else { return nil }
        let (lags, size) = (usualLags, 1 + usualLags * channels)
        var squares = [RealMatrix](repeating: RealMatrix(rows: size, columns: size), count: folds)
        var products = [RealMatrix](repeating: RealMatrix(rows: size, columns: inputs), count: folds)
        var counts = [Double](repeating: 0, count: folds)
        forEachRow(segments, lags: lags, inputs: inputs) { fold, regressors, targets in
            counts[fold] += 1
            for row in 0..<size where regressors[row] != 0 {
                let factor = regressors[row]
                for column in 0..<size { squares[fold].elements[row * size + column] += factor * regressors[column] }
                for (input, target) in targets.enumerated() {
                    products[fold].elements[row * inputs + input] += factor * target
                }
            }
        }
        let total = counts.reduce(0, +)
        guard total >= 20 else { return nil }
        func sum(_ parts: [RealMatrix], without fold: Int?) -> RealMatrix {
            var result = RealMatrix(rows: parts[0].rows, columns: parts[0].columns)
            for (index, part) in parts.enumerated() where index != fold {
                for place in result.elements.indices { result.elements[place] += part.elements[place] }
            }
            return result
        }
        func solved(without fold: Int?, _ penalty: Double) -> Self? {
            var matrix = sum(squares, without: fold)
            let rows = total - (fold.map { counts[$0] } ?? 0)
            for row in 0..<size { matrix[row, row] += row == 0 ? 1e-6 : penalty * rows }
            return solvePositiveDefinite(matrix, sum(products, without: fold)).map {
                Self(lags: lags, coefficients: $0, penalty: penalty)
            }
        }
        var best: (error: Double, whole: Self, without: [Self])?
        for penalty in penalties {
            let without = (0..<folds).compactMap { solved(without: $0, penalty) }
            guard without.count == folds, let whole = solved(without: nil, penalty) else { continue }
            var error = 0.0
            forEachRow(segments, lags: lags, inputs: inputs) { fold, regressors, targets in
                for (input, target) in targets.enumerated() {
                    var sum = 0.0
                    for row in 0..<size { sum += without[fold].coefficients[row, input] * regressors[row] }
                    error += (target - sum) * (target - sum)
                }
            }
            if best.map({ error < $0.error }) ?? true { best = (error, whole, without) }
        }
        return best.map { ($0.whole, $0.without) }
    }

    private static func forEachRow(
        _ segments: [WatchedSegment], lags: Int, inputs: Int, _ body: (Int, [Double], ArraySlice<Double>) -> Void
    ) {
        for segment in segments where segment.count > lags {
            for row in lags..<segment.count {
                var regressors = [1.0]
                for lag in 1...lags { regressors += segment.level(row - lag).map { $0.isFinite ? $0 : 0 } }
                // Outputs may be missing: they are no targets.
                let targets = segment.level(row).suffix(inputs)
                if targets.allSatisfy(\.isFinite) { body(segment.folds[row], regressors, targets) }
            }
        }
    }
}
