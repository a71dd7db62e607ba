/// Mean and scale of each signal, fitted on training data only.
struct Standardisation: Sendable, Equatable, Codable {
    var mean: [Double]
    /// Standard deviation; 1 for a signal that never moved.
    var scale: [Double]

    /// Fits mean and standard deviation of each column over the records, leaving missing samples out.
    init(columns: Int, records: [[Double]]) {
        mean = []
        scale = []
        for column in 0..<columns {
            var (count, sum, squares) = (0.0, 0.0, 0.0)
            for values in records {
                for index in stride(from: column, to: values.count, by: columns) where values[index].isFinite {
                    count += 1
                    sum += values[index]
                }
            }
            let average = count > 0 ? sum / count : 0
            for values in records {
                for index in stride(from: column, to: values.count, by: columns) where values[index].isFinite {
                    squares += (values[index] - average) * (values[index] - average)
                }
            }
            let deviation = count > 0 ? (squares / count).squareRoot() : 0
            mean.append(average)
            // Rounding of a mean is less than this; what is small in its unit is no less of a signal.
            scale.append(deviation > 1e-9 * average.magnitude ? deviation : 1)
        }
    }

    func standardised(_ values: [Double]) -> [Double] {
        let columns = mean.count
        return values.indices.map { (values[$0] - mean[$0 % columns]) / scale[$0 % columns] }
    }

    func physical(_ values: [Double]) -> [Double] {
        let columns = mean.count
        return values.indices.map { values[$0] * scale[$0 % columns] + mean[$0 % columns] }
    }
}

/// Rows with each missing value replaced by the last one seen in its column, the next one when none came before, and
/// zero (the training mean, once standardised) when the column is empty.
func withoutGaps(_ values: [Double], columns: Int) -> [Double] {
    var result = values
    for column in 0..<columns {
        let indices = stride(from: column, to: values.count, by: columns)
        var last = indices.first { values[$0].isFinite }.map { values[$0] } ?? 0
        for index in indices {
            if values[index].isFinite { last = values[index] }
            result[index] = last
        }
    }
    return result
}
