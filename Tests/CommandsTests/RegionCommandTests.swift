import Basics
import Foundation
import Testing
import WorldModels
import _TestSupport

@Suite("region teaches a model what labelled frames say", .enabled(if: torchIsSetUp))
struct RegionCommandTests {
    /// Calls the body in a folder with pictures of two rooms, a model of them, other pictures as many, and a table that labels
    /// every other stretch of eight rows.
    private func withModel(_ body: (String) throws -> Void) throws {
        try withTemporaryFolder { folder in
            for (name, seed) in [("rooms.npz", "0"), ("labelled.npz", "1")] {
                let pictures = try ForesightProcess(
                    [
                        "simulate", "two-rooms", "--episodes", "6", "--steps", "40", "--size", "16", "--seed", seed,
                        "--out", name, "-q",
                    ], in: folder)
                try #require(pictures.status == 0, "\(pictures.complaint)")
            }
            let run = try ForesightProcess(
                [
                    "train", "rooms.npz", "--out", "run", "-q", "steps=4", "width=8", "hidden=16", "batch=4",
                    "horizon=2", "block=3", "directions=8", "distance_steps=4", "held_out=0.3",
                ], in: folder)
            try #require(run.status == 0, "\(run.complaint)")
            let lines = (0..<6).flatMap { episode in
                (0..<40).map { "\(episode),\($0),\($0 % 16 < 8 ? 1 : 0)" }
            }
            try AtomicFile.write("episode,row,label\n" + lines.joined(separator: "\n"), to: folder + "/labels.csv")
            try body(folder)
        }
    }

    @Test("A region is learned from a table, in place or elsewhere, and listed")
    func learns() throws {
        try withModel { folder in
            let weights = try InputFile.bytes(folder + "/run/model/model.safetensors")
            let run = try ForesightProcess(
                [
                    "region", "run", "labelled.npz", "--name", "unsafe", "--labels", "labels.csv", "--held-out", "0.5",
                    "--json",
                ], in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let document = try JSONParser.parse(run.output)
            #expect(document["model"]?.string == "run/model")
            let region = try #require(document["regions"]?.array?.first)
            #expect(region["name"]?.string == "unsafe" && region["guard_half_width"]?.array?.count == 2)
            // Less than the full promise, and said so: 3 held-out episodes with 34 starts each.
            #expect(region["inside"]?.array?[0].double ?? 0 < 99)
            #expect(run.complaint.contains { $0.contains("few held-out passages are labelled") }, "\(run.complaint)")
            #expect(try InputFile.bytes(folder + "/run/model/model.safetensors") == weights)
            #expect(try ImageModelFolder.load(folder + "/run").regions.map(\.name) == ["unsafe"])
            let other = try ForesightProcess(
                [
                    "region", "run", "labelled.npz", "--name", "other", "--labels", "labels.csv", "--held-out", "0.5",
                    "--out", "both",
                ], in: folder)
            #expect(other.status == 0, "\(other.complaint)")
            let list = try ForesightProcess(["region", "both", "--list"], in: folder)
            #expect(list.status == 0 && list.output.contains("region unsafe: 2 steps ahead"))
            #expect(list.output.contains("region other: 2 steps ahead"), "\(list.output)")
            #expect(try ImageModelFolder.load(folder + "/run").regions.count == 1)
        }
    }

    @Test("What does not fit is one line that says what to do, and leaves the model as it was")
    func refusals() throws {
        try withModel { folder in
            let before = try InputFile.bytes(folder + "/run/model/model.yaml")
            for (arguments, status, words) in [
                (["run", "rooms.npz", "--name", "unsafe"], 65, ["rooms.npz has no column unsafe"]),
                (["run", "rooms.npz"], 64, ["the region has no name"]), (["run"], 64, ["no labelled data set"]),
                (
                    ["run", "rooms.npz", "--name", "distance", "--labels", "labels.csv"], 64,
                    ["a region cannot be called 'distance'"]
                ),
                (
                    ["run", "rooms.npz", "--name", "a", "--labels", "labels.csv", "--held-out", "3"], 64,
                    ["--held-out 3"]
                ),
                (["nowhere", "rooms.npz", "--name", "a"], 65, ["no model folder at nowhere"]),
                (
                    // Of what it learned from nothing more can be held out than was.
                    ["run", "rooms.npz", "--name", "a", "--labels", "labels.csv", "--held-out", "0.5"], 64,
                    ["rooms.npz is what the model learned from, 2 of 6 episodes aside", "leave --held-out out"]
                ),
            ] as [([String], Int32, [String])] {
                let run = try ForesightProcess(["region"] + arguments, in: folder)
                #expect(run.status == status, "\(arguments): \(run.complaint)")
                for word in words { #expect(run.complaint.last?.contains(word) == true, "\(run.complaint)") }
            }
            #expect(try InputFile.bytes(folder + "/run/model/model.yaml") == before)
            let train = try ForesightProcess(
                ["train", "rooms.npz", "--out", "new", "regions=[unsave]", "block=3", "horizon=2"], in: folder)
            #expect(train.status == 65 && train.complaint.last?.contains("has no column unsave") == true)
            #expect(!Folder.exists(folder + "/new"))
        }
    }

    @Test("A folder that holds anything but a model is left as it is, and nothing is learned")
    func precious() throws {
        try withModel { folder in
            for place in ["precious", "run", "afile"] {
                if place == "precious" {
                    try Folder.create(folder + "/precious")
                    try AtomicFile.write("years of work", to: folder + "/precious/thesis.txt")
                } else if place == "afile" {
                    try AtomicFile.write("years of work", to: folder + "/afile")
                }
                let before = Folder.names(in: "\(folder)/\(place)")
                let run = try ForesightProcess(
                    [
                        "region", "run", "labelled.npz", "--name", "unsafe", "--labels", "labels.csv", "--held-out",
                        "0.5", "--out", place,
                    ], in: folder)
                #expect(run.status == 64 && run.complaint.count == 1, "\(run.complaint)")
                #expect(run.complaint.last?.contains("name a folder that is not there yet") == true, "\(run.complaint)")
                #expect(Folder.names(in: "\(folder)/\(place)") == before)
            }
            #expect(try InputFile.text(folder + "/precious/thesis.txt") == "years of work")
            #expect(try InputFile.text(folder + "/afile") == "years of work")
        }
    }
}
