import Basics

/// What a world model from pictures is asked for in training: the weights of the terms of its loss. Each recipe stands in a
/// file of its own, with its paper.
///
/// ```
/// L = prediction · mean_k ‖ẑ_{t+k} − z̄_{t+k}‖² / D
///   + sigreg · SIGReg(z) + variance · v(z) + covariance · c(z)
///   + smoothness · mean ‖z_{t+1} − z_t‖² / D + inverse · ‖D(z_t, z_{t+H}) − a_{t:t+H−1}‖² / (H · actions)
/// ```
public struct ImageRecipe: Sendable, Hashable {
    /// The name by which settings know it.
    public var name: String
    /// What it is and who published it, one line.
    public var summary: String
    /// Weight of predicted against encoded representations.
    public var prediction = 1.0
    /// Weight of SIGReg.
    public var sigreg = 0.0
    /// Weight of VICReg's variance term.
    public var variance = 0.0
    /// Weight of VICReg's covariance term.
    public var covariance = 0.0
    /// Weight of the change of a representation from step to step.
    public var smoothness = 0.0
    /// Weight of the inverse dynamics.
    public var inverse = 0.0
    /// Half-life of a teacher that gives the targets, in optimiser steps; `nil` for targets of the encoder itself, which
    /// then learns from them, too.
    public var teacherHalfLife: Double?
    /// Whether the encoder is one that others have trained and learns nothing; then prediction alone counts.
    public var isFrozen = false

    /// Creates a recipe with the prediction term alone.
    public init(_ name: String, summary: String) {
        self.name = name
        self.summary = summary
    }

    /// All recipes.
    public static let all: [ImageRecipe] = [.sigregInverse, .sigreg, .vicregInverse, .teacher, .frozen]

    /// A recipe by name.
    ///
    /// - Throws: `ForesightError.usage` with those that there are.
    public static func named(_ name: String) throws -> ImageRecipe {
        if let recipe = all.first(where: { $0.name == name }) { return recipe }
        let names = all.map(\.name)
        throw ForesightError.usage(
            "there is no recipe '\(name)'", remedy: nearestNameRemedy(to: name, among: names, lead: "there are"))
    }
}
