import Basics

/// A safetensors file that is open for reading; tensors are mapped, only what is touched is read.
///
///     let file = try SafetensorsFile(path: "model.safetensors", checksum: .required)
///     let weights = try file.floats("encoder.input.weight")
public final class SafetensorsFile: Sendable {
    /// What to do about the checksum that files of ours bear in their metadata.
    public enum ChecksumPolicy: Sendable {
        /// Files without one are refused: for what only we write, such as checkpoints.
        case required
        /// Checked where there is one; other programs write none.
        case verifiedIfPresent
        /// Never looked at.
        case ignored
    }

    private enum Storage: Sendable {
        case mapped(MappedFile)
        case memory([UInt8])
    }

    /// The tensors and the metadata.
    public let header: SafetensorsHeader
    private let storage: Storage
    private let source: String
    private let entriesByName: [String: SafetensorsEntry]

    /// Opens a file and checks its header, and its content against the checksum.
    ///
    /// - Throws: `ForesightError.data` with path and what does not hold.
    public convenience init(path: String, checksum: ChecksumPolicy = .verifiedIfPresent) throws {
        try self.init(.mapped(MappedFile(path: path)), source: path, checksum: checksum)
    }

    /// Reads a file that is in memory.
    ///
    /// - Throws: `ForesightError.data` with source and what does not hold.
    public convenience init(
        bytes: [UInt8], source: String = "memory", checksum: ChecksumPolicy = .verifiedIfPresent
    ) throws {
        try self.init(.memory(bytes), source: source, checksum: checksum)
    }

    private init(_ storage: Storage, source: String, checksum: ChecksumPolicy) throws {
        self.storage = storage
        self.source = source
        do {
            header = try Self.withBytes(of: storage) { bytes in
                let header = try SafetensorsHeader(file: bytes)
                try SafetensorsChecksum.verify(header, file: bytes, policy: checksum)
                return header
            }
        } catch let error as ForesightError {
            throw ForesightError(error.code, "\(source): \(error.message)", remedy: error.remedy)
        }
        entriesByName = Dictionary(uniqueKeysWithValues: header.entries.map { ($0.name, $0) })
    }

    /// The names of all tensors, in the order of their bytes.
    public var names: [String] { header.entries.map(\.name) }

    /// The texts under `__metadata__`.
    public var metadata: [String: String] { header.metadata }

    /// The tensor of a name, or `nil`.
    public subscript(name: String) -> SafetensorsEntry? { entriesByName[name] }

    /// The tensor of a name.
    ///
    /// - Throws: `ForesightError.data` with the nearest name.
    public func entry(_ name: String) throws -> SafetensorsEntry {
        if let entry = entriesByName[name] { return entry }
        let near = nearestNameQuestion(to: name, among: entriesByName.keys.sorted(), isQuoted: true)
        throw ForesightError.data("\(source) has no tensor '\(name)'", remedy: near ?? "check the model")
    }

    /// Calls the body with the bytes of a tensor, little-endian, valid until it returns; not always aligned.
    ///
    /// - Throws: `ForesightError.data` for an unknown name, or what the body throws.
    public func withBytes<Result>(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Result) throws -> Result {
        let range = try entry(name).range
        return try Self.withBytes(of: storage) { try body(UnsafeRawBufferPointer(rebasing: $0[range])) }
    }

    private static func withBytes<Result>(
        of storage: Storage, _ body: (UnsafeRawBufferPointer) throws -> Result
    ) rethrows -> Result {
        switch storage {
        case .mapped(let file): try file.withBytes(body)
        case .memory(let bytes): try bytes.withUnsafeBytes(body)
        }
    }
}
