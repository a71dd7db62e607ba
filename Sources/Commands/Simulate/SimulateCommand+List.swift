import Basics
import Episodes
import Plants
import Reports

extension SimulateCommand {
    /// Prints the plants with what they measure and what moves them, and the worlds with what can differ between them.
    func showPlants() throws {
        let plants = try PlantCatalog.families.map { try PlantCatalog.plant($0) }
        let worlds = try WorldCatalog.names.map { try WorldCatalog.world($0) }
        talking.report(
            .array(plants.map(Self.json) + worlds.map(Self.json)),
            text: {
                var table = TextTable([
                    ("plant", .left), ("sampling", .right), ("observations", .left), ("actions", .left),
                    ("disturbances", .left),
                ])
                for plant in plants {
                    let others = plant is VirtualPatient ? " to -\(PatientParameters.groupSize)" : ""
                    table.add([
                        plant.name + others, period(plant.samplingTime), Self.words(plant.outputChannels),
                        Self.words(plant.actionChannels), Self.words(plant.disturbanceChannels),
                    ])
                }
                return table.text() + "\n\n" + Self.table(worlds)
            }())
    }

    private static func table(_ worlds: [any World]) -> String {
        var table = TextTable([
            ("world", .left), ("sampling", .right), ("state", .left), ("actions", .left), ("factors", .right),
        ])
        for world in worlds {
            table.add([
                world.name, period(world.samplingTime), world.stateNames.joined(separator: ", "),
                words(world.actionChannels), "\(world.factors.count)",
            ])
        }
        var factors = TextTable([
            ("world", .left), ("factor", .left), ("standard", .right), ("least", .right), ("greatest", .right),
            ("meaning", .left),
        ])
        for world in worlds {
            for (index, factor) in world.factors.enumerated() {
                factors.add([
                    index == 0 ? world.name : "", factor.name, figure(factor.standard), figure(factor.range.lowerBound),
                    figure(factor.range.upperBound), factor.meaning,
                ])
            }
        }
        return table.text() + "\n\n" + factors.text()
    }

    private static func json(_ world: any World) -> JSONValue {
        [
            "kind": "world", "name": .string(world.name), "sampling_time": .number(world.samplingTime),
            "state": .array(world.stateNames.map { .string($0) }),
            "proprioception": .array(world.proprioceptionNames.map { .string($0) }),
            "actions": .array(world.actionChannels.map { .string($0.name) }),
            "factors": .array(
                world.factors.map { factor in
                    [
                        "name": .string(factor.name), "standard": .number(factor.standard),
                        "range": .array([.number(factor.range.lowerBound), .number(factor.range.upperBound)]),
                        "changes": .string(factor.kind.rawValue), "meaning": .string(factor.meaning),
                    ]
                }),
        ]
    }

    private static func json(_ plant: any Plant) -> JSONValue {
        [
            "kind": "plant", "name": .string(plant.name), "sampling_time": .number(plant.samplingTime),
            "observations": .array(plant.outputChannels.map { .string($0.name) }),
            "actions": .array(plant.actionChannels.map { .string($0.name) }),
            "disturbances": .array(plant.disturbanceChannels.map { .string($0.name) }),
        ]
    }

    /// Names with the unit of the last of those that share it; of very many the first few and their number.
    private static func words(_ channels: [Channel]) -> String {
        if channels.count > 8 { return words(Array(channels.prefix(2))) + ", … (\(channels.count))" }
        return channels.enumerated().map { index, channel in
            let next = index + 1 < channels.count ? channels[index + 1].unit : nil
            let unit = channel.unit == next && index + 1 < channels.count ? nil : channel.unit
            return channel.name + (unit.map { " [\($0)]" } ?? "")
        }.joined(separator: ", ")
    }
}
