import Basics
import Episodes
public import Tensors
public import WorldModels

/// Holds a system at what a picture shows, by a linear-quadratic regulator in representation space: no search, one product of
/// a matrix and a vector for each action.
///
/// The dynamics are those that were identified from recorded representations, or the predictor's own, linearised at the goal.
/// The Riccati recursion is run back from the end of the horizon (Bertsekas, "Dynamic Programming and Optimal Control", volume
/// 1, section 4.1). A recursion of finite length has a solution even where the representation holds modes that no action can
/// reach.
/// ```
/// u = −K x,    K = (R + Bᵀ P B)⁻¹ Bᵀ P A,    P ← Q + Aᵀ P (A − B K),    R = ρ I
/// ```
/// x is what differs from rest at the goal: z − z₀, and with identified dynamics that look back on several steps the same of
/// these and the actions between them. Q weighs z − z₀ alone, each component by 1. With the present representation
/// alone it is the sharpest test of whether a representation keeps what control needs: a search, and a memory of
/// earlier representations, forgive one that lacks a velocity (Toso, LeCun et al., 2026).
///
/// Of a model with proprioception what the body senses is a part of z: the goal has to say what it senses there, which no picture of
/// it does.
public struct LatentRegulator: PicturePolicy {
    /// The model.
    public let model: TrainedImageModel
    /// ρ, the weight of an action of one deviation beside a representation that is off by one deviation.
    public let actionWeight: Double
    /// Steps of the recursion.
    public let horizon: Int
    /// What was identified; `nil` for a regulator that linearises the predictor.
    public let identified: LatentAutoregression?
    /// The predictor at the goal; `nil` before it has begun, and where the dynamics were identified.
    public private(set) var linearisation: LatentLinearisation?
    /// K, `[action, states]`, of the representation alone or of all that the dynamics look back on; `nil` before it has begun
    /// where it depends on the goal.
    public private(set) var gain: Tensor?

    private var seen: PictureHistory
    private var sensing = SensedNumbers()
    private var hasBegun = false
    /// What is held, `[1, D]`; `nil` before it has begun, and where the goal does not say all of it.
    private var goal: Tensor?
    private var age = 0
    private var previous: [Double] = []
    /// z − z₀ of the latest steps, the latest first, `[D]` each, and the inputs between them.
    private var errors: [Tensor] = []
    private var inputs: [[Double]] = []
    /// What is done at the goal.
    private let rest: [Double]

    /// Creates a regulator.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - identified: How its representations move; `nil` to linearise its predictor.
    ///   - actionWeight: ρ.
    ///   - horizon: Steps of the recursion.
    public init(
        _ model: TrainedImageModel, identified: LatentAutoregression? = nil, actionWeight: Double = 1,
        horizon: Int = 200
    ) {
        precondition(actionWeight > 0, "an action weight of \(actionWeight)")
        (self.model, self.identified, self.actionWeight, self.horizon) = (model, identified, actionWeight, horizon)
        seen = PictureHistory(model.network.architecture)
        rest = ImageDynamics(model).previousActions
        // What was identified is the same wherever the goal is.
        gain = identified.map { system in
            let (a, b) = (system.stateMatrix, system.inputMatrix)
            let width = model.network.architecture.width
            precondition(b.size(1) == rest.count, "a system of \(b.size(1)) actions for \(rest.count)")
            let weights = (0..<a.size(0)).map { $0 < width ? 1.0 : 0 }
            let cost = Tensor.eye(a.size(0), dtype: .float64) * Tensor(weights, shape: [weights.count])
            return Self.gain(a, b, cost: cost, actionWeight: actionWeight, horizon: horizon)
        }
    }

    /// It never searches.
    public var hasJustPlanned: Bool { false }

    /// The places of the numbers of proprioception that were missing in the latest row, and stand as they were known last.
    public var missingProprioception: [Int] { sensing.missing }

    /// Takes a goal that is at rest in the picture, for a model that only sees.
    public mutating func begin(goal picture: [UInt8], seed: UInt64) { begin(GoalPicture(picture), seed: seed) }

    /// Takes a goal that is at rest.
    ///
    /// - Parameters:
    ///   - goal: What it looks like and, for a model with proprioception, what the body senses there.
    ///   - seed: Nothing is drawn.
    public mutating func begin(_ goal: GoalPicture, seed: UInt64) {
        let sensed = model.network.architecture.sensed
        // A number that is missing is not known, and with it the whole is not.
        let known = goal.proprioception.flatMap { $0.count == sensed && $0.allSatisfy(\.isFinite) ? $0 : nil }
        let z = sensed > 0 && known == nil ? nil : model.encode([goal.pixels], proprioception: known)
        if identified == nil {
            linearisation = z.map { LatentLinearisation(model, at: $0, action: rest) }
            gain = linearisation.map { Self.gain(of: $0, actionWeight: actionWeight, horizon: horizon) }
        }
        self.goal = z
        hasBegun = true
        seen.forget()
        sensing.forget()
        (age, previous) = (0, rest)
        (errors, inputs) = ([], [])
    }

    /// The regulator's action, within the limits; held over a step of the model.
    ///
    /// - Throws: As ``act(on:proprioception:)`` does.
    public mutating func act(on picture: [UInt8]) throws -> [Double] { try act(on: picture, proprioception: []) }

    /// The regulator's action, within the limits; held over a step of the model.
    ///
    /// - Parameters:
    ///   - picture: What is seen now, `[height, width, 3]`.
    ///   - sensed: What the body senses now, in the units of the record; not looked at by a model that only sees. A number that is
    ///     missing (NaN) stands as it was known last (``missingProprioception``).
    /// - Returns: The action, physical units.
    /// - Throws: `ForesightError.failure` when the model is of no use at the goal: its gain is no number;
    ///   `ForesightError.usage` when the model was trained with proprioception and not so much is given, the goal does not say what the
    ///   body senses there, or a number is missing that was never known.
    public mutating func act(on picture: [UInt8], proprioception sensed: [Double]) throws -> [Double] {
        precondition(hasBegun, "a regulator acts after it has begun with a goal")
        let sensed = sensing.take(sensed, of: model.network.architecture.sensed)
        try model.check(proprioception: sensed)
        guard let goal, let gain else {
            throw ForesightError.usage(
                "the goal of the regulator is a picture, and its model holds what the body senses, too: "
                    + "\(model.network.architecture.sensed) numbers of proprioception",
                remedy: "begin with a GoalPicture that has them, or with a model that only sees")
        }
        seen.add(picture)
        defer { age += 1 }
        guard age % model.network.architecture.block == 0 else { return previous }
        let error = (model.encode(seen.stacked(), proprioception: sensed) - goal)[0].to(dtype: .float64)
        let wanted = gain.matmul(state(with: error)).doubles()
        guard wanted.allSatisfy(\.isFinite) else {
            throw ForesightError.failure(
                "the regulator's gain at the goal is no number",
                remedy: "shorten its horizon, identify the dynamics from recordings, or train with inverse dynamics")
        }
        previous = zip(model.actionChannels, zip(rest, wanted)).enumerated().map { index, entry in
            let (channel, (rest, input)) = entry
            let action = rest - input * Double(model.actionScaling.deviation[index])
            return min(max(action, channel.lowerLimit ?? -.infinity), channel.upperLimit ?? .infinity)
        }
        remember(previous)
        return previous
    }

    /// What the gain is multiplied by: before the first picture it was as it looks now, and nothing was done.
    private mutating func state(with error: Tensor) -> Tensor {
        let lags = identified?.lags ?? 1
        errors = [error] + (errors.isEmpty ? Array(repeating: error, count: lags - 1) : Array(errors.prefix(lags - 1)))
        guard lags > 1 else { return error }
        if inputs.isEmpty { inputs = Array(repeating: rest.map { _ in 0 }, count: lags - 1) }
        let past = inputs.flatMap { $0 }
        return Tensor.concatenate(errors + [Tensor(past, shape: [past.count])], dim: 0)
    }

    /// Remembers what was really done, within the limits.
    private mutating func remember(_ action: [Double]) {
        guard let lags = identified?.lags, lags > 1 else { return }
        let input = zip(action, rest).enumerated().map { index, pair in
            (pair.0 - pair.1) / Double(model.actionScaling.deviation[index])
        }
        inputs = [input] + inputs.prefix(lags - 2)
    }

    /// K of the first step of a horizon.
    static func gain(of system: LatentLinearisation, actionWeight: Double, horizon: Int) -> Tensor {
        gain(
            system.stateMatrix, system.inputMatrix, cost: Tensor.eye(system.stateMatrix.size(0), dtype: .float64),
            actionWeight: actionWeight, horizon: horizon)
    }

    /// The same of matrices A and B with a cost Q of the state.
    private static func gain(
        _ a: Tensor, _ b: Tensor, cost: Tensor, actionWeight: Double, horizon: Int
    ) -> Tensor {
        let (width, inputs) = (a.size(0), b.size(1))
        let weight = Tensor.eye(inputs, dtype: .float64) * actionWeight
        var (p, k) = (cost, Tensor.zeros([inputs, width], dtype: .float64))
        for _ in 0..<horizon {
            let pb = p.matmul(b)
            // Positive definite, since the weight of actions is.
            guard let next = try? (weight + b.transposed(0, 1).matmul(pb)).solve(pb.transposed(0, 1).matmul(a)) else {
                return Tensor.full([inputs, width], .nan, dtype: .float64)
            }
            k = next
            let closed = a - b.matmul(k)
            // Joseph's form stays symmetric where P grows.
            p = cost + k.transposed(0, 1).matmul(weight).matmul(k) + closed.transposed(0, 1).matmul(p).matmul(closed)
        }
        return k
    }
}
