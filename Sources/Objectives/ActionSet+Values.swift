extension ActionSet {
    /// Whether any action takes only some values.
    public var isSwitched: Bool { values.contains { !$0.isEmpty } }

    /// The channels of actions that take only some values, in order.
    public var switchedChannels: [Int] { values.indices.filter { !values[$0].isEmpty } }

    /// Whether what an action may do next depends on more than its value in force, or is not an interval.
    var remembers: Bool { isSwitched || dwell.contains { $0 > 0 } }

    /// Projects where actions take values or keep them for a time, step after step.
    func choose(_ actions: inout [Float], rows: Int, horizon: Int, previous: [Float]) {
        let width = count
        var dwelling = Dwelling(self)
        actions.withUnsafeMutableBufferPointer { actions in
            for row in 0..<rows {
                let isFirst = row % horizon == 0
                if isFirst { dwelling.restart() }
                for channel in 0..<width {
                    let index = row * width + channel
                    let before = isFirst ? previous[channel] : actions[index - width]
                    let wanted = actions[index].isNaN ? before : actions[index]
                    actions[index] = next(channel, wanted, after: before, isFirst: isFirst, &dwelling)
                }
            }
        }
    }

    /// The fewest steps for which an action keeps a value that it was moved to.
    public func dwellSteps(of channel: Int) -> Int { Self.steps(dwell[channel], samplingTime) }

    /// Whole steps of so many seconds; what is short of one by rounding alone is none.
    static func steps(_ seconds: Double, _ samplingTime: Double) -> Int {
        guard seconds > 0 else { return 0 }
        return Int(min(1e9, (seconds / samplingTime - 1e-6).rounded(.up)))
    }

    /// The value nearest to a wanted one that an action may take next: within the box and the rate, one of its values where
    /// it has some, and the one in force while that has to be kept.
    ///
    /// An action in force that is none of the values, as a log may have it, is left for one at once. Where the rate reaches
    /// no value, the action stays.
    @inline(__always)
    func next(
        _ channel: Int, _ wanted: Float, after before: Float, isFirst: Bool, _ dwelling: inout Dwelling
    ) -> Float {
        let range = range(of: channel, after: before, isFirst: isFirst)
        let choices = values[channel]
        var value = min(max(wanted, range.lowerBound), range.upperBound)
        if dwelling.mustKeep(channel), choices.isEmpty ? range.contains(before) : choices.contains(before) {
            value = before
        } else if !choices.isEmpty {
            value =
                Self.nearest(value, among: choices) { range.contains($0) }
                ?? (choices.contains(before) ? before : Self.nearest(before, among: choices) { _ in true } ?? before)
        }
        dwelling.pass(channel, isMove: value != before)
        return value
    }

    private static func nearest(_ value: Float, among choices: [Float], where allows: (Float) -> Bool) -> Float? {
        var best: Float?
        for choice in choices where allows(choice) {
            // Of two that are as near the lesser one, so that projecting again changes nothing.
            if let found = best, abs(found - value) <= abs(choice - value) { continue }
            best = choice
        }
        return best
    }

    /// For how many more steps actions have to keep their values, along one sequence.
    struct Dwelling {
        private let atStart: [Int]
        private let afterMove: [Int]
        private var left: [Int]

        init(_ set: ActionSet) {
            afterMove = set.dwell.indices.map { max(0, set.dwellSteps(of: $0) - 1) }
            atStart = set.dwell.indices.map { ActionSet.steps(set.dwell[$0] - set.held[$0], set.samplingTime) }
            left = atStart
        }

        /// Begins another sequence.
        mutating func restart() {
            for channel in left.indices { left[channel] = atStart[channel] }
        }

        func mustKeep(_ channel: Int) -> Bool { left[channel] > 0 }

        /// One step has been decided.
        mutating func pass(_ channel: Int, isMove: Bool) {
            left[channel] = isMove ? afterMove[channel] : max(0, left[channel] - 1)
        }
    }
}
