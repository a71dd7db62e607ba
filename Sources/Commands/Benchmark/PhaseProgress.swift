import Benchmarking
import Records

/// The line of progress of the phase that is going on; each phase has its own.
final class PhaseProgress {
    private let name: String
    private let pairs: Int
    private let talk: Talk
    private let resume: String
    private var line: ProgressLine?
    private var label = ""
    private var done = 0

    /// - Parameters:
    ///   - name: What is benchmarked.
    ///   - pairs: Pairs of a manifest.
    ///   - talk: Where lines go.
    ///   - resume: What goes on after Ctrl-C.
    init(_ name: String, pairs: Int, talk: Talk, resume: String) {
        (self.name, self.pairs, self.talk, self.resume) = (name, pairs, talk, resume)
    }

    /// Shows how far a phase is, and ends the run where Ctrl-C was pressed.
    ///
    /// - Throws: `ForesightError.interrupted`.
    func show(_ phase: PixelBenchmark.Phase) throws {
        if Interrupt.isRequested { throw Interrupt.error(resumeWith: resume) }
        switch phase {
        case .recording(let count, let total): update("recording", count, of: total, unit: "episodes")
        case .encoding(let count, let total): update("tokens", count, of: total, unit: "pictures")
        case .training(let count, let total, let terms):
            update("training", count, of: total, unit: "steps", note: terms)
        case .heads(let share, let what): update("heads", Int(share * 100), of: 100, unit: "parts", note: what)
        case .varying(let factor, let count, let solved):
            update("varied \(factor)", count, of: pairs, unit: "pairs", note: "\(solved) solved")
        case .comparing(let violation, let count, let total): update(violation, count, of: total, unit: "pairs")
        case .judging(let rule, let seed, let count, let solved):
            update("\(rule.rawValue), seed \(seed)", count, of: pairs, unit: "pairs", note: "\(solved) solved")
        }
    }

    private func update(_ what: String, _ count: Int, of total: Int, unit: String, note: String = "") {
        if label != what {
            finish()
            label = what
            line = ProgressLine("\(name): \(what)", total: total, unit: unit, style: talk.beginWork())
        }
        done = count
        line?.update(count, note: note)
    }

    /// Ends the line.
    func finish() {
        line?.finish(done)
        line = nil
        label = ""
    }
}
