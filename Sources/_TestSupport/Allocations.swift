import _CTestSupport

/// Requests to the system for memory.
public enum Allocations {
    /// Whether somebody counts: on Linux, without sanitizers, which have a `malloc` of their own.
    public static var areCounted: Bool { requests_so_far() >= 0 }

    /// How many of at least so many bytes this thread makes in a piece of work; `nil` on systems where nobody counts.
    ///
    /// Without optimisation Swift asks for small pieces all the time.
    public static func count(ofAtLeast bytes: Int = 0, in body: () throws -> Void) rethrows -> Int? {
        let before = requests_for_memory(bytes)
        try body()
        let after = requests_for_memory(0)
        return before < 0 ? nil : after - before
    }

    /// How many this thread has made so far, of those that the `count` around it counts; `nil` where nobody counts.
    public static var soFar: Int? {
        let requests = requests_so_far()
        return requests < 0 ? nil : requests
    }
}
