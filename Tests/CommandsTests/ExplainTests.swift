import Basics
import Episodes
import Foundation
import Plants
import Testing
import WorldModels
import _TestSupport

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("foresight explain, on small models of its own", .serialized)
struct ExplainTests {
    private func explain(_ arguments: [String], in folder: String) throws -> ForesightProcess {
        try ForesightProcess(["explain"] + arguments, in: folder)
    }

    @Test("Contributions add up, tables and page say what, when and how much")
    func contributions() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let run = try explain(["model", "log.csv", "--at", "1500", "--ahead", "60", "--out", "why"], in: folder)
            #expect(run.status == 0)
            let lines = run.output.split(separator: "\n").map(String.init)
            #expect(
                lines[0]
                    == "model at 25 min of log.csv, 60 s ahead, beside every channel at its mean over the training log")
            #expect(
                lines.contains { $0.hasPrefix("T1: ") && $0.contains("was measured") && $0.hasSuffix("to explain") })
            #expect(
                lines.contains { $0.hasPrefix("Q1 from now on") } && lines.contains { $0.hasPrefix("all together") })
            #expect(lines.contains { $0.hasPrefix("T2 to Q1") && $0.contains("°C/%") })
            let page = try InputFile.text("\(folder)/why/report.html")
            for words in ["Step responses", "T2 to Q1", "Where the prediction comes from", "errors unrelated"] {
                #expect(page.contains(words), "the page lacks “\(words)”")
            }
            #expect(!page.contains(folder) && !page.contains("src="))
            #expect(XMLParser(data: Data(page.replacing("<!DOCTYPE html>", with: "").utf8)).parse())
            let json = try JSONParser.parse(InputFile.text("\(folder)/why/explanation.json"))
            let outputs = try #require(json["outputs"]?.array)
            #expect(outputs.compactMap { $0["name"]?.string } == ["T1", "T2"])
            for output in outputs {
                let parts = try #require(output["contributions"]?.array)
                let sum = parts.reduce(0) { $0 + ($1["sum"]?.double ?? .nan) }
                let difference = (output["prediction"]?.double ?? 0) - (output["baseline"]?.double ?? 0)
                #expect(abs(sum - difference) < 1e-3 && abs(difference) > 0.1)
                #expect(parts.contains { $0["from"]?.string == "Q2 until now" })
                for part in parts {
                    let (seconds, values) = (part["seconds"]?.array ?? [], part["values"]?.array ?? [])
                    #expect(seconds.count == values.count && !values.isEmpty)
                }
            }
            // A tenth of a degree of noise; the model is of the plant's own form.
            #expect(abs((outputs[0]["prediction"]?.double ?? 0) - (outputs[0]["measured"]?.double ?? 99)) < 1)
        }
    }

    @Test("A model that nothing drives explains what its measurements tell, and has no step responses")
    func withoutInputs() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(PlanningModel.undriven, in: folder)
            for baseline in ["mean", "held"] {
                let run = try explain(
                    ["model", "log.csv", "--at", "1500", "--baseline", baseline, "--json", "--no-report", "-q"],
                    in: folder)
                #expect(run.status == 0, "\(run.complaint.prefix(2))")
                let json = try JSONParser.parse(run.output)
                let outputs = try #require(json["outputs"]?.array)
                #expect(outputs.count == 2 && json["step_responses"]?.array?.isEmpty == true)
                for output in outputs {
                    let parts = try #require(output["contributions"]?.array)
                    #expect(parts.count == 2)
                    let sum = parts.reduce(0) { $0 + ($1["sum"]?.double ?? .nan) }
                    let difference = (output["prediction"]?.double ?? 0) - (output["baseline"]?.double ?? 0)
                    #expect(abs(sum - difference) < 1e-3, "\(sum) instead of \(difference)")
                }
            }
            let page = try explain(["model", "log.csv", "--out", "why"], in: folder)
            #expect(page.status == 0, "\(page.complaint.prefix(2))")
        }
    }

    @Test("Gains and time constants are those of the equations that made the log")
    func gains() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let run = try explain(
                ["model", "log.csv", "--json", "--quiet", "--no-report", "--horizon", "15min"], in: folder)
            #expect(run.status == 0 && run.complaint.isEmpty)
            let responses = try #require(try JSONParser.parse(run.output)["step_responses"]?.array)
            // At rest: 0.17 T1 − 0.05 T2 = 0.06 Q1 + …, 0.15 T2 − 0.05 T1 = 0.05 Q2 + ….
            let determinant = 0.17 * 0.15 - 0.05 * 0.05
            let exact = [
                "T1 Q1": 0.15 * 0.06 / determinant, "T2 Q1": 0.05 * 0.06 / determinant,
                "T1 Q2": 0.05 * 0.05 / determinant, "T2 Q2": 0.17 * 0.05 / determinant,
            ]
            #expect(responses.count == 4)
            for response in responses {
                let name = "\(response["output"]?.string ?? "") \(response["action"]?.string ?? "")"
                let (gain, expected) = (response["gain"]?.double ?? .nan, exact[name] ?? .nan)
                #expect(abs(gain / expected - 1) < 0.05, "\(name): \(gain) instead of \(expected)")
                #expect(response["direction"]?.string == "up" && response["settled"]?.bool == true)
                #expect((response["dead_time_seconds"]?.double ?? 99) < 60)
            }
        }
    }

    @Test("Step responses of a model of the heater lab follow the exact equations of the plant")
    func heaterLab() throws {
        try withTemporaryFolder { folder in
            let made = try ForesightProcess(
                ["simulate", "heater-lab", "--hours", "4", "--seed", "1", "--out", "log.csv", "--quiet"], in: folder)
            #expect(made.status == 0)
            let trained = try ForesightProcess(
                ["train", "log.csv", "--out", "run", "--quiet", "refine=false", "order=2", "members=3", "epochs=3"],
                in: folder)
            #expect(trained.status == 0, "\(trained.complaint)")
            let run = try explain(["run", "log.csv", "--json", "--quiet", "--no-report"], in: folder)
            let json = try JSONParser.parse(run.output)
            let plant = HeaterLab()
            let inputs = try ["Q1", "Q2"].map { try #require(json["operating_point"]?["inputs"]?[$0]?.double) }
            let rest = plant.settled(from: plant.initialState, action: inputs, disturbance: [plant.parameters.ambient])
            for response in try #require(json["step_responses"]?.array) {
                let action = response["action"]?.string == "Q1" ? 0 : 1
                let output = response["output"]?.string == "T1" ? 0 : 1
                var (state, stepped) = (rest, inputs)
                stepped[action] += try #require(response["size"]?.double)
                let values = try #require(response["values"]?.array).compactMap(\.double)
                var exact: [Double] = []
                for _ in values {
                    state = plant.step(state, action: stepped, disturbance: [plant.parameters.ambient])
                    exact.append(plant.outputs(of: state)[output] - plant.outputs(of: rest)[output])
                }
                // A linear model of two lags with radiation: 5 °C to its own heater, 0.8 °C to the other one.
                let greatest = zip(values, exact).map { abs($0 - $1) }.max() ?? .nan
                #expect(greatest < (action == output ? 0.4 : 0.15), "T\(output + 1) to Q\(action + 1): \(greatest) °C")
            }
        }
    }

    @Test("What does not fit is refused with what to do")
    func refusals() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            for (arguments, words) in [
                (["--ahead", "1h"], "horizon"), (["--output", "T3"], "no output T3"), (["--step", "0"], "--step 0"),
                (["--from", "99999"], "--from 99999"), (["--at", "99999"], "--at 99999"),
            ] {
                let run = try explain(["model", "log.csv", "--no-report"] + arguments, in: folder)
                #expect([64, 65].contains(run.status) && run.complaint.last?.contains(words) == true, "\(arguments)")
            }
            let far = try explain(
                ["model", "log.csv", "--step", "1", "--quiet", "--no-report", "--at", "last"], in: folder)
            #expect(far.status == 0)
            #expect(far.complaint.contains { $0.contains("later inputs are held") }, "\(far.complaint)")
        }
    }

    @Test("An output that is missing where the history begins is named, and how often it was measured")
    func gaps() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            var log = PlanningModel.log
            for row in 0..<log.count - 1 { log[row, 0] = .nan }
            try PlanningModel.write(log, to: folder + "/log.csv")
            let run = try explain(["model", "log.csv", "--no-report", "--at", "last"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.complaint.contains { $0.contains("T1 was measured in 1 of the last") }, "\(run.complaint)")
            #expect(!run.complaint.contains { $0.contains("T2 was measured in") })
        }
    }
}
