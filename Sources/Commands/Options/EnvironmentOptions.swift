import ArgumentParser
import Basics
import Gymnasium

/// How an environment of Gymnasium is run; the commands that drive one have these.
struct EnvironmentOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The Python that has gymnasium; FORESIGHT_PYTHON or python3 on the search path by default.",
            valueName: "program"))
    var python: String?

    @Option(
        name: .customLong("import"),
        help: ArgumentHelp(
            "A module, or a file .py, that registers environments; may be repeated.", valueName: "module"))
    var imports: [String] = []

    @Option(
        name: .customLong("make"),
        help: ArgumentHelp(
            "An argument of the environment, such as continuous=true; may be repeated.", valueName: "name=value"))
    var arguments: [String] = []

    @Option(
        help: ArgumentHelp("Seconds after which an environment that does not answer is ended.", valueName: "seconds"))
    var timeout = 60.0

    /// Refuses these options for anything else.
    ///
    /// - Throws: `ForesightError.usage` naming the option.
    func requireNone(for name: String) throws {
        let given: [(String, Bool)] = [
            ("--python", python != nil), ("--import", !imports.isEmpty), ("--make", !arguments.isEmpty),
        ]
        guard let option = given.first(where: \.1)?.0 else { return }
        throw ForesightError.usage(
            "\(option) is for environments of Gymnasium, \(name) is none",
            remedy: "leave it out, or name one such as \(GymnasiumOptions.prefix)CartPole-v1")
    }

    /// The options for an environment.
    ///
    /// - Parameters:
    ///   - name: `gymnasium:` and its name.
    ///   - varied: Variations that are drawn anew.
    ///   - factors: Values of variations, as they were written.
    ///   - samplingTime: Seconds between two steps; `nil` for what the environment says.
    /// - Returns: The options.
    /// - Throws: `ForesightError.usage` for a name without a value, or another number than a time.
    func options(
        for name: String, varied: [String] = [], factors: [String] = [], samplingTime: Double? = nil
    ) throws -> GymnasiumOptions {
        let identifier = String(name.dropFirst(GymnasiumOptions.prefix.count))
        guard !identifier.isEmpty else {
            throw ForesightError.usage(
                "\(name) names no environment", remedy: "write \(GymnasiumOptions.prefix)CartPole-v1")
        }
        guard timeout > 0, timeout <= 86_400 else {
            throw ForesightError.usage("--timeout \(timeout) is not above 0 s, up to a day", remedy: "choose 60")
        }
        if let samplingTime, !(samplingTime > 0 && samplingTime.isFinite) {
            throw ForesightError.usage("--sampling \(samplingTime) is no time", remedy: "give seconds, such as 0.1")
        }
        var options = GymnasiumOptions(identifier)
        options.python = python
        options.imports = imports
        options.arguments = try Self.values(arguments, "--make")
        options.variations = try Self.values(factors, "--factor")
        options.varied = varied
        options.samplingTime = samplingTime
        options.patience = timeout
        options.startPatience = max(timeout, options.startPatience)
        return options
    }

    private static func values(_ texts: [String], _ option: String) throws -> [String: GymnasiumValue] {
        var values: [String: GymnasiumValue] = [:]
        for text in texts {
            let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2 else {
                throw ForesightError.usage(
                    "\(option) \(text) is not a name and a value", remedy: "write it as \(option) name=1")
            }
            guard values.updateValue(GymnasiumValue(reading: parts[1]), forKey: parts[0]) == nil else {
                throw ForesightError.usage("\(option) names \(parts[0]) twice", remedy: "keep one of them")
            }
        }
        return values
    }
}
