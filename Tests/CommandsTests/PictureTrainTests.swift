import Basics
import Episodes
import Foundation
import Networks
import Perception
import Records
import Tensors
import Testing
import WorldModels
import _TestSupport

@Suite("train learns from pictures as from logs", .enabled(if: torchIsSetUp))
struct PictureTrainTests {
    /// Settings that make a run short.
    private static let small = [
        "width=8", "hidden=16", "batch=4", "horizon=2", "block=3", "directions=8", "distance_steps=10", "held_out=0.3",
    ]

    /// Calls the body in a folder with pictures of two rooms.
    private func withPictures(_ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            let run = try ForesightProcess(
                [
                    "simulate", "two-rooms", "--episodes", "4", "--steps", "14", "--size", "16", "--out", "rooms.npz",
                    "-q",
                ], in: folder)
            try #require(run.status == 0, "\(run.complaint)")
            try body(folder)
        }
    }

    private func train(_ arguments: [String], in folder: String) throws -> ForesightProcess {
        try ForesightProcess(["train"] + arguments, in: folder)
    }

    @Test("A data set of pictures is enough, and the folder holds everything")
    func runFolder() throws {
        try withPictures { folder in
            let run = try train(["rooms.npz", "--out", "run", "steps=60", "--json"] + Self.small, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let names = Set(Folder.names(in: folder + "/run"))
            #expect(
                names.isSuperset(of: [
                    "config.yaml", "provenance.json", "metrics.jsonl", "checkpoint.safetensors", "model", "report.html",
                    "training.json",
                ]), "\(names)")
            #expect(names.contains { $0.hasPrefix("events.out.tfevents") })
            let document = try JSONParser.parse(run.output)
            #expect(document["model"]?.string == "run/model" && document["report"]?.string == "run/report.html")
            #expect(document["recipe"]?.string == "sigreg-inverse")
            #expect(document["prediction_error"]?.array?.count == 2 && document["effective_rank"]?.double ?? 0 >= 1)
            #expect(document["seconds"]?.double ?? 0 > 0 && (0...1).contains(document["busy_share"]?.double ?? -1))
            let probe = try #require(document["probe"]?.array)
            #expect(probe.count == 2)
            for key in ["linear_correlation", "linear_error", "perceptron_correlation", "perceptron_error"] {
                #expect(probe[0][key]?.double?.isFinite == true, "\(key)")
            }
            #expect(try InputFile.text(folder + "/run/training.json").contains("prediction_error"))
            let metrics = try MetricsLog.read(folder + "/run/metrics.jsonl")
            #expect(metrics.map(\.step) == [50, 60])
            for key in ["loss/prediction", "loss/sigreg", "loss/inverse", "optimisation/gradient_norm"] {
                #expect((metrics[0].values[key] ?? nil)?.isFinite == true, "\(key)")
            }
            let model = try ImageModelFolder.load(folder + "/run")
            #expect(model.actionChannels.map(\.name) == ["action_0", "action_1"])
            // Not driven beyond what was recorded.
            for (channel, range) in zip(model.actionChannels, model.recordedActions) {
                #expect(channel.lowerLimit ?? -2 >= -1 && channel.lowerLimit ?? 2 <= range.lowerBound)
                #expect(channel.upperLimit ?? 2 <= 1 && channel.upperLimit ?? -2 >= range.upperBound)
            }
            #expect(model.readout?.names == ["proprio_0", "proprio_1"] && model.distance != nil)
            let report = try InputFile.text(folder + "/run/report.html")
            #expect(report.contains("A world model from pictures") && report.contains("Terms of the loss"))
            #expect(run.complaint.contains { $0.hasPrefix("pictures: 56 of 16 × 16 pixels in 4 episodes") })
        }
    }

    @Test("A run that was killed goes on from its checkpoint, to the byte")
    func killed() throws {
        try withPictures { folder in
            let settings = ["steps=4000"] + Self.small
            let straight = try train(["rooms.npz", "--out", "straight", "-q"] + settings, in: folder)
            #expect(straight.status == 0, "\(straight.complaint)")
            // Ctrl-C in the midst of the steps: it saves and says how to go on.
            let victim = try ForesightProcess.start(["train", "rooms.npz", "--out", "killed"] + settings, in: folder)
            let metrics = folder + "/killed/metrics.jsonl"
            for _ in 0..<60_000 {
                if let text = try? InputFile.text(metrics), text.contains("\n") { break }
                usleep(2000)
            }
            kill(victim.processIdentifier, SIGINT)
            victim.waitUntilExit()
            #expect(victim.terminationReason == .exit && victim.terminationStatus == 130)
            #expect(try InputFile.text(folder + "/stderr.txt").contains("foresight train --resume killed"))
            #expect(!Folder.exists(folder + "/killed/model"))
            let step = try ImageCheckpoint.step(of: folder + "/killed/checkpoint.safetensors")
            #expect(step > 0 && step < 4000)
            let resumed = try train(["--resume", "killed"], in: folder)
            #expect(resumed.status == 0, "\(resumed.complaint)")
            #expect(resumed.complaint.contains("goes on after step \(step) in killed"), "\(resumed.complaint)")
            for file in Folder.names(in: folder + "/straight/model") {
                let bytes = try ["straight", "killed"].map { try InputFile.bytes("\(folder)/\($0)/model/\(file)") }
                #expect(bytes[0] == bytes[1], "\(file)")
            }
            let steps = try ["straight", "killed"].map {
                try MetricsLog.read("\(folder)/\($0)/metrics.jsonl").map(\.step)
            }
            #expect(steps[0] == steps[1])
        }
    }

    @Test("A frozen encoder is a setting, a run with it goes on, and its folder is not needed afterwards")
    func frozen() throws {
        try withPictures { folder in
            let options = VisionTransformerOptions(imageSize: [16, 16], patch: 8, width: 6, depth: 1, heads: 2)
            let network = try VisionTransformer(options, seed: Seed(2))
            func write(seed: UInt64) throws {
                let network = seed == 2 ? network : try VisionTransformer(options, seed: Seed(seed))
                try EncoderFolder.save(
                    PretrainedNetwork(family: "vit", architecture: .vision(options), network: network),
                    to: folder + "/encoder")
            }
            try write(seed: 2)
            let none = try train(["rooms.npz", "recipe=frozen"], in: folder)
            #expect(
                none.status == 64 && none.complaint.last?.contains("pretrained=FOLDER") == true, "\(none.complaint)")
            let lost = try train(["rooms.npz", "recipe=frozen", "pretrained=nowhere", "--out", "lost"], in: folder)
            #expect(lost.status == 65 && lost.complaint.last?.contains("foresight import") == true, "\(lost.complaint)")
            #expect(!Folder.exists(folder + "/lost"))
            let settings = ["recipe=frozen", "pretrained=encoder", "predictor=patches", "steps=4", "history=2"]
            let run = try train(["rooms.npz", "--out", "run"] + settings + Self.small, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.complaint.contains { $0.hasPrefix("encoder: vit, 4 tokens of 6 numbers, frozen; ") })
            let before = try InputFile.bytes(folder + "/run/model/model.safetensors")
            try FileManager.default.removeItem(atPath: folder + "/run/model")
            let again = try train(["--resume", "run", "-q"], in: folder)
            #expect(again.status == 0, "\(again.complaint)")
            #expect(try InputFile.bytes(folder + "/run/model/model.safetensors") == before)
            // Another encoder in the folder is other data.
            try write(seed: 3)
            let other = try train(["--resume", "run", "-q"], in: folder)
            #expect(other.status == 64 && other.complaint.last?.contains("cannot resume with other data") == true)
            try FileManager.default.removeItem(atPath: folder + "/encoder")
            #expect(try ImageModelFolder.load(folder + "/run").network.architecture.width == 24)
        }
    }

    @Test("A run with a frozen encoder that ends while its tokens are made goes on")
    func interruptedTokens() throws {
        try withPictures { folder in
            let options = VisionTransformerOptions(imageSize: [16, 16], patch: 8, width: 6, depth: 1, heads: 2)
            try EncoderFolder.save(
                PretrainedNetwork(
                    family: "vit", architecture: .vision(options), network: VisionTransformer(options, seed: Seed(2))),
                to: folder + "/encoder")
            let settings = ["recipe=frozen", "pretrained=encoder", "predictor=patches", "steps=100000", "history=2"]
            let victim = try ForesightProcess.start(
                ["train", "rooms.npz", "--out", "run"] + settings + Self.small, in: folder)
            let checkpoint = folder + "/run/checkpoint.safetensors"
            // Without one from before the tokens, the first comes after a minute.
            for _ in 0..<4000 where victim.isRunning && !FileManager.default.fileExists(atPath: checkpoint) {
                usleep(5000)
            }
            kill(victim.processIdentifier, SIGKILL)
            victim.waitUntilExit()
            #expect(try ImageCheckpoint.step(of: checkpoint) == 0)
            let again = try ForesightProcess.start(["train", "--resume", "run"], in: folder)
            for _ in 0..<12_000 where again.isRunning {
                if let text = try? InputFile.text(folder + "/run/metrics.jsonl"), text.contains("\n") { break }
                usleep(5000)
            }
            kill(again.processIdentifier, SIGINT)
            again.waitUntilExit()
            #expect(again.terminationStatus == 130)
            let said = try InputFile.text(folder + "/stderr.txt")
            #expect(said.contains("goes on after step 0 in run") && said.contains("foresight train --resume run"))
        }
    }

    @Test("LeWM's networks are settings, as is bfloat16, of which it is said where it is slow")
    func transformers() throws {
        try withPictures { folder in
            let settings = [
                "recipe=sigreg", "encoder=vit-tiny", "predictor=lewm", "transformer.patch=8", "transformer.depth=1",
                "transformer.predictor_depth=1", "transformer.projector=16", "precision=bfloat16", "steps=4",
                "history=2",
            ]
            let run = try train(["rooms.npz", "--out", "run"] + settings + Self.small, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            #expect(run.complaint.contains { $0.hasSuffix("device: cpu, bfloat16") }, "\(run.complaint)")
            let isWarned = run.complaint.contains { $0.contains("no instructions for bfloat16") }
            #expect(isWarned != Device.cpu.hasFastBFloat16)
            let model = try ImageModelFolder.load(folder + "/run")
            #expect(model.network.architecture.transformer?.patch == 8 && model.settings.precision == .bfloat16)
            #expect(try InputFile.text(folder + "/run/config.yaml").contains("device: cpu"))
            let before = try InputFile.bytes(folder + "/run/model/model.safetensors")
            try FileManager.default.removeItem(atPath: folder + "/run/model")
            let again = try train(["--resume", "run", "-q"], in: folder)
            #expect(again.status == 0, "\(again.complaint)")
            #expect(try InputFile.bytes(folder + "/run/model/model.safetensors") == before)
        }
    }

    @Test("A finished run makes the same model again, and refuses other settings and other data")
    func finished() throws {
        try withPictures { folder in
            _ = try train(["rooms.npz", "--out", "run", "steps=4", "-q"] + Self.small, in: folder)
            let before = try InputFile.bytes(folder + "/run/model/model.safetensors")
            try FileManager.default.removeItem(atPath: folder + "/run/model")
            let again = try train(["--resume", "run", "-q"], in: folder)
            #expect(again.status == 0, "\(again.complaint)")
            #expect(try InputFile.bytes(folder + "/run/model/model.safetensors") == before)
            let rate = try train(["--resume", "run", "rate=0.5"], in: folder)
            #expect(rate.status == 64 && rate.complaint.last?.contains("rate was 0.001, now 0.5") == true)
            let named = try train(["--resume", "run", "other.npz"], in: folder)
            #expect(named.status == 64 && named.complaint.last?.contains("other.npz is named") == true)
            _ = try ForesightProcess(
                ["simulate", "two-rooms", "--episodes", "5", "--steps", "14", "--size", "16", "--out", "rooms.npz"],
                in: folder)
            let data = try train(["--resume", "run"], in: folder)
            #expect(data.status == 64 && data.complaint.last?.contains("cannot resume with other data") == true)
            try FileManager.default.removeItem(atPath: folder + "/run/checkpoint.safetensors")
            let none = try train(["--resume", "run"], in: folder)
            #expect(none.status == 65 && none.complaint.last?.contains("holds no checkpoint.safetensors") == true)
        }
    }

    @Test("Episodes that are too short to learn from are counted in a warning")
    func short() throws {
        try withTemporaryFolder { folder in
            var frames = InMemoryFrames(
                frameSize: FrameSize(height: 16, width: 16), columns: [FrameColumn(FrameColumn.action, width: 1)])
            for length in [14, 14, 14, 14, 14, 14, 8, 8, 8, 8, 8, 8] {
                let pixels = (0..<length * 16 * 16 * 3).map { UInt8($0 * $0 % 251) }
                frames.append(FrameEpisode(frames: pixels, columns: [(0..<length).map { Float($0 % 3) }]))
            }
            try NPZFrameWriter.write(to: "\(folder)/a.npz", layout: frames.layout) { try $0.append(all: frames) }
            let run = try train(["a.npz", "--out", "run", "steps=2"] + Self.small, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            // Three pictures, three rows each; four of twelve episodes are held out.
            let warning = run.complaint.first { $0.contains("to learn from have fewer rows than a window") }
            #expect(warning?.contains("of 8 episodes") == true, "\(run.complaint)")
            #expect(warning?.contains("which takes 9: ") == true, "\(run.complaint)")
        }
    }

    @Test("The configuration is shown with all settings, and nothing is written")
    func printConfig() throws {
        try withPictures { folder in
            let run = try train(
                ["rooms.npz", "recipe=teacher", "steps=7", "--threads", "2", "--print-config"], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            for line in ["pictures: rooms.npz", "recipe: teacher", "steps: 7", "threads: 2", "block: 5", "seed: 0"] {
                #expect(run.output.split(separator: "\n").contains { $0.hasPrefix(line) }, "\(line) in \(run.output)")
            }
            #expect(Folder.names(in: folder) == ["rooms.npz"])
            // What was shown is a configuration.
            try AtomicFile.write(run.output, to: folder + "/shown.yaml")
            let again = try train(["shown.yaml", "--print-config"], in: folder)
            #expect(again.output == run.output, "\(again.complaint)")
        }
    }

    @Test("What does not fit is one line that says what to do")
    func refusals() throws {
        try withPictures { folder in
            _ = try ForesightProcess(
                ["simulate", "two-rooms", "--episodes", "3", "--steps", "14", "--size", "24", "--out", "odd.npz"],
                in: folder)
            try Folder.create(folder + "/full")
            try AtomicFile.write("x", to: folder + "/full/file")
            try AtomicFile.write("pictures: gone.npz\n", to: folder + "/gone.yaml")
            for (arguments, status, words) in [
                (
                    ["rooms.npz", "recipe=sigreg-inverze"], 64,
                    ["no recipe 'sigreg-inverze'", "did you mean sigreg-inverse?"]
                ),
                (["rooms.npz", "stpes=3"], 64, ["stpes", "did you mean 'steps'?"]),
                (["rooms.npz", "inverse_steps=9"], 64, ["inverse_steps 9 exceeds the horizon of 5 steps"]),
                (["rooms.npz", "odd.npz"], 64, ["rooms.npz holds pictures", "one data set of pictures at a time"]),
                (["rooms.npz", "--out", "full"], 64, ["the run folder full is not empty", "--resume full"]),
                (
                    ["rooms.npz", "--device", "cuda:99", "--out", "new"], 64,
                    ["device cuda:99 is not available", "use"]
                ),
                (["rooms.npz", "device=gpu", "--out", "new"], 64, ["unknown device 'gpu'", "cuda:N"]),
                (
                    ["rooms.npz", "encoder=vit-tiny", "block=2", "--out", "new"], 64,
                    ["patches of 14 pixels", "transformer.patch=8"]
                ),
                (
                    ["rooms.npz", "horizon=9", "--out", "new"], 65,
                    ["14 rows, a window of 10 pictures every 5 rows needs 50"]
                ),
                (
                    ["odd.npz", "block=2", "--out", "new"], 65,
                    ["pictures of 24 × 24 pixels", "multiples of 16 pixels"]
                ),
                (["gone.yaml", "--out", "new"], 65, ["no recorded pictures at 'gone.npz'"]),
            ] {
                let run = try train(arguments, in: folder)
                #expect(run.status == Int32(status), "\(arguments): \(run.complaint)")
                let last = run.complaint.last ?? ""
                for word in words { #expect(last.contains(word), "\(arguments): \(run.complaint)") }
                #expect(!Folder.exists(folder + "/new"), "\(arguments) leaves a folder")
            }
        }
    }

    @Test("Pictures without actions teach no effect of any")
    func noActions() throws {
        try withTemporaryFolder { folder in
            var seen = InMemoryFrames(frameSize: FrameSize(height: 16, width: 16), columns: [])
            for _ in 0..<2 { seen.append(FrameEpisode(frames: [UInt8](repeating: 9, count: 40 * 768), columns: [])) }
            try NPZFrameWriter.write(to: folder + "/seen.npz", layout: seen.layout) { try $0.append(all: seen) }
            let run = try train(["seen.npz", "--out", "new"], in: folder)
            #expect(run.status == 65, "\(run.complaint)")
            #expect(run.complaint.last?.contains("seen.npz holds no column action") == true, "\(run.complaint)")
            #expect(!Folder.exists(folder + "/new"))
        }
    }
}
