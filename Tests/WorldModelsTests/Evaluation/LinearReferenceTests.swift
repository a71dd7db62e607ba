import Basics
import Episodes
import Foundation
import Identification
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Linear models to compare with", .enabled(if: torchIsSetUp))
struct LinearReferenceTests {
    private func fitted() throws -> (reference: LinearReference, model: ModelDescription) {
        let log = [KnownModel.record(noise: 0.1, samples: 240)]
        let description = try KnownModel.make(
            try KnownModel.linear(log), outputs: [KnownModel.output], inputs: [KnownModel.input], window: 6,
            horizon: 10,
            stride: 2
        ).description
        return (try LinearReference.fit(log, for: description), description)
    }

    @Test("The truth is found in a linear system's log: its error on new data is that of the noise alone")
    func truth() throws {
        let (reference, _) = try fitted()
        let entry = try #require(reference.entries.first)
        // The noise accumulates to 0.1 / √(1 − 0.25) = 0.115.
        #expect(entry.leftOutError < 0.13)
        #expect(entry.stride == 1, "inputs change from sample to sample, which the coarse step loses")
        let linear = try #require(entry.model)
        let errors = try linear.freeRunErrors(
            on: [KnownModel.record(noise: 0.1, samples: 400, seed: 99)],
            protocol: FreeRunProtocol(window: 12, horizon: 20))
        #expect(errors.overall(0) < 0.13)
    }

    @Test("It is saved in the model folder and read back the same")
    func roundTrip() throws {
        let (reference, model) = try fitted()
        try withTemporaryFolder { folder in
            #expect(try LinearReference.load(fromModelFolder: folder, for: model) == nil)
            try Folder.create("\(folder)/run/model")
            try reference.save(inModelFolder: "\(folder)/run/model")
            #expect(try LinearReference.load(fromModelFolder: "\(folder)/run/model", for: model) == reference)
            #expect(try LinearReference.load(fromModelFolder: "\(folder)/run", for: model) == reference)
        }
    }

    @Test("One that is damaged or of another model is refused, with the way out")
    func damaged() throws {
        let (reference, model) = try fitted()
        var other = reference
        other.samplingTime = 5
        var nothing = reference
        (nothing.entries[0].arx, nothing.entries[0].subspace) = (nil, nil)
        for broken in [other, nothing] {
            try withTemporaryFolder { folder in
                try broken.save(inModelFolder: folder)
                let error = #expect(throws: ForesightError.self) {
                    try LinearReference.load(fromModelFolder: folder, for: model)
                }
                #expect(error?.code == .data)
                #expect(error?.remedy.contains("--train") == true)
            }
        }
        // A model with a number missing would read past its end.
        try withTemporaryFolder { folder in
            try reference.save(inModelFolder: folder)
            let path = "\(folder)/\(LinearReference.fileName)"
            let cut = try InputFile.text(path).replacing(/"elements":\[[^,\]]+,/, with: "\"elements\":[")
            try AtomicFile.write(cut, to: path)
            #expect(throws: ForesightError.self) {
                try LinearReference.load(fromModelFolder: folder, for: model)
            }
        }
        try withTemporaryFolder { folder in
            try AtomicFile.write("{\"entries\": [", to: "\(folder)/\(LinearReference.fileName)")
            #expect(throws: ForesightError.self) {
                try LinearReference.load(fromModelFolder: folder, for: model)
            }
        }
    }

    @Test("Each output gets the model that is best for it")
    func perOutput() throws {
        let log = TinyLog.episodes(2, samples: 300)
        let model = try TinyLog.model(log)
        let reference = try LinearReference.fit(log, for: model.description)
        #expect(reference.entries.map(\.output) == ["T", "p"])
        for entry in reference.entries {
            #expect(entry.candidates > 20)
            #expect(entry.leftOutError.isFinite)
            #expect(entry.model?.layout.outputs.contains(entry.output) == true)
        }
        let evaluation = try Evaluation(
            model, on: TinyLog.episodes(2, samples: 200, seed: 77), reference: reference)
        for output in evaluation.outputs {
            let row = try #require(output.rows.last)
            #expect((row.linear ?? .infinity) < row.persistence)
        }
    }
}
