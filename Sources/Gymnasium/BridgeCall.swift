import Basics

/// Asks a process of Python, and says what went wrong in words that a person can act on.
struct BridgeCall {
    let options: GymnasiumOptions
    let python: String

    /// The answer to a request; without one, the process's first line.
    ///
    /// - Throws: `ForesightError` with the environment, the last line of the traceback, and what to do.
    func answer(from process: BridgeProcess, _ request: JSONValue?, seconds: Double) throws -> JSONValue {
        let answer: JSONValue
        do {
            answer = try process.ask(request, seconds: seconds)
        } catch {
            throw failure(error, doing: request?["do"]?.string ?? "start", seconds: seconds)
        }
        guard let message = answer["error"]?.string else { return answer }
        throw failure(answer, message, doing: request?["do"]?.string ?? "start")
    }

    private func failure(_ fault: BridgeProcess.Fault, doing what: String, seconds: Double) -> ForesightError {
        func last(_ words: [String]) -> String { words.last.map { ": \($0)" } ?? "" }
        switch fault {
        case .ended("before", let words):
            return ForesightError.failure(
                "the process of \(options.identifier) is gone\(last(words))", remedy: "make the environment anew")
        case .ended(let status, let words):
            return ForesightError.failure(
                "Python ended with \(status) in \(what) of \(options.identifier)\(last(words))",
                remedy: "try the environment in \(python) by itself; compiled code that ends a process says no more")
        case .late:
            return ForesightError.failure(
                "\(options.identifier) did not answer \(what) within \(seconds.brief) s and was ended",
                remedy: "give it longer with --timeout, or look for what it waits for")
        case .garbled(let text):
            return ForesightError.failure(
                "\(python) answered '\(text)' instead of JSON", remedy: "check that it is a Python")
        }
    }

    private func failure(_ answer: JSONValue, _ message: String, doing what: String) -> ForesightError {
        switch answer["kind"]?.string {
        case "missing":
            let module = answer["module"]?.string
            return ForesightError(
                .unavailable, "\(python) cannot run \(options.identifier): \(message)",
                remedy: module.map { "type: \(python) -m pip install \(Self.package(of: $0))" }
                    ?? "install that into \(python)")
        case "unknown":
            let near = (answer["near"]?.array ?? []).compactMap(\.string)
            let guess = near.isEmpty ? "" : "did you mean \(near.joined(separator: ", "))? "
            return ForesightError.usage(
                "\(options.identifier): \(message)",
                remedy: guess + "the module that registers it goes before it, MODULE:NAME, or to --import")
        case "usage":
            let known = (answer["known"]?.array ?? []).compactMap(\.string)
            return ForesightError.usage(
                message, remedy: known.isEmpty ? "choose another" : "known are \(known.joined(separator: ", "))")
        default:
            let place = answer["place"]?.string.map { $0.isEmpty ? "" : " (\($0))" } ?? ""
            return ForesightError.failure(
                "\(options.identifier) failed in \(what): \(message)\(place)",
                remedy: "try the same in Python; it is the environment's own error")
        }
    }

    /// What brings a module, where that is called otherwise.
    private static func package(of module: String) -> String {
        let known = [
            "numpy": "numpy gymnasium", "gymnasium": "gymnasium", "stable_worldmodel": "\"stable-worldmodel[env]\"",
            "ale_py": "ale-py", "cv2": "opencv-python-headless", "pygame": "\"gymnasium[classic-control]\"",
            "gymnasium_robotics": "gymnasium-robotics", "PIL": "pillow",
        ]
        let base = String(module.prefix { $0 != "." })
        return known[base] ?? base.replacing("_", with: "-")
    }
}

extension Double {
    /// The number without a fraction where it has none.
    fileprivate var brief: String { self == rounded() ? "\(Int(self))" : "\(self)" }
}
