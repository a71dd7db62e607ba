import Foundation

/// What left-out parts say of a structure: its free-run error on each.
struct Judgement: Sendable, Equatable {
    /// Root mean square errors, one a fold, normalised units.
    let errors: [Double]
    /// Errors below this share of the whole are not told apart.
    private static let quiet = 0.1
    /// A fall of the whole error that is not chance.
    private static let plain = 1.0 / 3

    init(_ errors: [Double]) { self.errors = errors }

    /// The root mean square over the folds; infinite when one is.
    var error: Double {
        errors.isEmpty ? .infinity : (errors.reduce(0) { $0 + $1 * $1 } / Double(errors.count)).squareRoot()
    }

    /// Whether this is better than the other by a fraction of its error, and not by chance.
    ///
    /// Two things are asked, since folds differ far more than structures: the error over all folds falls by the fraction,
    /// and the mean gain in the logarithm of the error, fold by fold, exceeds its standard error (the rule of one standard
    /// error, Breiman, Friedman, Olshen and Stone 1984, for pairs). Where something happens in one part alone, an overflow,
    /// no other part can confirm it: a fall of the whole error by a third is enough, if the mean gain is not negative. The
    /// rule may ask for the error over all folds alone.
    func isBetter(than other: Judgement, by fraction: Double, rule: JudgingRule = .standardError) -> Bool {
        guard error.isFinite else { return false }
        guard other.error.isFinite else { return true }
        guard error < (1 - fraction) * other.error else { return false }
        if rule == .sum { return true }
        // A part in which nothing happens says nothing.
        let least = max(Self.quiet * error, 1e-12)
        let gains = zip(other.errors, errors).map { log(max($0, least)) - log(max($1, least)) }
        guard gains.count > 1 else { return true }
        let count = Double(gains.count)
        let mean = gains.reduce(0, +) / count
        let variance = gains.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1)
        return mean > (variance / count).squareRoot() || (mean > 0 && error < (1 - Self.plain) * other.error)
    }
}
