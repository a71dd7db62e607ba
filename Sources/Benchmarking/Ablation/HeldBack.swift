import Basics
import Episodes

/// A training part divided once more: its end is held back and scored in place of the tests, so that the recipe can be
/// changed by what comes out and the tests stay unseen.
///
/// - Few records: the last fifth of the rows of each.
/// - Ten and more: the last fifth of them, whole, in the order of the set.
/// - Periodic ones, each at a level of its own: one whole record from the middle, since the tests lie between the levels
///   that are learned from.
struct HeldBack {
    /// What is left to learn from.
    let training: LoadedLog
    /// What is held back, with the protocol of the set's tests.
    let test: BenchmarkTest
    /// The figures of the set, as far as they are errors, for what is held back; one for each output that they name.
    let measures: [BenchmarkMeasure]

    /// The part that is held back of records and of rows: one in so many.
    static let share = 5
    /// From so many records on, whole ones are held back.
    static let manyRecords = 10
    /// The name of the test.
    static let name = "held_back"

    /// Divides a set's training part.
    ///
    /// Of the tests, the protocol is taken and nothing else: no row of them is looked at.
    ///
    /// - Parameters:
    ///   - data: The set as it was read.
    ///   - measures: Its figures.
    ///   - mostRows: The most rows that are learned from: those before what is held back; `nil` for all. No more than half
    ///     of that is held back then, the rows that follow.
    /// - Throws: `ForesightError.data` when too little is left to learn from, or to score.
    init(_ data: BenchmarkData, measures: [BenchmarkMeasure], mostRows: Int? = nil) throws {
        let records = data.training.episodes
        let tasks = data.tests.map(\.task)
        guard let task = tasks.first, tasks.allSatisfy({ $0 == task }) else {
            throw ForesightError.failure("the tests of the set have no protocol in common")
        }
        let isPeriodic = if case .periodic = task { true } else { false }
        var (learned, held): ([Episode], [Episode])
        if isPeriodic && records.count > 1 {
            let middle = records.count / 2
            (learned, held) = (records, [records[middle]])
            learned.remove(at: middle)
        } else if records.count >= Self.manyRecords {
            let count = records.count / Self.share
            (learned, held) = (Array(records.dropLast(count)), Array(records.suffix(count)))
        } else {
            learned = records.map { $0.slice(0..<($0.count - $0.count / Self.share)) }
            held = records.map { $0.slice(($0.count - $0.count / Self.share)..<$0.count) }
        }
        // Periods are whole or nothing; what is short as a rule needs no limit.
        if let mostRows, !isPeriodic, learned.count == 1, held.count == 1, learned[0].count > mostRows {
            learned[0] = learned[0].slice((learned[0].count - mostRows)..<learned[0].count)
            held[0] = held[0].slice(0..<min(held[0].count, mostRows / 2))
        }
        training = data.training.with(learned)
        test = BenchmarkTest(Self.name, held, task)
        self.measures = Self.measures(measures, outputs: test.outputs)
        guard learned.contains(where: { !$0.isEmpty }), !test.stretches().isEmpty, !self.measures.isEmpty else {
            throw ForesightError.data(
                "of \(records.reduce(0) { $0 + $1.count }) rows to learn from, too few can be held back to be scored",
                remedy: "leave this set out with --only")
        }
    }

    /// Errors by output, each once: whatever test they are of, they are of what is held back now.
    private static func measures(_ measures: [BenchmarkMeasure], outputs: [Channel]) -> [BenchmarkMeasure] {
        var result: [BenchmarkMeasure] = []
        for measure in measures {
            var moved = measure
            (moved.published, moved.reach) = ([], nil)
            switch measure.rule {
            case .error(_, let output) where outputs.indices.contains(output):
                moved.rule = .error(test: name, output: output)
                moved.name = outputs[output].name
            case .normalised:
                moved.rule = .normalised(test: name)
                moved.name = measure.metric
            default: continue
            }
            if !result.contains(where: { $0.rule == moved.rule }) { result.append(moved) }
        }
        return result
    }
}

extension Episode {
    fileprivate var isEmpty: Bool { count == 0 }
}
