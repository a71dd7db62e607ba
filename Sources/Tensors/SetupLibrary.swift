import Basics
import CKernels
import CTorch
import Foundation

/// A library that set-up built: where it is, and what to say when it is not there.
struct SetupLibrary: Sendable {
    /// The file's name without its ending.
    let name: String
    /// What it is, as in `libtorch is`.
    let subject: String
    private let open: @Sendable (String) -> UnsafePointer<CChar>?

    /// Through which libtorch is called.
    static let torch = SetupLibrary(name: "libctorch", subject: "libtorch is") { ct_load($0) }
    /// Of the compiled kernels.
    static let kernels = SetupLibrary(name: "libkernels", subject: "the compiled kernels are") { ck_load($0) }

    /// The name of the file.
    var fileName: String {
        #if os(macOS)
            name + ".dylib"
        #else
            name + ".so"
        #endif
    }

    /// What came of loading: where the library is, or what is wrong.
    struct Outcome: Sendable {
        var path: String?
        var problem: ForesightError?
    }

    /// Loads the library: the one that the environment names or has beside it, else that from where set-up puts it.
    func load() -> Outcome {
        load(named: ProcessInfo.processInfo.environment["FORESIGHT_TORCH_SHIM"], orAt: candidates())
    }

    /// Loads the library that the environment names or has beside it, else the first of the candidates that is there and
    /// loads.
    func load(named shim: String?, orAt candidates: [String]) -> Outcome {
        if let shim, !shim.isEmpty {
            let isNamed = name == Self.torch.name
            let path = isNamed ? shim : Self.folder(shim) + fileName
            guard let reason = failure(path) else { return Outcome(path: path) }
            let which = isNamed ? "which" : "and \(fileName) beside it"
            return Outcome(
                problem: ForesightError(
                    .unavailable, "FORESIGHT_TORCH_SHIM names \(shim), \(which) does not load: \(reason)",
                    remedy: "correct the variable, or unset it and run make setup"))
        }
        var problem: ForesightError?
        for path in candidates where FileManager.default.fileExists(atPath: path) {
            guard let reason = failure(path) else { return Outcome(path: path) }
            let failure = ForesightError(
                .unavailable, "\(subject) set up at \(path) but does not load: \(reason)", remedy: "run make setup")
            problem = problem ?? failure
        }
        let absence = ForesightError(
            .unavailable,
            "\(subject) not set up: no .torch/lib/\(fileName) above the executable, the current folder or the package",
            remedy: "run make setup in the package")
        return Outcome(problem: problem ?? absence)
    }

    private func failure(_ path: String) -> String? { open(path).map { String(cString: $0) } }

    private static func folder(_ path: String) -> String {
        path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    }

    /// `.torch/lib/` in every folder above the executable, the current folder and the package's sources.
    func candidates() -> [String] {
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
