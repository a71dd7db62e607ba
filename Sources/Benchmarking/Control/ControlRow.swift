/// What decides in the closed loop: one row of the scoreboard.
public enum ControlRow: String, Sendable, Codable, CaseIterable {
    /// The learned model and guardrails that bind, at the edge of its calibrated bands.
    case foresight
    /// The same model and search without anything in place of the guardrails: shows whether they bind.
    case unguarded
    /// The same model and search, guardrails turned into a weighted cost.
    case penalties
    /// The same model and search, guardrails turned into a cost whose weights follow by dual ascent.
    case lagrangian
    /// The same model and guardrails, actions that take only some values planned as numbers, which the plant rounds.
    case rounded
    /// The same model and guardrails, values of actions searched by a tree.
    case beam
    /// Tuned PID loops, or the controller of the plant's own literature.
    case baseline
    /// A network that learned from the log what the log's policy does.
    case cloning
    /// The same planner with the plant's true equations and its true state.
    case exact
    /// The least cost that anybody could have had, all actions of an episode at once.
    case optimum

    /// The rows that are judged unless others are asked for; the optimum is searched for all.
    public static let standard: [ControlRow] = [.foresight, .penalties, .lagrangian, .baseline, .cloning, .exact]

    /// Those of a plant with actions that take only some values.
    public static let switched = standard + [.rounded, .beam]

    /// The rows that can be asked for.
    public static let choices = allCases.filter { $0 != .optimum }

    /// What the row is called in tables.
    public var label: String {
        switch self {
        case .foresight: "Foresight"
        case .unguarded: "no guardrails"
        case .penalties: "penalties"
        case .lagrangian: "Lagrangian"
        case .rounded: "rounded numbers"
        case .beam: "beam"
        case .baseline: "baseline"
        case .cloning: "behaviour cloning"
        case .exact: "exact dynamics"
        case .optimum: "optimum"
        }
    }

    /// The same where there is little room, as below a bar.
    public var short: String {
        switch self {
        case .unguarded: "unguarded"
        case .rounded: "rounded"
        case .cloning: "cloning"
        case .exact: "exact"
        default: label
        }
    }

    /// What the row is, in a sentence.
    public var about: String {
        switch self {
        case .foresight: "the learned model with guardrails that bind at the edge of its calibrated bands"
        case .unguarded: "the same model and search without guardrails: whether they bind at all"
        case .penalties:
            "the same model and search, each guardrail a cost on the prediction, its weight and shape chosen on tuning episodes"
        case .lagrangian:
            "the same model and as many candidates, the weights of those costs follow by dual ascent within and between plans"
        case .rounded:
            "the same model, guardrails and search, actions that take only some values planned as numbers, which the plant rounds"
        case .beam: "the same model and guardrails, the values of actions searched by a tree instead of by category"
        case .baseline:
            "PID loops tuned on other episodes, or the controller of the plant's own literature; of several the better on these"
        case .cloning: "a network that learned from the same log what the log's policy does"
        case .exact: "the same planner with the true equations and the true state; no other row asks the simulator"
        case .optimum: "the least cost that was possible: all actions at once, true equations, known disturbances"
        }
    }

    /// Whether the row plans with the learned model.
    public var usesModel: Bool { ![.baseline, .cloning, .exact, .optimum].contains(self) }
    /// Whether a model decides what comes of the row: also where another acts that looks as far ahead, or back, as the model does.
    public var dependsOnModel: Bool { ![.baseline, .optimum].contains(self) }
    /// Whether something of the row is chosen on tuning episodes with the learned model.
    public var needsTuning: Bool { [.penalties, .lagrangian].contains(self) }
}
