import Basics
import Episodes
import Foundation
import Tensors
import Testing
import _TestSupport

@testable import Identification
@testable import WorldModels

@Suite("The folder of a model that adapts", .enabled(if: torchIsSetUp))
struct AdaptationFolderTests {
    private func adapting() throws -> TrainedModel {
        var settings = TinyLog.settings()
        settings.adaptation.on = .value(true)
        settings.adaptation.gain = 0.3
        return try TinyLog.model(settings: settings)
    }

    private func edit(_ path: String, _ old: String, _ new: String) throws {
        let text = try InputFile.text(path)
        #expect(text.contains(old), "nothing to replace: \(old)")
        try AtomicFile.write(text.replacingOccurrences(of: old, with: new), to: path)
    }

    @Test("It holds what adapts, which adapts the same after loading")
    func roundTrip() throws {
        let model = try adapting()
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try ModelFolder.save(model, to: path)
            #expect(Folder.names(in: path).contains("adaptation.json"))
            let loaded = try ModelFolder.load(path)
            let (before, after) = (try #require(model.adapter), try #require(loaded.adapter))
            #expect(before == after)
            #expect(after.differences.gain == 0.3 && after.horizon == 10 && after.actions == 1)
            let log = TinyLog.episodes(seed: 9)[0]
            let outputs = (0..<40).flatMap { [log[$0, 0] + 6, log[$0, 1]] }
            let inputs = (0..<40).flatMap { [log[$0, 2], log[$0, 3]] }
            let ahead = (0..<10).flatMap { step -> [Double] in [10 * Double(step), 0] }
            let (first, second) = (
                before.adapt(outputs: outputs, inputs: inputs), after.adapt(outputs: outputs, inputs: inputs)
            )
            #expect(first.weight > 0.5, "a record that is 6 °C too warm differs")
            #expect(first.change(inputs: ahead) == second.change(inputs: ahead))
            #expect(first.variance(inputs: ahead) == second.variance(inputs: ahead))
            #expect(try InputFile.text(path + "/card.md").contains("On another record it adapts"))
            #expect(loaded.withoutAdaptation().adapter == nil)
        }
    }

    @Test("Estimates of models with many channels look back less far, so that decisions stay quick")
    func effort() throws {
        let adapter = try #require(try adapting().adapter)
        #expect(adapter.equations == RecordAdapter.maximumRows)
        #expect(adapter.historySteps == 2 + RecordAdapter.maximumRows)
        func equations(_ coefficients: Int, _ outputs: Int) -> Int {
            let values = [Double](repeating: 1, count: outputs)
            let prior = RecordPrior(
                model: adapter.prior.model, noise: values, covariance: .identity(coefficients), excitation: values)
            return RecordAdapter(
                prior, differences: adapter.differences, actions: 1, horizon: 10, stepTime: 1
            ).equations
        }
        #expect(equations(49, 2) == RecordAdapter.maximumRows)
        #expect(equations(100, 4) == 60)
        #expect(equations(200, 8) == RecordAdapter.leastRows)
    }

    @Test("A folder from before there was adaptation is read, and does not adapt")
    func older() throws {
        let model = try TinyLog.model()
        #expect(model.adapter == nil)
        try withTemporaryFolder { folder in
            let path = folder + "/model"
            try ModelFolder.save(model, to: path)
            let sheet = path + "/model.yaml"
            var lines = try InputFile.text(sheet).split(separator: "\n", omittingEmptySubsequences: false)
            lines.removeAll { $0 == "adaptation: null" }
            let section = try #require(lines.firstIndex { $0 == "  adaptation:" })
            lines.removeSubrange(section...section + 4)
            let text = lines.joined(separator: "\n")
            #expect(!text.contains("adaptation") && text.contains("anti_collapse"))
            try AtomicFile.write(text, to: sheet)
            let loaded = try ModelFolder.load(path)
            #expect(loaded.adapter == nil)
            // Saved again, it is complete and still does not adapt.
            try ModelFolder.save(loaded, to: folder + "/again")
            #expect(try ModelFolder.load(folder + "/again").adapter == nil)
        }
    }

    @Test("A missing, damaged, foreign or half-named file is refused, with the reason")
    func refusals() throws {
        let model = try adapting()
        func refusal(_ change: (String) throws -> Void) throws -> String {
            try withTemporaryFolder { folder in
                let path = folder + "/model"
                try ModelFolder.save(model, to: path)
                try change(path)
                let error = #expect(throws: ForesightError.self) { _ = try ModelFolder.load(path) }
                #expect(error?.code == .data)
                return error?.message ?? ""
            }
        }
        func forge(_ folder: String, _ prior: RecordPrior) throws {
            let path = folder + "/adaptation.json"
            let before = try SHA256.hex(ofFile: path)
            try AtomicFile.write(JSONText.encode(prior), to: path)
            try edit(folder + "/model.yaml", before, SHA256.hex(ofFile: path))
        }
        #expect(
            try refusal { try FileManager.default.removeItem(atPath: $0 + "/adaptation.json") }
                .contains("has no adaptation.json"))
        #expect(
            try refusal { try edit($0 + "/adaptation.json", "\"noise\":[", "\"noise\":[ ") }
                .contains("is not the file that model.yaml was saved with"))
        let prior = try #require(model.adapter).prior
        var covariance = prior.covariance
        covariance[1, 1] = -1
        let damaged = RecordPrior(
            model: prior.model, noise: prior.noise, covariance: covariance, excitation: prior.excitation)
        #expect(try refusal { try forge($0, damaged) }.contains("damaged or of other channels"))
        let foreign = try RecordPrior(
            fitting: TinyLog.episodes(), layout: SignalLayout(outputs: ["p", "T"], inputs: ["Q", "wind"]), order: 2,
            ridge: 1e-4)
        #expect(try refusal { try forge($0, foreign) }.contains("damaged or of other channels"))
        #expect(
            try refusal { try edit($0 + "/model.yaml", "    on: true", "    on: false") }
                .contains("adaptation.on and the digest of adaptation.json disagree"))
        // A sheet cannot lose the digest alone.
        #expect(
            try refusal { folder in
                let digest = try SHA256.hex(ofFile: folder + "/adaptation.json")
                let text = try InputFile.text(folder + "/model.yaml")
                let line = try #require(text.split(separator: "\n").first { $0.contains(digest) })
                try edit(folder + "/model.yaml", line + "\n", "")
            }.contains("disagree"))
    }
}
