/// What an instant asks of those that follow it.
struct Demand {
    /// A condition on one instant, or its opposite.
    struct Cause {
        var condition: Syntax
        var isOpposite: Bool
    }

    /// What all has to hold in an instant for it to ask; where there is nothing, every instant does.
    var causes: [Cause] = []
    /// Whether the effect has to hold throughout the window, and not some time in it.
    var isThroughout: Bool
    /// When, counted from the instant.
    var window: Syntax.Window
    /// A condition on one instant.
    var effect: Syntax
    /// Whether the opposite of that is asked for.
    var isOpposite: Bool

    /// The same where something more has to hold for it.
    func asked(where condition: Syntax, isOpposite: Bool) -> Demand {
        var demand = self
        demand.causes.append(Cause(condition: condition, isOpposite: isOpposite))
        return demand
    }
}

extension Syntax {
    /// When instants ask, and for what, where all that they ask of later ones has this form; `nil` for anything else.
    var trigger: (instants: Window, demands: [Demand])? {
        var (window, body, isOpposite) = (Window(lower: 0, upper: nil, range: range), self, false)
        while case .not(let inner) = body.kind { (body, isOpposite) = (inner, !isOpposite) }
        var isRepeated = false
        if case .temporal(let temporal, let written, let inner) = body.kind {
            guard (temporal == .always) != isOpposite else { return nil }
            (window, body, isRepeated) = (written, inner, true)
        }
        guard let demands = body.demands(negated: isOpposite), !demands.isEmpty else { return nil }
        // Without `always` around it a condition is one of every instant only where it speaks of an instant itself.
        guard isRepeated || demands.allSatisfy({ !$0.causes.isEmpty }) else { return nil }
        return (window, demands)
    }

    /// Whether it speaks of no stretch of time.
    var isOfOneInstant: Bool {
        switch kind {
        case .temporal, .until, .share: false
        default: children.allSatisfy(\.isOfOneInstant)
        }
    }

    /// What it, or its opposite, asks of later instants; `nil` where something of that has another form.
    private func demands(negated: Bool) -> [Demand]? {
        if isOfOneInstant { return [] }
        switch kind {
        case .not(let inner): return inner.demands(negated: !negated)
        case .and(let left, let right):
            return negated
                ? Self.either((left, true), (right, true)) : Self.both((left, false), (right, false))
        case .or(let left, let right):
            return negated
                ? Self.both((left, true), (right, true)) : Self.either((left, false), (right, false))
        case .implies(let left, let right):
            return negated
                ? Self.both((left, false), (right, true)) : Self.either((left, true), (right, false))
        case .temporal(let temporal, let window, let effect) where effect.isOfOneInstant:
            return [
                Demand(
                    isThroughout: (temporal == .always) != negated, window: window, effect: effect, isOpposite: negated)
            ]
        default: return nil
        }
    }

    /// A piece, or its opposite.
    private typealias Piece = (syntax: Syntax, negated: Bool)

    private static func both(_ left: Piece, _ right: Piece) -> [Demand]? {
        guard let first = left.syntax.demands(negated: left.negated),
            let second = right.syntax.demands(negated: right.negated)
        else { return nil }
        return first + second
    }

    /// Of two pieces one of which is enough, the one that speaks of an instant says where the other is asked for.
    private static func either(_ left: Piece, _ right: Piece) -> [Demand]? {
        let (now, later) = left.syntax.isOfOneInstant ? (left, right) : (right, left)
        guard now.syntax.isOfOneInstant else { return nil }
        return later.syntax.demands(negated: later.negated)?.map {
            $0.asked(where: now.syntax, isOpposite: !now.negated)
        }
    }
}
