import Basics

/// The bytes of a mapped file as a collection.
struct MappedBytes: RandomAccessCollection, Sendable {
    let file: MappedFile

    var startIndex: Int { 0 }
    var endIndex: Int { file.count }
    subscript(position: Int) -> UInt8 { file.withBytes { $0[position] } }

    func withContiguousStorageIfAvailable<Result>(
        _ body: (UnsafeBufferPointer<UInt8>) throws -> Result
    ) rethrows -> Result? {
        try file.withBytes { try body($0.bindMemory(to: UInt8.self)) }
    }
}

/// An array in NumPy's format of which parts are read: mapped from a file, or in memory where it was packed.
struct StoredArray: Sendable {
    private enum Content {
        case mapped(MappedFile)
        case loaded([UInt8])
    }

    /// The name of the array, for messages.
    let name: String
    let shape: [Int]
    let element: NPYElement
    private let content: Content
    /// Where the numbers begin.
    private let start: Int

    /// Takes an array out of an archive; `nil` where its elements are no numbers.
    ///
    /// - Throws: `ForesightError.data` when it is damaged, or in column-major order.
    init?(_ member: ZipMember, of archive: ZipArchive<MappedBytes>) throws {
        name = String(member.name.dropLast(4))
        let source = "\(archive.source): \(name)"
        let header: NPYHeader
        if member.method == 0 {
            // The checksum is not computed: that would read all of it.
            let range = try archive.range(of: member)
            header = try NPYHeader(archive.bytes[range], source: source)
            content = .mapped(archive.bytes.file)
            start = range.lowerBound + header.start
        } else {
            let bytes = try archive.content(member)
            header = try NPYHeader(bytes, source: source)
            content = .loaded(bytes)
            start = header.start
        }
        guard let element = header.element else { return nil }
        guard !header.isColumnMajor || header.shape.count < 2 else {
            throw ForesightError.data(
                "\(source) is stored column by column", remedy: "write it with numpy.ascontiguousarray")
        }
        self.element = element
        shape = header.shape
    }

    /// Calls the body with the bytes of all elements.
    func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
        let range = start..<start + shape.reduce(1, *) * element.width
        switch content {
        case .mapped(let file): return try file.withBytes { try body(.init(rebasing: $0[range])) }
        case .loaded(let bytes): return try bytes.withUnsafeBytes { try body(.init(rebasing: $0[range])) }
        }
    }

    /// Copies elements in row-major order, as single-precision numbers.
    func copy(_ elements: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) {
        precondition(elements.count == buffer.count, "a buffer of \(buffer.count) for \(elements.count) numbers")
        withBytes { bytes in
            if element == .float32 {
                UnsafeMutableRawBufferPointer(buffer)
                    .copyMemory(from: .init(rebasing: bytes[elements.lowerBound * 4..<elements.upperBound * 4]))
                return
            }
            for (place, index) in elements.enumerated() {
                buffer[place] = Float(element.value(bytes, index * element.width))
            }
        }
    }

    /// All elements as whole numbers.
    ///
    /// - Throws: `ForesightError.data` for a number that is none, or negative.
    func integers(source: String) throws -> [Int] {
        try withBytes { bytes in
            try (0..<shape.reduce(1, *)).map { index in
                let value = element.value(bytes, index * element.width)
                guard let whole = Int(exactly: value), whole >= 0 else {
                    throw ForesightError.data(
                        "\(source): \(name) holds \(value), a count is needed", remedy: "write whole numbers")
                }
                return whole
            }
        }
    }
}
