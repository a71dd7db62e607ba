import ArgumentParser
import Basics
import Testing
import _TestSupport

@testable import Commands

@Suite("Settings come from defaults, then the file, then key=value")
struct SettingsOptionsTests {
    struct Settings: ConfigurationSection {
        var epochs = 40
        var rate = 1e-3
        var width = 64
        static let fields: [ConfigurationField<Settings>] = [
            .value("epochs", \.epochs, "Passes.", limit: .atLeast(1)),
            .value("rate", \.rate, "Step.", limit: .above(0)),
            .value("width", \.width, "Width."),
        ]
    }

    private func load(_ arguments: [String], yaml: String) throws -> Settings {
        try withTemporaryFolder { folder in
            try AtomicFile.write(yaml, to: "\(folder)/train.yaml")
            let operands = try Operands(["log.csv", "\(folder)/train.yaml"] + arguments)
            return try SettingsOptions.parse([]).load(Settings.self, operands)
        }
    }

    @Test("The later wins") func order() throws {
        let settings = try load(["epochs=3"], yaml: "epochs: 9\nrate: 0.5\n")
        #expect(settings.epochs == 3)
        #expect(settings.rate == 0.5)
        #expect(settings.width == 64)
    }

    @Test(
        "A key or value that does not fit is refused with the next step",
        arguments: [
            ("epoch=3", "did you mean 'epochs'?"), ("rate=0", "above 0"), ("epochs=many", "a whole number"),
        ]) func misfit(override: String, words: String)
    {
        #expect {
            try load([override], yaml: "")
        } throws: { error in
            (error as? ForesightError)?.code == .usage && "\(error)".contains(words)
        }
    }
}
