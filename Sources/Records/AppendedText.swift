public import Basics
import Foundation

/// A text file that grows while its program runs: what was appended is there, whatever becomes of the program.
///
/// Each piece is written in one call, so that a kill leaves at most the last one torn.
public final class AppendedText {
    /// The file.
    public let path: String
    private let storage: any FileStorage
    private let descriptor: Int32

    /// Begins a file, in place of one that is there.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - head: What it begins with.
    ///   - storage: Where it is written.
    /// - Throws: `ForesightError.failure` with path and cause.
    public init(path: String, head: String = "", storage: some FileStorage = DiskStorage()) throws {
        self.path = path
        self.storage = storage
        try AtomicFile.write(head, to: path, storage: storage)
        descriptor = open(path, O_WRONLY | O_APPEND | O_CLOEXEC)
        guard descriptor >= 0 else { throw Self.fault(path, SystemFault.last) }
    }

    deinit { close(descriptor) }

    /// Appends text.
    ///
    /// - Throws: `ForesightError.failure` with path and cause, such as a full disk.
    public func append(_ text: String) throws {
        var text = text
        do {
            try text.withUTF8 { try storage.write(UnsafeRawBufferPointer($0), to: descriptor) }
        } catch let fault as SystemFault {
            throw Self.fault(path, fault)
        }
    }

    private static func fault(_ path: String, _ fault: SystemFault) -> ForesightError {
        .failure("cannot append to \(path): \(fault)", remedy: "free space on that disk or choose another folder")
    }
}
