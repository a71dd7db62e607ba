import Benchmarking
import Records
import Reports
import Synchronization

/// How far a set is: one line for all its seeds, which are trained at once.
final class BenchmarkProgress: Sendable {
    private struct State {
        var line: ProgressLine?
        var done: [Int: Int] = [:]
        var trained = 0
        var told: Set<String> = []
    }

    private let label: String
    private let seeds: Int
    private let style: ProgressLine.Style
    private let talk: Talk
    private let state = Mutex(State())

    init(_ label: String, seeds: Int, talk: Talk) {
        self.label = label
        self.seeds = seeds
        self.talk = talk
        style = talk.beginWork()
    }

    /// Says what a phase means, once.
    func show(_ phase: BenchmarkRun.Phase) {
        state.withLock { state in
            switch phase {
            case .reading: say("reading", &state)
            case .training(let seed, let done, let total):
                let line = state.line ?? ProgressLine(label, total: total * seeds, style: style)
                state.line = line
                state.done[seed] = done
                line.update(state.done.values.reduce(0, +))
            case .known(let seed):
                count(&state)
                say("seed \(seed) is learned already", &state)
            case .trained(let seed, let seconds):
                count(&state)
                say("seed \(seed) is trained after \(period(seconds))", &state)
            case .testing(let seed, let test): say("seed \(seed) predicts \(test)", &state)
            case .searchingLinear: say("searching linear models", &state)
            case .foundLinear(let seconds): say("linear models found after \(period(seconds))", &state)
            }
        }
    }

    /// Counts a seed that has learned, and ends the line behind the last.
    private func count(_ state: inout State) {
        state.trained += 1
        if state.trained == seeds, let line = state.line { line.finish(state.done.values.reduce(0, +)) }
    }

    /// A line of its own where lines stay; on a terminal, the line of progress is enough.
    private func say(_ what: String, _ state: inout State) {
        if case .terminal = style { return }
        guard state.told.insert(what).inserted else { return }
        talk.note("\(label): \(what)")
    }
}
