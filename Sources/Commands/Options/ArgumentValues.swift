public import ArgumentParser
public import Benchmarking
public import Episodes
public import WorldModels

// Types of other modules that options take by name. Public, because a conformance of a public type has to be.

extension Delimiter: ExpressibleByArgument {
    /// Reads a name, or the character itself.
    public init?(argument: String) {
        switch argument {
        case ",": self = .comma
        case ";": self = .semicolon
        case "\t", "\\t": self = .tab
        case " ": self = .whitespace
        default:
            guard let named = Delimiter(rawValue: argument) else { return nil }
            self = named
        }
    }
}

extension LogOptions.Header: ExpressibleByArgument {}
extension PixelPlanner: ExpressibleByArgument {}
extension FrameFormat: ExpressibleByArgument {}
extension ResamplingMethod: ExpressibleByArgument {}
extension AttributionBaseline: ExpressibleByArgument {}
extension ObjectiveTransition: ExpressibleByArgument {}
