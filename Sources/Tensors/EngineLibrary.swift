import Basics
import CTorch
import Foundation

/// Finds the library that set-up built and loads it.
enum EngineLibrary {
    #if os(macOS)
        private static let fileName = "libctorch.dylib"
    #else
        private static let fileName = "libctorch.so"
    #endif

    /// What came of loading: where the library is, or what is wrong.
    struct Outcome {
        var path: String?
        var problem: ForesightError?
    }

    /// Loads the library.
    static func load() -> Outcome {
        let environment = ProcessInfo.processInfo.environment
        if let path = environment["FORESIGHT_TORCH_SHIM"], !path.isEmpty {
            guard let reason = open(path) else { return Outcome(path: path) }
            return Outcome(
                problem: ForesightError(
                    .unavailable, "FORESIGHT_TORCH_SHIM names \(path), which does not load: \(reason)",
                    remedy: "correct the variable, or unset it and run make setup"))
        }
        var problem: ForesightError?
        for path in candidates() where FileManager.default.fileExists(atPath: path) {
            guard let reason = open(path) else { return Outcome(path: path) }
            problem =
                problem
                ?? ForesightError(
                    .unavailable, "libtorch is set up at \(path) but does not load: \(reason)", remedy: "run make setup"
                )
        }
        return Outcome(
            problem: problem
                ?? ForesightError(
                    .unavailable,
                    "libtorch is not set up: no .torch/lib/\(fileName) above the executable, the current folder "
                        + "or the package", remedy: "run make setup in the package"))
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
