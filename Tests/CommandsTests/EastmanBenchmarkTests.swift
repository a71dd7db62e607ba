import Basics
import Testing
import _TestSupport

@Suite("benchmark eastman")
struct EastmanBenchmarkCommandTests {
    @Test(
        "What does not fit is one line that says what to do",
        arguments: [
            (["--faults", "16"], ["'16' is no disturbance", "choose from 0 to 15"]),
            (["--faults", "1", "--episodes", "0"], ["--episodes 0 is not 1 to 1000"]),
            (["--hours", "0"], ["--hours 0.0 is not above 0 and at most 10000"]),
            (["--onset", "48"], ["disturbances that come after 48 h never come in episodes of 48 h"]),
            (["--solver", "icen"], ["no solver of these targets is called icen", "did you mean icem?"]),
            (["--solver", "beam"], ["no solver of these targets is called beam"]),
            (["log.csv"], ["'log.csv' is not a setting"]),
            (["epohcs=3"], ["epohcs", "did you mean 'epochs'?"]),
        ])
    func refusals(arguments: [String], words: [String]) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(["benchmark", "eastman"] + arguments, in: folder)
            #expect(run.status == 64, "\(run.complaint)")
            for word in words { #expect(run.complaint.joined().contains(word), "\(run.complaint)") }
            #expect(Folder.names(in: folder).isEmpty)
        }
    }
}
