import ArgumentParser
import Basics

/// What can be said of an environment in which a model that learned from pictures acts.
struct PictureControlOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The goal, PNG or JPEG of any size; by default the one that the environment shows.", valueName: "file"))
    var goalPicture: String?

    @Option(help: ArgumentHelp("Steps of an episode at most; 100 by default.", valueName: "number"))
    var steps: Int?

    @Option(
        name: .customLong("factor"),
        help: ArgumentHelp(
            "A factor of a world or a variation of an environment; may be repeated.", valueName: "name=value")
    )
    var factors: [String] = []

    /// Refuses these options for a plant.
    ///
    /// - Throws: `ForesightError.usage` naming the option.
    func requireNone(for plant: String) throws {
        let given: [(String, Bool)] = [
            ("--goal-picture", goalPicture != nil), ("--steps", steps != nil), ("--factor", !factors.isEmpty),
        ]
        guard let option = given.first(where: \.1)?.0 else { return }
        throw ForesightError.usage(
            "\(option) is for --environment, \(plant) is a plant", remedy: "leave it out, or give --environment")
    }
}
