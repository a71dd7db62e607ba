import Basics
import Testing
import _TestSupport

@Suite("benchmark detection")
struct DetectionBenchmarkTests {
    static let refusals: [(arguments: [String], status: Int32, words: [String])] = [
        ([], 64, ["no data folder", "--data", "FORESIGHT_DATA"]),
        (["--data", "."], 65, ["no folder tep", "--only"]),
        (["--data", ".", "--only", "skap"], 64, ["no set 'skap'", "did you mean 'skab'?"]),
        (["--data", ".", "--only", "tep", "epochz=3"], 64, ["'epochz'", "did you mean 'epochs'?"]),
        (["log.csv", "--data", "."], 64, ["'log.csv' is not a setting"]),
        (["--data", "data", "--only", "tep", "--quiet"], 65, ["d00.dat"]),
    ]

    @Test("What does not fit is one line with value, limit and next step", arguments: refusals.indices)
    func refusal(_ index: Int) throws {
        let refusal = Self.refusals[index]
        try withTemporaryFolder { folder in
            try Folder.create("\(folder)/data/tep")
            let run = try ForesightProcess(
                ["benchmark", "detection"] + refusal.arguments, in: folder, environment: ["FORESIGHT_DATA": ""])
            #expect(run.status == refusal.status)
            #expect(run.complaint.count == 1)
            for word in refusal.words {
                #expect(run.complaint.first?.contains(word) == true, "“\(word)” in \(run.complaint)")
            }
        }
    }
}
