import Basics
import Episodes
import Foundation
import Testing
import WorldModels
import _TestSupport

#if canImport(FoundationXML)
    import FoundationXML
#endif

@Suite("foresight evaluate, on a small model of its own", .serialized)
struct EvaluateTests {
    /// A folder with `model/` and its log, and with linear models to compare with unless left out.
    private func withModel<Result>(
        reference: Bool = true, _ body: (_ folder: String) throws -> Result
    ) throws -> Result {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            if reference {
                let description = try ModelFolder.description(of: folder + "/model")
                try LinearReference.fit([PlanningModel.log], for: description)
                    .save(inModelFolder: folder + "/model")
            }
            return try body(folder)
        }
    }

    private func evaluate(_ arguments: [String], in folder: String) throws -> ForesightProcess {
        try ForesightProcess(["evaluate"] + arguments, in: folder)
    }

    @Test("A table by channel and time ahead, how far to trust in words, warnings, cost, and a page")
    func text() throws {
        try withModel { folder in
            let run = try evaluate(["model", "log.csv", "--out", "judged"], in: folder)
            #expect(run.status == 0)
            let lines = run.output.split(separator: "\n").map(String.init)
            #expect(lines[0].contains(" on log.csv: free run from") && lines[0].hasSuffix("in steps of 10 s"))
            #expect(
                lines[1].split(separator: " ").joined(separator: " ") == "channel ahead model linear held band ± inside"
            )
            let first = lines.first { $0.hasPrefix("T1 [°C]") }?.split(separator: " ") ?? []
            #expect(first.count == 10 && first[2...3] == ["10", "s"] && first.last == "%")
            #expect(lines.contains { $0.hasPrefix("T1") && $0.contains("trusted to ±") || $0.contains("is better") })
            #expect(lines.contains { $0.hasPrefix("a prediction takes") && $0.contains("256 candidates") })
            #expect(run.output.hasSuffix("page with plots: judged/report.html\n"))
            let page = try InputFile.text("\(folder)/judged/report.html")
            for words in [
                "can be trusted", "error against horizon", "Coverage of the bands", "autocorrelation",
                "Spectrum of the representation", "the worst of all", "linear model", "persistence",
            ] { #expect(page.contains(words), "the page lacks “\(words)”") }
            #expect(!page.contains(folder) && !page.contains("http-equiv") && !page.contains("src="))
            #expect(XMLParser(data: Data(page.replacing("<!DOCTYPE html>", with: "").utf8)).parse())
            #expect(Folder.names(in: "\(folder)/judged") == ["evaluation.json", "provenance.json", "report.html"])
        }
    }

    @Test("JSON has a row of seconds, rmse, persistence, linear and coverage for every channel and step")
    func json() throws {
        try withModel { folder in
            let run = try evaluate(
                ["model", "log.csv", "--json", "--quiet", "--horizon", "60", "--out", "out"], in: folder)
            #expect(run.status == 0 && run.complaint.isEmpty)
            let result = try JSONParser.parse(run.output)
            #expect(result["horizon_seconds"]?.double == 60)
            #expect(result["trained_horizon_seconds"]?.double == 120)
            for name in ["T1", "T2"] {
                let rows = try #require(result["channels"]?[name]?.array)
                #expect(rows.map { $0["seconds"]?.double } == [10, 20, 30, 40, 50, 60])
                for row in rows {
                    for key in ["rmse", "persistence", "linear", "half_width", "error_quantile"] {
                        #expect((row[key]?.double ?? -1) > 0, "\(key) of \(name)")
                    }
                    #expect(0...1 ~= (row["coverage"]?.double ?? -1))
                    // A tenth of a degree of noise on one side, ten of heating on the other.
                    #expect((row["rmse"]?.double ?? 9) < (row["persistence"]?.double ?? 0))
                }
                let overall = try #require(result["overall"]?[name])
                #expect(overall["unit"]?.string == nil || overall["unit"]?.string == "°C")
                #expect(overall["coverage_interval"]?.array?.count == 2)
                #expect((overall["residuals"]?["autocorrelation"]?[0]?.double ?? 0) == 1)
                #expect(overall["in_words"]?.string?.hasPrefix(name) == true)
            }
            for key in ["single", "per_step_and_candidate", "encoding", "linear"] {
                #expect((result["prediction_microseconds"]?[key]?.double ?? 0) > 0)
            }
            #expect(0...1 ~= (result["coverage"]?.double ?? -1))
            #expect(result["promised_coverage"]?.double == 0.9)
            #expect(0...1 ~= (result["out_of_distribution"]?.double ?? -1))
            #expect(
                try JSONParser.parse(InputFile.text("\(folder)/out/evaluation.json"))["channels"] == result["channels"])
        }
    }

    @Test("A model without linear models leaves their column empty and says what to do; --train fills it")
    func train() throws {
        try withModel(reference: false) { folder in
            let bare = try evaluate(["model", "log.csv", "--json", "--no-report", "--quiet"], in: folder)
            #expect(bare.status == 0)
            let result = try JSONParser.parse(bare.output)
            #expect(result["channels"]?["T1"]?[0]?["linear"] == .null)
            #expect(result["warnings"]?.array?.contains { $0.string?.contains("--train") == true } == true)
            let fitted = try evaluate(
                ["model", "log.csv", "--train", "log.csv", "--json", "--no-report", "--quiet"], in: folder)
            #expect((try JSONParser.parse(fitted.output)["channels"]?["T1"]?[0]?["linear"]?.double ?? 0) > 0)
        }
    }

    @Test("Columns of other names are found by renaming or a file of channels; a log like those of training is named")
    func names() throws {
        try withModel { folder in
            let log = try InputFile.text("\(folder)/log.csv")
            try AtomicFile.write(log.replacing("T1,T2,Q1,Q2", with: "one,two,Q1,Q2"), to: "\(folder)/renamed.csv")
            let missing = try evaluate(["model", "renamed.csv", "--no-report"], in: folder)
            #expect(missing.status == 65 && missing.complaint.last?.contains("renamed.csv has no channel T1") == true)
            let options = ["--no-report", "--json", "--quiet"]
            let plain = try evaluate(["model", "log.csv"] + options, in: folder)
            let flags = try evaluate(
                ["model", "renamed.csv", "--observations", "T1=one,T2=two"] + options, in: folder)
            try AtomicFile.write(
                "channels:\n  - {name: T1, from: one}\n  - {name: T2, from: two}\n  - {name: other, from: none}\n",
                to: "\(folder)/renamed.channels.yaml")
            let file = try evaluate(["model", "renamed.csv"] + options, in: folder)
            let channels = try JSONParser.parse(plain.output)["channels"]
            #expect(channels != nil)
            #expect(try JSONParser.parse(flags.output)["channels"] == channels)
            #expect(try JSONParser.parse(file.output)["channels"] == channels)
        }
    }

    @Test("A run folder knows how its logs were read")
    func runFolder() throws {
        try withModel { folder in
            try Folder.create("\(folder)/run")
            try FileManager.default.moveItem(atPath: "\(folder)/model", toPath: "\(folder)/run/model")
            let log = try InputFile.text("\(folder)/log.csv")
            try AtomicFile.write(log.replacing("T1,T2,Q1,Q2", with: "one,two,Q1,Q2"), to: "\(folder)/log.csv")
            try AtomicFile.write(
                "channels:\n  - {name: T1, from: one, role: observation}\n  - {name: T2, from: two, role: observation}\n",
                to: "\(folder)/run/config.yaml")
            for name in ["run", "run/model"] {
                let run = try evaluate([name, "log.csv", "--no-report"], in: folder)
                #expect(run.status == 0)
                #expect(run.output.hasPrefix("run on log.csv"))
            }
        }
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        var what: String
        var arguments: [String]
        var status: Int32
        var words: [String]
        var testDescription: String { what }
    }

    static let refusals = [
        Refusal(
            what: "missing model folder", arguments: ["modell", "log.csv"], status: 65,
            words: ["no model folder at modell", "did you mean model?"]),
        Refusal(what: "a log for a model", arguments: ["log.csv", "log.csv"], status: 65, words: ["log.csv"]),
        Refusal(what: "no log", arguments: ["model"], status: 64, words: ["no log is named"]),
        Refusal(what: "missing log", arguments: ["model", "lag.csv"], status: 65, words: ["no such file: lag.csv"]),
        Refusal(
            what: "horizon beyond the trained one", arguments: ["model", "log.csv", "--horizon", "130"], status: 64,
            words: ["130 s", "120 s", "--horizon 120", "horizon=13"]),
        Refusal(
            what: "horizon of nothing", arguments: ["model", "log.csv", "--horizon", "0"], status: 64,
            words: ["--horizon '0'", "above 0"]),
        Refusal(
            what: "no starts", arguments: ["model", "log.csv", "--starts", "0"], status: 64,
            words: ["--starts 0", "100000"]),
        Refusal(
            what: "a channel that the model lacks", arguments: ["model", "log.csv", "--observations", "T3=T1"],
            status: 64, words: ["the model has no channel T3", "did you mean T"]),
        Refusal(
            what: "another role", arguments: ["model", "log.csv", "--disturbances", "Q1"], status: 64,
            words: ["Q1 is of role action in the model, not disturbance"]),
        Refusal(
            what: "another sampling", arguments: ["model", "log.csv", "--resample", "5"], status: 65,
            words: ["every 5 s", "every 10 s", "--resample 10"]),
        Refusal(
            what: "another unit", arguments: ["model", "log.csv", "--observations", "T1[°F]"], status: 65,
            words: ["T1 is in °F in the log, the model knows it in °C"]),
        Refusal(
            what: "a horizon of more steps than training takes", arguments: ["model", "log.csv", "--horizon", "3h"],
            status: 64, words: ["10800", "horizon=10800s"]),
        Refusal(
            what: "a setting", arguments: ["model", "log.csv", "epochs=3"], status: 64, words: ["epochs=3"]),
    ]

    @Test("A heading in another unit is refused, also where the run folder says how the model's own log was read")
    func headingUnit() throws {
        try withModel(reference: false) { folder in
            let channels = ["T1", "T2"].map { "  - {name: \($0), role: observation, unit: \"°C\"}" }
            let actions = ["Q1", "Q2"].map { "  - {name: \($0), role: action, unit: \"%\"}" }
            try (["channels:"] + channels + actions).joined(separator: "\n")
                .write(toFile: folder + "/config.yaml", atomically: true, encoding: .utf8)
            let log = try String(contentsOfFile: folder + "/log.csv", encoding: .utf8)
            func run(_ heading: String, _ options: [String] = []) throws -> ForesightProcess {
                try log.replacingOccurrences(of: ",T1,", with: ",\(heading),")
                    .write(toFile: folder + "/other.csv", atomically: true, encoding: .utf8)
                return try evaluate(["model", "other.csv", "--no-report"] + options, in: folder)
            }
            let refused = try run("T1 (K)", ["--quiet"])
            #expect(refused.status == 65)
            #expect(refused.complaint.last?.contains("T1 is in K in the log, the model knows it in °C") == true)
            #expect(try run("T1 (degC)").status == 0)
            #expect(try run("T1").status == 0)
            // Whoever says it of this very log knows better than its heading.
            let told = try run("T1 (K)", ["--channels", "config.yaml"])
            #expect(told.status == 0)
            #expect(told.complaint.contains { $0.contains("T1 is in K by its heading and taken as °C") })
        }
    }

    @Test("What does not fit is one line with value, limit and next step", arguments: refusals)
    func refusal(_ refusal: Refusal) throws {
        try withModel(reference: false) { folder in
            let run = try evaluate(refusal.arguments + ["--quiet", "--no-report"], in: folder)
            #expect(run.status == refusal.status)
            #expect(run.output.isEmpty)
            #expect(run.complaint.count == 1)
            for word in refusal.words {
                #expect(run.complaint.first?.contains(word) == true, "“\(word)” in \(run.complaint)")
            }
        }
    }

    @Test("A damaged file in the model folder is named", arguments: ["model.safetensors", "reference.json"])
    func damaged(_ name: String) throws {
        try withModel { folder in
            let path = "\(folder)/model/\(name)"
            let bytes = try InputFile.bytes(path)
            try AtomicFile.write(Array(bytes[..<(bytes.count / 2)]), to: path)
            let run = try evaluate(["model", "log.csv", "--quiet", "--no-report"], in: folder)
            #expect(run.status == 65 && run.output.isEmpty && run.complaint.count == 1)
            #expect(run.complaint.first?.contains(name) == true)
        }
    }

    @Test("Results are not lost when the page cannot be saved")
    func unwritable() throws {
        try withModel(reference: false) { folder in
            try AtomicFile.write("in the way", to: "\(folder)/taken")
            let run = try evaluate(["model", "log.csv", "--out", "taken/page", "--quiet"], in: folder)
            #expect(run.status == 1 && run.complaint.count == 1)
            #expect(run.complaint.first?.contains("taken") == true)
            #expect(run.output.contains("a prediction takes"))
        }
    }
}
