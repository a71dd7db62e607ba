import Tensors

/// What each member may learn from and is judged by, as stretches of rows and windows in them.
struct RefinementData: Sendable {
    /// Every run of rows of the log at the model's step.
    let stretches: [SignalStretch]
    /// Rows of history before each free run.
    let history: Int
    /// Measured numbers in all: outputs of every row that was not missing.
    let numbers: Int
    /// Runs of rows that a member learns from, `[member]`.
    let visible: [[Run]]
    /// Runs of rows that a member left out, `[member]`.
    let hidden: [[Run]]

    /// Rows of a stretch.
    struct Run: Sendable, Equatable {
        var stretch: Int
        var rows: Range<Int>
    }

    init(stretches: [SignalStretch], history: Int, numbers: Int, visible: [[Run]], hidden: [[Run]]) {
        (self.stretches, self.history, self.numbers) = (stretches, history, numbers)
        (self.visible, self.hidden) = (visible, hidden)
    }

    init(_ data: TrainingData, history: Int, members: Int) {
        let table = data.table
        let (outputs, mask, inputs) = (table.outputs.floats(), table.mask.floats(), table.inputs.floats())
        let (width, driven) = (table.outputs.size(1), table.inputs.size(1))
        let seen = data.visible?.floats()
        let total = table.outputs.size(0)
        numbers = mask.count { $0 > 0 }
        self.history = history
        stretches = table.segments.map { segment in
            let rows = segment.start..<(segment.start + segment.count)
            return SignalStretch(
                outputs: (rows.lowerBound * width..<rows.upperBound * width).map {
                    mask[$0] > 0 ? Double(outputs[$0]) : .nan
                },
                inputs: (rows.lowerBound * driven..<rows.upperBound * driven).map { Double(inputs[$0]) },
                count: segment.count)
        }
        var (learned, left): ([[Run]], [[Run]]) = ([], [])
        for member in 0..<members {
            var (shown, held): ([Run], [Run]) = ([], [])
            for (index, segment) in table.segments.enumerated() {
                func isVisible(_ row: Int) -> Bool { seen.map { $0[member * total + segment.start + row] > 0 } ?? true }
                var start = 0
                while start < segment.count {
                    let kind = isVisible(start)
                    var end = start + 1
                    while end < segment.count && isVisible(end) == kind { end += 1 }
                    if kind {
                        shown.append(Run(stretch: index, rows: start..<end))
                    } else {
                        held.append(Run(stretch: index, rows: start..<end))
                    }
                    start = end
                }
            }
            learned.append(shown)
            left.append(held)
        }
        (visible, hidden) = (learned, left)
    }

    /// The longest free run that a member can learn from.
    func longest(_ member: Int) -> Int {
        max(0, (visible[member].map(\.rows.count).max() ?? 0) - history)
    }

    /// Evenly spaced windows of a member's own rows, of `steps` or as many as a run holds, about so many rows in all.
    func training(_ member: Int, steps: Int, rows: Int) -> [FreeRunWindow] {
        let runs = visible[member].filter { $0.rows.count >= history + min(steps, 4) }
        // Starts lie in one line through all runs, so that each run has its share.
        let places = runs.map { run -> (run: Run, steps: Int, starts: Int) in
            let length = min(steps, run.rows.count - history)
            return (run, length, run.rows.count - history - length + 1)
        }
        let available = places.reduce(0) { $0 + $1.starts }
        guard available > 0 else { return [] }
        let mean = Double(places.reduce(0) { $0 + $1.steps * $1.starts }) / Double(available)
        let wanted = max(min(8, available), Int(Double(rows) / max(1, mean)))
        let count = min(wanted, available)
        var windows: [FreeRunWindow] = []
        var (place, before) = (0, 0)
        for index in 0..<count {
            let start = count > 1 ? index * (available - 1) / (count - 1) : available / 2
            while start - before >= places[place].starts {
                before += places[place].starts
                place += 1
            }
            let run = places[place].run
            windows.append(
                FreeRunWindow(
                    stretch: run.stretch, start: run.rows.lowerBound + start - before, history: history,
                    steps: places[place].steps))
        }
        return windows
    }

    /// Steps of free runs that are there for their histories alone.
    private static let briefSteps = 2

    /// What a member learns from: free runs of `steps`, and brief ones until they start from so many histories.
    ///
    /// Long free runs start from few. An encoder fitted to a dozen histories may run away on any other.
    func learning(_ member: Int, steps: Int, rows: Int, histories: Int) -> [FreeRunWindow] {
        let long = training(member, steps: steps, rows: rows)
        let missing = histories - long.count
        guard missing > 0 else { return long }
        return long + training(member, steps: Self.briefSteps, rows: missing * Self.briefSteps)
    }

    /// Windows that cover what a member left out, one behind the other; their histories may lie in what it learned from. None
    /// where nothing was measured in any of them.
    func judging(_ member: Int, steps: Int, rows: Int) -> [FreeRunWindow] {
        var windows: [FreeRunWindow] = []
        for run in hidden[member] {
            var start = max(history, run.rows.lowerBound)
            while start < run.rows.upperBound {
                let length = min(steps, run.rows.upperBound - start)
                if length >= min(steps, 4) {
                    windows.append(
                        FreeRunWindow(stretch: run.stretch, start: start - history, history: history, steps: length))
                }
                start += length
            }
        }
        guard windows.contains(where: isMeasured) else { return [] }
        let total = windows.reduce(0) { $0 + $1.steps }
        guard total > rows, windows.count > 1 else { return windows }
        let kept = max(1, windows.count * rows / total)
        return (0..<kept).map { windows[$0 * windows.count / kept] }
    }

    /// Whether there is a measurement behind the history of a window.
    private func isMeasured(_ window: FreeRunWindow) -> Bool {
        let stretch = stretches[window.stretch]
        let (width, first) = (stretch.outputs.count / max(1, stretch.count), window.start + window.history)
        return stretch.outputs[first * width..<(first + window.steps) * width].contains(where: \.isFinite)
    }
}
