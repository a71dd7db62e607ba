import Basics

/// Whether stored parameters are those of a model.
public enum StoredShapes {
    /// Compares names and shapes.
    ///
    /// - Throws: `ForesightError.data` that lists what is missing, what is unexpected, and both shapes where they differ.
    public static func check(_ given: [String: [Int]], against needed: [String: [Int]]) throws {
        let missing = needed.keys.filter { given[$0] == nil }.sorted()
        let unexpected = given.keys.filter { needed[$0] == nil }.sorted()
        let mismatched = needed.keys.sorted().compactMap { name -> String? in
            guard let shape = given[name], let wanted = needed[name], shape != wanted else { return nil }
            return "\(name) is \(shape), the model needs \(wanted)"
        }
        var reasons: [String] = []
        if !missing.isEmpty { reasons.append("missing: \(abbreviated(missing))") }
        if !unexpected.isEmpty { reasons.append("unexpected: \(abbreviated(unexpected))") }
        if !mismatched.isEmpty { reasons.append("of another shape: \(abbreviated(mismatched))") }
        guard !reasons.isEmpty else { return }
        throw ForesightError.data(
            "the stored parameters do not fit the model: " + reasons.joined(separator: "; "),
            remedy: "load a file that was saved from a model of the same architecture")
    }

    /// The first few names and how many more there are.
    private static func abbreviated(_ names: [String], limit: Int = 5) -> String {
        let shown = names.prefix(limit).joined(separator: ", ")
        return names.count > limit ? "\(shown) and \(names.count - limit) more" : shown
    }
}
