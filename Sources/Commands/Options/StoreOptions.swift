import ArgumentParser
import Basics
import Records
import WorldModels

/// Where what was predicted is kept beside what came.
struct StoreOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            Folder that keeps every prediction beside what came, for this model: bands go on from what they were widened \
            to, and foresight drift MODEL --store judges it.
            """, valueName: "folder"))
    var store: String?

    @Option(
        help: ArgumentHelp(
            "Size of one file of the store, such as 64MB; the last two files are kept.", valueName: "size"))
    var storeLimit = "64MB"

    /// Opens the store; `nil` without one.
    ///
    /// - Throws: `ForesightError` for a size that is none, the store of another model, or one that is in use.
    func open(for model: String) throws -> PredictionStore? {
        let limit = try bytes()
        guard let store else { return nil }
        return try PredictionStore(folder: store, model: ModelFolder.digest(of: model), limit: limit)
    }

    /// The limit in bytes.
    private func bytes() throws -> Int {
        let digits = storeLimit.prefix { $0.isNumber || $0 == "." }
        let factors = ["KB": 1e3, "MB": 1e6, "GB": 1e9]
        let unit = storeLimit.dropFirst(digits.count).filter { $0 != " " }.uppercased()
        guard let number = Double(digits), let factor = factors[unit], number * factor >= Double(Self.least),
            number * factor <= 1e12
        else {
            throw ForesightError.usage(
                "--store-limit '\(storeLimit)' is no size of at least \(Self.least / 1000) KB",
                remedy: "write it as 64MB")
        }
        return Int(number * factor)
    }

    private static let least = 20_000
}
