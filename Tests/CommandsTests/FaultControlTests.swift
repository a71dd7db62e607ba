import Basics
import Foundation
import Planning
import Plants
import Testing
import _TestSupport

@testable import Commands

@Suite("foresight control with faults and feedback", .serialized)
struct FaultControlTests {
    @Test(
        "faults are read as they are typed",
        arguments: [
            ("stuck:Q1@5min", PlantFault(.stuck("Q1"), start: 300)),
            ("drift:T1:-0.6/min@2min", PlantFault(.drift("T1", rate: -0.01), start: 120)),
            ("drift:T1:0.5@0", PlantFault(.drift("T1", rate: 0.5), start: 0)),
            ("change:convection:0.7@30s", PlantFault(.change("convection", factor: 0.7), start: 30)),
        ])
    func text(text: String, fault: PlantFault) throws {
        #expect(try FaultText.fault(text) == fault)
    }

    @Test(
        "what cannot be read is refused with the forms that can",
        arguments: [
            "stuck:Q1", "stuck@5min", "drift:T1@5min", "drift:T1:0@5min", "drift:T1:1/day@5min", "change:Q1:x@5min",
            "break:Q1@5min", "stuck:Q1@5min@6min",
        ])
    func wrong(text: String) {
        let error = #expect(throws: ForesightError.self) { try FaultText.fault(text) }
        #expect(error?.code == .usage && error?.description.contains(text) == true)
    }

    @Test("the median of delays is the middle one, or lies between the two in the middle") func median() {
        #expect(FaultOutcome.median([]) == nil)
        #expect(FaultOutcome.median([30]) == 30)
        #expect(FaultOutcome.median([50, 10]) == 30)
        #expect(FaultOutcome.median([70, 10, 20]) == 20)
        #expect(FaultOutcome.median([400, 10, 30, 20]) == 25)
    }

    @Test(
        "a fault is noticed, told with its delay, and what was violated before anything warned is counted",
        .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
    func noticed() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let ask =
                ControlCommandTests.ask.map { $0 == "2min" ? "5min" : $0 } + ["--compare", "none", "--no-report"]
                + ["--blocks", "1,2", "--replan-every", "3", "--recalibrate", "widen"]
            let run = try ForesightProcess(ask + ["--fault", "stuck:T1@1min"], in: folder)
            #expect(run.status == 0, "\(run.complaint.last ?? "")")
            let result = try JSONValue(parsing: run.output)
            let faults = try #require(result["faults"])
            #expect(faults["seconds"]?.double == 60)
            let episodes = faults["episodes"]?.array ?? []
            #expect(episodes.count == 2)
            for (episode, whole) in zip(episodes, result["controllers"]?[0]?["episodes"]?.array ?? []) {
                let first = (whole["surprises"]?.array ?? []).compactMap { $0["seconds"]?.double }.first { $0 >= 60 }
                #expect(episode["noticed_after_seconds"]?.double == first.map { $0 - 60 })
                #expect((episode["silent_violations"]?.int ?? 9) <= (episode["violations"]?.int ?? 0))
            }
            let coverage = try #require(result["coverage"]?.array?.first)
            #expect(coverage["seconds_ahead"]?.double == 10)
            let (low, share) = (coverage["calibrated"]?["low"]?.double, coverage["calibrated"]?["share"]?.double)
            #expect((low ?? 1) <= (share ?? 0))
            // Two outputs at three lead times.
            let corrections = try #require(result["corrections"]?.array)
            #expect(corrections.compactMap { $0["channel"]?.string } == ["T1", "T2", "T1", "T2", "T1", "T2"])
            #expect(corrections.allSatisfy { $0["unit"]?.string == "°C" && $0["at_the_end"]?.double != nil })
            #expect(corrections.allSatisfy { ($0["corrected"]?.int ?? 99) <= ($0["predictions"]?.int ?? 0) })
            let unknown = try ForesightProcess(ask + ["--fault", "stuck:Q3@1min"], in: folder)
            #expect(unknown.status == 64 && unknown.complaint.contains { $0.contains("T1, T2, Q1, Q2") })
            let word = try ForesightProcess(ask + ["--on-surprise", "fallbak"], in: folder)
            #expect(word.status == 64 && word.complaint.contains { $0.contains("did you mean 'fallback'?") })
            let check = try ForesightProcess(ask + ["--backup", "limit"], in: folder)
            #expect(check.status == 64 && check.complaint.contains { $0.contains("did you mean 'limits'?") })
        }
    }
}
