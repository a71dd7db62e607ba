/// The median: the mean of the two in the middle of an even number; `NaN` of none.
///
/// What is no number counts as greater than any, so that a failure is not taken for a good value.
public func median(_ values: [Double]) -> Double {
    guard !values.isEmpty else { return .nan }
    let sorted = values.map { $0.isNaN ? .infinity : $0 }.sorted()
    let upper = sorted[sorted.count / 2]
    return sorted.count % 2 == 1 ? upper : (sorted[sorted.count / 2 - 1] + upper) / 2
}
