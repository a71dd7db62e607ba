#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A call of the operating system that failed, with its error number.
///
/// Code that touches files turns it into a `ForesightError`, which names the path and the next step.
public struct SystemFault: Error, Sendable, Equatable, CustomStringConvertible {
    /// The error number, such as `ENOSPC`.
    public let number: Int32

    /// Creates a fault from an error number.
    public init(number: Int32) { self.number = number }

    /// The fault of the call that has just failed on this thread.
    public static var last: SystemFault { SystemFault(number: errno) }

    /// The words of the operating system, such as "no space left on device".
    public var description: String {
        let words = String(cString: strerror(number))
        return words.prefix(1).lowercased() + words.dropFirst()
    }

    /// What a person can do about it when writing.
    var writingRemedy: String {
        switch number {
        case ENOSPC, EDQUOT: "free space on that disk or choose another folder"
        case EACCES, EPERM, EROFS: "choose a folder that you may write to, or change its permissions"
        case ENOENT, ENOTDIR: "check that every part of the path is a folder"
        case EISDIR: "choose a name that is not a folder"
        default: "check the disk and try again"
        }
    }

    /// What a person can do about it when reading.
    var readingRemedy: String {
        switch number {
        case ENOENT, ENOTDIR: "check the path"
        case EACCES, EPERM: "check that you may read it"
        default: "check the disk and try again"
        }
    }

    /// Runs a call that returns -1 on failure, again when a signal interrupted it.
    @discardableResult
    static func check<Result: SignedInteger>(_ call: () -> Result) throws -> Result {
        while true {
            let result = call()
            if result != -1 { return result }
            if errno != EINTR { throw SystemFault.last }
        }
    }
}
