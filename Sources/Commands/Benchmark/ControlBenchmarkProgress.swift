import Benchmarking
import Records
import Synchronization

/// Tells what a scoreboard does, from any thread: a line a row, a learned model and a choice of weights, and one that moves.
final class ControlBenchmarkProgress: Sendable {
    private struct State {
        var lines: [String: ProgressLine] = [:]
        var lastCount: [String: Int] = [:]
    }

    private let talk: Talk
    private let state = Mutex(State())

    init(_ talk: Talk) { self.talk = talk }

    /// Shows a phase; `written` is called where a row has come to its end.
    ///
    /// - Throws: What `written` throws.
    func show(_ phase: ControlBenchmark.Phase, written: () throws -> Void) throws {
        try state.withLock { state in
            switch phase {
            case .training(let plant, let model, let share, let what):
                update(&state, "\(plant): model \(model)", Int(share * 100), of: 100, unit: "parts", note: what)
            case .trained(let plant, let model, let seconds):
                end(&state, "\(plant): model \(model)", note: "in \(period(seconds))")
            case .tuning(let plant, let done, let total):
                update(&state, "\(plant): weights", done, of: total, unit: "trials")
                if done == total - 1 { end(&state, "\(plant): weights") }
            case .judged(let key, let episode, let count):
                update(&state, name(key), episode, of: count, unit: "episodes")
            case .finished(let key):
                end(&state, name(key))
                try written()
            }
        }
    }

    /// Ends all lines.
    func finish() {
        state.withLock { state in for name in state.lines.keys.sorted() { end(&state, name) } }
    }

    private func name(_ key: ControlArchive.Key) -> String {
        let what = key.name == ControlProtocol.own ? key.plant : "\(key.plant), \(key.name)"
        return "\(what): \(key.row.label)" + (key.model > 0 ? ", model \(key.model)" : "")
    }

    private func update(
        _ state: inout State, _ name: String, _ done: Int, of total: Int, unit: String, note: String = ""
    ) {
        if state.lines[name] == nil {
            state.lines[name] = ProgressLine(name, total: total, done: done, unit: unit, style: talk.beginWork())
        }
        state.lastCount[name] = done
        state.lines[name]?.update(done, note: note)
    }

    private func end(_ state: inout State, _ name: String, note: String = "") {
        state.lines.removeValue(forKey: name)?.finish(state.lastCount[name] ?? 0, note: note)
    }
}
