import Basics
import Foundation
import Records
import WorldModels

/// The models from pictures that a benchmark leaves in its run folder: each is learned once, and training goes on from where an
/// earlier run had come.
struct KeptModels {
    private let folder: RunFolder
    private let talk: Talk

    init(_ folder: RunFolder, talk: Talk) { (self.folder, self.talk) = (folder, talk) }

    /// Where the model of a world and a seed lies in a run.
    static func place(_ world: String, _ seed: Int) -> String { "models/\(world)-seed\(seed)" }

    /// The seeds of the models that are judged: of an earlier run those that it has, which is said where they are fewer than asked
    /// for, and the first where it has none, whose absence is then told.
    ///
    /// - Parameters:
    ///   - world: The world.
    ///   - first: The seed of the first model.
    ///   - count: How many are asked for.
    ///   - known: The folder of the earlier run; `nil` for models of this one.
    /// - Returns: The seeds.
    func seeds(_ world: String, from first: Int, _ count: Int, of known: String?) -> [Int] {
        let all = (0..<max(1, count)).map { first + $0 }
        guard let known else { return all }
        let there = all.filter { Folder.exists("\(known)/\(Self.place(world, $0))") }
        guard !there.isEmpty else { return [first] }
        if there.count < all.count {
            talk.note("\(known) has \(there.count) of \(all.count) models of \(world)")
        }
        return there
    }

    /// A model: the one that an earlier run left in this folder, or else a new one, from where such a run had come.
    ///
    /// - Parameters:
    ///   - name: The place of the model in the folder, as ``place(_:_:)`` says it.
    ///   - check: Throws where a model that is there, and what is known of it, is not what would be learned.
    ///   - learn: Learns, from the checkpoint where it is there, which is said.
    /// - Returns: The model, and what is known of it beside what its own folder says.
    /// - Throws: `ForesightError.usage` for a model of which nothing is known; `ForesightError.data` for files that cannot be read;
    ///   `ForesightError.failure` for such that cannot be written, and where another command learns the model; what `check` and
    ///   `learn` throw.
    func model<Known: Codable>(
        _ name: String, check: (TrainedImageModel, Known) throws -> Void,
        learn: (_ checkpoint: String, _ goesOn: Bool) throws -> (model: TrainedImageModel, known: Known)
    ) throws -> (model: TrainedImageModel, known: Known) {
        _ = try folder.subfolder("models")
        let (place, beside) = (folder.file(name), folder.file("\(name).json"))
        let checkpoint = folder.file("\(name)-checkpoint.safetensors")
        if let found = try learned(name, check: check) { return found }
        // Two would write one checkpoint.
        guard let lock = try FileLock.take(place) else {
            throw ForesightError.failure(
                "another command is learning \(place)",
                remedy: "repeat this one when that has ended, or name another folder by --out")
        }
        defer { lock.release() }
        // It may have ended just now.
        if let found = try learned(name, check: check) { return found }
        let goesOn = FileManager.default.fileExists(atPath: checkpoint)
        // Not one of this run's, and hours of work.
        guard goesOn || !Folder.exists(place) else {
            throw ForesightError.usage(
                "\(place) is a model of a run that this one does not go on with",
                remedy: "judge it by --models \(folder.path), or name another folder by --out")
        }
        if goesOn { talk.note("\(place) goes on from its checkpoint") }
        let (model, known) = try learn(checkpoint, goesOn)
        try ImageModelFolder.save(model, to: place)
        // Last, so that where it is, the model is whole.
        try AtomicFile.write(try JSONText.encode(known) + "\n", to: beside)
        try? FileManager.default.removeItem(atPath: checkpoint)
        return (model, known)
    }

    /// A model that an earlier run has learned to the end; `nil` where there is none.
    private func learned<Known: Codable>(
        _ name: String, check: (TrainedImageModel, Known) throws -> Void
    ) throws -> (model: TrainedImageModel, known: Known)? {
        let (place, beside) = (folder.file(name), folder.file("\(name).json"))
        guard FileManager.default.fileExists(atPath: beside) else { return nil }
        let model = try ImageModelFolder.load(place)
        let known = try JSONText.decode(Known.self, from: try InputFile.text(beside), source: beside)
        try check(model, known)
        talk.note("\(place) is learned already")
        return (model, known)
    }
}
