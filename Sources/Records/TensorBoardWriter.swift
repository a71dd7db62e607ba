public import Basics
public import Foundation

/// Writes scalars into an event file that TensorBoard reads.
///
/// A record is its length (8 bytes), the masked CRC-32C of the length, the data, the masked CRC-32C of the data
/// (https://github.com/tensorflow/tensorboard, `tensorboard/summary/writer/record_writer.py`); the data is a protocol
/// buffer of type `Event`.
public final class TensorBoardWriter {
    private let path: String
    private let storage: any FileStorage
    private let descriptor: Int32
    private let now: () -> Double

    /// Begins a new event file in a folder; earlier ones stay.
    ///
    /// - Parameters:
    ///   - folder: The run's folder.
    ///   - lastStep: On resuming, the step of the checkpoint: readers drop what earlier files hold beyond it.
    ///   - storage: Where it is written.
    ///   - now: Seconds since 1970.
    /// - Throws: `ForesightError.failure` with path and cause.
    public init(
        folder: String, resumingAfter lastStep: Int? = nil, storage: some FileStorage = DiskStorage(),
        now: @escaping () -> Double = { Date().timeIntervalSince1970 }
    ) throws {
        try Folder.create(folder)
        // Readers take files in the order of their names: a number keeps those of one second apart.
        let count = Folder.names(in: folder).filter { $0.contains("tfevents") }.count
        let seconds = String(Int(now()))
        let padded = String(repeating: "0", count: max(0, 10 - seconds.count)) + seconds
        let number = String(repeating: "0", count: max(0, 4 - String(count).count)) + String(count)
        path = "\(folder)/events.out.tfevents.\(padded).\(number)"
        self.storage = storage
        self.now = now
        do {
            descriptor = try storage.create(path)
        } catch let fault as SystemFault {
            throw Self.fault(path, fault)
        }
        try write(.fileVersion, step: 0)
        if let lastStep { try write(.sessionStart, step: lastStep + 1) }
    }

    deinit { try? storage.close(descriptor) }

    /// Appends scalars of one step.
    ///
    /// - Throws: `ForesightError.failure` with path and cause, such as a full disk.
    public func append(step: Int, _ values: KeyValuePairs<String, Double>) throws {
        try append(step: step, values.map { ($0.key, $0.value) })
    }

    /// Appends scalars of one step.
    ///
    /// - Throws: `ForesightError.failure` with path and cause, such as a full disk.
    public func append(step: Int, _ values: [(name: String, value: Double)]) throws {
        try write(.scalars(values), step: step)
    }

    private func write(_ content: TensorBoardEvent.Content, step: Int) throws {
        let record = TensorBoardEvent(time: now(), step: step, content: content).record()
        do {
            try record.withUnsafeBytes { try storage.write($0, to: descriptor) }
        } catch let fault as SystemFault {
            throw Self.fault(path, fault)
        }
    }

    private static func fault(_ path: String, _ fault: SystemFault) -> ForesightError {
        .failure("cannot write \(path): \(fault)", remedy: "free space on that disk or choose another folder")
    }
}
