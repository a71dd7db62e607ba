import Basics
import Foundation

/// Where libraries that are loaded at run time can lie.
enum RunTimeLibrary {
    /// Files in folders that set-up fills, `.torch/venv/lib/python…/site-packages/…` above the executable, the current
    /// folder and the package's sources.
    ///
    /// - Parameters:
    ///   - folder: The folder in `site-packages`.
    ///   - prefix: How the file's name begins.
    /// - Returns: Their paths.
    static func installed(in folder: String, prefix: String) -> [String] {
        var starts = [FileManager.default.currentDirectoryPath]
        if let executable = Bundle.main.executableURL {
            starts.insert(executable.resolvingSymlinksInPath().deletingLastPathComponent().path, at: 0)
        }
        starts.append((#filePath as NSString).deletingLastPathComponent)
        var found: [String] = []
        for start in starts {
            var place = start
            while true {
                let versions = place + (place.hasSuffix("/") ? "" : "/") + ".torch/venv/lib"
                for version in Folder.names(in: versions) where version.hasPrefix("python3") {
                    let packages = "\(versions)/\(version)/site-packages/\(folder)"
                    found += Folder.names(in: packages).filter { $0.hasPrefix(prefix) }.map { "\(packages)/\($0)" }
                }
                if place == "/" || place.isEmpty { break }
                place = (place as NSString).deletingLastPathComponent
            }
        }
        return found
    }

    /// Loads the library that a variable of the environment names, else the first candidate that loads.
    ///
    /// - Parameters:
    ///   - variable: The variable.
    ///   - candidates: Paths, or names that the system's loader finds.
    ///   - missing: The error where there is none.
    ///   - open: Loads one; the reason when it cannot.
    /// - Returns: The path, or what is wrong.
    static func load(
        _ variable: String, candidates: () -> [String], missing: ForesightError, open: (String) -> String?
    ) -> Result<String, ForesightError> {
        if let path = ProcessInfo.processInfo.environment[variable], !path.isEmpty {
            guard let reason = open(path) else { return .success(path) }
            return .failure(
                ForesightError(
                    .unavailable, "\(variable) names \(path), which does not load: \(reason)",
                    remedy: "correct the variable, or unset it"))
        }
        var problem: String?
        for path in candidates() {
            guard let reason = open(path) else { return .success(path) }
            // A name that the system does not know says nothing; a file that is there and does not load does.
            if path.hasPrefix("/"), FileManager.default.fileExists(atPath: path) { problem = problem ?? reason }
        }
        guard let problem else { return .failure(missing) }
        return .failure(ForesightError(.unavailable, "\(missing.message): \(problem)", remedy: missing.remedy))
    }
}
