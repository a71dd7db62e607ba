/// The greatest difference between two arrays, relative to the scale of the expected one.
///
/// `max |a - b| / max(max |b|, floor)`: errors of single numbers near zero are judged by the size of their neighbours,
/// as rounding errors of sums are. Infinite when the counts differ or anything is not finite in one array only.
public func relativeError<Number: BinaryFloatingPoint>(
    _ actual: [Number], _ expected: [Number], floor: Number = 1e-6
) -> Number {
    guard actual.count == expected.count else { return .infinity }
    var scale = floor
    var worst: Number = 0
    for (a, b) in zip(actual, expected) {
        if a == b || (a.isNaN && b.isNaN) { continue }
        guard a.isFinite && b.isFinite else { return .infinity }
        worst = max(worst, abs(a - b))
    }
    for b in expected where b.isFinite { scale = max(scale, abs(b)) }
    return worst / scale
}

/// Whether two arrays agree within the tolerance: see ``relativeError(_:_:floor:)``.
public func isClose<Number: BinaryFloatingPoint>(
    _ actual: [Number], _ expected: [Number], within tolerance: Number = 1e-5
) -> Bool {
    relativeError(actual, expected) <= tolerance
}

/// Whether two numbers agree within the tolerance, relative to the expected one but at least to 1e-6.
public func isClose<Number: BinaryFloatingPoint>(
    _ actual: Number, _ expected: Number, within tolerance: Number = 1e-5
) -> Bool {
    relativeError([actual], [expected]) <= tolerance
}
