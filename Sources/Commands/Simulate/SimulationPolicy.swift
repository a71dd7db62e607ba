import ArgumentParser
import Plants

/// The policies of plants and of worlds, which one option names.
enum SimulationPolicy: String, CaseIterable, ExpressibleByArgument {
    case mixed, steps, prbs, walk
    case therapy
    case guided, held, drifting, uniform

    /// The policy of a plant; `nil` where it is one of worlds.
    var forPlants: ExplorationPolicy.Kind? { ExplorationPolicy.Kind(rawValue: rawValue) }
    /// The policy of a world; `nil` where it is one of plants.
    var forWorlds: WorldPolicy.Kind? { WorldPolicy.Kind(rawValue: rawValue) }
}
