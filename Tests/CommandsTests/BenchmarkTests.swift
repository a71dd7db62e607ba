import Basics
import Testing
import _TestSupport

@Suite("benchmark identification")
struct BenchmarkTests {
    struct Refusal: Sendable, CustomTestStringConvertible {
        var what: String
        var arguments: [String]
        var status: Int32
        var words: [String]
        var testDescription: String { what }
    }

    static let refusals = [
        Refusal(
            what: "no data folder", arguments: [], status: 64, words: ["no data folder", "--data", "FORESIGHT_DATA"]),
        Refusal(
            what: "missing data folder", arguments: ["--data", "nowhere"], status: 65,
            words: ["no folder at nowhere", "--data"]),
        Refusal(
            what: "missing set", arguments: ["--data", "."], status: 65,
            words: ["no folder cascaded_tanks", "--only"]),
        Refusal(
            what: "unknown set", arguments: ["--data", ".", "--only", "empss"], status: 64,
            words: ["no set 'empss'", "did you mean 'emps'?"]),
        Refusal(
            what: "a log", arguments: ["log.csv", "--data", ".", "--only", "emps"], status: 64,
            words: ["'log.csv' is not a setting", "--only"]),
        Refusal(
            what: "an unknown set behind a known one", arguments: ["--data", ".", "--only", "emps", "silverbux"],
            status: 64, words: ["no set 'silverbux'", "did you mean 'silverbox'?"]),
        Refusal(
            what: "an unknown setting behind a set", arguments: ["--data", ".", "--only", "emps", "epochz=3"],
            status: 64,
            words: ["'epochz'", "did you mean 'epochs'?"]),
        Refusal(
            what: "unknown setting", arguments: ["--data", ".", "epochz=3"], status: 64,
            words: ["'epochz'", "did you mean 'epochs'?"]),
        Refusal(
            what: "no seed", arguments: ["--data", ".", "--seeds", "0"], status: 64, words: ["--seeds 0", "1000"]),
        Refusal(
            what: "damaged set", arguments: ["--data", "data", "--only", "emps", "--quiet"], status: 65,
            words: ["emps_train.csv"]),
    ]

    @Test("What does not fit is one line with value, limit and next step", arguments: refusals)
    func refusal(_ refusal: Refusal) throws {
        try withTemporaryFolder { folder in
            try Folder.create("\(folder)/data/emps")
            let run = try ForesightProcess(
                ["benchmark", "identification"] + refusal.arguments, in: folder, environment: ["FORESIGHT_DATA": ""])
            #expect(run.status == refusal.status)
            #expect(run.output.isEmpty)
            #expect(run.complaint.count == 1)
            for word in refusal.words {
                #expect(run.complaint.first?.contains(word) == true, "“\(word)” in \(run.complaint)")
            }
        }
    }

    @Test("Sets of which there are no figures are named in the results with the reason")
    func failures() throws {
        try withTemporaryFolder { folder in
            for set in ["emps", "silverbox"] { try Folder.create("\(folder)/data/\(set)") }
            let run = try ForesightProcess(
                ["benchmark", "identification", "--data", "data", "--only", "emps,silverbox", "--out", "out"],
                in: folder)
            #expect(run.status == 65 && run.complaint.count { $0.contains("is left out") } == 2, "\(run.complaint)")
            let failed = try JSONParser.parse(try InputFile.text("\(folder)/out/results.json"))["failed"]
            #expect(failed?["emps"]?.string?.contains("emps_train.csv") == true)
            #expect(failed?["silverbox"]?.string?.contains("SNLS80mV.csv") == true)
        }
    }

    @Test("The sets are listed with what they are")
    func list() throws {
        let run = try ForesightProcess(["benchmark", "identification", "--list", "--json"])
        #expect(run.status == 0)
        let sets = try JSONParser.parse(run.output).array ?? []
        #expect(sets.count == 16)
        #expect(sets.contains { $0["name"]?.string == "silverbox" && $0["measures"]?.array?.count == 3 })
    }

    /// A heat exchanger that the tests made up: 4000 rows of a first-order system.
    private static func writeExchanger(in folder: String) throws {
        try Folder.create("\(folder)/data/daisy")
        var random = SeededGenerator(seed: 4)
        var (temperature, flow, text) = (95.0, 0.4, "t_s,q_liquid_flow,T_out\n")
        for row in 0..<4000 {
            if row % 20 == 0 { flow = random.uniform(in: 0.1...0.7) }
            text += "\(row + 1),\(flow),\(temperature + 0.02 * random.normal())\n"
            temperature += 0.1 * (100 - 10 * flow - temperature)
        }
        try AtomicFile.write(text, to: "\(folder)/data/daisy/exchanger.csv")
    }

    /// The same command goes on, and one of other settings is refused.
    private static func goesOn(_ arguments: [String], in folder: String) throws {
        func left(_ file: String) throws -> String { try InputFile.text("\(folder)/first/\(file)") }
        let (predictions, account) = (try left("predictions/exchanger.csv"), try left("provenance.json"))
        let entry = try JSONParser.parse(try left("results.json"))["sets"]?["exchanger"]
        let same = try ForesightProcess(arguments, in: folder)
        #expect(same.status == 0, "\(same.complaint)")
        #expect(same.complaint.count { $0.hasSuffix("is learned already") } == 2, "\(same.complaint)")
        #expect(same.complaint.allSatisfy { !$0.contains("searching linear models") })
        let twice = try JSONParser.parse(try left("results.json"))["sets"]?["exchanger"]
        for key in ["seeds", "linear", "held", "coverage", "seconds", "outputs", "linear_models"] {
            #expect(twice?[key] == entry?[key], "\(key)")
        }
        #expect(try left("predictions/exchanger.csv") == predictions && left("provenance.json") != account)
        let now = try left("provenance.json")
        let other = try ForesightProcess(arguments + ["epochs=3"], in: folder)
        #expect(other.status == 64 && other.complaint.last?.contains("under another protocol") == true)
        #expect(try left("provenance.json") == now)
    }

    @Test("A set is trained and scored; results, predictions, models and page are written, the same for the same seed")
    func wholeRoad() throws {
        try withTemporaryFolder { folder in
            try Self.writeExchanger(in: folder)
            let arguments = [
                "benchmark", "identification", "--data", "data", "--only", "exchanger", "--quick", "--seeds", "2",
                "epochs=2", "steps_per_epoch=5", "members=2", "batch=8", "order=1", "hidden=4",
            ]
            let run = try ForesightProcess(arguments + ["--out", "first"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.output.contains("rough: a short search, at most 2 epochs"))
            let first = try JSONParser.parse(try InputFile.text("\(folder)/first/results.json"))
            let entry = try #require(first["sets"]?["exchanger"])
            let seeds = (entry["seeds"]?.array ?? []).compactMap { $0.double }
            #expect(seeds.count == 2)
            #expect(entry["value"]?.double == (seeds[0] + seeds[1]) / 2)
            // The system is linear: both find it but for the noise, the last value held does not.
            let (linear, held) = (entry["linear"]?.double ?? .nan, entry["held"]?.double ?? .nan)
            #expect(linear < 0.1 && held > 0.5 && (seeds.max() ?? 1) < 0.3, "\(linear) \(held) \(seeds)")
            #expect(entry["reached"] == .bool(true) && entry["stable"] == .bool(true))
            #expect(entry["published"]?[0]?["value"]?.double == 0.427)
            #expect(entry["runs"]?.array?.count == 2 && (entry["seconds"]?.double ?? 0) > 0)
            let coverage = entry["coverage"]?.double ?? .nan
            #expect((0...1).contains(coverage))

            // The file of predictions tells the same error as the table.
            let rows = try InputFile.text("\(folder)/first/predictions/exchanger.csv").split(separator: "\n")
            #expect(rows.count == 1 + 980)
            #expect(rows[0] == "record,time [s],T_out measured,T_out predicted,T_out low,T_out high")
            let numbers = rows.dropFirst().map { $0.split(separator: ",").compactMap { Double($0) } }
            let squares = numbers.reduce(0) { $0 + ($1[2] - $1[3]) * ($1[2] - $1[3]) }
            let error = (squares / 980).squareRoot()
            let shown = try #require(entry["outputs"]?["T_out"]?["error"]?.double)
            #expect(abs(error - shown) < 1e-4)
            #expect(numbers.allSatisfy { $0[4] < $0[3] && $0[3] < $0[5] })
            #expect(numbers[0][1] == 20)

            let prints = try JSONParser.parse(try InputFile.text("\(folder)/first/data.json"))["exchanger"]
            #expect(prints?["training"]?["parts"]?[0]?["samples"]?.int == 3000)
            #expect(prints?["end"]?["parts"]?[0]?["samples"]?.int == 1000)
            #expect(prints?["end"]?["parts"]?[0]?["sha256"]?.string?.count == 64)

            let page = try InputFile.text("\(folder)/first/report.html")
            #expect(page.contains("exchanger") && page.contains("<svg") && page.contains("Rough figures"))
            #expect(Folder.exists("\(folder)/first/models/exchanger-seed1"))

            try Self.goesOn(arguments + ["--out", "first"], in: folder)

            let again = try ForesightProcess(arguments + ["--out", "second", "--quiet", "--jobs", "1"], in: folder)
            #expect(again.status == 0 && again.complaint.isEmpty)
            let second = try JSONParser.parse(try InputFile.text("\(folder)/second/results.json"))
            #expect(second["sets"]?["exchanger"]?["seeds"] == entry["seeds"])
            #expect(
                try InputFile.text("\(folder)/second/predictions/exchanger.csv") == rows.joined(separator: "\n") + "\n")
        }
    }
}

@Suite("Benchmarks that compare, on a simulated set", .serialized)
struct ComparisonTests {
    @Test("Objectives leave a table, all errors, and an answer with its rule")
    func objectives() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "benchmark", "objectives", "--only", "heater_lab", "--quick", "--steps", "3", "--no-recipe",
                "--out", "out", "--quiet",
            ]
            let run = try ForesightProcess(arguments, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.output.contains("A predictor drifts where") && run.output.contains("JEPA, SIGReg"))
            let json = try JSONParser.parse(InputFile.text("\(folder)/out/results.json"))
            let curves = try #require(json["sets"]?["heater_lab"]?["curves"]?.array)
            #expect(curves.count == 13 && curves.allSatisfy { $0["errors"]?.array?.count == 8 })
            #expect(json["sets"]?["heater_lab"]?["claim"]?["answer"]?.string?.isEmpty == false)
            let rows = try InputFile.text("\(folder)/out/errors.csv").split(separator: "\n")
            #expect(rows.count == 1 + 13 * 200)
            let page = try InputFile.text("\(folder)/out/report.html")
            #expect(page.contains("heater_lab: representation prediction") && !page.contains(folder))
            let same = try ForesightProcess(arguments, in: folder)
            #expect(same.status == 0 && same.output == run.output, "\(same.complaint)")
            let other = try ForesightProcess(arguments + ["--transition", "residual"], in: folder)
            #expect(other.status == 64 && other.complaint.last?.contains("under another protocol") == true)
        }
    }

    @Test("Growing parts of a log leave a curve beside the linear model")
    func data() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "benchmark", "data", "--only", "heater_lab", "--quick", "refine=false", "members=2", "epochs=1",
                "steps_per_epoch=2", "--out", "out", "--quiet",
            ]
            let run = try ForesightProcess(arguments, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let json = try JSONParser.parse(InputFile.text("\(folder)/out/results.json"))
            let points = try #require(json["measures"]?["heater_lab"]?["points"]?.array)
            #expect(points.compactMap { $0["hours"]?.double } == [0.5, 2, 8])
            for point in points {
                #expect((point["value"]?.double ?? 9) < (point["held"]?.double ?? 0))
                #expect((point["linear"]?.double ?? 9) < 0.5)
            }
            #expect(try InputFile.text("\(folder)/out/report.html").contains("length of the log"))
            // Seconds of training are those of the first run: nothing is learned again.
            let same = try ForesightProcess(arguments, in: folder)
            #expect(same.status == 0 && same.output == run.output, "\(same.complaint)")
            #expect(try JSONParser.parse(InputFile.text("\(folder)/out/results.json")) == json)
            #expect(Folder.names(in: folder + "/out/models").contains("heater_lab-0.0625-seed0"))
        }
    }

    @Test("An ablation leaves figures, all trainings and a page, and goes on with other parts")
    func ablation() throws {
        try withTemporaryFolder { folder in
            let arguments = [
                "benchmark", "ablation", "--only", "heater_lab", "--quick", "--rows", "400",
                "members=2", "epochs=1", "steps_per_epoch=2", "--out", "out", "--quiet", "--parts",
            ]
            let run = try ForesightProcess(arguments + ["prediction,rollout"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.output.contains("400 rows learned, 200 held back") && run.output.contains("A part helps where"))
            let json = try JSONParser.parse(InputFile.text("\(folder)/out/results.json"))
            let parts = try #require(json["sets"]?["heater_lab"]?["parts"])
            for name in ["search", "prediction", "rollout"] {
                #expect((parts[name]?["value"]?.double ?? 9) < 0.5, "\(name)")
            }
            #expect(json["parts"]?["rollout"]?["compared_with"]?.string == "search")
            #expect(try InputFile.text("\(folder)/out/errors.csv").split(separator: "\n").count == 1 + 3)
            let page = try InputFile.text("\(folder)/out/report.html")
            #expect(page.contains("Error without the part") && page.contains("<svg") && !page.contains(folder))
            // Seconds of a training are those of the first run: it is not done again.
            let rows = try InputFile.text("\(folder)/out/errors.csv").split(separator: "\n")
            let more = try ForesightProcess(arguments + ["clip"], in: folder)
            #expect(more.status == 0 && more.output.contains("clip"), "\(more.complaint)")
            let all = try InputFile.text("\(folder)/out/errors.csv").split(separator: "\n")
            #expect(all.count == 1 + 4 && rows.allSatisfy { all.contains($0) })
            let other = try ForesightProcess(arguments + ["clip", "--rows", "500"], in: folder)
            #expect(other.status == 64 && other.complaint.last?.contains("under another protocol") == true)
        }
    }

    @Test("Parts of an ablation are listed, and an unknown one is refused with the nearest name")
    func parts() throws {
        let list = try ForesightProcess(["benchmark", "ablation", "--list", "--json"])
        #expect(list.status == 0)
        let parts = try JSONParser.parse(list.output)["parts"]?.array ?? []
        #expect(parts.contains { $0["name"]?.string == "lead" && $0["settings"]?[0]?.string == "lead=false" })
        let unknown = try ForesightProcess(["benchmark", "ablation", "--only", "heater_lab", "--parts", "leed"])
        #expect(unknown.status == 64 && unknown.complaint.last?.contains("did you mean 'lead'?") == true)
        let short = try ForesightProcess(["benchmark", "ablation", "--only", "heater_lab", "--rows", "5"])
        #expect(short.status == 64 && short.complaint.last?.contains("--rows 5") == true)
    }

    @Test("A set that needs files is refused without a folder; a simulated one needs none")
    func refusals() throws {
        let bare = try ForesightProcess(
            ["benchmark", "objectives", "--only", "silverbox"], environment: ["FORESIGHT_DATA": ""])
        #expect(bare.status == 64 && bare.complaint.last?.contains("no data folder is named") == true)
        let unknown = try ForesightProcess(["benchmark", "data", "--only", "heater_lap"])
        #expect(unknown.status == 64 && unknown.complaint.last?.contains("heater_lab") == true)
        let list = try ForesightProcess(["benchmark", "data", "--list"])
        #expect(list.status == 0 && list.output.contains("heater_lab"))
    }
}
