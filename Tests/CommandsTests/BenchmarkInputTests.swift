import Basics
import Records
import Testing
import _TestSupport

@testable import Commands

@Suite("What is typed behind a benchmark")
struct BenchmarkInputTests {
    @Test("Names stand apart or are joined by commas, each counts once, and settings behind them are none")
    func names() throws {
        let words = ["wall,push-t", "wall", "rate=0.5", "reacher"]
        #expect(try BenchmarkInput.names(words, of: "--worlds", "world") == ["wall", "push-t", "reacher"])
        #expect(try BenchmarkInput.names([], of: "--worlds", "world").isEmpty)
        for nothing in [[","], ["rate=0.5"]] {
            let error = #expect(throws: ForesightError.self) {
                try BenchmarkInput.names(nothing, of: "--worlds", "world")
            }
            #expect(error?.code == .usage && error?.message == "--worlds names no world")
        }
    }

    @Test("Settings are taken from behind the command and behind names; anything else is told with what may be meant")
    func settings() throws {
        let typed = try BenchmarkInput.settings(
            ["rate=0.5"], behind: ["wall", "steps=3"], ["batch=2"], hint: "worlds are named by --worlds")
        #expect(typed == ["rate=0.5", "steps=3", "batch=2"])
        for other in ["wall", "some.yaml"] {
            let error = #expect(throws: ForesightError.self) {
                try BenchmarkInput.settings([other], behind: [], hint: "worlds are named by --worlds")
            }
            #expect(error?.code == .usage && error?.message == "'\(other)' is not a setting")
            #expect(error?.remedy == "write settings as key=value; worlds are named by --worlds")
        }
    }

    @Test("A number beyond its limits is told with them")
    func limits() throws {
        try BenchmarkInput.limit(3, 1...3, "--seeds")
        try BenchmarkInput.limit(1.0, upTo: 1, "--band-share")
        let whole = #expect(throws: ForesightError.self) { try BenchmarkInput.limit(4, 1...3, "--seeds") }
        #expect(whole?.message == "--seeds 4 is not 1 to 3")
        for value in [0, 1.5, -.infinity, .nan] {
            let error = #expect(throws: ForesightError.self) {
                try BenchmarkInput.limit(value, upTo: 1, "--band-share")
            }
            #expect(error?.message.hasSuffix("is not above 0 and at most 1") == true)
        }
    }

    @Test("A data folder is needed by sets that have files alone, and every one of these has to be there")
    func data() throws {
        try withTemporaryFolder { folder in
            try Folder.create(folder + "/tep")
            let simulated = (name: "heater_lab", folder: "")
            #expect(try BenchmarkInput.dataFolder("nowhere", for: [simulated]) == "nowhere")
            #expect(try BenchmarkInput.dataFolder(folder, for: [simulated, ("tep", "tep")]) == folder)
            func refused(_ path: String, _ name: String) -> ForesightError? {
                let error = #expect(throws: ForesightError.self) {
                    try BenchmarkInput.dataFolder(path, for: [(name, name)])
                }
                return error
            }
            let none = try #require(refused("", "tep"))
            #expect(none.code == .usage && none.message == "no data folder is named, and tep is read from one")
            let lost = try #require(refused(folder + "/lost", "tep"))
            #expect(lost.code == .data && lost.message.hasPrefix("no folder at"))
            let half = try #require(refused(folder, "skab"))
            #expect(half.code == .data && half.message.hasSuffix("has no folder skab, which holds the set skab"))
        }
    }

    @Test("What came of other worlds is kept beside those of a run, but for what was made with other settings")
    func kept() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            for name in ["wall", "reacher", "push-t"] { try folder.write("\(name)\n", to: "\(name).json") }
            let found = BenchmarkInput.kept(
                ["wall", "two-rooms", "reacher", "push-t"], besides: ["wall"], called: { $0 }, file: { "\($0).json" },
                in: folder, talk: Talk(isQuiet: true)
            ) { world -> String? in
                guard world != "reacher" else { throw ForesightError.usage("other settings", remedy: "none") }
                return try InputFile.text(folder.file("\(world).json"))
            }
            #expect(found == ["push-t\n"])
        }
    }

    @Test("Where figures come from is said anew once a run goes on in a folder, and not before")
    func account() throws {
        try withTemporaryFolder { path in
            let folder = try RunFolder.create(at: path + "/run")
            func command() throws -> [String] {
                let text = try InputFile.text(folder.file(Provenance.fileName))
                return try JSONText.decode(Provenance.self, from: text, source: "provenance").command
            }
            _ = try RunAccount(Provenance(command: ["first"], seeds: [:]), in: folder)
            #expect(try command() == ["first"])
            let second = try RunAccount(Provenance(command: ["second"], seeds: [:]), in: folder)
            #expect(try command() == ["first"])
            try second.save()
            #expect(try command() == ["second"])
        }
    }
}
