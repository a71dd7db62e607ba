import Basics
import Foundation
import Records
import Testing
import _TestSupport

@Suite("Run folders")
struct RunFolderTests {
    private let time = Date(timeIntervalSince1970: 1_700_000_000)

    @Test("A folder is named by task, configuration, seed and time, and never taken twice")
    func named() throws {
        try withTemporaryFolder { folder in
            let first = try RunFolder.create(
                in: folder + "/runs", task: "train", configuration: "heater lab/2", seed: 7, time: time)
            #expect(first.path == folder + "/runs/train__heater-lab-2__seed7__20231114T221320Z")
            let second = try RunFolder.create(
                in: folder + "/runs", task: "train", configuration: "heater lab/2", seed: 7, time: time)
            #expect(second.path == first.path + "-2")
            #expect(Folder.names(in: folder + "/runs").count == 2)
        }
    }

    @Test("A folder that holds something is refused unless it is to be reused")
    func existing() throws {
        try withTemporaryFolder { folder in
            let run = try RunFolder.create(at: folder + "/a/b")
            try run.write(["x": [1, 2]], to: "summary.json")
            #expect(try InputFile.text(run.file("summary.json")) == "{\n  \"x\": [1,2]\n}\n")
            #expect(run.has("summary.json") && !run.has("model.yaml"))
            let error = #expect(throws: ForesightError.self) { try RunFolder.create(at: folder + "/a/b") }
            #expect(error?.message == "the run folder \(folder)/a/b is not empty")
            #expect(error?.remedy == "name another, or remove what it holds")
            #expect(try RunFolder.create(at: folder + "/a/b", existing: .reused) == run)
        }
    }

    @Test("Opening a folder that is not there suggests one that is")
    func opened() throws {
        try withTemporaryFolder { folder in
            _ = try RunFolder.create(at: folder + "/heater")
            #expect(try RunFolder.open(folder + "/heater").path == folder + "/heater")
            let error = #expect(throws: ForesightError.self) { try RunFolder.open(folder + "/haeter") }
            #expect(error == .data("no run folder at \(folder)/haeter", remedy: "did you mean \(folder)/heater?"))
        }
    }

    @Test("A folder that cannot be made is named with the cause")
    func impossible() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("x", to: folder + "/file")
            let error = #expect(throws: ForesightError.self) {
                try RunFolder.create(in: folder + "/file", task: "t", configuration: "c", seed: 1)
            }
            #expect(error?.message == "cannot make the folder \(folder)/file: not a directory")
            #expect(error?.code.exitStatus == 1)
        }
    }

    @Test("Provenance names inputs by content and nobody's folders")
    func provenance() throws {
        try withTemporaryFolder { folder in
            try AtomicFile.write("abc", to: folder + "/log.csv")
            let run = try RunFolder.create(at: folder + "/run")
            let provenance = try Provenance(
                command: [
                    "/usr/local/bin/foresight", "train", folder + "/log.csv", "data.units=\(folder)/units.yaml",
                    "--guardrail", "rate(Q1) <= 10 %/min",
                ],
                seeds: ["model": .max], inputs: [folder + "/log.csv"], versions: ["libtorch": "2.13.0"], time: time)
            try provenance.save(in: run)
            let text = try InputFile.text(run.file("provenance.json"))
            #expect(!text.contains(folder) && !text.contains("/usr"))
            let read = try JSONText.decode(Provenance.self, from: text, source: "provenance.json")
            #expect(read == provenance)
            #expect(
                read.command == [
                    "foresight", "train", "log.csv", "data.units=units.yaml", "--guardrail", "rate(Q1) <= 10 %/min",
                ])
            #expect(read.started == "2023-11-14T22:13:20Z")
            #expect(read.seeds == ["model": .max])
            #expect(read.versions["libtorch"] == "2.13.0" && read.versions["foresight"] == Version.foresight)
            #expect(read.inputs.map(\.name) == ["log.csv"] && read.inputs[0].bytes == 3)
            #expect(read.inputs[0].sha256.hasPrefix("ba7816bf"))
        }
    }
}
