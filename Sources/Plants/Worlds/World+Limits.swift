/// The number of an action within −1…1 or other limits.
///
/// - Precondition: The action has as many numbers as the world takes, and none is not a number.
@inline(__always)
func limited(
    _ action: [Double], _ index: Int, count: Int, low: Double = -1, high: Double = 1
) -> Double {
    precondition(action.count == count, "an action of \(action.count) numbers where the world takes \(count)")
    precondition(!action[index].isNaN, "the action \(index) is not a number")
    return min(max(action[index], low), high)
}
