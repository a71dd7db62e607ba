/// Something that decides the actions of the next sampling period from what the sensors show.
public protocol Controller: Sendable {
    /// The actions to apply from now on.
    ///
    /// - Parameters:
    ///   - observations: What the sensors show now `[output]`.
    ///   - reference: The targets in force now `[output]`, `nil` where an output has none.
    ///   - time: Seconds since the start.
    /// - Returns: The actions `[action]`.
    mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double]

    /// The same for controllers that know more than what the sensors show now, such as announced disturbances.
    mutating func action(in situation: ControlSituation, time: Double) -> [Double]

    /// Forgets everything, as before the first call, with the given actions in force `[action]`.
    mutating func reset(action: [Double])
}

extension Controller {
    /// What follows from the sensors alone.
    public mutating func action(in situation: ControlSituation, time: Double) -> [Double] {
        action(observations: situation.observation, reference: situation.reference, time: time)
    }
}

/// Holds one action whatever happens: the least that any controller must beat.
public struct ConstantController: Controller, Hashable {
    /// The action that is held `[action]`.
    public var held: [Double]

    /// Creates a controller that holds an action.
    public init(_ held: [Double]) { self.held = held }

    /// The held action.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] { held }

    /// Does nothing.
    public mutating func reset(action: [Double]) {}
}

/// A controller and what it is called in comparisons.
public struct NamedController: Sendable {
    /// What it is called, such as “Stanley”.
    public var name: String
    /// The controller.
    public var controller: any Controller

    /// Names a controller.
    public init(_ name: String, _ controller: any Controller) {
        self.name = name
        self.controller = controller
    }
}
