import Benchmarking
import Records
import Synchronization

/// Tells what a scoreboard does, from any thread: a line a row, a learned model and a choice of weights, and one that moves.
final class ControlBenchmarkProgress: Sendable {
    private struct State {
        var lines: [String: ProgressLine] = [:]
        var lastCount: [String: Int] = [:]
        var waiting: Set<String> = []
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
            // The search for a structure and the descent after it each begin at nothing, and go at a pace of their own.
            case .searching(let plant, let number, let share, let what):
                update(&state, structure(plant, number), Int(share * 100), of: 100, unit: "parts", note: what)
            case .training(let plant, let number, let share):
                complete(&state, structure(plant, number))
                update(&state, model(plant, number), Int(share * 100), of: 100, unit: "parts")
            case .trained(let plant, let number):
                complete(&state, structure(plant, number))
                complete(&state, model(plant, number))
            case .tuning(let plant, let done, let total):
                update(&state, "\(plant): weights", done, of: total, unit: "trials")
                if done == total - 1 { end(&state, "\(plant): weights") }
            case .judged(let key, let episode, let count):
                update(&state, name(key), episode, of: count, unit: "episodes")
            case .finished(let key):
                end(&state, name(key))
                try written()
            case .waiting(let file):
                guard state.waiting.insert(file).inserted else { return }
                talk.note("another command is working on \(file): this one waits for it")
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

    private func structure(_ plant: String, _ model: Int) -> String { "\(plant): structure of model \(model)" }

    private func model(_ plant: String, _ model: Int) -> String { "\(plant): model \(model)" }

    private func update(
        _ state: inout State, _ name: String, _ done: Int, of total: Int, unit: String, note: String = ""
    ) {
        if state.lines[name] == nil {
            state.lines[name] = ProgressLine(name, total: total, done: done, unit: unit, style: talk.beginWork())
        }
        state.lastCount[name] = done
        state.lines[name]?.update(done, note: note)
    }

    private func end(_ state: inout State, _ name: String) {
        state.lines.removeValue(forKey: name)?.finish(state.lastCount[name] ?? 0)
    }

    /// Ends a line of a hundred parts: a descent that gains nothing any more is done before they are.
    private func complete(_ state: inout State, _ name: String) {
        state.lastCount[name] = 100
        end(&state, name)
    }
}
