public import Basics
import Foundation

/// A folder that keeps what was predicted beside what came, of every decision of a loop and every row of a log that is
/// watched, so that calibration goes on where it was and drift can be judged without a log.
///
/// The file `predictions.jsonl` begins with the digest of the model, since predictions of another mean nothing to it. Each
/// line after it is one record or the head of an episode, and is written in one call: a kill leaves at most the last line
/// torn, which opening the store again cuts off. The disk is asked to keep what was written once a second, at the end of an
/// episode and at the end, so a loss of power costs a second. When the file has reached its limit it becomes
/// `predictions.old.jsonl`, in place of the one before, and a new one begins with what calibration had come to: the folder
/// never holds more than two files of that size.
public final class PredictionStore {
    /// The file that is written to.
    public static let name = "predictions.jsonl"
    /// The one before it.
    public static let oldName = "predictions.old.jsonl"
    /// Bytes of one file unless another limit is given.
    public static let usualLimit = 64 << 20
    /// Bytes below which a limit keeps too little.
    public static let leastLimit = 1 << 14

    /// The folder.
    public let folder: String
    /// What was known when the store was opened, and what came since.
    public private(set) var calibration: [PredictionStore.Place: Calibration]
    private let model: String
    private let limit: Int
    private let storage: any FileStorage
    private var descriptor: Int32
    private var size: Int
    var episodes: [Int: KnownEpisode]
    private var nextNumber: Int
    /// The episode that was written to last.
    private var current: Int?
    private var synchronised = Date.distantPast

    /// Opens the store of a model, and makes it where there is none.
    ///
    /// - Parameters:
    ///   - folder: The folder.
    ///   - model: The digest of the model's weights.
    ///   - limit: Bytes of one file; two are kept.
    ///   - storage: Where it is written.
    /// - Throws: `ForesightError.data` for the store of another model or a damaged one; `ForesightError.failure` when it is
    ///   in use or cannot be written.
    public init(
        folder: String, model: String, limit: Int = PredictionStore.usualLimit,
        storage: some FileStorage = DiskStorage()
    ) throws {
        (self.folder, self.model, self.limit, self.storage) = (folder, model, max(Self.leastLimit, limit), storage)
        try Folder.create(folder)
        let path = "\(folder)/\(Self.name)"
        let contents = try Self.read(folder, model: model)
        calibration = contents.calibration
        episodes = Dictionary(contents.episodes.map { ($0.number, KnownEpisode($0.head)) }, uniquingKeysWith: { $1 })
        for record in contents.records { episodes[record.episode]?.take(record) }
        nextNumber = (contents.episodes.map(\.number).max() ?? 0) + 1
        let opened = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o666)
        guard opened >= 0 else { throw Self.fault(path, SystemFault.last) }
        descriptor = opened
        size = contents.whole
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            throw ForesightError.failure(
                "\(folder) is in use by another command", remedy: "wait until it has ended, or name another folder")
        }
        // What stands behind the last line break was torn by a kill.
        guard ftruncate(opened, off_t(size)) == 0 else { throw Self.fault(path, SystemFault.last) }
        if size == 0 { try write([Self.head(model)]) }
    }

    /// How many episodes have begun in it, those that are not kept any more included.
    public var episodeCount: Int { nextNumber - 1 }

    deinit {
        _ = fsync(descriptor)
        _ = close(descriptor)
    }

    /// Begins an episode, or goes on with the one of that source that is there already.
    ///
    /// - Parameter head: What tells the episode from others.
    /// - Returns: Its number, and the time of the last record that the store has of it: what lies before is known.
    /// - Throws: `ForesightError.failure` with path and cause, such as a full disk.
    public func begin(_ head: EpisodeHead) throws -> (number: Int, known: Double) {
        if let known = episodes.filter({ $0.value.head == head }).max(by: { $0.key < $1.key }) {
            return (known.key, known.value.last)
        }
        return (try beginAnew(head), -.infinity)
    }

    /// Begins an episode, whatever is there of its source already.
    ///
    /// - Parameter head: What it is called.
    /// - Returns: Its number.
    /// - Throws: `ForesightError.failure` with path and cause, such as a full disk.
    public func beginAnew(_ head: EpisodeHead) throws -> Int {
        let number = nextNumber
        nextNumber += 1
        episodes[number] = KnownEpisode(head)
        try write([Self.line(head, number)])
        synchronise()
        return number
    }

    /// Appends records of one moment.
    ///
    /// - Throws: `ForesightError.failure` with path and cause, such as a full disk.
    public func append(_ records: [Record]) throws {
        guard !records.isEmpty else { return }
        try write(records.map(\.line))
        for record in records {
            calibration[record.place, default: Calibration()].take(record)
            episodes[record.episode]?.take(record)
        }
        current = records.last?.episode
        if Date().timeIntervalSince(synchronised) > 1 { synchronise() }
        if size >= limit { try rotate() }
    }

    /// Asks the disk to keep what was written.
    public func synchronise() {
        _ = fsync(descriptor)
        synchronised = Date()
    }

    private func write(_ lines: [String]) throws {
        var text = lines.joined(separator: "\n") + "\n"
        do {
            try text.withUTF8 { try storage.write(UnsafeRawBufferPointer($0), to: descriptor) }
        } catch let fault as SystemFault {
            throw Self.fault("\(folder)/\(Self.name)", fault)
        }
        size += text.utf8.count
    }

    /// Begins a new file, with what calibration had come to.
    private func rotate() throws {
        synchronise()
        let path = "\(folder)/\(Self.name)"
        let fresh = "\(folder)/\(Self.name).new"
        var lines = [Self.head(model)]
        lines += calibration.sorted { ($0.key.channel, $0.key.lead) < ($1.key.channel, $1.key.lead) }
            .map { $0.value.line($0.key) }
        // Records go on to belong to the episode that is written to, and numbers go on behind the last one.
        let carried = Set([current, episodes.keys.max()].compactMap { $0 })
        lines += carried.sorted().compactMap { number in episodes[number].map { Self.line($0.head, number) } }
        storage.remove(fresh)
        do {
            try AtomicFile.write(lines.joined(separator: "\n") + "\n", to: fresh, storage: storage)
            let opened = open(fresh, O_RDWR | O_APPEND | O_CLOEXEC)
            guard opened >= 0, flock(opened, LOCK_EX | LOCK_NB) == 0 else { throw SystemFault.last }
            try storage.rename(path, to: "\(folder)/\(Self.oldName)")
            try storage.rename(fresh, to: path)
            _ = close(descriptor)
            descriptor = opened
        } catch let fault as SystemFault {
            throw Self.fault(path, fault)
        }
        size = lines.reduce(0) { $0 + $1.utf8.count + 1 }
        for number in episodes.keys { episodes[number]?.beginFile() }
        try? storage.synchronizeFolder(folder)
    }

    private static func fault(_ path: String, _ fault: SystemFault) -> ForesightError {
        .failure("cannot append to \(path): \(fault)", remedy: "free space on that disk or name another folder")
    }
}
