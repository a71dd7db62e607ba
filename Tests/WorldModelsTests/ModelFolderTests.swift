import Basics
import Episodes
import Foundation
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Model folder", .enabled(if: torchIsSetUp))
struct ModelFolderTests {
    /// Predictions of a model under fixed inputs, with their spread and novelty.
    private func outcome(_ model: TrainedModel) throws -> [Float] {
        let episode = TinyLog.episodes(seed: 9)[0]
        let rows = 0..<20
        let history = episode.slice(rows)
        let start = try model.encode(
            outputs: rows.flatMap { [history[$0, 0], history[$0, 1]] },
            inputs: rows.flatMap { [history[$0, 2], history[$0, 3]] })
        let inputs = (0..<8).flatMap { step in [Float(20 + 9 * step), Float(0.1)] }
        let prediction = withoutGradients {
            model.predict(from: start, inputs: model.normalisedInputs(inputs, batch: 1, steps: 8))
        }
        return prediction.outputs.floats() + prediction.spread.floats() + prediction.novelty.floats()
    }

    @Test("A saved model predicts the same to the bit after loading")
    func roundTrip() throws {
        let model = try TinyLog.model()
        try withTemporaryFolder { folder in
            let path = folder + "/runs/heater/model"
            try ModelFolder.save(model, to: path)
            let loaded = try ModelFolder.load(path)
            #expect(loaded.description == model.description)
            #expect(loaded.calibration == model.calibration)
            #expect(loaded.novelty == model.novelty)
            #expect(try outcome(loaded) == outcome(model))
            #expect(try ModelFolder.description(of: folder + "/runs/heater") == model.description)
            #expect(
                Folder.names(in: path) == [
                    "calibration.json", "card.md", "model.safetensors", "model.yaml", "surprise.json",
                ])
            #expect(Folder.names(in: folder + "/runs/heater") == ["model"])
        }
    }

    @Test("A model that was saved before actions could have values, models a parent and steps a kernel, is read")
    func older() throws {
        let model = try TinyLog.model()
        try withTemporaryFolder { folder in
            try ModelFolder.save(model, to: folder + "/model")
            let path = folder + "/model/model.yaml"
            let lines = try InputFile.text(path).split(separator: "\n", omittingEmptySubsequences: false)
            let later = ["values:", "dwell:", "rehearsal:", "parent:", "compiled:", "filtered:"]
            let kept = lines.filter { line in !later.contains { line.drop { $0 == " " }.hasPrefix($0) } }
            #expect(kept.count < lines.count)
            try AtomicFile.write(kept.joined(separator: "\n"), to: path)
            #expect(try ModelFolder.load(folder + "/model").description == model.description)
        }
    }
}

@Suite("A model folder that does not fit is refused", .enabled(if: torchIsSetUp))
struct ModelFolderRefusalTests {
    // Tests only read it, and reading tensors is safe from several threads.
    nonisolated(unsafe) private static let model = torchIsSetUp ? try? TinyLog.model() : nil

    /// Saves a model, changes its folder, and gives the error of loading.
    private func refusal(_ change: (String) throws -> Void) throws -> ForesightError {
        let model = try #require(Self.model)
        return try withTemporaryFolder { folder in
            let path = folder + "/model"
            try ModelFolder.save(model, to: path)
            try change(path)
            let error = #expect(throws: ForesightError.self) { _ = try ModelFolder.load(path) }
            let found = try #require(error)
            #expect(found.code == .data)
            #expect(!found.remedy.isEmpty)
            return found
        }
    }

    private func edit(_ path: String, _ old: String, _ new: String) throws {
        let text = try InputFile.text(path)
        #expect(text.contains(old), "nothing to replace: \(old)")
        try AtomicFile.write(text.replacingOccurrences(of: old, with: new), to: path)
    }

    /// Writes another calibration and its digest, as a careful forger would.
    private func forge(
        _ folder: String, _ change: (inout ModelFolder.CalibrationFile) -> Void
    ) throws {
        let path = folder + "/calibration.json"
        let before = try SHA256.hex(ofFile: path)
        var file = try JSONText.decode(ModelFolder.CalibrationFile.self, from: InputFile.text(path), source: path)
        change(&file)
        try AtomicFile.write(JSONText.encode(file), to: path)
        try edit(folder + "/model.yaml", before, SHA256.hex(ofFile: path))
    }

    @Test("Each of its files missing", arguments: ["model.safetensors", "model.yaml", "calibration.json"])
    func missing(_ name: String) throws {
        let error = try refusal { try FileManager.default.removeItem(atPath: $0 + "/" + name) }
        #expect(error.message.contains("has no \(name)"))
    }

    @Test("Each of its files cut off", arguments: ["model.safetensors", "model.yaml", "calibration.json"])
    func truncated(_ name: String) throws {
        for share in [0.1, 0.5, 0.95] {
            let error = try refusal { folder in
                let bytes = try InputFile.bytes("\(folder)/\(name)")
                try AtomicFile.write(Array(bytes.prefix(Int(Double(bytes.count) * share))), to: "\(folder)/\(name)")
            }
            #expect(error.message.contains(name))
        }
    }

    @Test("A weight that was changed by one bit") func flipped() throws {
        let error = try refusal { folder in
            let path = folder + "/model.safetensors"
            var bytes = try InputFile.bytes(path)
            bytes[bytes.count - 50] ^= 1
            try AtomicFile.write(bytes, to: path)
        }
        #expect(error.message.contains("checksum"))
    }

    @Test(
        "Changes of model.yaml, each with its reason",
        arguments: [
            ("format: 3\n", "format: 2\n", "is of format 2, this version reads format 3"),
            ("format: 3\n", "", "is of format unknown"),
            ("  stride: 1\n  window: 6", "  stride: 1\n  windwo: 6", "lacks the key 'timing.window'"),
            ("timing:\n", "timing:\n  wnidow: 4\n", "unknown key 'timing.wnidow'"),
            ("    scale: ", "    scael: ", "lacks the key 'outputs[0].scale'"),
            ("members: 2\n  outputs: 2", "members: 2\n  outputs: 3", "the network has 3 outputs"),
            ("  horizon: 10\narch", "  horizon: 0\narch", "outside its limit"),
            ("  horizon: 10\narch", "  horizon: 12\narch", "disagree"),
            ("role: action", "role: observation", "1 of them actions"),
            ("name: p\n", "name: T\n", "stands twice"),
            ("hidden: 4\n  activation", "hidden: 5\n  activation", "of another shape"),
            ("free: 1\n  hidden: 4\n  act", "free: 2\n  hidden: 4\n  act", "score is for 7 numbers, the model has 8"),
            ("lower_limit: 0\n", "lower_limit: 101\n", "make no sense"),
            ("sampling_time: 1\n", "sampling_time: -1\n", "outside its limit"),
        ])
    func yaml(_ old: String, _ new: String, _ reason: String) throws {
        let error = try refusal { try edit($0 + "/model.yaml", old, new) }
        #expect(error.message.contains(reason), "\(error)")
    }

    @Test("Weights of another model") func otherWeights() throws {
        var settings = TinyLog.settings()
        settings.seed = 9
        let other = try TinyLog.model(settings: settings)
        let error = try refusal { folder in
            try ModelFolder.save(other, to: folder + "-other")
            let data = try InputFile.bytes(folder + "-other/model.safetensors")
            try AtomicFile.write(data, to: folder + "/model.safetensors")
        }
        #expect(error.message.contains("is not the file that model.yaml was saved with"))
    }

    @Test("Bands for other channels, of other sizes, or that are no numbers") func calibration() throws {
        let changes: [((inout ModelFolder.CalibrationFile) -> Void, String)] = [
            ({ $0.calibration.outputs = ["T", "q"] }, "the bands are for T, q, the model predicts T, p"),
            ({ $0.calibration.steps = 40 }, "cover 40 steps"),
            ({ $0.calibration.quantile.removeLast() }, "the bands cover"),
            ({ $0.calibration.quantile[3] = .nan }, "null"),
            ({ $0.calibration.floor[3] = -1 }, "make no sense"),
            ({ $0.novelty.mean.removeLast() }, "the out-of-distribution score is for"),
            ({ $0.novelty.distanceThreshold = 0 }, "make no sense"),
        ]
        for (change, reason) in changes {
            let error = try refusal { try forge($0, change) }
            #expect(error.message.contains(reason), "\(error)")
        }
    }

    @Test("Weights that are no numbers are refused on saving") func notFinite() throws {
        let model = try TinyLog.model()
        let readout = model.network.readout
        readout.assign(readout.value * Double.infinity)
        try withTemporaryFolder { folder in
            let error = #expect(throws: ForesightError.self) { try ModelFolder.save(model, to: folder + "/model") }
            #expect(error?.code == .failure)
            #expect(error?.message.contains("readout hold numbers that are not finite") == true)
            #expect(Folder.names(in: folder).isEmpty)
        }
    }

    @Test("No folder, or one of something else") func nothingThere() throws {
        try withTemporaryFolder { folder in
            try Folder.create(folder + "/heater")
            let missing = #expect(throws: ForesightError.self) { _ = try ModelFolder.load(folder + "/haeter") }
            #expect(missing?.remedy == "did you mean \(folder)/heater?")
            let empty = #expect(throws: ForesightError.self) { _ = try ModelFolder.load(folder + "/heater") }
            #expect(empty?.message.contains("has no model.yaml") == true)
        }
    }

    @Test("A folder that holds anything but a model is not replaced by one") func otherFolders() throws {
        let model = try #require(Self.model)
        try withTemporaryFolder { folder in
            func refused(_ name: String) -> ForesightError? {
                let path = "\(folder)/\(name)"
                let error = #expect(throws: ForesightError.self) { try ModelFolder.save(model, to: path) }
                #expect(error?.code == .usage && error?.remedy.contains("name a folder that is not there yet") == true)
                return error
            }
            try Folder.create(folder + "/data")
            for name in ["a.csv", "b.csv", "c.csv", "d.csv", "e.csv"] {
                try AtomicFile.write("years of work", to: "\(folder)/data/\(name)")
            }
            #expect(
                refused("data")?.message
                    == "a model that is saved at \(folder)/data replaces the whole folder, and there are "
                    + "a.csv, b.csv, c.csv and 2 more, which are no part of one")
            #expect(Folder.names(in: folder + "/data").count == 5)
            #expect(try InputFile.text(folder + "/data/a.csv") == "years of work")
            try AtomicFile.write("years of work", to: folder + "/file")
            #expect(refused("file")?.message == "\(folder)/file is a file, and a model is a folder")
            // Nothing, an empty folder, and a model with what stands beside one.
            try Folder.create(folder + "/model")
            try ModelFolder.save(model, to: folder + "/model")
            for name in ["reference.json", "rehearsal.safetensors", ".DS_Store", ".reference.json.17-0.partial"] {
                try AtomicFile.write("{}", to: "\(folder)/model/\(name)")
            }
            try ModelFolder.save(model, to: folder + "/model")
            #expect(!Folder.names(in: folder + "/model").contains("reference.json"))
            // A file of somebody's beside a model, and what was a model once.
            try AtomicFile.write("remember", to: folder + "/model/notes.txt")
            #expect(refused("model")?.message.hasSuffix("there is notes.txt, which is no part of one") == true)
            for name in ["notes.txt", "model.yaml"] {
                try FileManager.default.removeItem(atPath: "\(folder)/model/\(name)")
            }
            #expect(refused("model")?.message.contains("calibration.json, card.md") == true)
        }
    }

    @Test("A full disk leaves the earlier folder whole, and no other behind") func fullDisk() throws {
        let model = try #require(Self.model)
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try ModelFolder.save(model, to: path)
            let before = try InputFile.bytes(path + "/model.safetensors")
            // Full at the first file, in the midst of it, and at the last.
            let size = try Folder.names(in: path).reduce(0) { try $0 + InputFile.bytes("\(path)/\($1)").count }
            for capacity in [0, 3000, size - 100] {
                let error = #expect(throws: ForesightError.self) {
                    try ModelFolder.save(model, to: path, storage: FillingStorage(capacity: capacity))
                }
                #expect(error?.code == .failure)
                #expect(error?.message.contains("no space left") == true)
                #expect(error?.message.contains("partial") == false)
                #expect(Folder.names(in: folder) == ["model"])
                #expect(try InputFile.bytes(path + "/model.safetensors") == before)
                _ = try ModelFolder.load(path)
            }
        }
    }

    @Test("The same model gives the same bytes") func deterministic() throws {
        try withTemporaryFolder { folder in
            for name in ["a", "b"] { try ModelFolder.save(TinyLog.model(), to: "\(folder)/\(name)") }
            for file in Folder.names(in: folder + "/a") {
                #expect(try InputFile.bytes("\(folder)/a/\(file)") == InputFile.bytes("\(folder)/b/\(file)"))
            }
        }
    }
}
