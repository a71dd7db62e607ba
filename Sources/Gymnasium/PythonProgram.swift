import Basics
import Foundation

/// Which Python runs environments.
public enum PythonProgram {
    /// Where it is: the one that is named, else what `FORESIGHT_PYTHON` names, else `python3` on the search path.
    ///
    /// - Parameters:
    ///   - named: A path, or a name on the search path; `nil` for the others.
    ///   - given: The variables; those of this process by default.
    /// - Returns: The path.
    /// - Throws: `ForesightError.usage` when what is named is no program, `.unavailable` when there is none.
    public static func path(
        _ named: String? = nil, environment given: [String: String]? = nil
    ) throws -> String {
        let environment = given ?? ProcessInfo.processInfo.environment
        if let named {
            if let found = find(named, environment) { return found }
            throw ForesightError.usage(
                "--python \(named) is no program", remedy: "name the python of the environment that has gymnasium")
        }
        if let variable = environment["FORESIGHT_PYTHON"], !variable.isEmpty {
            if let found = find(variable, environment) { return found }
            throw ForesightError(
                .unavailable, "FORESIGHT_PYTHON names \(variable), which is no program",
                remedy: "correct the variable, or unset it")
        }
        if let found = find("python3", environment) { return found }
        throw ForesightError(
            .unavailable, "Gymnasium environments need Python, and there is no python3 on the search path",
            remedy: "install Python 3.10 or later, or name one with --python")
    }

    private static func find(_ name: String, _ environment: [String: String]) -> String? {
        let isProgram = FileManager.default.isExecutableFile(atPath:)
        if name.contains("/") { return isProgram(name) && !Folder.exists(name) ? name : nil }
        return (environment["PATH"] ?? "").split(separator: ":").map { "\($0)/\(name)" }.first(where: isProgram)
    }
}
