import Basics
public import Records

/// What a scoreboard keeps on disk, so that an episode that was judged is not judged again.
///
/// Models lie in `models/PLANT-seedN`, what was chosen in `tuning/`, clones' validation in `clones/`, episodes in
/// `episodes/PLANT-CASE-ROW-seedN.json`, each file with the words of the protocol that it was made under.
public struct ControlArchive: Sendable {
    /// What a file of episodes is of.
    public struct Key: Hashable, Sendable {
        /// The plant.
        public var plant: String
        /// The case: `own` or `moved`.
        public var name: String
        /// The row.
        public var row: ControlRow
        /// The model; 0 for rows that have none.
        public var model: Int

        /// Creates a key.
        public init(_ plant: String, _ name: String, _ row: ControlRow, model: Int) {
            (self.plant, self.name, self.row) = (plant, name, row)
            self.model = model
        }

        var file: String { "episodes/\(plant)-\(name)-\(row.rawValue)-seed\(model).json" }
    }

    /// The folder.
    public let folder: RunFolder

    /// Opens the archive of a folder.
    public init(_ folder: RunFolder) { self.folder = folder }

    /// The path of a model.
    public static func model(_ plant: String, _ seed: Int, in folder: String) -> String {
        "\(folder)/\(model(plant, seed))"
    }

    /// The same below the folder.
    static func model(_ plant: String, _ seed: Int) -> String { "models/\(plant)-seed\(seed)" }

    /// The file of what was chosen for a model.
    static func tuning(_ plant: String, _ seed: Int) -> String { "tuning/\(plant)-seed\(seed).json" }

    /// The lock of a file below the folder; `nil` where another has it.
    func lock(_ file: String) throws -> FileLock? {
        _ = try folder.subfolder(String(file.prefix { $0 != "/" }))
        return try FileLock.take(folder.file(file))
    }

    /// The episodes that were judged under the same words.
    ///
    /// - Parameters:
    ///   - key: What they are of.
    ///   - words: All that decides what an episode comes to beside the model.
    ///   - digest: The digest of the model that acts; `nil` where none does, or none is there yet.
    /// - Returns: The episodes, of which there may be none.
    /// - Throws: `ForesightError.usage` where there are some that were judged under others, or by another model;
    ///   `ForesightError.data` for a file that cannot be read.
    public func episodes(_ key: Key, words: String, digest: String? = nil) throws -> [ControlEpisode] {
        try read(key.file, words: words, model: digest) ?? []
    }

    /// Keeps episodes.
    ///
    /// - Throws: `ForesightError.failure` where the file cannot be written.
    public func save(_ episodes: [ControlEpisode], _ key: Key, words: String, digest: String? = nil) throws {
        try write(episodes, key.file, words: words, model: digest)
    }

    /// The rows of a plant of which there are episodes, and the number of the models that they are of.
    func holdings(_ plan: ControlProtocol) -> (rows: [ControlRow], models: Int) {
        let names = Folder.names(in: folder.file("episodes"))
        var (rows, models): ([ControlRow], Int) = ([], 0)
        for row in ControlRow.choices {
            let prefixes = plan.cases.map { "\(plan.plant)-\($0.name)-\(row.rawValue)-seed" }
            let numbers = names.compactMap { name -> Int? in
                guard let prefix = prefixes.first(where: { name.hasPrefix($0) }), name.hasSuffix(".json") else {
                    return nil
                }
                return Int(name.dropFirst(prefix.count).dropLast(".json".count))
            }
            guard let greatest = numbers.max() else { continue }
            rows.append(row)
            models = max(models, greatest + 1)
        }
        return (rows, models)
    }

    func tuning(_ plant: String, model: Int, words: String, digest: String?) throws -> ControlTuning? {
        try read(Self.tuning(plant, model), words: words, model: digest)
    }

    func save(_ tuning: ControlTuning, _ plant: String, model: Int, words: String, digest: String?) throws {
        try write(tuning, Self.tuning(plant, model), words: words, model: digest)
    }

    /// Checks that a model of this archive was learned as it is asked for; one from before that was kept is taken as it is.
    func checkTraining(_ plant: String, model: Int, words: String) throws {
        _ = try read("trainings/\(plant)-seed\(model).json", words: words) as String?
    }

    func saveTraining(_ plant: String, model: Int, words: String) throws {
        try write(words, "trainings/\(plant)-seed\(model).json", words: words)
    }

    func clone(_ plant: String, model: Int, words: String, digest: String?) throws -> BehaviourClone.Validation? {
        try read("clones/\(plant)-seed\(model).json", words: words, model: digest)
    }

    func save(
        _ validation: BehaviourClone.Validation, _ plant: String, model: Int, words: String, digest: String?
    ) throws {
        try write(validation, "clones/\(plant)-seed\(model).json", words: words, model: digest)
    }

    private var files: KeptFiles { KeptFiles(folder) }

    private func read<Content: Codable>(_ name: String, words: String, model: String? = nil) throws -> Content? {
        try files.read(name, words: words, model: model)
    }

    private func write(_ content: some Codable, _ name: String, words: String, model: String? = nil) throws {
        try files.write(content, name, words: words, model: model)
    }
}
