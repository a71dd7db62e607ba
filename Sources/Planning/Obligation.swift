import Objectives
import Plants

/// A guardrail that can be settled for good, watched over what a loop observes: what came about, or was kept to the end of its
/// window, is asked no more.
///
/// A plan counts windows from when goals were set, but sees only what lies ahead: without this it would ask for
/// `eventually[0, 300](T1 >= 50)` again until the window closes, long after T1 was there, and for the second of two ways after the
/// first was gone to its end.
struct Obligation {
    let guardrail: Guardrail
    private var monitor: GuardrailMonitor

    /// Watches a guardrail; `nil` for one that never is settled.
    init?<D: Dynamics>(_ guardrail: Guardrail, of dynamics: D, every interval: Double, options: CompileOptions) {
        // What cannot be read is said of the plan.
        guard guardrail.canSettle,
            let monitor = try? GuardrailMonitor(
                guardrail, outputs: dynamics.outputChannels, actions: dynamics.actionChannels, samplingTime: interval,
                options: options)
        else { return nil }
        (self.guardrail, self.monitor) = (guardrail, monitor)
    }

    /// Takes in what is observed before a decision; what it says of the guardrail, whatever comes.
    mutating func verdict(after situation: ControlSituation) -> GuardrailMonitor.Reading.Verdict {
        monitor.observe(
            outputs: situation.observation.map { Float($0) }, actions: situation.previousAction.map { Float($0) }
        ).verdict
    }
}

extension PlannerAgent {
    /// Takes what has come about off the guardrails of the plans to come.
    mutating func watchObligations(_ situation: ControlSituation) {
        if situation.step == 0 {
            // What is joined to a limit by `and` is settled by itself.
            planner.task.guardrails = planner.task.guardrails.flatMap { guardrail in
                let parts = guardrail.canSettle ? [] : guardrail.conjuncts
                return parts.contains(where: \.canSettle) ? parts : [guardrail]
            }
            obligations = planner.task.guardrails.compactMap {
                Obligation($0, of: planner.dynamics, every: decisionTime, options: planner.task.compileOptions)
            }
        }
        for index in obligations.indices.reversed() {
            let verdict = obligations[index].verdict(after: situation)
            guard verdict != .open else { continue }
            let settled = obligations.remove(at: index).guardrail
            // What is broken for good is still asked for: plans say so.
            if verdict == .holds { planner.task.guardrails.removeAll { $0 == settled } }
        }
    }
}
