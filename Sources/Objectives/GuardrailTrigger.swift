public import Episodes

/// What a condition such as `always(valve >= 1 implies always[0, 60](T1 <= 40))` or
/// `always(T1 > 50 implies eventually[0, 60](T1 <= 45))` asks of what lies ahead in a running loop, by the instants that were observed.
///
/// A plan judges the instants that it predicts. That the valve was opened half a minute ago asks something of the next half of a
/// minute, and no later plan sees it: what is left of the window is asked for by itself, `always[20, 80](T1 <= 40)` where it was opened
/// 20 s after the loop began. Windows that overlap are one. What has to come about is asked for until it is observed or its window ends:
/// `eventually[20, 80](T1 <= 45)`, of several windows that have begun the one that ends first, which is enough for all.
///
/// It is the progression of formulas (see ``GuardrailRest``) for what one instant after another asks of those that follow it, where
/// cause and effect each speak of one instant.
public struct GuardrailTrigger: Sendable {
    /// What is asked because of what was observed, until its windows end; times count from the first observation.
    public private(set) var asked: [Guardrail] = []
    /// Of these, what has to hold all of the time of its window, and not to come about in it.
    public private(set) var held: [Guardrail] = []
    private var demands: [DemandWatch]

    /// Watches a guardrail from the first observation on; `nil` where it is none whose instants ask for something
    /// (``Guardrail/hasTrigger``).
    ///
    /// - Parameters:
    ///   - guardrail: The guardrail.
    ///   - outputs: The observed channels.
    ///   - actions: The actions.
    ///   - samplingTime: Seconds between observations.
    ///   - options: As for ``Guardrail/compile(context:options:)``.
    /// - Throws: As ``Guardrail/compile(context:options:)``.
    public init?(
        _ guardrail: Guardrail, outputs: [Channel], actions: [Channel], samplingTime: Double,
        options: CompileOptions = CompileOptions()
    ) throws {
        guard let trigger = guardrail.syntax.trigger else { return nil }
        let watch = LoopWatch(outputs: outputs, actions: actions, samplingTime: samplingTime, options: options)
        demands = try trigger.demands.map {
            try DemandWatch($0, in: guardrail.text, instants: trigger.instants, watch)
        }
    }

    /// Takes in the outputs now and the actions that were in force until now, as ``GuardrailMonitor/observe(outputs:actions:)`` does.
    ///
    /// - Parameters:
    ///   - outputs: One value a channel, physical units; what was not measured asks for nothing, and has not come about.
    ///   - actions: One value an action.
    /// - Returns: Whether this instant asks for something that was not asked before, or something has not come about in its time.
    @discardableResult
    public mutating func observe(outputs: [Float], actions: [Float]) -> Bool {
        var isNew = false
        for index in demands.indices {
            if demands[index].observe(outputs, actions) { isNew = true }
        }
        let sources = demands.flatMap(\.asked)
        if sources != asked.map(\.source) {
            asked = sources.compactMap { try? Guardrail.parse($0) }
            let kept = Set(demands.filter(\.isThroughout).flatMap(\.asked))
            held = asked.filter { kept.contains($0.source) }
        }
        return isNew
    }
}

extension Guardrail {
    /// Whether each instant at which one condition holds asks for another in a window ahead, throughout it as in
    /// `always(valve >= 1 implies always[0, 60](T1 <= 40))` or some time in it as in `always(T1 > 50 implies eventually[0, 60](T1 <= 45))`.
    public var hasTrigger: Bool { syntax.trigger != nil }
}
