import Objectives

/// The guardrails of a loop that can be settled for good, watched over what it observes: what came about, or was kept to the
/// end of its window, is asked no more.
///
/// A plan counts windows from when goals were set, but sees only what lies ahead: without this it would ask for
/// `eventually[0, 300](T1 >= 50)` again until the window closes, long after T1 was there, and for the second of two ways after the
/// first was gone to its end.
public struct Obligations {
    private var open: [(guardrail: Guardrail, monitor: GuardrailMonitor)] = []

    /// Watches nothing.
    public init() {}

    /// Watches what a task asks for, from the first observation on.
    ///
    /// - Parameters:
    ///   - task: The task, whose guardrails are parted where `and` joins what is settled with what is not.
    ///   - dynamics: What observations and actions are called.
    ///   - interval: Seconds between observations.
    public init<D: Dynamics>(_ task: inout PlanningTask, of dynamics: D, every interval: Double) {
        task.guardrails = task.guardrails.flatMap { guardrail in
            let parts = guardrail.canSettle ? [] : guardrail.conjuncts
            return parts.contains(where: \.canSettle) ? parts : [guardrail]
        }
        var options = task.compileOptions
        options.listStep = dynamics.samplingTime
        open = task.guardrails.filter(\.canSettle).compactMap { guardrail in
            // What cannot be read is said of the plan.
            guard
                let monitor = try? GuardrailMonitor(
                    guardrail, outputs: dynamics.outputChannels, actions: dynamics.actionChannels,
                    samplingTime: interval, options: options)
            else { return nil }
            return (guardrail, monitor)
        }
    }

    /// Whether nothing is left that may be settled.
    public var isEmpty: Bool { open.isEmpty }

    /// Takes in what is observed before a decision, and takes what has come about off the guardrails of the plans to come.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - outputs: What is observed, in the order of the channels.
    ///   - actions: The actions in force until now.
    public mutating func settle(_ task: inout PlanningTask, outputs: [Double], actions: [Double]) {
        let (outputs, actions) = (outputs.map { Float($0) }, actions.map { Float($0) })
        for index in open.indices.reversed() {
            let verdict = open[index].monitor.observe(outputs: outputs, actions: actions).verdict
            guard verdict != .open else { continue }
            let settled = open.remove(at: index).guardrail
            // What is broken for good is still asked for: plans say so.
            if verdict == .holds { task.guardrails.removeAll { $0 == settled } }
        }
    }
}
