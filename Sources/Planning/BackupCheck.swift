/// What the declared safe action or backup policy has to keep, in the model, for a plan to be certified.
///
/// After the first actions of a plan, those until the next plan is made, the backup takes over for the rest of the
/// horizon. Where it keeps the guardrails then, whatever comes next finds a way out that was verified one step before:
/// the backup strategy of predictive safety filters (Wabersich and Zeilinger, "A predictive safety filter for
/// learning-based control of constrained nonlinear dynamical systems", Automatica 2021,
/// https://doi.org/10.1016/j.automatica.2021.109597), as far as the horizon of the model reaches.
public enum BackupCheck: String, Sendable, Codable, CaseIterable {
    /// The guardrails that hold at every time alike, such as `always(T1 <= 55)`: limits; and what an instant asks throughout a window
    /// after it, as in `always(valve >= 1 implies always[0, 60](T1 <= 40))`. What has to come about, such as `eventually(…)` or
    /// `always[5 min, end](…)`, is asked of the plan and not of its backup.
    case limits
    /// Every guardrail.
    case all
    /// Nothing, on a plant on which no action is safe to hold for as long as a plan looks ahead. Where no plan keeps the guardrails
    /// and the declared action is predicted to break one by more than the best plan does, that plan is returned in its
    /// place: softened constraints as the way back (Wabersich and Zeilinger, "Predictive control barrier functions: enhanced
    /// safety mechanisms for learning-based control", IEEE Transactions on Automatic Control 2023, arXiv:2105.10241).
    case none
}
