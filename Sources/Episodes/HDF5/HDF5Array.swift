import Basics
import CHDF5

/// An array in an HDF5 file of which parts are read.
final class HDF5Array: Sendable {
    /// What the elements are.
    enum Element: Sendable, Equatable {
        /// Numbers; `isByte` for whole numbers of one byte without a sign.
        case number(isByte: Bool)
        /// Truth values, which h5py writes as an enumeration of one byte.
        case truth
        /// Bytes of variable length.
        case bytes
        /// Text, records and what else cannot be read.
        case other
    }

    let source: String
    let name: String
    let shape: [Int]
    let element: Element
    private let dataset: HDF5Identifier

    /// Takes over an open data set.
    ///
    /// - Throws: `ForesightError.data` when it is damaged, or packed by a filter that is not there.
    init(_ dataset: HDF5Identifier, source: String, name: String) throws {
        self.dataset = dataset
        self.source = source
        self.name = name
        let problem = HDF5Array.damage(source, name)
        let space = try HDF5Array.space(of: dataset, orThrow: problem)
        let rank = ch_H5Sget_simple_extent_ndims(space.id)
        guard (0...32).contains(rank) else { throw problem }
        var lengths = [ch_size](repeating: 0, count: Int(rank))
        guard ch_H5Sget_simple_extent_dims(space.id, &lengths, nil) == rank else { throw problem }
        shape = try lengths.map { length in
            guard let length = Int(exactly: length) else { throw problem }
            return length
        }
        let type = try HDF5Identifier(ch_H5Dget_type(dataset.id), close: { ch_H5Tclose($0) }, orThrow: problem)
        switch ch_H5Tget_class(type.id) {
        case 0: element = .number(isByte: ch_H5Tget_size(type.id) == 1 && ch_H5Tget_sign(type.id) == 0)
        case 1: element = .number(isByte: false)
        case 8: element = ch_H5Tget_size(type.id) == 1 ? .truth : .other
        case 9:
            let inner = try HDF5Identifier(ch_H5Tget_super(type.id), close: { ch_H5Tclose($0) }, orThrow: problem)
            element = ch_H5Tget_class(inner.id) == 0 && ch_H5Tget_size(inner.id) == 1 ? .bytes : .other
        default: element = .other
        }
    }

    /// Checks that the elements can be unpacked.
    ///
    /// - Throws: `ForesightError.data` naming the filter that is missing.
    func checkFilters() throws {
        try HDF5Library.locked {
            let problem = HDF5Array.damage(source, name)
            let list = try HDF5Identifier(
                ch_H5Dget_create_plist(dataset.id), close: { ch_H5Pclose($0) }, orThrow: problem)
            for index in 0..<max(0, ch_H5Pget_nfilters(list.id)) {
                var (flags, configuration) = (UInt32(0), UInt32(0))
                var count = 0
                var text = [CChar](repeating: 0, count: 64)
                let filter = ch_H5Pget_filter2(
                    list.id, UInt32(index), &flags, &count, nil, text.count, &text, &configuration)
                guard filter >= 0 else { throw problem }
                guard ch_H5Zfilter_avail(filter) <= 0 else { continue }
                let known = [
                    32_000: "lzf", 32_001: "blosc", 32_004: "lz4", 32_008: "bitshuffle", 32_015: "zstd",
                    32_026: "blosc2",
                ]
                let said = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
                throw ForesightError.data(
                    "\(source): \(name) is packed with the filter \(known[Int(filter)] ?? said) (\(filter)), "
                        + "which HDF5 does not have by itself",
                    remedy: filter == HDF5Array.lzf
                        ? "only h5py has it: write the array again with compression='gzip'"
                        : "pip install hdf5plugin, and let HDF5_PLUGIN_PATH name the folder plugins of that package")
            }
        }
    }

    /// The filter that h5py brings along, and nobody else.
    private static let lzf: Int32 = 32_000

    /// Reads every `stride`th of the rows as bytes.
    func bytes(
        _ rows: Range<Int>, stride: Int = 1, into buffer: UnsafeMutableBufferPointer<UInt8>
    ) throws {
        try read(rows, stride: stride, as: ch_H5T_NATIVE_UINT8_g(), into: UnsafeMutableRawBufferPointer(buffer))
    }

    /// Reads rows as single-precision numbers.
    func floats(_ rows: Range<Int>, into buffer: UnsafeMutableBufferPointer<Float>) throws {
        guard element == .truth else {
            return try read(
                rows, stride: 1, as: ch_H5T_NATIVE_FLOAT_g(), into: UnsafeMutableRawBufferPointer(buffer))
        }
        // An enumeration is not turned into a number by the library: it is read as it stands.
        var truths = [UInt8](repeating: 0, count: buffer.count)
        try HDF5Library.locked {
            let type = try HDF5Identifier(
                ch_H5Dget_type(dataset.id), close: { ch_H5Tclose($0) }, orThrow: HDF5Array.damage(source, name))
            try truths.withUnsafeMutableBytes { try read(rows, stride: 1, as: type.id, into: $0) }
        }
        for index in truths.indices { buffer[index] = Float(truths[index]) }
    }

    /// Reads all elements as counts.
    ///
    /// - Throws: `ForesightError.data` for a negative one.
    func counts() throws -> [Int] {
        var values = [Int64](repeating: 0, count: shape.reduce(1, *))
        try values.withUnsafeMutableBytes { buffer in
            guard shape.isEmpty else {
                return try read(0..<shape[0], stride: 1, as: ch_H5T_NATIVE_INT64_g(), into: buffer)
            }
            // A single number has no rows to choose from.
            try HDF5Library.locked {
                guard ch_H5Dread(dataset.id, ch_H5T_NATIVE_INT64_g(), 0, 0, 0, buffer.baseAddress) >= 0 else {
                    throw HDF5Array.damage(source, name)
                }
            }
        }
        if let value = values.first(where: { $0 < 0 }) {
            throw ForesightError.data("\(source): \(name) holds \(value), a count is needed", remedy: "correct it")
        }
        return values.map { Int($0) }
    }

    /// Reads one element of variable length.
    func variable(_ row: Int) throws -> [UInt8] {
        precondition(element == .bytes && shape.count == 1)
        return try HDF5Library.locked {
            let problem = HDF5Array.damage(source, name)
            let type = try HDF5Identifier(
                ch_H5Tvlen_create(ch_H5T_NATIVE_UINT8_g()), close: { ch_H5Tclose($0) }, orThrow: problem)
            let (memory, file) = try select(row..<row + 1, stride: 1)
            var value = ch_variable()
            guard ch_H5Dread(dataset.id, type.id, memory.id, file.id, 0, &value) >= 0 else { throw problem }
            defer { _ = ch_H5Dvlen_reclaim(type.id, memory.id, 0, &value) }
            return Array(UnsafeRawBufferPointer(start: value.bytes, count: value.length))
        }
    }

    private func read(
        _ rows: Range<Int>, stride: Int, as type: ch_id, into buffer: UnsafeMutableRawBufferPointer
    ) throws {
        guard !rows.isEmpty else { return }
        try HDF5Library.locked {
            let (memory, file) = try select(rows, stride: stride)
            guard ch_H5Dread(dataset.id, type, memory.id, file.id, 0, buffer.baseAddress) >= 0 else {
                try checkFilters()
                throw HDF5Array.damage(source, name)
            }
        }
    }

    /// Chooses every `stride`th of the rows; what is read lies densely in memory.
    private func select(_ rows: Range<Int>, stride: Int) throws -> (memory: HDF5Identifier, file: HDF5Identifier) {
        let problem = HDF5Array.damage(source, name)
        let rest = shape.dropFirst().map { ch_size($0) }
        let count = [ch_size(FrameRows.count(rows, stride: stride))] + rest
        let file = try HDF5Array.space(of: dataset, orThrow: problem)
        let start = [ch_size(rows.lowerBound)] + rest.map { _ in 0 }
        let steps = [ch_size(stride)] + rest.map { _ in 1 }
        guard ch_H5Sselect_hyperslab(file.id, 0, start, steps, count, nil) >= 0 else { throw problem }
        let memory = try HDF5Identifier(
            ch_H5Screate_simple(Int32(count.count), count, nil), close: { ch_H5Sclose($0) }, orThrow: problem)
        return (memory, file)
    }

    private static func space(
        of dataset: HDF5Identifier, orThrow problem: ForesightError
    ) throws -> HDF5Identifier {
        try HDF5Identifier(ch_H5Dget_space(dataset.id), close: { ch_H5Sclose($0) }, orThrow: problem)
    }

    private static func damage(_ source: String, _ name: String) -> ForesightError {
        .data("\(source): \(name) cannot be read", remedy: "copy the file again; it may have been cut off")
    }
}
