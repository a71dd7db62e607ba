import Basics
import Benchmarking
import Foundation
import Records
import Testing
import WorldModels
import _TestSupport

@testable import Commands

@Suite("benchmark regions")
struct RegionsBenchmarkTests {
    private static let shipped = HelpTests.package.appendingPathComponent("Models/two-rooms").path

    @Test(
        "What does not fit is one line that says what to do",
        arguments: [
            (["--pairs", "0"], Int32(64), "--pairs 0 is not 1 to 1000"),
            (["--episodes", "9"], 64, "--episodes 9 is not 10 to 10000"),
            (["--model", "nowhere"], 65, "no model folder at nowhere"),
        ])
    func refusals(arguments: [String], status: Int32, words: String) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(["benchmark", "regions"] + arguments, in: folder)
            #expect(run.status == status || !torchIsSetUp, "\(run.complaint)")
            #expect(run.complaint.joined().contains(words) || !torchIsSetUp, "\(run.complaint)")
            #expect(Folder.names(in: folder).isEmpty)
        }
    }

    @Test(
        "Another run in the folder goes on with the region and the pairs that are there, with the same settings alone",
        .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
    func goesOn() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            var study = RegionStudy(pairs: 1, episodes: 60)
            study.weights = []
            func session(_ study: RegionStudy) throws -> RegionsSession {
                try RegionsSession(
                    study, manifest: study.manifest(), model: Self.shipped, folder: folder, talk: Talk(isQuiet: true))
            }
            let first = try session(study).run()
            #expect(first.outcomes.map(\.way) == ["no guardrail", "guardrail"])
            #expect(try ImageModelFolder.load(folder.file("model")).regions.map(\.name) == ["unsafe"])
            // What was planned is read, not planned again.
            let judged = folder.file("judged/regions.json")
            let text = try InputFile.text(judged)
            try AtomicFile.write(text.replacingOccurrences(of: "\"decisions\":", with: "\"decisions\":70"), to: judged)
            let again = try session(study).run()
            #expect(again.outcomes.allSatisfy { $0.decisions >= 700 })
            #expect(again.outcomes.map(\.steps) == first.outcomes.map(\.steps))
            for other in [RegionStudy(pairs: 2, episodes: 60), RegionStudy(pairs: 1, episodes: 61)] {
                let error = #expect(throws: ForesightError.self) { try session(other) }
                #expect(error?.code == .usage && error?.message.contains("under another protocol") == true)
            }
        }
    }
}
