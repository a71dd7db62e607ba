import Basics
import Foundation

/// Error against horizon of one way to predict, on one set.
public struct HorizonCurve: Sendable {
    /// Such as `jepa_sigreg`, `linear`.
    public var name: String
    /// Its name in tables.
    public var label: String
    /// The objective; `nil` for what stands beside for orientation.
    public var objective: LearningObjective?
    /// NRMSE by step, `[seed][step]`: the root mean square error over the standard deviation of the test part, mean of the
    /// outputs.
    public var errors: [[Double]]
    /// NRMSE at the last horizon from starts in the training part, of each seed: what the best of several is chosen by, so that nothing is
    /// chosen on what is reported. Empty for what stands beside.
    public var learnedErrors: [Double] = []
    /// The share of predictions that leave the recorded range by more than ten times its width, of each seed.
    public var diverged: [Double]
    /// Components of the representation in use, of each seed; empty where there is none.
    public var ranks: [Double] = []
    /// Root mean square deviation of a component, of each seed.
    public var spreads: [Double] = []
    /// Seconds of training and prediction, all seeds together.
    public var seconds = 0.0

    /// The median over the seeds at a horizon in steps.
    public func error(at steps: Int) -> Double { median(errors.map { $0[min(steps, $0.count) - 1] }) }

    /// Least and greatest over the seeds at a horizon.
    public func range(at steps: Int) -> (least: Double, greatest: Double) {
        let values = errors.map { $0[min(steps, $0.count) - 1] }
        return (values.min() ?? .nan, values.max() ?? .nan)
    }

    /// By how much the error grows from one horizon to another, of each seed.
    public func growth(from first: Int, to last: Int) -> [Double] {
        errors.map { $0[min(last, $0.count) - 1] / max($0[first - 1], 1e-12) }
    }
}

/// What came out on one set.
public struct ObjectiveSetResult: Sendable {
    /// The set.
    public var set: String
    /// What it is.
    public var about: String
    /// Rows learned from.
    public var rows: Int
    /// Seconds between rows.
    public var samplingTime: Double
    /// Starts in the test part.
    public var starts: Int
    /// Parameters of encoder, transition and decoder of one seed.
    public var parameters: Int
    /// Objectives in their order, then what stands beside.
    public var curves: [HorizonCurve] = []
    /// Seconds of everything.
    public var seconds = 0.0

    /// The curve of an objective.
    public func curve(_ objective: LearningObjective) -> HorizonCurve? { curves.first { $0.objective == objective } }

    /// The best of a kind by the error at the last horizon from starts in the training part; `nil` where none is known there. What has
    /// nothing against collapse is left out.
    public func best(_ family: LearningObjective.Family) -> HorizonCurve? {
        let known = curves.filter {
            $0.objective?.family == family && $0.objective?.isGuarded == true && median($0.learnedErrors).isFinite
        }
        return known.min { median($0.learnedErrors) < median($1.learnedErrors) }
    }

    /// Whether a way to predict drifts: for most seeds, the error at the last horizon is half as great again as at the
    /// horizon of training, or a prediction leaves the recorded range by ten widths.
    ///
    /// Chosen before any result was seen. An error that comes to rest by the horizon of training does not grow any more.
    public func drifts(_ curve: HorizonCurve) -> Bool {
        let growth = curve.growth(from: ObjectiveHorizons.trained, to: ObjectiveHorizons.last)
        let bad = growth.indices.filter { !(growth[$0] <= 1.5) || curve.diverged[$0] > 0 }
        return 2 * bad.count > growth.count
    }

    /// What the set says of the claim that one-step models in the space of signals drift and representation models do not.
    public var verdict: DriftVerdict {
        guard let oneStep = curve(.oneStep) else { return DriftVerdict(oneStepDrifts: false, drifting: [], held: []) }
        let representation = curves.filter {
            $0.objective?.family == .representation && $0.objective?.isGuarded == true
        }
        return DriftVerdict(
            oneStepDrifts: drifts(oneStep), drifting: representation.filter(drifts).map(\.label),
            held: representation.filter { !drifts($0) }.map(\.label))
    }
}

/// The horizons, in steps, at which errors are shown.
public enum ObjectiveHorizons {
    /// The steps.
    public static let steps = [1, 2, 5, 10, 20, 50, 100, 200]
    /// The horizon of training.
    public static let trained = 20
    /// The last.
    public static let last = 200
}

/// An answer computed from the numbers of one set.
public struct DriftVerdict: Sendable, Equatable {
    /// Whether the one-step model drifts.
    public var oneStepDrifts: Bool
    /// Guarded representation models that drift.
    public var drifting: [String]
    /// Guarded representation models that do not.
    public var held: [String]

    /// The answer in a word or two.
    public var word: String {
        switch (oneStepDrifts, drifting.isEmpty) {
        case (true, true): "shown"
        case (true, false): held.isEmpty ? "refuted: all drift" : "partly: so do some representation models"
        case (false, true): "refuted: nothing drifts"
        case (false, false): "refuted: representation models drift, the one-step model does not"
        }
    }
}
