import Basics
import Episodes
import Foundation
import Testing
import _TestSupport

@Suite("foresight evaluate and plan, with a model that adapts", .serialized)
struct AdaptationCommandTests {
    /// A folder with a model that adapts, its log, and `other.csv`: the same on a day that is 5 °C warmer.
    private func withModel<Result>(_ body: (_ folder: String) throws -> Result) throws -> Result {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder, adapts: true)
            var other = PlanningModel.log
            for row in 0..<other.count {
                for output in 0..<2 { other[row, output] += 5 }
            }
            try PlanningModel.write(other, to: folder + "/other.csv")
            return try body(folder)
        }
    }

    @Test("Evaluation says by how much predictions were adapted, and errs less than without")
    func evaluation() throws {
        try withModel { folder in
            func evaluate(_ log: String, _ more: [String] = []) throws -> JSONValue {
                let run = try ForesightProcess(
                    ["evaluate", "model", log, "--starts", "30", "--json", "--no-report"] + more, in: folder)
                #expect(run.status == 0, "\(run.complaint)")
                return try JSONParser.parse(run.output)
            }
            func error(_ result: JSONValue) throws -> Double { try #require(result["overall"]?["T1"]?["rmse"]?.double) }
            let (adapted, plain) = (try evaluate("other.csv"), try evaluate("other.csv", ["--no-adapt"]))
            #expect(try error(adapted) < 0.5 * error(plain))
            #expect(plain["adaptation"] == .null)
            let summary = try #require(adapted["adaptation"])
            #expect((summary["weight"]?.double ?? 0) > 0.95)
            #expect(summary["predictions"]?.double == 30 && summary["refused"]?.double == 0)
            #expect(2...8 ~= (summary["offsets"]?["T1"]?.double ?? 0))
            #expect(abs(summary["gains"]?["Q1"]?["change"]?.double ?? 1) < 0.1)
            #expect(summary["gains"]?["Q2"]?["output"]?.string == "T2")
            let same = try evaluate("log.csv")
            #expect((same["adaptation"]?["weight"]?.double ?? 1) < 0.2)
            #expect(try error(same) < 1.1 * error(evaluate("log.csv", ["--no-adapt"])) + 0.01)

            let text = try ForesightProcess(
                ["evaluate", "model", "other.csv", "--starts", "5", "--out", "judged"], in: folder)
            #expect(text.output.contains("\nadapted to this record (weight "), "\(text.output)")
            #expect(text.output.contains("mean of 5 predictions"))
            #expect(text.output.contains("higher, T2 ends"))
            #expect(text.output.contains("with the training log's mean actions; Q1 moves T1"))
            let page = try InputFile.text("\(folder)/judged/report.html")
            #expect(page.contains("Predictions are adapted to this record"))
        }
    }

    @Test("A model that nothing drives adapts as well")
    func withoutInputs() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(PlanningModel.undriven, in: folder, adapts: true)
            var other = PlanningModel.undriven
            for row in 0..<other.count {
                for output in 0..<2 { other[row, output] += 40 }
            }
            try PlanningModel.write(other, to: folder + "/other.csv")
            func evaluate(_ more: [String]) throws -> JSONValue {
                let run = try ForesightProcess(
                    ["evaluate", "model", "other.csv", "--starts", "30", "--json", "--no-report", "-q"] + more,
                    in: folder)
                #expect(run.status == 0, "\(run.complaint.prefix(2))")
                return try JSONParser.parse(run.output)
            }
            let (adapted, plain) = (try evaluate([]), try evaluate(["--no-adapt"]))
            #expect((adapted["adaptation"]?["offsets"]?["T1"]?.double ?? 0) > 1)
            let errors = try [adapted, plain].map { try #require($0["overall"]?["T1"]?["rmse"]?.double) }
            #expect(errors[0] < errors[1])
        }
    }

    @Test("A plan says so, too, and differs from one that was not adapted")
    func plan() throws {
        try withModel { folder in
            func plan(_ more: [String]) throws -> ForesightProcess {
                try ForesightProcess(
                    ["plan", "model", "--from", "other.csv", "--explore"] + PlanCommandTests.ask + more, in: folder)
            }
            let run = try plan(["--out", "decision"])
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.output.contains("\nadapted to this record (weight "), "\(run.output)")
            #expect(try InputFile.text("\(folder)/decision/report.html").contains("Predictions are adapted"))
            let (with, without) = (
                try JSONParser.parse(plan(["--json", "--no-report"]).output),
                try JSONParser.parse(plan(["--json", "--no-report", "--no-adapt"]).output)
            )
            #expect(with["adaptation"]?["predictions"]?.double == 1)
            #expect(without["adaptation"] == .null)
            // On the warmer day the same temperature needs less heat.
            func heat(_ plan: JSONValue) -> Double {
                (plan["actions"]?.array ?? []).flatMap { $0["values"]?.array ?? [] }.compactMap(\.double).reduce(0, +)
            }
            #expect(heat(with) < heat(without))
            let width = { (plan: JSONValue) in
                (plan["channels"]?[0]?["upper"]?[11]?.double ?? 0) - (plan["channels"]?[0]?["lower"]?[11]?.double ?? 0)
            }
            #expect(width(with) > width(without))
        }
    }
}
