import Episodes

/// What to do with the targets of the process where nobody knows better: leave the loops at the targets in force, and let gas
/// out where the reactor's pressure is high.
///
/// Going back to the targets of the base case would be no way out of cheap operation: its low level, its temperature and its
/// surplus of A keep the pressure down, and taking them back raises it before the purge has let B out. Where the feed of A and
/// C fell short (disturbance 7), the reactor was above 3000 kPa 2.6 h later that way, and stayed below 2880 kPa this way.
public struct EastmanCaution: Controller {
    /// The pressure above which the purge opens, kPa.
    public var pressure: Double
    /// The target that opens the purge, and what it then is, mol%.
    public let purge: (channel: String, open: Double)
    private let place: Int
    private var held: [Double]

    /// The caution of a plant.
    ///
    /// - Parameters:
    ///   - plant: The plant.
    ///   - pressure: The pressure above which the purge opens, kPa.
    public init(_ plant: SupervisedTennesseeEastman, above pressure: Double = 2750) {
        self.pressure = pressure
        place = SupervisedTennesseeEastman.levers.count - 1
        let channel = plant.actionChannels[place]
        purge = (channel.name, channel.lowerLimit ?? plant.restAction[place])
        held = plant.restAction
    }

    /// The targets in force, the purge opened where the pressure asks for it.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        var targets = held
        if observations[1] > pressure { targets[place] = purge.open }
        return targets
    }

    /// The same, from the targets in force as they came to be.
    public mutating func action(in situation: ControlSituation, time: Double) -> [Double] {
        held = situation.previousAction
        return action(observations: situation.observation, reference: situation.reference, time: time)
    }

    /// Takes over the targets in force.
    public mutating func reset(action: [Double]) { held = action }
}
