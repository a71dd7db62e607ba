import Benchmarking
import Records
import Synchronization

/// Tells what `benchmark eastman` does, from any thread: a line for the model and for each episode under way.
final class EastmanProgress: Sendable {
    private let talk: Talk
    private let lines = Mutex<[String: ProgressLine]>([:])

    init(_ talk: Talk) { self.talk = talk }

    /// Shows a phase; `written` is called where an episode has come to its end.
    ///
    /// - Throws: What `written` throws.
    func show(_ phase: EastmanBenchmark.Phase, written: () throws -> Void) throws {
        try lines.withLock { lines in
            switch phase {
            case .training(let share, let what): update(&lines, "model", share, note: what)
            case .trained(let seconds):
                lines.removeValue(forKey: "model")?.finish(100, note: "in \(period(seconds))")
            case .running(let fault, let row, let seed, let share): update(&lines, name(fault, row, seed), share)
            case .finished(let episode):
                let name = name(episode.fault, episode.row, episode.seed)
                if lines[name] == nil { update(&lines, name, 0) }
                lines.removeValue(forKey: name)?.finish(100, note: EastmanText.line(episode))
                try written()
            }
        }
    }

    /// Ends all lines.
    func finish() {
        lines.withLock { lines in
            for name in lines.keys.sorted() { lines.removeValue(forKey: name)?.finish(0) }
        }
    }

    private func name(_ fault: Int, _ row: EastmanProtocol.Row, _ seed: UInt64) -> String {
        "\(fault == 0 ? "none" : "disturbance \(fault)"), seed \(seed): \(row.label)"
    }

    private func update(_ lines: inout [String: ProgressLine], _ name: String, _ share: Double, note: String = "") {
        let done = Int(share * 100)
        if lines[name] == nil {
            lines[name] = ProgressLine(name, total: 100, done: done, unit: "parts", style: talk.beginWork())
        }
        lines[name]?.update(done, note: note)
    }
}
