import Synchronization

/// The line of progress of an ablation, which is there as soon as the number of trainings is known.
final class AblationWatch: Sendable {
    private let talk: Talk
    private let line = Mutex<ComparisonProgress?>(nil)

    init(talk: Talk) { self.talk = talk }

    func begin(_ total: Int) { line.withLock { $0 = ComparisonProgress("ablation", total: total, talk: talk) } }

    func advance(_ text: String) {
        line.withLock { line in
            line?.say(text)
            line?.advance()
        }
    }

    func finish() { line.withLock { $0?.finish() } }
}
