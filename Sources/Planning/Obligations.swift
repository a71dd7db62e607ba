import Objectives

/// The guardrails of a loop of which the past decides what is left, watched over what it observes: what came about, or was kept to the
/// end of its window, is asked no more, of several ways one that was lost is none any more, and what an instant has asked of those
/// after it is asked until it has come about or its window ends. What has to hold throughout that is asked of the way out, too, as
/// limits are.
///
/// A plan counts windows from when goals were set, but sees only what lies ahead: without this it would ask for
/// `eventually[0, 300](T1 >= 50)` again until the window closes, long after T1 was there, for the second of two ways after the
/// first was gone to its end, and not for the second after the first was lost, as long as the rest of the first can be kept.
///
/// Of two ways one of which lies beyond the horizon a plan has to keep the other. That it might be kept later is no promise; once the
/// other is lost, it is all that is left.
public struct Obligations {
    private var open: [GuardrailRest] = []
    private var triggers: [GuardrailTrigger] = []
    /// What was written, parted.
    private var written: Set<Guardrail> = []
    /// What instants have asked, as it was added to the task.
    private var asked: [Guardrail] = []
    /// Of which plans do not warn.
    private var remembered: Set<Guardrail> = []

    /// Watches nothing.
    public init() {}

    /// Watches what a task asks for, from the first observation on.
    ///
    /// - Parameters:
    ///   - task: The task, whose guardrails are parted where `and` joins what is watched with something else, and which does not warn
    ///     of what is remembered here.
    ///   - dynamics: What observations and actions are called.
    ///   - interval: Seconds between observations.
    public init<D: Dynamics>(_ task: inout PlanningTask, of dynamics: D, every interval: Double) {
        task.guardrails = task.guardrails.flatMap { guardrail in
            let parts = guardrail.conjuncts
            return parts.contains { Self.isWatched($0) || $0.hasTrigger } ? parts : [guardrail]
        }
        var options = task.compileOptions
        options.listStep = dynamics.samplingTime
        // What cannot be read is said of the plan.
        open = task.guardrails.filter(Self.isWatched).compactMap { guardrail in
            try? GuardrailRest(
                guardrail, outputs: dynamics.outputChannels, actions: dynamics.actionChannels, samplingTime: interval,
                options: options)
        }
        written = Set(task.guardrails)
        for guardrail in task.guardrails {
            let trigger = try? GuardrailTrigger(
                guardrail, outputs: dynamics.outputChannels, actions: dynamics.actionChannels, samplingTime: interval,
                options: options)
            guard let trigger else { continue }
            triggers.append(trigger)
            remembered.insert(guardrail)
        }
        task.compileOptions.remembered = remembered
        task.compileOptions.owed = []
    }

    private static func isWatched(_ guardrail: Guardrail) -> Bool { guardrail.canSettle || guardrail.hasWays }

    /// Whether nothing is left that is watched.
    public var isEmpty: Bool { open.isEmpty && triggers.isEmpty }

    /// Takes in what is observed before a decision, takes off the guardrails of the plans to come what is settled, and adds what this
    /// instant asks of later ones.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - outputs: What is observed, in the order of the channels.
    ///   - actions: The actions in force until now.
    /// - Returns: Whether a way was lost or something more is asked, so that a plan that was made before may not keep it.
    @discardableResult
    public mutating func settle(_ task: inout PlanningTask, outputs: [Double], actions: [Double]) -> Bool {
        let (outputs, actions) = (outputs.map { Float($0) }, actions.map { Float($0) })
        var isNarrower = false
        for index in open.indices.reversed() {
            let asked = open[index].guardrail
            let verdict = open[index].observe(outputs: outputs, actions: actions)
            let left = open[index].guardrail
            if left != asked {
                isNarrower = true
                task.guardrails = task.guardrails.map { $0 == asked ? left : $0 }
            }
            guard verdict != .open else { continue }
            open.remove(at: index)
            // What is broken for good is still asked for: plans say so.
            if verdict == .holds { task.guardrails.removeAll { $0 == left } }
        }
        for index in triggers.indices {
            if triggers[index].observe(outputs: outputs, actions: actions) { isNarrower = true }
        }
        ask(of: &task)
        return isNarrower
    }

    /// Puts what instants ask of later ones into the task, in place of what they asked before.
    private mutating func ask(of task: inout PlanningTask) {
        let before = asked
        asked = triggers.flatMap(\.asked)
        guard asked != before else { return }
        task.guardrails.removeAll { before.contains($0) && !asked.contains($0) && !written.contains($0) }
        for guardrail in asked where !task.guardrails.contains(guardrail) { task.guardrails.append(guardrail) }
        task.compileOptions.remembered = remembered.union(asked)
        task.compileOptions.owed = Set(triggers.flatMap(\.held))
    }
}
