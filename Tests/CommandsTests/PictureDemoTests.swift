import Basics
import Foundation
import Tensors
import Testing
import _TestSupport

@Suite("demo two-rooms", .enabled(if: torchIsSetUp))
struct PictureDemoTests {
    private static let model = HelpTests.package.appendingPathComponent("Models/two-rooms").path

    @Test("The model of the project reaches its goals and shows what it imagined")
    func plans() throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(["demo", "two-rooms", "--model", Self.model, "--out", "demo"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let summary = try JSONParser.parse(InputFile.text("\(folder)/demo/summary.json"))
            #expect(summary["goals"]?.int == 4)
            #expect(summary["reached"]?.int == 4)
            let gif = try Data(contentsOf: URL(fileURLWithPath: "\(folder)/demo/demo.gif"))
            #expect(gif.starts(with: Array("GIF89a".utf8)))
            #expect(try InputFile.text("\(folder)/demo/report.html").contains("4 of 4"))
        }
    }

    @Test("A folder without a model is refused with what to name")
    func noModel() throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(["demo", "two-rooms", "--model", "nothing"], in: folder)
            #expect(run.status == 65)
            #expect(run.complaint.joined().contains("no model folder at nothing"))
        }
    }

    @Test("A plant trains its own model")
    func otherPlant() throws {
        let run = try ForesightProcess(["demo", "heater-lab", "--model", "somewhere"])
        #expect(run.status == 64)
        #expect(run.complaint.joined().contains("--model somewhere is for two-rooms"))
    }
}
