import Basics
import Foundation
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Saving a training from pictures", .enabled(if: torchIsSetUp))
struct ImageSavingTests {
    private struct Ended: Error {}

    @Test("It is saved where somebody ends it, behind the last step, and once the time has come; not before")
    func moments() throws {
        let training = try TinyImages.training()
        try withTemporaryFolder { folder in
            let path = folder + "/checkpoint.safetensors"
            let saving = ImageSaving(training, data: "squares", path: path)
            _ = try training.run(1)
            var heard = 0
            try saving.during { heard += 1 }
            #expect(heard == 1 && !FileManager.default.fileExists(atPath: path))
            #expect(throws: Ended.self) { try saving.during { throw Ended() } }
            #expect(try ImageCheckpoint.step(of: path) == 1)
            _ = try training.run(1)
            try saving.during { heard += 1 }
            #expect(try ImageCheckpoint.step(of: path) == 1)
            try saving.during(isLast: true) { heard += 1 }
            #expect(try ImageCheckpoint.step(of: path) == 2 && heard == 3)
            let often = ImageSaving(training, data: "squares", path: path, pause: .zero)
            _ = try training.run(1)
            try often.during { heard += 1 }
            #expect(try ImageCheckpoint.step(of: path) == 3 && heard == 4)
        }
    }

    @Test("Where there is no file nothing is saved, and what ends it is told all the same")
    func nowhere() throws {
        let training = try TinyImages.training()
        let saving = ImageSaving(training, data: "squares", path: nil)
        try saving.during(isLast: true) {}
        #expect(throws: Ended.self) { try saving.during { throw Ended() } }
        try withTemporaryFolder { folder in
            // What could not be saved is told before what ended it.
            let lost = ImageSaving(training, data: "squares", path: folder + "/none/checkpoint.safetensors")
            let error = #expect(throws: ForesightError.self) { try lost.during { throw Ended() } }
            #expect(error?.code == .failure)
        }
    }
}
