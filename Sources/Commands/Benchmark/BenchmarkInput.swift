import Basics
import Foundation
import Records

/// What benchmarks share in reading what was typed.
enum BenchmarkInput {
    /// What an option names that takes all words up to the next, by spaces or commas, each once: settings of training that stand
    /// behind the names are none.
    ///
    /// - Parameters:
    ///   - words: What the option took.
    ///   - option: The option.
    ///   - what: What it names, for the message.
    /// - Returns: The names; none where the option was not given.
    /// - Throws: `ForesightError.usage` where it was given and names nothing.
    static func names(_ words: [String], of option: String, _ what: String) throws -> [String] {
        var names: [String] = []
        for name in words.filter({ !$0.contains("=") }).flatMap({ $0.split(separator: ",").map(String.init) })
        where !names.contains(name) { names.append(name) }
        guard words.isEmpty || !names.isEmpty else {
            throw ForesightError.usage(
                "\(option) names no \(what)", remedy: "name one behind it, or leave \(option) out")
        }
        return names
    }

    /// The sets that are named; all where none is.
    ///
    /// - Throws: `ForesightError.usage` for a name that there is not, with those that there are.
    static func worlds<Element>(
        _ names: [String], of all: [Element], called name: (Element) -> String
    ) throws -> [Element] {
        guard !names.isEmpty else { return all }
        return try names.map { wanted in
            if let set = all.first(where: { name($0) == wanted }) { return set }
            let known = all.map(name)
            throw ForesightError.usage(
                "no world of this benchmark is called \(wanted)",
                remedy: nearestNameRemedy(to: wanted, among: known, lead: "there are"))
        }
    }

    /// The results of a run with those of other worlds that the folder has, then in the order of the catalogue.
    ///
    /// - Parameters:
    ///   - results: The results of the run.
    ///   - others: Those of other worlds.
    ///   - catalogue: The names of all worlds.
    ///   - name: The world of a result.
    /// - Returns: All of them.
    static func inOrder<Element>(
        _ results: [Element], _ others: [Element], of catalogue: [String], called name: (Element) -> String
    ) -> [Element] {
        guard !others.isEmpty else { return results }
        return catalogue.compactMap { wanted in (results + others).first { name($0) == wanted } }
    }

    /// What came of other worlds with the same settings, where a folder has it; of those with other ones it is said that they are left
    /// out.
    ///
    /// - Parameters:
    ///   - all: All worlds.
    ///   - names: The worlds of the run.
    ///   - name: The name of a world.
    ///   - file: The file below the folder that keeps what came of a world, by its name.
    ///   - folder: The folder.
    ///   - talk: Where warnings go.
    ///   - read: Reads what came of a world; throws where it was made with other settings.
    /// - Returns: The results.
    static func kept<Element, Outcome>(
        _ all: [Element], besides names: [String], called name: (Element) -> String, file: (String) -> String,
        in folder: RunFolder, talk: Talk, read: (Element) throws -> Outcome?
    ) -> [Outcome] {
        all.compactMap { set -> Outcome? in
            let world = name(set)
            guard !names.contains(world), folder.has(file(world)) else { return nil }
            if let kept = try? read(set) { return kept }
            talk.warning(left(world))
            return nil
        }
    }

    /// What is said of a world whose results are there and do not stand beside those of the run.
    static func left(_ world: String) -> String {
        "the folder has results of \(world) with other settings: page and results.json are without them"
    }

    /// The settings of training that were typed, also those behind the names of options that take all words up to the next.
    ///
    /// - Parameters:
    ///   - operands: What stands behind the command.
    ///   - words: What such options took.
    ///   - hint: How what is no setting may have been meant, for the message.
    /// - Returns: The settings as `key=value`, in the order given.
    /// - Throws: `ForesightError.usage` for anything else.
    static func settings(_ operands: [String], behind words: [String]..., hint: String) throws -> [String] {
        let typed = try Operands(operands + words.flatMap { $0 }.filter { $0.contains("=") })
        guard let other = typed.logs.first ?? typed.configuration else { return typed.overrides }
        throw ForesightError.usage("'\(other)' is not a setting", remedy: "write settings as key=value; \(hint)")
    }

    /// Checks the number of an option.
    ///
    /// - Throws: `ForesightError.usage` with the option, the number and its limits.
    static func limit(_ value: Int, _ range: ClosedRange<Int>, _ option: String) throws {
        guard range.contains(value) else {
            throw ForesightError.usage(
                "\(option) \(value) is not \(range.lowerBound) to \(range.upperBound)", remedy: "choose another number")
        }
    }

    /// Checks the number of an option that is above 0.
    ///
    /// - Throws: `ForesightError.usage` with the option, the number and its limits.
    static func limit(_ value: Double, upTo most: Int, _ option: String) throws {
        guard value > 0 && value <= Double(most) else {
            throw ForesightError.usage(
                "\(option) \(value) is not above 0 and at most \(most)", remedy: "choose another number")
        }
    }

    /// The data folder, in which every set that has files is there: a missing one is said before hours of training.
    ///
    /// - Parameters:
    ///   - typed: What `--data` says.
    ///   - sets: Names of sets, and their folders below it; an empty one for a set that needs none.
    /// - Returns: The folder; empty where none is needed and named.
    /// - Throws: `ForesightError.usage` where none is named that is needed; `ForesightError.data` for one that is not there.
    static func dataFolder(_ typed: String?, for sets: [(name: String, folder: String)]) throws -> String {
        let path = typed ?? ProcessInfo.processInfo.environment["FORESIGHT_DATA"] ?? ""
        let read = sets.filter { !$0.folder.isEmpty }
        guard let first = read.first else { return path }
        guard !path.isEmpty else {
            throw ForesightError.usage(
                "no data folder is named, and \(first.name) is read from one",
                remedy: "name the folder of the sets with --data or FORESIGHT_DATA")
        }
        guard Folder.exists(path) else {
            throw ForesightError.data("no folder at \(path)", remedy: "check --data or FORESIGHT_DATA")
        }
        for set in read where !Folder.exists("\(path)/\(set.folder)") {
            throw ForesightError.data(
                "\(path) has no folder \(set.folder), which holds the set \(set.name)",
                remedy: "check --data, or name the sets that are there with --only")
        }
        return path
    }
}
