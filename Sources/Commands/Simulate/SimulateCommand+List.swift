import Basics
import Episodes
import Plants
import Reports

extension SimulateCommand {
    /// Prints the plants with what they measure and what moves them.
    func showPlants() throws {
        let plants = try PlantCatalog.names.map { try PlantCatalog.plant($0) }
        talking.report(
            .array(plants.map(Self.json)),
            text: {
                var table = TextTable([
                    ("plant", .left), ("sampling", .right), ("observations", .left), ("actions", .left),
                    ("disturbances", .left),
                ])
                for plant in plants {
                    table.add([
                        plant.name, period(plant.samplingTime), Self.words(plant.outputChannels),
                        Self.words(plant.actionChannels), Self.words(plant.disturbanceChannels),
                    ])
                }
                return table.text()
            }())
    }

    private static func json(_ plant: any Plant) -> JSONValue {
        [
            "name": .string(plant.name), "sampling_time": .number(plant.samplingTime),
            "observations": .array(plant.outputChannels.map { .string($0.name) }),
            "actions": .array(plant.actionChannels.map { .string($0.name) }),
            "disturbances": .array(plant.disturbanceChannels.map { .string($0.name) }),
        ]
    }

    /// Names with the unit of the last of those that share it.
    private static func words(_ channels: [Channel]) -> String {
        channels.enumerated().map { index, channel in
            let next = index + 1 < channels.count ? channels[index + 1].unit : nil
            let unit = channel.unit == next && index + 1 < channels.count ? nil : channel.unit
            return channel.name + (unit.map { " [\($0)]" } ?? "")
        }.joined(separator: ", ")
    }
}
