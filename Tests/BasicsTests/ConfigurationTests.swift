import Basics
import Testing
import _TestSupport

private enum Solver: String, CaseIterable, ConfigurationValue { case cem, icem, mppi }

private struct OptimizerSettings: ConfigurationSection, Equatable {
    var rate = 1e-3
    var betas = [0.9, 0.999]
    var clip: Double? = 1

    static let fields: [ConfigurationField<Self>] = [
        .value("rate", \.rate, "Step size at the peak of the schedule.", limit: .above(0)),
        .value("betas", \.betas, "Decay of both moments.", limit: .fraction),
        .value("clip", \.clip, "Greatest norm of the gradient.", limit: .atLeast(0)),
    ]
}

private struct ChannelSettings: ConfigurationSection, Equatable {
    var name = ""
    var unit: String?

    static let fields: [ConfigurationField<Self>] = [
        .value("name", \.name, "Name in the log."), .value("unit", \.unit, "Physical unit."),
    ]

    func validate(path: String) throws {
        if name.isEmpty { throw ForesightError.usage("\(path).name is missing", remedy: "name the channel") }
    }
}

private struct Settings: ConfigurationSection, Equatable {
    var epochs = 40
    var window: Auto<Int> = .auto
    var solver = Solver.cem
    var note = "heater lab"
    var quiet = false
    var optimizer = OptimizerSettings()
    var channels: [ChannelSettings] = []

    static let fields: [ConfigurationField<Self>] = [
        .value("epochs", \.epochs, "Passes over the training windows.", limit: .between(1, 1000)),
        .value("window", \.window, "History that the encoder sees.", unit: "steps", limit: .atLeast(1)),
        .value("solver", \.solver, "How plans are searched."),
        .value("note", \.note, "Free text."),
        .value("quiet", \.quiet, "No progress."),
        .section("optimizer", \.optimizer, "How weights are changed."),
        .list("channels", \.channels, "What the log holds."),
    ]

    static func from(_ yaml: String = "", _ overrides: [String] = []) throws -> Settings {
        try parse(yaml: yaml, source: "train.yaml", overrides: overrides)
    }
}

@Suite("Configuration")
struct ConfigurationTests {
    @Test("Defaults hold, a file goes over them, overrides go over the file")
    func layers() throws {
        #expect(try Settings.from() == Settings())
        let yaml = """
            epochs: 7          # fewer
            optimizer:
              rate: 2e-4
            channels:
              - name: T1
                unit: °C
              - {name: Q1}
            """
        let settings = try Settings.from(yaml, ["optimizer.rate=0.5", "window=12", "optimizer.betas=[0.5, 0.75]"])
        var expected = Settings()
        expected.epochs = 7
        expected.window = .value(12)
        expected.optimizer.rate = 0.5
        expected.optimizer.betas = [0.5, 0.75]
        expected.channels = [ChannelSettings(name: "T1", unit: "°C"), ChannelSettings(name: "Q1")]
        #expect(settings == expected)
    }

    @Test("A file is read from disk and named in errors")
    func file() throws {
        try withTemporaryFolder { folder in
            let path = folder + "/train.yaml"
            try AtomicFile.write("epochs: 3\n", to: path)
            #expect(try Settings.load(file: path).epochs == 3)
            try AtomicFile.write("\nepoch: 3\n", to: path)
            let error = #expect(throws: ForesightError.self) { try Settings.load(file: path) }
            #expect(error?.message == "unknown key 'epoch' (line 2 of \(path))")
            #expect(throws: ForesightError.self) { try Settings.load(file: folder + "/none.yaml") }
        }
    }

    @Test(
        "An unknown key is refused with its place and the nearest key",
        arguments: [
            (
                "a: 1\n", [], "unknown key 'a' (line 1 of train.yaml)",
                "known here: epochs, window, solver, note, quiet, optimizer, channels"
            ),
            (
                "\noptimizer:\n  raet: 1", [], "unknown key 'optimizer.raet' (line 3 of train.yaml)",
                "did you mean 'optimizer.rate'?"
            ),
            ("", ["betas=[1, 2]"], "unknown key 'betas' (given as 'betas=[1, 2]')", "did you mean 'optimizer.betas'?"),
            (
                "", ["optimizer.clup=3"], "unknown key 'optimizer.clup' (given as 'optimizer.clup=3')",
                "did you mean 'optimizer.clip'?"
            ),
            (
                "channels:\n  - name: T1\n    unti: K", [], "unknown key 'channels[0].unti' (line 3 of train.yaml)",
                "did you mean 'channels[0].unit'?"
            ),
        ] as [(String, [String], String, String)])
    func unknownKey(yaml: String, overrides: [String], message: String, remedy: String) {
        let error = #expect(throws: ForesightError.self) { try Settings.from(yaml, overrides) }
        #expect(error == .usage(message, remedy: remedy))
        #expect(error?.code.exitStatus == 64)
    }

    @Test(
        "A value that does not fit is refused with key, place, what is expected and what was found",
        arguments: [
            ("epochs: many", "epochs (line 1 of train.yaml) must be a whole number, not 'many'"),
            ("epochs: 1.5", "epochs (line 1 of train.yaml) must be a whole number, not '1.5'"),
            ("epochs: \"40\"", "epochs (line 1 of train.yaml) must be a whole number, not the text '40'"),
            ("epochs: 0x10", "epochs (line 1 of train.yaml) must be a whole number, not '0x10'"),
            ("epochs:", "epochs (line 1 of train.yaml) must be a whole number, not nothing"),
            ("window: soon", "window (line 1 of train.yaml) must be a whole number or auto, not 'soon'"),
            ("solver: cme", "solver (line 1 of train.yaml) must be one of cem, icem, mppi, not 'cme'"),
            ("note: [a]", "note (line 1 of train.yaml) must be a text, not a list of 1"),
            ("quiet: yes", "quiet (line 1 of train.yaml) must be true or false, not 'yes'"),
            ("optimizer: 3", "optimizer (line 1 of train.yaml) must be a mapping, not '3'"),
            ("optimizer:\n  rate: .nan", "optimizer.rate (line 2 of train.yaml) must be a number, not '.nan'"),
            (
                "optimizer:\n  betas: 0.9",
                "optimizer.betas (line 2 of train.yaml) must be a list, each item a number, not '0.9'"
            ),
            (
                "channels: {name: T1}",
                "channels (line 1 of train.yaml) must be a list of mappings, not a mapping with the key 'name'"
            ),
            ("- 1", "the configuration (line 1 of train.yaml) must be a mapping, not a list of 1"),
        ])
    func misfit(yaml: String, message: String) {
        let error = #expect(throws: ForesightError.self) { try Settings.from(yaml) }
        #expect(error?.message == message)
        #expect(error?.code == .usage)
    }

    @Test(
        "A value outside its limit is refused with the limit",
        arguments: [
            ("epochs: 0", "epochs = 0 (line 1 of train.yaml) is outside its limit of 1 to 1000"),
            ("epochs: 1001", "epochs = 1001 (line 1 of train.yaml) is outside its limit of 1 to 1000"),
            ("window: 0", "window = 0 (line 1 of train.yaml) is outside its limit of at least 1 steps"),
            ("optimizer: {rate: 0}", "optimizer.rate = 0 (line 1 of train.yaml) is outside its limit of above 0"),
            (
                "optimizer: {betas: [0.9, 1.5]}",
                "optimizer.betas = 1.5 (line 1 of train.yaml) is outside its limit of 0 to 1"
            ),
            ("optimizer: {clip: -1}", "optimizer.clip = -1 (line 1 of train.yaml) is outside its limit of at least 0"),
        ])
    func outside(yaml: String, message: String) {
        let error = #expect(throws: ForesightError.self) { try Settings.from(yaml) }
        #expect(error?.message == message)
    }

    @Test(
        "The edges of a limit are allowed",
        arguments: ["epochs: 1", "epochs: 1e3", "optimizer: {betas: [0, 1], clip: 0}"])
    func edges(yaml: String) {
        #expect(throws: Never.self) { try Settings.from(yaml) }
    }

    @Test("Checks across fields run also on nested sections")
    func validation() {
        let error = #expect(throws: ForesightError.self) { try Settings.from("channels: [{name: a}, {unit: K}]") }
        #expect(error?.message == "channels[1].name is missing")
    }

    @Test(
        "An override that is not key=value is refused",
        arguments: ["epochs", "=3", "optimizer.=3", ".rate=1", "optimizer..rate=1"])
    func malformed(override: String) {
        let error = #expect(throws: ForesightError.self) { try Settings.from("", [override]) }
        #expect(error?.code == .usage)
    }

    @Test(
        "An override of a text is taken to the letter",
        arguments: ["always(T1 <= 55)", "a: b # c", "-1", "x=y", "true", "* &a"])
    func verbatim(text: String) throws {
        #expect(try Settings.from("", ["note=\(text)"]).note == text)
    }

    @Test("Broken YAML, and a key that stands twice, are refused with the line")
    func broken() {
        let twice = #expect(throws: ForesightError.self) { try Settings.from("epochs: 1\nepochs: 2") }
        #expect(twice?.message == "mapping at line 1 of train.yaml: the key 'epochs' stands twice")
        let open = #expect(throws: ForesightError.self) { try Settings.from("epochs: 1\nnote: [a") }
        #expect(
            open?.message.hasPrefix("line 3 of train.yaml") == true
                || open?.message.hasPrefix("line 2 of train.yaml") == true)
        #expect(open?.code == .usage)
    }

    @Test("What is printed reads back the same, with comments and without", arguments: [true, false])
    func roundTrip(commented: Bool) throws {
        var settings = Settings()
        for note in ["plain", "auto", "true", "a: b", "", " x", "12", "é\n\"", "null", "#", "- a", "~", "[", "°C"] {
            settings.note = note
            settings.channels = [ChannelSettings(name: note + "x", unit: note), ChannelSettings(name: "b")]
            settings.optimizer.clip = nil
            settings.optimizer.betas = [1 / 3, 1e-12]
            settings.window.resolve { 5 }
            #expect(try Settings.from(settings.yaml(commented: commented)) == settings)
        }
    }

    @Test("The commented YAML shows each key's meaning, unit and limit")
    func printed() {
        #expect(
            Settings().yaml(commented: true) == """
                epochs: 40          # Passes over the training windows. (1 to 1000)
                window: auto        # History that the encoder sees. [steps] (at least 1)
                solver: cem         # How plans are searched.
                note: "heater lab"  # Free text.
                quiet: false        # No progress.
                optimizer:          # How weights are changed.
                  rate: 0.001          # Step size at the peak of the schedule. (above 0)
                  betas: [0.9, 0.999]  # Decay of both moments. (0 to 1)
                  clip: 1              # Greatest norm of the gradient. (at least 0)
                channels: []        # What the log holds.

                """)
    }

    @Test("Help and the documentation's table list every key once")
    func documentation() {
        let paths = [
            "epochs", "window", "solver", "note", "quiet", "optimizer.rate", "optimizer.betas", "optimizer.clip",
            "channels[].name", "channels[].unit",
        ]
        #expect(Settings.keys.map(\.path) == paths)
        let rows = Settings.markdownTable.split(separator: "\n")
        #expect(
            rows[3]
                == "| `window` | `auto` | a whole number or auto, at least 1 | steps | History that the encoder sees. |"
        )
        #expect(rows.count == paths.count + 2)
    }

    @Test("An auto value is derived once, and never over what someone set")
    func auto() {
        var window = Auto<Int>.auto
        #expect(window.resolved == nil)
        #expect(window.resolve { 12 } == 12)
        #expect(window.resolve { 99 } == 12)
        #expect(window == .value(12))
    }

    @Test("References are resolved, and those that explode are refused")
    func references() throws {
        #expect(try Settings.from("optimizer: &o {rate: 0.5}\n").optimizer.rate == 0.5)
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for i in 1..<8 {
            bomb += "a\(i): &a\(i) [" + Array(repeating: "*a\(i - 1)", count: 10).joined(separator: ", ") + "]\n"
        }
        let error = #expect(throws: ForesightError.self) { try Settings.from(bomb) }
        #expect(error?.message == "train.yaml has more than 100000 values")
    }
}
