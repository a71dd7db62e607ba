import Basics
import Episodes
import Foundation
import Records
import Tensors
import Testing
import WorldModels
import _TestSupport

@Suite("train makes a run folder, and goes on where it stopped", .enabled(if: torchIsSetUp))
struct TrainTests {
    /// Settings that make a run short.
    private static let small = [
        "members=2", "batch=8", "steps_per_epoch=3", "window=6", "horizon=10", "order=2", "free=1", "hidden=4",
    ]

    /// Calls the body in a folder with a log of the heater lab.
    private func withLog(_ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(
                ["simulate", "heater-lab", "--hours", "0.6", "--sampling", "5", "--out", "heater.csv"], in: folder)
            try #require(run.status == 0)
            try body(folder)
        }
    }

    private func train(_ arguments: [String], in folder: String) throws -> ForesightProcess {
        try ForesightProcess(["train"] + arguments, in: folder)
    }

    @Test("A log alone is enough, and the folder holds everything") func runFolder() throws {
        try withLog { folder in
            let run = try train(["heater.csv", "--out", "run", "epochs=2"] + Self.small, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.output.contains("next: foresight evaluate run/model heater.csv"))
            #expect(run.output.contains("T1") && run.output.contains("°C"))
            let names = Set(Folder.names(in: folder + "/run"))
            let expected: Set<String> = [
                "config.yaml", "provenance.json", "metrics.jsonl", "checkpoint.safetensors", "model", "report.html",
                "training.json",
            ]
            #expect(expected.isSubset(of: names))
            #expect(names.contains { $0.hasPrefix("events.out.tfevents") })
            let model = try ModelFolder.load(folder + "/run")
            #expect(model.description.actions.map(\.name) == ["Q1", "Q2"])
            let log = try #require(model.description.origin.logs.first)
            #expect(log.sha256 == (try SHA256.hex(ofFile: folder + "/heater.csv")))
            // What was derived is said, and nothing of it is left open in the configuration.
            #expect(run.complaint.contains { $0.hasPrefix("steps of") })
            #expect(run.complaint.contains { $0.hasPrefix("split:") })
            #expect(!(try InputFile.text(folder + "/run/config.yaml")).contains("order: auto"))
            let metrics = try MetricsLog.read(folder + "/run/metrics.jsonl")
            #expect(metrics.map(\.step) == [3, 6])
            for key in [
                "loss/grounding", "validation/free_run_rmse", "diagnostics/effective_rank", "diagnostics/least_spread",
                "diagnostics/mean_correlation", "optimisation/gradient_norm", "throughput/windows_per_second",
            ] { #expect((metrics[0].values[key] ?? nil)?.isFinite == true, "\(key)") }
            let report = try InputFile.text(folder + "/run/report.html")
            #expect(report.contains("Spectrum of the representation") && report.contains("unit circle"))
            #expect(!report.contains("http://") || report.contains("w3.org"))
        }
    }

    @Test("600 epochs are 10, kill -9, and the rest, to the byte") func killed() throws {
        try withLog { folder in
            // An epoch takes milliseconds: so many that it is caught between the tenth and the last.
            let settings = ["epochs=600", "patience=600", "rate=5e-4"] + Self.small
            let straight = try train(["heater.csv", "--out", "straight"] + settings, in: folder)
            #expect(straight.status == 0)
            let victim = try ForesightProcess.start(["train", "heater.csv", "--out", "killed"] + settings, in: folder)
            let metrics = folder + "/killed/metrics.jsonl"
            for _ in 0..<60_000 {
                let lines = (try? InputFile.text(metrics))?.filter { $0 == "\n" }.count ?? 0
                if lines >= 10 || !victim.isRunning { break }
                usleep(5000)
            }
            kill(victim.processIdentifier, SIGKILL)
            victim.waitUntilExit()
            #expect(victim.terminationReason == .uncaughtSignal)
            #expect(!Folder.exists(folder + "/killed/model"))
            let resumed = try train(["--resume", "killed"], in: folder)
            #expect(resumed.status == 0, "\(resumed.complaint)")
            let note = try #require(resumed.complaint.first { $0.hasPrefix("goes on after epoch") })
            let epoch = try #require(Int(note.split(separator: " ")[4]))
            #expect((9..<600).contains(epoch), "\(note)")
            for file in ["model/model.safetensors", "model/model.yaml", "model/calibration.json", "model/card.md"] {
                let bytes = try ["straight", "killed"].map { try InputFile.bytes("\(folder)/\($0)/\(file)") }
                #expect(bytes[0] == bytes[1], "\(file)")
            }
            let (a, b) = (
                try MetricsLog.read(folder + "/straight/metrics.jsonl"), try MetricsLog.read(metrics)
            )
            #expect(a.map(\.step) == b.map(\.step))
            for (one, other) in zip(a, b) {
                #expect(
                    one.values.filter { !$0.key.hasPrefix("throughput") }
                        == other.values.filter { !$0.key.hasPrefix("throughput") })
            }
        }
    }

    @Test("Ctrl-C saves, says how to go on, and ends with 130") func interrupted() throws {
        try withLog { folder in
            // More than anybody waits for, however long this process is not asked to look.
            let settings = ["epochs=100000", "patience=100000"] + Self.small
            let run = try ForesightProcess.start(["train", "heater.csv", "--out", "run"] + settings, in: folder)
            for _ in 0..<60_000 {
                if let text = try? InputFile.text(folder + "/run/metrics.jsonl"), text.contains("\n") { break }
                usleep(5000)
            }
            kill(run.processIdentifier, SIGINT)
            run.waitUntilExit()
            #expect(run.terminationReason == .exit)
            #expect(run.terminationStatus == 130)
            let said = try InputFile.text(folder + "/stderr.txt")
            #expect(said.contains("go on with: foresight train --resume run"))
            let epochs = try MetricsLog.read(folder + "/run/metrics.jsonl").count
            #expect(epochs >= 1)
            // The checkpoint is there and knows of every epoch that was logged.
            let checkpoint = try SafetensorsFile(path: folder + "/run/checkpoint.safetensors", checksum: .required)
            #expect(checkpoint.metadata["progress"]?.contains("\"epoch\":\(epochs)") == true)
        }
    }

    @Test("Whoever stops an epoch that lasts hears at once that it was heard") func stopping() throws {
        try withLog { folder in
            let settings = ["epochs=100", "patience=100"] + Self.small + ["steps_per_epoch=3000"]
            let run = try ForesightProcess.start(["train", "heater.csv", "--out", "run", "-q"] + settings, in: folder)
            // In the midst of the third epoch, as long as it takes beside whatever else runs: the second was timed.
            var ends: [ContinuousClock.Instant] = []
            for _ in 0..<60_000 where ends.count < 2 {
                let text = (try? InputFile.text(folder + "/run/metrics.jsonl")) ?? ""
                while ends.count < text.count(where: { $0 == "\n" }) { ends.append(.now) }
                usleep(2000)
            }
            try #require(ends.count >= 2)
            usleep(UInt32((ends[1] - ends[0]) / .microseconds(2)))
            kill(run.processIdentifier, SIGINT)
            run.waitUntilExit()
            #expect(run.terminationStatus == 130)
            let said = try InputFile.text(folder + "/stderr.txt").split(separator: "\n")
            #expect(said.filter { $0 == "stopping after this epoch; again to stop at once" }.count == 1, "\(said)")
            #expect(said.last?.contains("go on with: foresight train --resume run") == true)
        }
    }

    @Test("A finished run that is resumed makes the same model again") func finished() throws {
        try withLog { folder in
            _ = try train(["heater.csv", "--out", "run", "epochs=2", "-q"] + Self.small, in: folder)
            let before = try InputFile.bytes(folder + "/run/model/model.safetensors")
            try FileManager.default.removeItem(atPath: folder + "/run/model")
            let again = try train(["--resume", "run", "-q"], in: folder)
            #expect(again.status == 0)
            #expect(again.complaint.filter { !$0.hasPrefix("warning") } == [])
            #expect(try InputFile.bytes(folder + "/run/model/model.safetensors") == before)
            // Once more in its place, but not over what somebody has put there.
            #expect(try train(["--resume", "run", "-q"], in: folder).status == 0)
            try AtomicFile.write("remember", to: folder + "/run/model/notes.txt")
            let refused = try train(["--resume", "run", "-q"], in: folder)
            #expect(refused.status == 64, "\(refused.complaint)")
            #expect(refused.complaint.last?.contains("there is notes.txt, which is no part of one") == true)
            #expect(try InputFile.text(folder + "/run/model/notes.txt") == "remember")
        }
    }

    @Test("So it does where a search chose another order than training began with, what adapts included")
    func finishedSearch() throws {
        try withLog { folder in
            let quick = [
                "members=2", "batch=8", "epochs=1", "steps_per_epoch=2", "window=6", "horizon=10", "adaptation.on=true",
                "search.span=horizon", "search.starts=1", "search.nonlinear=false", "search.reduced=false",
                "search.filtered=false", "lead=false",
            ]
            let run = try train(["heater.csv", "--out", "run", "-q"] + quick, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let names = Folder.names(in: folder + "/run/model")
            #expect(names.contains("adaptation.json"))
            let before = try names.map { try InputFile.bytes("\(folder)/run/model/\($0)") }
            try FileManager.default.removeItem(atPath: folder + "/run/model")
            let again = try train(["--resume", "run", "-q"], in: folder)
            #expect(again.status == 0, "\(again.complaint)")
            for (name, bytes) in zip(names, before) {
                #expect(try InputFile.bytes("\(folder)/run/model/\(name)") == bytes, "\(name)")
            }
            // With a penalty that fits its order it does not spoil what it is to improve.
            func error(_ more: [String]) throws -> Double {
                let run = try ForesightProcess(
                    ["evaluate", "run", "heater.csv", "--starts", "40", "--json", "--no-report", "-q"] + more,
                    in: folder)
                return try #require(try JSONParser.parse(run.output)["overall"]?["T1"]?["rmse"]?.double)
            }
            let (adapted, plain) = (try error([]), try error(["--no-adapt"]))
            #expect(adapted < 1.2 * plain, "\(adapted) °C with, \(plain) °C without")
        }
    }

    @Test("Resuming refuses other settings and other data, naming them") func refusals() throws {
        try withLog { folder in
            _ = try train(["heater.csv", "--out", "run", "epochs=2"] + Self.small, in: folder)
            let settings = try train(["--resume", "run", "rate=0.01"], in: folder)
            #expect(settings.status == 64)
            #expect(settings.complaint.last?.contains("rate was 0.002, now 0.01") == true)
            let roles = try train(["--resume", "run", "--disturbances", "Q2"], in: folder)
            #expect(roles.status == 64)
            #expect(roles.complaint.last?.contains("action Q2") == true)
            let other = try train(["--resume", "run", "--out", "elsewhere"], in: folder)
            #expect(other.status == 64)
            let log = try InputFile.text(folder + "/heater.csv").split(separator: "\n").dropLast(20)
            try AtomicFile.write(log.joined(separator: "\n") + "\n", to: folder + "/heater.csv")
            let data = try train(["--resume", "run"], in: folder)
            #expect(data.status == 64)
            #expect(data.complaint.last?.contains("samples, now") == true)
        }
    }

    @Test("A configuration file, flags and key=value come together in this order") func configuration() throws {
        try withLog { folder in
            try AtomicFile.write(
                """
                logs: [heater.csv]
                epochs: 7
                rate: 0.01
                loss: {anti_collapse: vicreg}
                channels:
                  - {name: T1, role: observation}
                  - {name: Q1, role: action, limits: [0, 100]}
                """, to: folder + "/small.yaml")
            let shown = try train(["small.yaml", "rate=0.02", "--threads", "2", "--print-config"], in: folder)
            #expect(shown.status == 0)
            for line in ["epochs: 7", "rate: 0.02", "anti_collapse: vicreg", "threads: 2", "coverage: 0.9"] {
                #expect(shown.output.contains(line), "\(line)")
            }
            #expect(Folder.names(in: folder).filter { $0.hasPrefix("run") }.isEmpty)
            let run = try train(["small.yaml", "epochs=1", "--out", "run"] + Self.small, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let model = try ModelFolder.description(of: folder + "/run")
            #expect(model.outputs.map(\.name) == ["T1"])
            #expect(model.inputs.map(\.name) == ["Q1"])
            #expect(model.settings.loss.antiCollapse == .vicreg)
        }
    }

    @Test(
        "Bad input is one line with the value and the next step",
        arguments: [
            ([], 64, "no log is named"),
            (["nothing.csv"], 65, "no such file: nothing.csv"),
            (["heater.csv", "epohcs=3"], 64, "did you mean 'epochs'?"),
            (["heater.csv", "epochs=0"], 64, "outside its limit of 1 to 100000"),
            (["heater.csv", "epochs=many"], 64, "must be a whole number"),
            (["heater.csv", "stride=9000000000000000000"], 64, "outside its limit of 1 to 1000000"),
            (["heater.csv", "loss.inverse_steps=60"], 64, "or leave the term out with loss.inverse=0"),
            (["heater.csv", "loss.anti_collapse=hope"], 64, "sigreg, vicreg, ema, none"),
            (["heater.csv", "device=tpu"], 64, "device tpu"),
            (["heater.csv", "window=400", "horizon=400"], 65, "steps of one window"),
            (["heater.csv", "--observations", "T1,Tx"], 65, "Tx"),
            (["--resume", "nowhere"], 65, "no run folder at nowhere"),
            (["--resume", "."], 65, "holds no config.yaml"),
            (["heater.csv", "--actions", "Q1,Q2,T1,T2"], 64, "no channel is an observation"),
        ] as [([String], Int32, String)])
    func badInput(_ arguments: [String], _ status: Int32, _ words: String) throws {
        try withLog { folder in
            let run = try train(arguments + ["-q"], in: folder)
            #expect(run.status == status)
            let errors = run.complaint.filter { !$0.hasPrefix("warning: ") }
            #expect(errors.count == 1, "\(errors)")
            #expect(errors.first?.contains(words) == true, "\(errors)")
            #expect(run.output.isEmpty)
            #expect(!Folder.exists(folder + "/runs"))
        }
    }

    @Test("A folder that cannot be written to is refused with its name") func noPermission() throws {
        try withLog { folder in
            try AtomicFile.write("a file", to: folder + "/taken")
            let run = try train(["heater.csv", "--out", "taken/run", "epochs=1"] + Self.small, in: folder)
            #expect(run.status == 1)
            #expect(run.complaint.last?.contains("taken") == true)
            _ = try train(["heater.csv", "--out", "full", "epochs=1"] + Self.small, in: folder)
            let again = try train(["heater.csv", "--out", "full", "epochs=1"] + Self.small, in: folder)
            #expect(again.status == 64)
            #expect(again.complaint.last?.contains("--resume full") == true)
        }
    }
}
