import Basics

/// An array in NumPy's format: shape, and numbers in row-major order.
///
/// NEP 1, "A simple file format for NumPy arrays".
struct NPYArray: Equatable {
    var shape: [Int]
    var values: [Double]
    /// Seconds of one unit, for an array of dates counted from 1970.
    var secondsPerUnit: Double?

    init(shape: [Int], values: [Double]) {
        self.shape = shape
        self.values = values
    }

    /// Reads an array from the bytes of a `.npy` file.
    ///
    /// - Returns: `nil` for elements that are no numbers (text, objects, complex numbers).
    /// - Throws: `ForesightError.data` when the file is truncated or damaged.
    init?(_ bytes: [UInt8], source: String) throws {
        let header = try NPYHeader(bytes, source: source)
        guard let element = header.element else { return nil }
        shape = header.shape
        secondsPerUnit = element.secondsPerUnit
        values = bytes.withUnsafeBytes { raw in
            (0..<header.count).map { element.value(raw, header.start + $0 * element.width) }
        }
        if header.isColumnMajor, shape.count > 1 { values = NPYArray.rowMajor(values, shape) }
    }

    /// Turns column-major values into row-major ones.
    private static func rowMajor(_ values: [Double], _ shape: [Int]) -> [Double] {
        var result = values
        var index = [Int](repeating: 0, count: shape.count)
        var strides = [Int](repeating: 1, count: shape.count)
        for axis in 1..<shape.count { strides[axis] = strides[axis - 1] * shape[axis - 1] }
        for position in values.indices {
            result[position] = values[zip(index, strides).reduce(0) { $0 + $1.0 * $1.1 }]
            for axis in shape.indices.reversed() {
                index[axis] += 1
                if index[axis] < shape[axis] { break }
                index[axis] = 0
            }
        }
        return result
    }

    /// The bytes of a `.npy` file of doubles.
    func encoded() -> [UInt8] {
        var bytes = NPYHeader.encoded("<f8", shape: shape)
        bytes.reserveCapacity(bytes.count + values.count * 8)
        for value in values { withUnsafeBytes(of: value.bitPattern.littleEndian) { bytes.append(contentsOf: $0) } }
        return bytes
    }
}
