import Basics
public import Plants
public import WorldModels

/// A world with what is recorded of it, and what cannot happen in it.
public struct SurpriseSet: Sendable {
    /// The name by which commands know it.
    public var name: String
    /// What it is, one line.
    public var about: String
    /// The world.
    public var world: any World
    /// What cannot happen, and controls.
    public var violations: [Violation]
    /// Episodes that are recorded to learn from.
    public var episodes: Int
    /// Rows of an episode to learn from.
    public var rows: Int
    /// Rows of an episode that violations are looked for in.
    public var testRows: Int
    /// Rows before an event at least.
    public var lead: Int
    /// Rows that are looked at, from an event on.
    public var window: Int
    /// Optimiser steps of a filter that remembers; 0 for a world in which a picture tells all.
    public var filterSteps: Int
    var policies: [WorldPolicy]
    var adapt: @Sendable (inout ImageSettings) -> Void

    /// Settings of training for this world: the defaults, what the world asks for, and over them what was typed.
    ///
    /// - Throws: `ForesightError.usage` for a setting that does not exist or does not fit.
    public func settings(_ overrides: [String]) throws -> ImageSettings {
        var settings = ImageSettings()
        // Nothing here plans, and what is ordinary is learned from as many held-out steps as can be spared.
        (settings.distanceSteps, settings.steps, settings.heldOut) = (0, 1200, 0.1)
        adapt(&settings)
        return try ImageSettings.parse(yaml: settings.yaml(), source: name, overrides: overrides)
    }

    /// All sets.
    public static let all: [SurpriseSet] = [.twoRooms, .bouncingBall]

    static let twoRooms = SurpriseSet(
        name: "two-rooms", about: "a dot that walks through a door", world: TwoRooms(), violations: RoomViolations.all,
        episodes: 600, rows: 90, testRows: 60, lead: 10, window: 10, filterSteps: 0,
        policies: RoomViolations.policies, adapt: { _ in })

    static let bouncingBall = SurpriseSet(
        name: "bouncing-ball", about: "a ball that falls, rebounds and passes behind a screen", world: BouncingBall(),
        violations: BallViolations.all, episodes: 600, rows: 80, testRows: 70, lead: 10, window: 12,
        filterSteps: 1500, policies: BallViolations.policies,
        adapt: { settings in
            (settings.stack, settings.block, settings.recipe) = (2, 1, "sigreg")
        })
}
