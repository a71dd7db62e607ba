import Basics
import CHDF5

/// An HDF5 file that is being written.
final class HDF5Output {
    /// How numbers are stored.
    enum Element { case uint8, truth, int32, int64, float32, float64 }

    private let path: String
    private let file: HDF5Identifier

    /// Makes a file, in place of one that is there.
    ///
    /// - Throws: `ForesightError.failure` when it cannot be made, `.unavailable` without the library.
    init(path: String) throws {
        _ = try HDF5Library.path()
        self.path = path
        file = try HDF5Library.locked {
            try HDF5Identifier(
                ch_H5Fcreate(path, 2, 0, 0), close: { ch_H5Fclose($0) },
                orThrow: .failure("cannot make \(path)", remedy: "check that its folder is there and may be written"))
        }
    }

    private var fault: ForesightError { .failure("cannot write \(path)", remedy: "check the space on the disk") }

    /// Makes a group.
    func makeGroup(_ name: String) throws -> HDF5Identifier {
        try HDF5Library.locked {
            try HDF5Identifier(ch_H5Gcreate2(file.id, name, 0, 0, 0), close: { ch_H5Oclose($0) }, orThrow: fault)
        }
    }

    /// Notes a whole number beside a group.
    func note(_ name: String, _ value: Int, beside group: HDF5Identifier) throws {
        try HDF5Library.locked {
            let space = try HDF5Identifier(
                ch_H5Screate_simple(0, nil, nil), close: { ch_H5Sclose($0) }, orThrow: fault)
            let attribute = try HDF5Identifier(
                ch_H5Acreate2(group.id, name, ch_H5T_STD_I64LE_g(), space.id, 0, 0), close: { ch_H5Aclose($0) },
                orThrow: fault)
            var value = Int64(value)
            guard ch_H5Awrite(attribute.id, ch_H5T_NATIVE_INT64_g(), &value) >= 0 else { throw fault }
        }
    }

    /// Makes an array that can grow along its first axis, in chunks of so many rows; `deflate` of 1 (fast) to 9 (small)
    /// packs them.
    func makeArray(
        _ name: String, _ element: Element, shape: [Int], chunk rows: Int, deflate: Int = 0
    ) throws -> HDF5OutputArray {
        try HDF5Library.locked {
            let greatest = [ch_size.max] + shape.dropFirst().map { ch_size($0) }
            let space = try HDF5Identifier(
                ch_H5Screate_simple(Int32(shape.count), shape.map { ch_size($0) }, greatest),
                close: { ch_H5Sclose($0) }, orThrow: fault)
            let list = try HDF5Identifier(
                ch_H5Pcreate(ch_H5P_CLS_DATASET_CREATE_ID_g()), close: { ch_H5Pclose($0) }, orThrow: fault)
            let chunk = [ch_size(max(1, rows))] + shape.dropFirst().map { ch_size(max(1, $0)) }
            guard ch_H5Pset_chunk(list.id, Int32(chunk.count), chunk) >= 0,
                deflate == 0 || ch_H5Pset_deflate(list.id, UInt32(deflate)) >= 0
            else { throw fault }
            let truth = try element == .truth ? truthType() : nil
            let type =
                switch element {
                case .uint8: ch_H5T_STD_U8LE_g()
                case .truth: truth?.id ?? -1
                case .int32: ch_H5T_STD_I32LE_g()
                case .int64: ch_H5T_STD_I64LE_g()
                case .float32: ch_H5T_IEEE_F32LE_g()
                case .float64: ch_H5T_IEEE_F64LE_g()
                }
            let dataset = try HDF5Identifier(
                ch_H5Dcreate2(file.id, name, type, space.id, 0, list.id, 0), close: { ch_H5Oclose($0) },
                orThrow: fault)
            return HDF5OutputArray(dataset: dataset, shape: shape, truth: truth, fault: fault)
        }
    }

    /// What h5py reads as truth values: an enumeration of one byte.
    private func truthType() throws -> HDF5Identifier {
        let type = try HDF5Identifier(
            ch_H5Tenum_create(ch_H5T_STD_I8LE_g()), close: { ch_H5Tclose($0) }, orThrow: fault)
        for (name, value) in [("FALSE", Int8(0)), ("TRUE", 1)] {
            var value = value
            guard ch_H5Tenum_insert(type.id, name, &value) >= 0 else { throw fault }
        }
        return type
    }
}

/// An array of a file that is being written.
struct HDF5OutputArray {
    fileprivate let dataset: HDF5Identifier
    private let shape: [Int]
    private let fault: ForesightError

    private let truth: HDF5Identifier?

    fileprivate init(dataset: HDF5Identifier, shape: [Int], truth: HDF5Identifier?, fault: ForesightError) {
        self.dataset = dataset
        self.truth = truth
        self.shape = shape
        self.fault = fault
    }

    /// Writes rows from one on.
    func write(_ bytes: [UInt8], at row: Int) throws { try write(bytes, ch_H5T_NATIVE_UINT8_g(), at: row) }
    /// Writes rows from one on.
    func write(_ numbers: [Float], at row: Int) throws { try write(numbers, ch_H5T_NATIVE_FLOAT_g(), at: row) }
    /// Writes rows from one on.
    func write(_ numbers: [Int], at row: Int) throws {
        try write(numbers.map { Int64($0) }, ch_H5T_NATIVE_INT64_g(), at: row)
    }

    /// Writes rows from one on, of an array of truth values.
    func write(_ truths: [Bool], at row: Int) throws {
        guard let truth else { preconditionFailure("numbers, not truth values") }
        try write(truths.map { $0 ? Int8(1) : 0 }, truth.id, at: row)
    }

    private func write<Number: BitwiseCopyable>(_ numbers: [Number], _ type: ch_id, at row: Int) throws {
        guard !numbers.isEmpty else { return }
        let width = shape.dropFirst().reduce(1, *)
        precondition(numbers.count % width == 0 && row + numbers.count / width <= shape[0])
        try HDF5Library.locked {
            let count = [ch_size(numbers.count / width)] + shape.dropFirst().map { ch_size($0) }
            let start = [ch_size(row)] + shape.dropFirst().map { _ in 0 }
            let memory = try HDF5Identifier(
                ch_H5Screate_simple(Int32(count.count), count, nil), close: { ch_H5Sclose($0) }, orThrow: fault)
            let file = try HDF5Identifier(ch_H5Dget_space(dataset.id), close: { ch_H5Sclose($0) }, orThrow: fault)
            guard ch_H5Sselect_hyperslab(file.id, 0, start, nil, count, nil) >= 0,
                ch_H5Dwrite(dataset.id, type, memory.id, file.id, 0, numbers) >= 0
            else { throw fault }
        }
    }
}
