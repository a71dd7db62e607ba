import Basics
import Foundation

/// What may be replaced: a model is saved as a whole folder, and whatever is in the one before goes with it.
extension ModelFolder {
    /// Checks that a model of logs can be saved at a place and nothing else goes with what is replaced: there is nothing, an
    /// empty folder, or a model of logs and no file beside its own.
    ///
    /// - Throws: `ForesightError.usage` with what is there.
    public static func check(place folder: String) throws {
        let names: Set<String> = [
            sheetName, weightsName, cardName, calibrationName, adaptationName, surpriseName, rehearsalName,
            LinearReference.fileName,
        ]
        try check(place: folder, names: names) { folder in
            FileManager.default.fileExists(atPath: "\(folder)/\(sheetName)") && !ImageModelFolder.isHere(folder)
        }
    }

    /// The same for a model of any kind.
    ///
    /// - Parameters:
    ///   - folder: Where it is to be saved.
    ///   - names: The files that a model of its kind may have.
    ///   - isModel: Whether a model of its kind is in a folder.
    /// - Throws: `ForesightError.usage` with what is there.
    static func check(place folder: String, names: Set<String>, isModel: (String) -> Bool) throws {
        guard Folder.exists(folder) else {
            guard !FileManager.default.fileExists(atPath: folder) else {
                throw ForesightError.usage(
                    "\(folder) is a file, and a model is a folder", remedy: "name a folder that is not there yet")
            }
            return
        }
        let found = Folder.names(in: folder).filter { name in
            // Finder leaves one wherever it has been, and a killed process half a file.
            name != ".DS_Store" && !(name.hasSuffix(".partial") && names.contains { name.hasPrefix(".\($0).") })
        }
        let others = isModel(folder) ? found.filter { !names.contains($0) } : found
        guard !others.isEmpty else { return }
        let more = others.count > 3 ? " and \(others.count - 3) more" : ""
        let (verb, end) = others.count == 1 ? ("is", "which is no part of one") : ("are", "which are no part of one")
        throw ForesightError.usage(
            "a model that is saved at \(folder) replaces the whole folder, and there \(verb) "
                + "\(others.prefix(3).joined(separator: ", "))\(more), \(end)",
            remedy: "name a folder that is not there yet, or take out what is to stay")
    }
}
