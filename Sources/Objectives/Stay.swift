/// What has to last once it has come about, as in `eventually[0, 300](always[0, 60](c))`.
struct LastingDemand {
    /// When it may begin.
    var window: Syntax.Window
    /// When the condition has to hold, counted from there.
    var lasting: Syntax.Window
    /// A condition on one instant.
    var condition: Syntax
    /// Whether the opposite of that is asked for.
    var isOpposite: Bool
}

/// Watches how long something that has to last has held, and says what is left of it once it may begin no more.
///
/// A plan that begins after the window sees no place in it to begin at, and would let go of what has begun.
struct Stay: Sendable {
    private let window: Syntax.Window
    private let lasting: Syntax.Window
    private let condition: String
    private let samplingTime: Double
    private let tolerance: Double
    private var watch: GuardrailMonitor
    private var observed = 0
    /// When the condition was last seen not to hold; `nil` before it was.
    private var failed: Double?

    init(_ demand: LastingDemand, in text: FormulaText, _ loop: LoopWatch) throws {
        (window, lasting) = (demand.window, demand.lasting)
        condition = text.words(of: demand.condition, isOpposite: demand.isOpposite)
        (samplingTime, tolerance) = (loop.samplingTime, loop.tolerance)
        watch = try loop.instants(condition)
    }

    /// Takes in an observation; what has begun and is to last, in words, once nothing new may begin, and `nil` before or where
    /// nothing has.
    mutating func observe(_ outputs: [Float], _ actions: [Float]) -> String? {
        _ = watch.observe(outputs: outputs, actions: actions)
        let now = Double(observed) * samplingTime
        observed += 1
        guard let end = window.upper else { return nil }
        let isOver = now + samplingTime > end + tolerance
        // While something new may begin, what was not measured has not held; later, that is no reason to let go of it.
        if let seen = watch.latest, isOver ? seen.best < 0 : seen.worst < 0 { failed = now }
        guard isOver, begin <= end + tolerance else { return nil }
        return WindowWords.always(
            begin + lasting.lower, lasting.upper.map { begin + $0 }, condition)
    }

    /// The first instant of the window from which on nothing has failed, s.
    private var begin: Double {
        let first = max(window.lower, samplingTime)
        let after = failed.map { $0 - lasting.lower + samplingTime } ?? first
        // An instant that is observed.
        let sample = (max(first, after) / samplingTime - 1e-6).rounded(.up)
        return sample * samplingTime
    }
}

extension Syntax {
    /// What has to last once it, or its opposite, has come about; `nil` for anything of another form.
    func stay(negated: Bool) -> LastingDemand? {
        let (outer, isOpposite) = withoutNot(negated: negated)
        guard case .temporal(let coming, let window, let body) = outer.kind,
            (coming == .eventually) != isOpposite
        else { return nil }
        let (inner, isInnerOpposite) = body.withoutNot(negated: isOpposite)
        guard case .temporal(let staying, let lasting, let condition) = inner.kind,
            (staying == .always) != isInnerOpposite, condition.isOfOneInstant
        else { return nil }
        return LastingDemand(window: window, lasting: lasting, condition: condition, isOpposite: isInnerOpposite)
    }

    /// What stands behind all `not`, and whether its opposite is meant.
    private func withoutNot(negated: Bool) -> (syntax: Syntax, negated: Bool) {
        var (syntax, negated) = (self, negated)
        while case .not(let inner) = syntax.kind { (syntax, negated) = (inner, !negated) }
        return (syntax, negated)
    }
}
