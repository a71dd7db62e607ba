import Basics
public import Episodes
public import Objectives
public import Plants

extension PlanRequest {
    /// Channels with the values and dwells that were asked for.
    ///
    /// - Throws: `ForesightError.usage` for a channel that is no action, and for values that cannot be planned with.
    public func switched(_ channels: [Channel]) throws -> [Channel] {
        let names = channels.map(\.name)
        for name in Set(values.keys).union(dwell.keys).sorted() where !names.contains(name) {
            throw ForesightError.usage(
                "values or a dwell are given for '\(name)', which is no action of the model",
                remedy: nearestNameRemedy(to: name, among: names, isQuoted: true, lead: "its actions are"))
        }
        return try channels.map { channel in
            var channel = channel
            if let wanted = values[channel.name] { channel.values = try Self.checked(wanted, channel) }
            if let wanted = dwell[channel.name] { channel.dwell = wanted }
            return channel
        }
    }

    private static func checked(_ values: [Double], _ channel: Channel) throws -> [Double]? {
        guard !values.isEmpty else { return nil }
        if let complaint = SwitchValues.complaint(values) {
            throw ForesightError.usage(
                "the list of values of '\(channel.name)' \(complaint)", remedy: "write one such as \(channel.name)=0,1")
        }
        let (lower, upper) = (channel.lowerLimit ?? -.infinity, channel.upperLimit ?? .infinity)
        if let beyond = values.first(where: { $0 < lower || $0 > upper }) {
            throw ForesightError.usage(
                "the value \(channel.name) = \(beyond) is outside its limits \(lower) to \(upper)",
                remedy: "leave it out, or train with wider limits")
        }
        return Set(values).sorted()
    }

    /// The actions that may be taken where values or dwells were asked for; `nil` to leave it to the channels.
    ///
    /// - Throws: As ``switched(_:)``.
    public func actionSet(for channels: [Channel], samplingTime: Double) throws -> ActionSet? {
        guard !values.isEmpty || !dwell.isEmpty else { return nil }
        return ActionSet(channels: try switched(channels), samplingTime: samplingTime)
    }

    /// Takes over which actions of an environment are whole numbers: they take those that a model has learned from, between the
    /// least and the greatest that were recorded, where that are not more than a list may hold. Channels of model and
    /// environment go together by their order, since a record does not name them.
    public mutating func adopt(_ environment: some Environment, acting channels: [Channel]) {
        for (channel, isWhole) in zip(channels, environment.wholeActions) where isWhole {
            guard let least = channel.lowerLimit, let greatest = channel.upperLimit, channel.values == nil,
                values[channel.name] == nil, (1..<Double(SwitchValues.most)).contains(greatest - least)
            else { continue }
            values[channel.name] = Array(stride(from: least.rounded(.up), through: greatest, by: 1))
        }
    }

    /// Takes over what a plant says of the values and dwells of its actuators, where neither the request nor the model's own
    /// channels say anything.
    public mutating func adopt(_ plant: any Plant, knowing channels: [Channel]) {
        for actuator in plant.actionChannels {
            let known = channels.first { $0.name == actuator.name }
            if let own = actuator.values, known?.values == nil, values[actuator.name] == nil {
                values[actuator.name] = own
            }
            if let own = actuator.dwell, known?.dwell == nil, dwell[actuator.name] == nil { dwell[actuator.name] = own }
        }
    }
}
