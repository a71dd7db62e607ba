import Basics
import Episodes

/// Something that breaks in the middle of a run, without a word to whoever controls the plant.
///
/// What is decided and what a log records stay as they were wanted, and disturbances as they are measured and announced; what
/// really acts, what the sensors show, or the plant itself becomes another from the start of the fault on.
public struct PlantFault: Sendable, Hashable {
    /// What breaks.
    public enum Kind: Sendable, Hashable {
        /// An actuator stays where it is, or a sensor shows what it showed last.
        case stuck(String)
        /// A sensor shows more and more too much: its channel, and by how much a second, in its unit.
        case drift(String, rate: Double)
        /// The plant changes: one of its parameters (`ParametricPlant`), a disturbance, or the effect of an action, counted
        /// from the action at rest, is multiplied by a factor. What cannot be less than nothing, such as a flow, stays
        /// within the lower limit of its channel; a stronger one may go beyond the upper limit.
        case change(String, factor: Double)
    }

    /// What breaks.
    public var kind: Kind
    /// When, in seconds since the first decision.
    public var start: Double

    /// Creates a fault.
    public init(_ kind: Kind, start: Double) {
        self.kind = kind
        self.start = start
    }

    /// The channel or the parameter that it is about.
    public var name: String {
        switch kind {
        case .stuck(let name), .drift(let name, _), .change(let name, _): name
        }
    }

    /// Checks that a plant has what breaks.
    ///
    /// - Throws: `ForesightError.usage` that names what can break.
    public func requireFit(_ plant: any Plant) throws {
        let (outputs, actions) = (plant.outputChannels.map(\.name), plant.actionChannels.map(\.name))
        let known: [String]
        switch kind {
        case .stuck: known = outputs + actions
        case .drift: known = outputs
        case .change:
            known =
                ((plant as? any ParametricPlant)?.parameterNames ?? []) + actions
                + plant.disturbanceChannels.map(\.name).filter { !plant.seedDisturbances.contains($0) }
        }
        if case .change = kind, plant.seedDisturbances.contains(name) {
            throw ForesightError.usage(
                "'\(name)' of \(plant.name) is the seed of what chance does, and no amount that a factor could change",
                remedy: "there are \(known.joined(separator: ", "))")
        }
        if case .change(_, 0) = kind, (plant as? any ParametricPlant)?.positiveParameters.contains(name) == true {
            throw ForesightError.usage(
                "'\(name)' of \(plant.name) cannot be 0: rates are divided by it", remedy: "give a factor above 0")
        }
        guard !known.contains(name) else { return }
        throw ForesightError.usage(
            "\(plant.name) has no '\(name)' that this fault could be of",
            remedy: nearestNameRemedy(to: name, among: known, isQuoted: true, lead: "there are"))
    }
}

/// A plant whose constants have names, so that one of them can change in the middle of a run.
public protocol ParametricPlant: Plant {
    /// The names of the parameters.
    var parameterNames: [String] { get }

    /// Those that cannot be 0.
    var positiveParameters: Set<String> { get }

    /// The same plant with one parameter multiplied by a factor; `nil` when it has none of that name.
    func multiplying(_ parameter: String, by factor: Double) -> Self?
}

/// The faults of one run, and what they make of it.
struct FaultRun: Sendable {
    private let faults: [PlantFault]
    private let plant: any Plant
    /// The first decision's time, s.
    private let origin: Double
    /// The values that stuck channels have, by fault.
    private var held: [Int: Double] = [:]

    init(_ faults: [PlantFault], plant: any Plant, origin: Double) {
        self.faults = faults
        self.plant = plant
        self.origin = origin
    }

    private func isActive(_ fault: PlantFault, at time: Double) -> Bool { time - origin >= fault.start - 1e-9 }

    /// The plant as it is at a time.
    func plant(at time: Double) -> any Plant {
        faults.reduce(plant) { plant, fault in
            guard case .change(let name, let factor) = fault.kind, isActive(fault, at: time),
                let parametric = plant as? any ParametricPlant
            else { return plant }
            func changed<P: ParametricPlant>(_ plant: P) -> any Plant { plant.multiplying(name, by: factor) ?? plant }
            return changed(parametric)
        }
    }

    /// What the actuators deliver of the actions that are wanted, when `before` was delivered last.
    mutating func delivered(_ wanted: [Double], before: [Double], at time: Double) -> [Double] {
        var actions = wanted
        for (number, fault) in faults.enumerated() where isActive(fault, at: time) {
            guard let index = plant.actionChannels.firstIndex(where: { $0.name == fault.name }) else { continue }
            switch fault.kind {
            case .stuck:
                let value = held[number] ?? before[index]
                held[number] = value
                actions[index] = value
            case .change(_, let factor):
                let effect = plant.restAction[index] + factor * (actions[index] - plant.restAction[index])
                // Limits below 0 belong to what acts both ways, which may be stronger either way.
                let least = plant.actionChannels[index].lowerLimit.map { $0 < 0 ? -Double.infinity : $0 }
                actions[index] = max(effect, least ?? -.infinity)
            case .drift: break
            }
        }
        return actions
    }

    /// The disturbances that act, instead of those that are told.
    func disturbed(_ disturbance: [Double], at time: Double) -> [Double] {
        var values = disturbance
        for fault in faults where isActive(fault, at: time) {
            guard case .change(let name, let factor) = fault.kind,
                let index = plant.disturbanceChannels.firstIndex(where: { $0.name == name }), index < values.count
            else { continue }
            values[index] *= factor
        }
        return values
    }

    /// What the sensors show instead of `healthy`, when `before` was shown last.
    mutating func shown(_ healthy: [Double], before: [Double]?, at time: Double) -> [Double] {
        var values = healthy
        for (number, fault) in faults.enumerated() where isActive(fault, at: time) {
            guard let index = plant.outputChannels.firstIndex(where: { $0.name == fault.name }) else { continue }
            switch fault.kind {
            case .stuck:
                let value = held[number] ?? before?[index] ?? healthy[index]
                held[number] = value
                values[index] = value
            case .drift(_, let rate): values[index] += rate * (time - origin - fault.start)
            case .change: break
            }
        }
        return values
    }
}
