import Basics
import CTorch
import Foundation

/// Finds the library that set-up built and loads it.
enum EngineLibrary {
    #if os(macOS)
        static let fileName = "libctorch.dylib"
    #else
        static let fileName = "libctorch.so"
    #endif

    /// What came of loading: where the library is, or what is wrong.
    struct Outcome {
        var path: String?
        var problem: ForesightError?
    }

    /// Loads the library.
    static func load() -> Outcome {
        load(named: ProcessInfo.processInfo.environment["FORESIGHT_TORCH_SHIM"], orAt: candidates())
    }

    /// Loads the library that the environment names, else the first of the candidates that is there and loads.
    static func load(named path: String?, orAt candidates: [String]) -> Outcome {
        if let path, !path.isEmpty {
            guard let reason = open(path) else { return Outcome(path: path) }
            return Outcome(
                problem: ForesightError(
                    .unavailable, "FORESIGHT_TORCH_SHIM names \(path), which does not load: \(reason)",
                    remedy: "correct the variable, or unset it and run make setup"))
        }
        var problem: ForesightError?
        for path in candidates where FileManager.default.fileExists(atPath: path) {
            guard let reason = open(path) else { return Outcome(path: path) }
            let failure = ForesightError(
                .unavailable, "libtorch is set up at \(path) but does not load: \(reason)", remedy: "run make setup")
            problem = problem ?? failure
        }
        let absence = ForesightError(
            .unavailable,
            "libtorch is not set up: no .torch/lib/\(fileName) above the executable, the current folder or the package",
            remedy: "run make setup in the package")
        return Outcome(problem: problem ?? absence)
    }

    private static func open(_ path: String) -> String? { ct_load(path).map { String(cString: $0) } }

    /// `.torch/lib/` in every folder above the executable, the current folder and the package's sources.
    static func candidates() -> [String] {
        var starts = [FileManager.default.currentDirectoryPath]
        if let executable = Bundle.main.executableURL {
            starts.insert(executable.resolvingSymlinksInPath().deletingLastPathComponent().path, at: 0)
        }
        starts.append((#filePath as NSString).deletingLastPathComponent)
        var paths: [String] = []
        for start in starts {
            var folder = start
            while true {
                let path = (folder as NSString).appendingPathComponent(".torch/lib/" + fileName)
                if !paths.contains(path) { paths.append(path) }
                let parent = (folder as NSString).deletingLastPathComponent
                if parent == folder || parent.isEmpty { break }
                folder = parent
            }
        }
        return paths
    }
}
