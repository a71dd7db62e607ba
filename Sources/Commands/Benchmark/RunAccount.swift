import Records

/// Where the figures of a folder come from, `provenance.json`: that of a run that goes on in a folder takes the place of the former one
/// when it is sure that it does go on. A run that is refused leaves all as it was.
final class RunAccount {
    private let provenance: Provenance
    private let folder: RunFolder
    private var isSaved = false

    /// The account of a run; where there is none in the folder yet, it is saved at once.
    ///
    /// - Parameters:
    ///   - provenance: Where the figures come from.
    ///   - folder: The run folder.
    /// - Throws: `ForesightError.failure` when it cannot be written.
    init(_ provenance: Provenance, in folder: RunFolder) throws {
        (self.provenance, self.folder) = (provenance, folder)
        if !folder.has(Provenance.fileName) { try save() }
    }

    /// Saves it. Does nothing the second time.
    ///
    /// - Throws: `ForesightError.failure` when it cannot be written.
    func save() throws {
        guard !isSaved else { return }
        try provenance.save(in: folder)
        isSaved = true
    }
}
