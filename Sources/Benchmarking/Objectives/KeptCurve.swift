/// A curve as a file of a run keeps it.
struct KeptCurve: Codable {
    private var name: String
    private var label: String
    private var objective: LearningObjective?
    private var errors: [[KeptNumber]]
    private var learnedErrors: [KeptNumber]
    private var diverged: [KeptNumber]
    private var ranks: [KeptNumber]
    private var spreads: [KeptNumber]
    private var seconds: Double

    init(_ curve: HorizonCurve) {
        (name, label, objective, seconds) = (curve.name, curve.label, curve.objective, curve.seconds)
        errors = curve.errors.map(\.kept)
        (learnedErrors, diverged) = (curve.learnedErrors.kept, curve.diverged.kept)
        (ranks, spreads) = (curve.ranks.kept, curve.spreads.kept)
    }

    /// The curve that was kept.
    var curve: HorizonCurve {
        HorizonCurve(
            name: name, label: label, objective: objective, errors: errors.map(\.numbers),
            learnedErrors: learnedErrors.numbers, diverged: diverged.numbers, ranks: ranks.numbers,
            spreads: spreads.numbers, seconds: seconds)
    }
}

/// What came out on a set, as a run folder keeps it for those that look at other sets there.
public struct KeptObjectives: Sendable, Codable {
    private var set: String
    private var about: String
    private var rows: Int
    private var samplingTime: Double
    private var starts: Int
    private var parameters: Int
    private var curves: [KeptCurve]
    private var seconds: Double

    init(_ result: ObjectiveSetResult) {
        (set, about, rows, samplingTime) = (result.set, result.about, result.rows, result.samplingTime)
        (starts, parameters, seconds) = (result.starts, result.parameters, result.seconds)
        curves = result.curves.map { KeptCurve($0) }
    }

    /// The result that was kept.
    public var result: ObjectiveSetResult {
        ObjectiveSetResult(
            set: set, about: about, rows: rows, samplingTime: samplingTime, starts: starts, parameters: parameters,
            curves: curves.map(\.curve), seconds: seconds)
    }
}
