import ArgumentParser
import Basics
import Foundation
import Plants

/// What can be said of a world that is recorded as pictures.
struct WorldOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Rows of an episode; 100 by default.", valueName: "number"))
    var steps: Int?

    @Option(help: ArgumentHelp("Width and height of the pictures in pixels; 64 by default.", valueName: "pixels"))
    var size: Int?

    @Option(
        name: .customLong("factor"),
        help: ArgumentHelp("A factor of all episodes, such as light=0.8; may be repeated.", valueName: "name=value"))
    var factors: [String] = []

    @Option(
        help: ArgumentHelp(
            "Factors that are drawn anew for each episode, with commas between; they become columns factor.NAME.",
            valueName: "names"))
    var vary: String?

    @Option(
        help: ArgumentHelp(
            """
            How far actions stray under the policies drifting and guided, as a part of half the limits; 0.7 by default for \
            drifting, for guided 0.3 or what suits the world.
            """, valueName: "share"))
    var noise: Double?

    @OptionGroup var format: FrameFormatOptions

    /// A policy of a kind, with the noise that is asked for.
    ///
    /// - Throws: `ForesightError.usage` for a noise that is no share, or a policy without any.
    func policy(_ kind: WorldPolicy.Kind) throws -> WorldPolicy {
        guard let noise else { return WorldPolicy(kind) }
        guard kind == .drifting || kind == .guided else {
            throw ForesightError.usage(
                "--noise \(noise) with the policy \(kind.rawValue), which has none",
                remedy: "choose --policy drifting or guided, or leave it out")
        }
        guard (0...10).contains(noise) else {
            throw ForesightError.usage("--noise \(noise) is not 0 to 10", remedy: "choose a share such as 0.3")
        }
        return WorldPolicy(kind, noise: noise)
    }

    /// Refuses options of worlds for a plant.
    ///
    /// - Throws: `ForesightError.usage` naming the option.
    func requireNone(for plant: String) throws {
        let given: [(String, Bool)] = [
            ("--steps", steps != nil), ("--size", size != nil), ("--factor", !factors.isEmpty),
            ("--vary", vary != nil), ("--noise", noise != nil), ("--format", format.format != nil),
            ("--gzip", format.gzip != 0), ("--quality", format.quality != nil),
        ]
        guard let option = given.first(where: \.1)?.0 else { return }
        throw ForesightError.usage(
            "\(option) is for worlds, \(plant) is a plant",
            remedy: "leave it out, or name one of \(WorldCatalog.names.joined(separator: ", "))")
    }

    /// The values of `--factor`.
    ///
    /// - Throws: `ForesightError.usage` where one is no name and number.
    func values() throws -> [String: Double] { try Self.values(factors) }

    /// The values of texts such as `light=0.8`.
    ///
    /// - Throws: `ForesightError.usage` where one is no name and number.
    static func values(_ factors: [String]) throws -> [String: Double] {
        var values: [String: Double] = [:]
        for factor in factors {
            let parts = factor.split(separator: "=", maxSplits: 1).map(String.init)
            guard parts.count == 2, let value = Double(parts[1]), value.isFinite else {
                throw ForesightError.usage(
                    "--factor \(factor) is not a name and a number", remedy: "write it as light=0.8")
            }
            guard values.updateValue(value, forKey: parts[0]) == nil else {
                throw ForesightError.usage("--factor names \(parts[0]) twice", remedy: "keep one of them")
            }
        }
        return values
    }

    /// The names of `--vary`.
    ///
    /// - Throws: `ForesightError.usage` for a name that stands there twice, or has a value by `--factor`.
    func varied() throws -> [String] {
        let names = (vary ?? "").split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
            .filter { !$0.isEmpty }
        var seen: Set<String> = []
        for name in names {
            guard seen.insert(name).inserted else {
                throw ForesightError.usage("--vary names \(name) twice", remedy: "keep one of them")
            }
            if let factor = factors.first(where: { $0.split(separator: "=").first.map(String.init) == name }) {
                throw ForesightError.usage(
                    "\(name) is drawn anew by --vary and set by --factor \(factor)", remedy: "keep one of them")
            }
        }
        return names
    }
}
