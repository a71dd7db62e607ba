/// What a body senses, row by row: for a number that is missing the last one that is known stands.
///
/// A sensor that is silent for a moment must not end a loop, and the mean of the record, which is what stands for a missing number where
/// a model is trained, may be far from what was sensed a row before.
struct SensedNumbers {
    private var last: [Double] = []
    /// The places of the numbers that are missing in the latest row.
    private(set) var missing: [Int] = []

    /// Forgets all.
    mutating func forget() { (last, missing) = ([], []) }

    /// Takes the numbers of the next row, NaN for those that are missing.
    ///
    /// - Parameters:
    ///   - sensed: The numbers.
    ///   - count: How many the model needs; others are given back as they are, and nothing is remembered.
    /// - Returns: The numbers, those that are missing as they were known last; what was never known is still missing.
    mutating func take(_ sensed: [Double], of count: Int) -> [Double] {
        missing = []
        guard sensed.count == count else { return sensed }
        missing = sensed.indices.filter { !sensed[$0].isFinite }
        let known = last.count == count ? sensed.indices.map { sensed[$0].isFinite ? sensed[$0] : last[$0] } : sensed
        last = known
        return known
    }
}
