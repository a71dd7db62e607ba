/// An error that a person can act on: what is wrong, with the value and the limit, and what to do next.
///
/// Printed as one line. The code decides the exit status of the command line.
public struct ForesightError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The family of an error; new families can be added without breaking callers.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Kind: String { case usage, data, failure, refused, interrupted, unavailable }
        private let kind: Kind

        /// The command, an option or a configuration key is wrong: exit status 64.
        public static let usage = Code(kind: .usage)
        /// The input data do not fit: exit status 65.
        public static let data = Code(kind: .data)
        /// The work could not be done: exit status 1.
        public static let failure = Code(kind: .failure)
        /// The work was done, and the answer is no, such as that no plan can be promised: exit status 2.
        public static let refused = Code(kind: .refused)
        /// Stopped by the user; what was done is saved: exit status 130.
        public static let interrupted = Code(kind: .interrupted)
        /// Something that set-up provides is missing: exit status 1.
        public static let unavailable = Code(kind: .unavailable)

        /// The status that a process ends with.
        public var exitStatus: Int32 {
            switch kind {
            case .usage: 64
            case .data: 65
            case .failure, .unavailable: 1
            case .refused: 2
            case .interrupted: 130
            }
        }

        /// The name of the family.
        public var description: String { kind.rawValue }
    }

    /// The family, which decides the exit status.
    public var code: Code
    /// What is wrong: names the value and the limit.
    public var message: String
    /// What to do next; empty when there is nothing to say.
    public var remedy: String

    /// Creates an error.
    public init(_ code: Code, _ message: String, remedy: String = "") {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    /// A wrong command, option or configuration key (exit status 64).
    public static func usage(_ message: String, remedy: String = "") -> ForesightError {
        ForesightError(.usage, message, remedy: remedy)
    }

    /// Input data that do not fit (exit status 65).
    public static func data(_ message: String, remedy: String = "") -> ForesightError {
        ForesightError(.data, message, remedy: remedy)
    }

    /// Work that could not be done (exit status 1).
    public static func failure(_ message: String, remedy: String = "") -> ForesightError {
        ForesightError(.failure, message, remedy: remedy)
    }

    /// Work that was done and whose answer is no (exit status 2).
    public static func refused(_ message: String, remedy: String = "") -> ForesightError {
        ForesightError(.refused, message, remedy: remedy)
    }

    /// Message and remedy in one line.
    public var description: String { remedy.isEmpty ? message : "\(message); \(remedy)" }
}
