import ArgumentParser
import Basics

/// How commands with many settings read them: defaults in code, over them a YAML file, over that `key=value`.
///
///     let operands = try Operands(operands)
///     let training = try settings.load(TrainingSettings.self, operands)
///     if settings.printed(training) { return }
struct SettingsOptions: ParsableArguments {
    @Flag(help: "Print all settings with their meaning as YAML, and end.")
    var printConfig = false

    /// Reads the settings.
    ///
    /// - Parameters:
    ///   - type: The group of settings.
    ///   - operands: Names the file, if any, and holds the overrides.
    /// - Returns: The settings, checked.
    /// - Throws: `ForesightError.usage` for an unknown key (with the nearest one), a value that does not fit, or one
    ///   outside its limit; `ForesightError.data` when the file cannot be read.
    func load<Section: ConfigurationSection>(_ type: Section.Type, _ operands: Operands) throws -> Section {
        try Section.load(file: operands.configuration, overrides: operands.overrides)
    }

    /// Prints the settings if that was asked for; the command has nothing else to do then.
    func printed(_ settings: some ConfigurationSection) -> Bool {
        if printConfig { print(settings.yaml(commented: true), terminator: "") }
        return printConfig
    }
}
