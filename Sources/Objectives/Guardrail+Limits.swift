/// A number that a channel must stay below or above.
public struct ChannelLimit: Sendable, Equatable {
    /// The name of the channel.
    public var channel: String
    /// Whether the channel must stay below.
    public var isUpper: Bool
    /// The value, as written.
    public var value: WrittenValue
}

extension Guardrail {
    /// The limits of single channels that have to hold, all of the time of a window or a share of it: of `share(T1 > 55) <= 5 %` that
    /// from above, since the opposite has to hold for the rest.
    ///
    /// What may hold in one of several ways, comes about only some time or speaks of more than a channel and a number is left out.
    public var limits: [ChannelLimit] { syntax.limits(negated: false, isStanding: false) }

    /// Of ``limits`` those that have to hold at all times: in no window that begins later or ends, and of no share of the time.
    public var standingLimits: [ChannelLimit] { syntax.limits(negated: false, isStanding: true) }
}

extension Guardrail {
    /// The conditions that all have to hold: those that it joins by `and`, or of which `not` asks that none of several holds; else
    /// itself.
    public var conjuncts: [Guardrail] {
        func parts(_ syntax: Syntax, _ negated: Bool) -> [String] {
            switch (syntax.kind, negated) {
            case (.and(let left, let right), false): return parts(left, false) + parts(right, false)
            case (.or(let left, let right), true): return parts(left, true) + parts(right, true)
            case (.implies(let left, let right), true): return parts(left, false) + parts(right, true)
            case (.not(let inner), _):
                let found = parts(inner, !negated)
                // What is one condition stays as it is written.
                if found.count > 1 { return found }
            default: break
            }
            return [text.words(of: syntax, isOpposite: negated)]
        }
        let all = parts(syntax, false)
        let read = all.count == 1 ? [self] : all.compactMap { try? Guardrail.parse($0) }
        return read.count == all.count ? read : [self]
    }

    /// Whether it asks for something to come about, `eventually` or by an `until`, and is met for good once that has.
    public var comesAbout: Bool {
        switch syntax.kind {
        case .temporal(.eventually, _, _), .until: true
        default: false
        }
    }

    /// When its windows end that count from the start, s.
    public var windowEnds: [Double] { syntax.windowEnds }

    /// Whether a moment can come after which nothing breaks it any more: something has come about, or all of its windows are past.
    public var canSettle: Bool { comesAbout || syntax.settles }
}

extension Syntax {
    /// When windows end that stand in no other, s.
    fileprivate var windowEnds: [Double] {
        switch kind {
        case .temporal(_, let window, _), .until(let window, _, _), .share(let window, _, _, _):
            window.upper.map { [$0] } ?? []
        default: children.flatMap(\.windowEnds)
        }
    }

    /// Whether all that it asks lies within windows that end.
    fileprivate var settles: Bool {
        switch kind {
        case .temporal(_, let window, _), .until(let window, _, _), .share(let window, _, _, _): window.upper != nil
        case .not(let inner): inner.settles
        case .and(let left, let right), .or(let left, let right), .implies(let left, let right):
            left.settles && right.settles
        default: false
        }
    }

    /// The limits of a condition, or of its opposite: all, or those that stand at all times.
    fileprivate func limits(negated: Bool, isStanding: Bool) -> [ChannelLimit] {
        func limits(_ inner: Syntax, _ negated: Bool) -> [ChannelLimit] {
            inner.limits(negated: negated, isStanding: isStanding)
        }
        switch kind {
        case .comparison(let operands, let relations):
            // That one of several comparisons fails is no limit of any.
            guard !negated || relations.count == 1 else { return [] }
            return relations.indices.compactMap {
                Self.limit(operands[$0], operands[$0 + 1], ascends: relations[$0].ascends != negated)
            }
        case .not(let inner): return limits(inner, !negated)
        case .and(let left, let right): return negated ? [] : limits(left, false) + limits(right, false)
        case .or(let left, let right): return negated ? limits(left, true) + limits(right, true) : []
        case .implies(let left, let right): return negated ? limits(left, false) + limits(right, true) : []
        case .temporal(let temporal, let window, let inner):
            let stands = window.lower <= 0 && window.upper == nil
            guard (temporal == .always) != negated, stands || !isStanding else { return [] }
            return limits(inner, negated)
        case .share(_, let inner, let relation, _):
            return isStanding ? [] : limits(inner, relation.ascends != negated)
        default: return []
        }
    }

    private static func limit(_ left: Syntax, _ right: Syntax, ascends: Bool) -> ChannelLimit? {
        if case .name(let name) = left.kind, let value = right.written {
            return ChannelLimit(channel: name, isUpper: ascends, value: value)
        }
        if case .name(let name) = right.kind, let value = left.written {
            return ChannelLimit(channel: name, isUpper: !ascends, value: value)
        }
        return nil
    }
}
