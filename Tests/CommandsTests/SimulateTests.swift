import Basics
import Foundation
import Testing
import _TestSupport

@Suite("simulate writes a log that needs no flags")
struct SimulateTests {
    @Test("The same seed gives the same file, another seed another") func seeds() throws {
        try withTemporaryFolder { folder in
            for (name, seed) in [("a", "7"), ("b", "7"), ("c", "8")] {
                let run = try ForesightProcess(
                    ["simulate", "heater-lab", "--hours", "0.5", "--seed", seed, "--out", "logs/\(name).csv"],
                    in: folder)
                #expect(run.status == 0)
                #expect(run.complaint.isEmpty)
            }
            let logs = try ["a", "b", "c"].map { try InputFile.bytes("\(folder)/logs/\($0).csv") }
            #expect(logs[0] == logs[1])
            #expect(logs[0] != logs[2])
        }
    }

    @Test("Length, sampling, policy and span are as asked") func options() throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(
                [
                    "simulate", "heater-lab", "--hours", "2", "--sampling", "5", "--policy", "steps", "--span",
                    "0.2:0.4", "--hold", "30:60", "--json", "--out", "log.csv",
                ], in: folder)
            let report = try JSONParser.parse(run.output)
            #expect(report["samples"]?.int == 1440)
            #expect(report["sampling_time"]?.double == 5)
            let rows = try InputFile.text("\(folder)/log.csv").split(separator: "\n").dropFirst()
            let heaters = rows.map { $0.split(separator: ",").compactMap { Double($0) }.suffix(2) }
            #expect(heaters.count == 1440)
            #expect(heaters.joined().allSatisfy { (20...40).contains($0) })
        }
    }

    @Test("Episodes are no single log's, and go into no folder with logs of another run")
    func episodesApart() throws {
        try withTemporaryFolder { folder in
            func simulate(_ arguments: [String]) throws -> ForesightProcess {
                try ForesightProcess(["simulate", "heater-lab", "--hours", "0.2"] + arguments, in: folder)
            }
            #expect(try simulate(["--episodes", "2", "--out", "logs"]).status == 0)
            for seed in ["0", "1", "2"] {
                #expect(try simulate(["--seed", seed, "--out", "single.csv"]).status == 0)
                let single = try InputFile.text("\(folder)/single.csv").split(separator: "\n")
                for name in ["01", "02"] {
                    let lines = try InputFile.text("\(folder)/logs/\(name).csv").split(separator: "\n")
                    #expect(lines.dropFirst().prefix(5) != single.dropFirst().prefix(5), "seed \(seed), \(name)")
                }
            }
            #expect(try simulate(["--episodes", "2", "--out", "logs"]).status == 0, "the same run again")
            let fewer = try simulate(["--episodes", "1", "--out", "logs"])
            #expect(
                fewer.status == 64 && fewer.complaint.last?.contains("such as 02.csv") == true, "\(fewer.complaint)")
            let quality = try simulate(["--quality", "50", "--out", "a.csv"])
            #expect(quality.status == 64 && quality.complaint.last?.contains("--quality is for worlds") == true)
        }
    }

    @Test("Roles, units and limits are found again by inspect") func roundTrip() throws {
        try withTemporaryFolder { folder in
            _ = try ForesightProcess(["simulate", "four-tank", "--out", "tank.csv"], in: folder)
            let run = try ForesightProcess(["inspect", "tank.csv", "--json"], in: folder)
            #expect(run.status == 0)
            #expect(run.complaint.contains { $0.contains("channels from tank.channels.yaml") })
            let channels = try JSONParser.parse(run.output)["channels"]?.array ?? []
            let roles = channels.map { $0["role"]?.string ?? "" }
            #expect(roles == ["observation", "observation", "observation", "observation", "action", "action"])
            #expect(channels.first?["unit"]?.string == "m")
            #expect(channels.last?["upper_limit"]?.double == 10)
        }
    }

    @Test("Episodes are files of their own that start where the plant does, with one file of channels")
    func episodes() throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(
                ["simulate", "four-tank", "--hours", "1", "--episodes", "3", "--out", "tank", "--json"], in: folder)
            #expect(run.status == 0)
            let report = try JSONParser.parse(run.output)
            let files = (report["log"]?.array ?? []).compactMap(\.string)
            #expect(files == ["tank/01.csv", "tank/02.csv", "tank/03.csv"])
            #expect(report["samples"]?.int == 216)
            let logs = try files.map { try InputFile.text("\(folder)/\($0)").split(separator: "\n") }
            #expect(logs.allSatisfy { $0.count == 73 })
            // Tank 4 starts fuller than any pump can hold it, read with 5 % of noise.
            let starts = logs.map { $0[1].split(separator: ",").compactMap { Double($0) }[4] }
            #expect(starts.allSatisfy { abs($0 - 0.42) < 0.1 })
            #expect(Set(starts).count == 3)
            let look = try ForesightProcess(["inspect"] + files + ["--json"], in: folder)
            #expect(look.status == 0)
            #expect(look.complaint.contains { $0.contains("channels from tank/channels.yaml") })
        }
    }

    @Test("Every plant of the list can be simulated") func list() throws {
        try withTemporaryFolder { folder in
            let list = try ForesightProcess(["simulate", "--list", "--json"])
            let all = try JSONParser.parse(list.output).array ?? []
            let names = all.filter { $0["kind"]?.string == "plant" }.compactMap { $0["name"]?.string }
            #expect(names.count >= 7)
            for name in names {
                let run = try ForesightProcess(["simulate", name, "--hours", "0.2"], in: folder)
                #expect(run.status == 0)
                #expect(FileManager.default.fileExists(atPath: "\(folder)/\(name)-0.csv"))
                #expect(FileManager.default.fileExists(atPath: "\(folder)/\(name)-0.channels.yaml"))
            }
        }
    }

    @Test("A plant with dozens of channels does not stretch the list") func width() throws {
        let list = try ForesightProcess(["simulate", "--list"])
        let plants = list.output.split(separator: "\n\n").first ?? ""
        #expect(plants.contains("a_feed [kscmh], d_feed [kg/h], … (52)"))
        #expect(plants.split(separator: "\n").allSatisfy { $0.count <= 240 })
    }

    @Test("A patient's log is ten days of therapy with its meals, and random insulin is refused") func patient() throws
    {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(["simulate", "patient-child-3", "--out", "child.csv", "--json"], in: folder)
            #expect(run.status == 0)
            let report = try JSONParser.parse(run.output)
            #expect(report["samples"]?.int == 2880 && report["policy"]?.string == "therapy")
            let text = try InputFile.text("\(folder)/child.csv")
            #expect(
                text.split(separator: "\n").first == "time (s),glucose (mg/dL),insulin (U/h),meal (g/min)")
            let blind = try ForesightProcess(
                ["simulate", "patient-child-3", "--no-record-disturbances", "--hours", "1", "--out", "blind.csv"],
                in: folder)
            #expect(blind.status == 0)
            #expect(try !InputFile.text("\(folder)/blind.csv").contains("meal"))
            for (arguments, word) in [
                (["patient-child-3", "--policy", "steps"], "at random"),
                (["patient-child-3", "--span", "0:1"], "--span"),
                (["patient-child-11"], "did you mean patient-child-1"),
                (["heater-lab", "--policy", "therapy"], "patients"),
            ] {
                let refused = try ForesightProcess(["simulate"] + arguments, in: folder)
                #expect(refused.status == 64)
                #expect(refused.complaint.first?.contains(word) == true)
            }
        }
    }

    @Test("A folder that cannot be made is status 1") func forbidden() throws {
        try withTemporaryFolder { folder in
            try Data().write(to: URL(fileURLWithPath: folder + "/file"))
            let run = try ForesightProcess(["simulate", "heater-lab", "--out", "file/log.csv"], in: folder)
            #expect(run.status == 1)
            #expect(run.complaint.count == 1)
            #expect(run.complaint.first?.contains("file") == true)
        }
    }
}
