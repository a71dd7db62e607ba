import Objectives
import Plants

/// A guardrail that something has to come about for, watched over what a loop observes: what came about is asked no more.
///
/// A plan counts windows from when goals were set, but sees only what lies ahead: without this it would ask for
/// `eventually[0, 300](T1 >= 50)` again until the window closes, long after T1 was there.
struct Obligation {
    let guardrail: Guardrail
    private var monitor: GuardrailMonitor

    /// Watches a guardrail; `nil` for one that asks for nothing to come about.
    init?<D: Dynamics>(_ guardrail: Guardrail, of dynamics: D, every interval: Double, options: CompileOptions) {
        // What cannot be read is said of the plan.
        guard guardrail.comesAbout,
            let monitor = try? GuardrailMonitor(
                guardrail, outputs: dynamics.outputChannels, actions: dynamics.actionChannels, samplingTime: interval,
                options: options)
        else { return nil }
        (self.guardrail, self.monitor) = (guardrail, monitor)
    }

    /// Takes in what is observed before a decision; whether it holds now, whatever comes.
    mutating func isMet(by situation: ControlSituation) -> Bool {
        monitor.observe(
            outputs: situation.observation.map { Float($0) }, actions: situation.previousAction.map { Float($0) }
        ).verdict == .holds
    }
}

extension PlannerAgent {
    /// Takes what has come about off the guardrails of the plans to come.
    mutating func watchObligations(_ situation: ControlSituation) {
        if situation.step == 0 {
            obligations = planner.task.guardrails.compactMap {
                Obligation($0, of: planner.dynamics, every: decisionTime, options: planner.task.compileOptions)
            }
        }
        for index in obligations.indices.reversed() where obligations[index].isMet(by: situation) {
            let met = obligations.remove(at: index).guardrail
            planner.task.guardrails.removeAll { $0 == met }
        }
    }
}
