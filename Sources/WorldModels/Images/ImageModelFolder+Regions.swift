import Basics
import Networks
import Tensors

/// Regions in files of their own, so that one that is learned later leaves the weights of the world model as they are.
extension ImageModelFolder {
    static let regionsName = "regions.json"
    static let regionWeightsName = "regions.safetensors"

    /// The content of `regions.json`.
    struct RegionsFile: Codable {
        /// A region without its weights.
        struct Entry: Codable {
            var name: String
            var bands: RegionBands
        }
        /// SHA-256 of `regions.safetensors`.
        var weights: String
        var regions: [Entry]
    }

    /// The weights of all regions, by the place of the region and the name.
    static func regionTensors(_ model: TrainedImageModel) -> [String: Tensor] {
        var tensors: [String: Tensor] = [:]
        for (place, region) in model.regions.enumerated() {
            for (name, tensor) in region.classifier.stateDict() { tensors["\(place).\(name)"] = tensor }
        }
        return tensors
    }

    /// Saves regions and returns the digest of `regions.json`; `nil` where there are none.
    static func writeRegions(
        _ model: TrainedImageModel, to folder: String, storage: some FileStorage
    ) throws -> String? {
        guard !model.regions.isEmpty else { return nil }
        let weights = "\(folder)/\(regionWeightsName)"
        try SafetensorsWriter.write(
            regionTensors(model).mapValues { $0.to(device: .cpu) },
            metadata: ["format": "foresight images \(format)"], to: weights, storage: storage)
        let file = RegionsFile(
            weights: try SHA256.hex(ofFile: weights),
            regions: model.regions.map { .init(name: $0.name, bands: $0.bands) })
        return try ModelFolder.writePart(file, regionsName, to: folder, storage: storage)
    }

    /// Loads regions; none where the sheet has no digest of them, as those that were saved before there was such a thing.
    ///
    /// - Throws: `ForesightError.data` when a file is missing, damaged or of another model.
    static func readRegions(_ sheet: ImageModelSheet, width: Int, in folder: String) throws -> [ImageRegion] {
        let found = try ModelFolder.readPart(
            RegionsFile.self, regionsName, digest: sheet.regions, in: folder
        ) { file in
            let names = file.regions.map(\.name)
            return !names.isEmpty && Set(names).count == names.count
                && names.allSatisfy { name in
                    let actions = sheet.actions.map(\.channel)
                    return (try? TrainedImageModel.check(region: name, readouts: sheet.readouts, actions: actions))
                        != nil
                }
                && file.regions.allSatisfy { $0.bands.isConsistent && $0.bands.steps == sheet.horizon }
        }
        guard let found else { return [] }
        let path = try ModelFolder.present(regionWeightsName, in: folder)
        let file = try SafetensorsFile(path: path, checksum: .required)
        try ModelFolder.verify(path, digest: found.weights)
        let tensors = try file.loadTensors()
        let regions = found.regions.map { entry in
            ImageRegion(
                name: entry.name,
                classifier: RegionClassifier(width: width, seed: Seed(0)["regions"][entry.name]),
                bands: entry.bands)
        }
        do {
            for (place, region) in regions.enumerated() {
                let prefix = "\(place)."
                var state: [String: Tensor] = [:]
                for (name, tensor) in tensors where name.hasPrefix(prefix) {
                    state[String(name.dropFirst(prefix.count))] = tensor
                }
                try region.classifier.load(state)
            }
        } catch let error as ForesightError {
            throw ForesightError(error.code, "\(path): \(error.message)", remedy: error.remedy)
        }
        return regions
    }
}
