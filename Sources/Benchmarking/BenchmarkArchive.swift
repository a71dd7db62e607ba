import Basics
public import Records
import WorldModels

/// What runs over data sets leave in a folder, so that what an earlier run has done there is not done again: models in
/// `models/NAME-seedN`, with what is known of each beside it, and what came of parts of the work in `judged/`.
///
/// The folder is of one command with one choice of settings; what differs in data is told by digests.
public struct BenchmarkArchive: Sendable {
    /// Where files lie.
    public let files: KeptFiles
    /// All that decides what comes out beside the data, in words.
    public let words: String
    /// What stands behind the name of a set, where something is learned of it several times.
    var part = ""

    /// Opens the archive of a folder.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - words: All that decides what comes out beside the data.
    public init(_ folder: RunFolder, words: String) { (files, self.words) = (KeptFiles(folder), words) }

    /// What an earlier run has made of data.
    private struct Made<Content: Codable>: Codable {
        var data: [String: DataFingerprint]
        var content: Content
    }

    /// What an earlier run has made of the same data; `nil` where there is nothing.
    ///
    /// - Parameters:
    ///   - name: The file, below the folder.
    ///   - data: Digests of what it would be made of now.
    /// - Returns: What it has made.
    /// - Throws: `ForesightError.usage` for what was made with other settings, or of other data; `ForesightError.data` for a file that
    ///   cannot be read.
    func read<Content: Codable>(_ name: String, of data: [String: DataFingerprint]) throws -> Content? {
        guard let made: Made<Content> = try files.read(name, words: words) else { return nil }
        for (part, now) in data.sorted(by: { $0.key < $1.key }) {
            let difference: String?
            if let known = made.data[part] {
                difference = now.difference(from: known)
            } else {
                difference = "none were there"
            }
            guard let difference else { continue }
            throw ForesightError.usage(
                "\(files.folder.file(name)) is of other data (\(part)) than those that are there now: \(difference)",
                remedy: "name the data of the first run with --data, or another folder with --out")
        }
        return made.content
    }

    /// Keeps what was made of data.
    ///
    /// - Throws: `ForesightError.failure` where the file cannot be written.
    func write(_ content: some Codable, _ name: String, of data: [String: DataFingerprint]) throws {
        try files.write(Made(data: data, content: content), name, words: words)
    }
}

// MARK: Models

extension BenchmarkArchive {
    /// The place of a model, below the folder.
    private func place(_ set: String, _ seed: Int) -> String { "models/\(set)\(part)-seed\(seed)" }

    /// The model that an earlier run has learned from the same data, and the seconds that it took; `nil` where there is none.
    ///
    /// - Throws: As `read`, and what loading a model throws.
    func model(
        _ set: String, seed: Int, of data: [String: DataFingerprint]
    ) throws -> (model: TrainedModel, seconds: Double)? {
        let place = place(set, seed)
        guard Folder.exists(files.folder.file(place)),
            let seconds: Double = try read("\(place).json", of: data)
        else { return nil }
        return (try ModelFolder.load(files.folder.file(place)), seconds)
    }

    /// Keeps a model.
    ///
    /// - Throws: `ForesightError.failure` where it cannot be written.
    func save(
        _ model: TrainedModel, _ set: String, seed: Int, seconds: Double, of data: [String: DataFingerprint]
    ) throws {
        let place = place(set, seed)
        // First, so that what is known of a model is there where it is.
        try write(seconds, "\(place).json", of: data)
        try ModelFolder.save(model, to: files.folder.file(place))
    }
}

// MARK: Linear models, and whole sets

extension BenchmarkArchive {
    /// What linear models came to.
    struct Linear: Codable {
        var scores: [String: KeptScore]
        var summaries: [String]
        var seconds: Double
        /// Why there are none.
        var note: String?
    }

    /// The file of what linear models came to, below the folder.
    func linearFile(_ set: String) -> String { "judged/\(set)\(part)-linear.json" }

    /// A set of which all is there.
    public struct Finished: Sendable, Codable {
        /// The seeds of the models.
        public var seeds: [Int]
        /// Seconds that all took.
        public var seconds: Double
    }

    /// Notes that all is there of a set, unless that is known of these seeds and others.
    ///
    /// - Parameters:
    ///   - set: The set.
    ///   - seeds: The seeds of its models.
    ///   - seconds: What this run took.
    /// - Returns: What is known of it: of a run that goes on in the folder what the first one took that came to the set's end.
    /// - Throws: `ForesightError` as reading does, and where the file cannot be written.
    public func finish(_ set: String, seeds: [Int], seconds: Double) throws -> Finished {
        let file = finishedFile(set)
        if let known: Finished = try files.read(file, words: words), seeds.allSatisfy({ known.seeds.contains($0) }) {
            return known
        }
        let whole = Finished(seeds: seeds, seconds: seconds)
        try files.write(whole, file, words: words)
        return whole
    }

    /// The seeds of a set of which all is there; none where it is not, or was made with other settings.
    public func seeds(_ set: String) -> [Int] {
        let known: Finished? = try? files.read(finishedFile(set), words: words)
        return known?.seeds ?? []
    }

    private func finishedFile(_ set: String) -> String { "judged/\(set).json" }
}

/// The score of a test as a file keeps it.
struct KeptScore: Codable {
    private var error: [KeptNumber]
    private var deviation: [KeptNumber]
    private var coverage: KeptNumber?
    private var byHorizon: [[KeptNumber]]
    private var greatestExcursion: KeptNumber

    init(_ score: TestScore) {
        (error, deviation, byHorizon) = (score.error.kept, score.deviation.kept, score.byHorizon.map(\.kept))
        (coverage, greatestExcursion) = (score.coverage.map { KeptNumber($0) }, KeptNumber(score.greatestExcursion))
    }

    var score: TestScore {
        TestScore(
            error: error.numbers, deviation: deviation.numbers, coverage: coverage?.value,
            byHorizon: byHorizon.map(\.numbers), greatestExcursion: greatestExcursion.value)
    }
}
