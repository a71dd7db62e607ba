public import Basics
import Episodes
import Foundation
public import Identification

/// The linear models that a world model is compared with: one for each output, fitted on the same log.
///
/// Saved as `reference.json` in the model folder, so that every evaluation compares with the same.
public struct LinearReference: Sendable, Equatable, Codable {
    /// The file in the model folder.
    public static let fileName = "reference.json"

    /// The model of one output.
    public struct Entry: Sendable, Equatable, Codable {
        /// The output.
        public var output: String
        /// Samples of the log per step of the model: 1, or the world model's stride.
        public var stride: Int
        /// Free-run error on left-out parts of the log it was chosen by, physical units.
        public var leftOutError: Double
        /// How many models were compared.
        public var candidates: Int
        /// Set for an autoregressive model.
        public var arx: ARXModel?
        /// Set for a state-space model.
        public var subspace: SubspaceModel?

        /// The model; `nil` for a damaged entry.
        public var model: (any ReferenceModel)? { arx ?? subspace }
    }

    /// The models, in the order of the world model's outputs.
    public var entries: [Entry]
    /// Inputs in the models' order: actions, then disturbances.
    public var inputs: [String]
    /// Seconds between samples of the log they were fitted on.
    public var samplingTime: Double

    /// Eigenvalues of all models, each once, per step of a world model of this stride.
    func poles(stride: Int) -> [ComplexValue] {
        var seen: [Entry] = []
        return entries.flatMap { entry -> [ComplexValue] in
            // Outputs may share a model.
            if seen.contains(where: {
                $0.stride == entry.stride && $0.arx == entry.arx && $0.subspace == entry.subspace
            }) {
                return []
            }
            seen.append(entry)
            return (entry.model?.poles ?? []).map { $0.power(stride / entry.stride) }
        }
    }

    /// What the model of an output is, in one line.
    public func summary(_ output: Int) -> String {
        let entry = entries[output]
        guard let model = entry.model else { return "no model" }
        let alone = model.layout.outputs.count == 1 ? "" : " of all outputs together"
        let pace = entry.stride == 1 ? "" : ", at the world model's step"
        return "\(model.summary)\(alone)\(pace), best of \(entry.candidates) by left-out free-run error"
    }

    /// Saves it into a model folder.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    public func save(inModelFolder folder: String, storage: some FileStorage = DiskStorage()) throws {
        try AtomicFile.write(
            JSONText.encode(self, pretty: false) + "\n", to: "\(folder)/\(Self.fileName)", storage: storage)
    }

    /// Loads it from a model folder; `nil` when there is none.
    ///
    /// - Throws: `ForesightError.data` when it is damaged or belongs to another model.
    public static func load(fromModelFolder folder: String, for model: ModelDescription) throws -> LinearReference? {
        let path = ["\(folder)/\(fileName)", "\(folder)/model/\(fileName)"].first {
            FileManager.default.fileExists(atPath: $0)
        }
        guard let path else { return nil }
        let reference = try JSONText.decode(LinearReference.self, from: InputFile.text(path), source: path)
        let fits =
            reference.entries.map(\.output) == model.outputs.map(\.name)
            && reference.inputs == model.inputs.map(\.name) && reference.samplingTime == model.samplingTime
            && reference.entries.allSatisfy { entry in
                (1...max(1, model.stride)).contains(entry.stride)
                    && entry.model.map { $0.layout.outputs.contains(entry.output) && $0.isConsistent } ?? false
            }
        guard fits else {
            throw ForesightError.data(
                "\(path) is damaged or of another model", remedy: "name the training logs by --train, or delete it")
        }
        return reference
    }
}

extension ReferenceModel {
    /// Whether its parts have sizes that belong together: a damaged file must not crash a prediction.
    fileprivate var isConsistent: Bool {
        (self as? ARXModel)?.hasConsistentSizes ?? (self as? SubspaceModel)?.hasConsistentSizes ?? true
    }
}
