import Basics
import Benchmarking
import Records
import Testing
import WorldModels
import _TestSupport

@testable import Commands

@Suite("The run folder of a benchmark on data sets")
struct BenchmarkFolderTests {
    private func open(_ folder: RunFolder, _ words: String, command: String = "one") throws -> BenchmarkFolder {
        try BenchmarkFolder(
            folder, words: words, provenance: Provenance(command: [command], seeds: [:]), settings: TrainingSettings())
    }

    private func command(_ folder: RunFolder) throws -> [String] {
        let text = try InputFile.text(folder.file(Provenance.fileName))
        return try JSONText.decode(Provenance.self, from: text, source: "provenance").command
    }

    @Test("It is gone on in by one command at a time, with the same settings; what is refused leaves it as it was")
    func goesOn() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            let first = try open(folder, "these settings")
            let busy = #expect(throws: ForesightError.self) { _ = try open(folder, "these settings", command: "two") }
            #expect(busy?.code == .failure && busy?.message.hasPrefix("another command is working in") == true)
            first.release()
            try folder.write("{}\n", to: "results.json")
            let other = #expect(throws: ForesightError.self) { _ = try open(folder, "other settings", command: "two") }
            #expect(other?.code == .usage && other?.message.contains("under another protocol") == true)
            #expect(try command(folder) == ["one"])
            let second = try open(folder, "these settings", command: "two")
            #expect(try command(folder) == ["two"])
            second.release()
            #expect(!folder.has("run.json.lock") && folder.has("settings.yaml"))
        }
    }

    @Test("Results of a run that nothing goes on with are not replaced")
    func strange() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            try folder.write("{}\n", to: "results.json")
            let error = #expect(throws: ForesightError.self) { _ = try open(folder, "these settings") }
            #expect(error?.code == .usage && error?.message.contains("does not go on with") == true)
            #expect(Folder.names(in: folder.path) == ["results.json"])
        }
    }

    @Test("Of sets whose data are not there it is said that they are left out, and Ctrl-C ends all")
    func others() throws {
        let sets = try BenchmarkCatalog.sets(named: ["silverbox", "emps"])
        func found(_ error: ForesightError) throws -> [String] {
            try BenchmarkFolder.others(sets, talk: Talk(isQuiet: true)) { set in
                if set.name == "emps" { throw error }
                return set.name
            }
        }
        #expect(try found(.data("no data")) == ["silverbox"])
        #expect(throws: ForesightError.self) { try found(ForesightError(.interrupted, "stopped")) }
    }
}
