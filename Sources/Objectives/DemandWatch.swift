/// Watches where instants ask something of those that follow them, and what of that is left.
struct DemandWatch: Sendable {
    /// Whether it has to hold throughout a window, and not some time in it.
    let isThroughout: Bool
    /// What is left to ask, in words; times count from the first observation.
    private(set) var asked: [String] = []
    private let effect: String
    private let window: Syntax.Window
    private let instants: Syntax.Window
    private let samplingTime: Double
    private let tolerance: Double
    /// Watches that the cause does not hold; `nil` where every instant asks.
    private var spared: GuardrailMonitor?
    /// Watches for the effect, where that has to come about.
    private var met: GuardrailMonitor?
    private var observed = 0
    /// What was asked of, in seconds since the first observation; without an end where the window has none.
    private var open: [ClosedRange<Double>] = []

    init(_ demand: Demand, in text: FormulaText, instants: Syntax.Window, _ watch: LoopWatch) throws {
        (isThroughout, window, self.instants) = (demand.isThroughout, demand.window, instants)
        (samplingTime, tolerance) = (watch.samplingTime, watch.tolerance)
        effect = text.words(of: demand.effect, isOpposite: demand.isOpposite)
        if !demand.causes.isEmpty {
            let causes = demand.causes.map { "(\(text.words(of: $0.condition, isOpposite: $0.isOpposite)))" }
            spared = try watch.instants(
                "not (\(causes.joined(separator: " and ")))", from: instants.lower, to: instants.upper)
        }
        if !isThroughout { met = try watch.instants(effect) }
    }

    /// Takes in an observation.
    ///
    /// - Returns: Whether it asks for something that was not asked before, or a window has passed in which nothing came about.
    mutating func observe(_ outputs: [Float], _ actions: [Float]) -> Bool {
        _ = spared?.observe(outputs: outputs, actions: actions)
        _ = met?.observe(outputs: outputs, actions: actions)
        let now = Double(observed) * samplingTime
        observed += 1
        settle(now)
        let isMissed = !isThroughout && open.contains { $0.upperBound <= now + tolerance }
        // What lies at the end of a window was observed with it.
        open.removeAll { $0.upperBound <= now + tolerance }
        let before = words(now)
        if asks(now) { ask(from: now) }
        settle(now)
        asked = words(now)
        return isMissed || asked != before
    }

    /// Whether the instant asks for anything, as far as is known.
    private func asks(_ now: Double) -> Bool {
        if let spared { return spared.latest.map { $0.best < 0 } ?? false }
        // The first observation is not judged, as in all windows.
        return observed > 1 && instants.lower <= now + tolerance
            && instants.upper.map { now <= $0 + tolerance } ?? true
    }

    /// Takes off what has come about.
    private mutating func settle(_ now: Double) {
        guard let met, let margin = met.latest?.worst, margin >= 0 else { return }
        open.removeAll { $0.lowerBound <= now + tolerance }
    }

    /// Opens the window of an instant, or lengthens the last one where it has to hold throughout both.
    private mutating func ask(from now: Double) {
        let (lower, upper) = (now + window.lower, window.upper.map { now + $0 } ?? .infinity)
        guard upper > now + tolerance else { return }
        if isThroughout, let last = open.last, lower <= last.upperBound {
            open[open.count - 1] = last.lowerBound...max(last.upperBound, upper)
        } else if !isThroughout, upper == .infinity, open.count > 1 {
            // Of windows without an end those between the first and the last ask for nothing of their own.
            open[open.count - 1] = lower...upper
        } else {
            open.append(lower...upper)
        }
    }

    /// What is open, in words.
    private func words(_ now: Double) -> [String] {
        if isThroughout { return open.map { WindowWords.always($0.lowerBound, $0.upperBound, effect) } }
        // Of windows that have begun by the next sample the one that ends first is within all others, as far as they lie ahead.
        let begun = now + samplingTime + tolerance
        let ripe = open.filter { $0.lowerBound <= begun }.prefix(1)
        let later = open.dropFirst(open.count { $0.lowerBound <= begun })
        guard let end = window.upper else {
            // Without an end, whatever comes about after the last has come about after all.
            return (later.isEmpty ? ripe : later.suffix(1)).map { WindowWords.eventually($0.lowerBound, nil, effect) }
        }
        let width = end - window.lower
        return ripe.map { WindowWords.eventually($0.lowerBound, $0.upperBound, effect) }
            + runs(of: later).map { words(ofRun: $0, width: width) }
    }

    /// Windows that begin with each sample from one time to another, in words: one an instant is one within another.
    private func words(ofRun run: ClosedRange<Double>, width: Double) -> String {
        guard run.lowerBound < run.upperBound else {
            return WindowWords.eventually(run.lowerBound, run.lowerBound + width, effect)
        }
        return WindowWords.always(run.lowerBound, run.upperBound, WindowWords.eventually(0, width, effect))
    }

    /// From where to where windows begin with each sample.
    private func runs(of windows: ArraySlice<ClosedRange<Double>>) -> [ClosedRange<Double>] {
        var runs: [ClosedRange<Double>] = []
        for begin in windows.map(\.lowerBound) {
            if let last = runs.last, begin - last.upperBound <= samplingTime + tolerance {
                runs[runs.count - 1] = last.lowerBound...begin
            } else {
                runs.append(begin...begin)
            }
        }
        return runs
    }
}
