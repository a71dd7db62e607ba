import Basics
import Episodes
public import Tensors
public import WorldModels

/// Holds a system at what a picture shows, by a linear-quadratic regulator in representation space: no search, one product of
/// a matrix and a vector for each action.
///
/// The predictor is linearised at the goal and the Riccati recursion run back from the end of the horizon (Bertsekas,
/// "Dynamic Programming and Optimal Control", volume 1, section 4.1). A recursion of finite length has a solution even where
/// the representation holds modes that no action can reach.
/// ```
/// u = −K (z − z₀),    K = (R + Bᵀ P B)⁻¹ Bᵀ P A,    P ← Q + Aᵀ P (A − B K),    Q = I,  R = ρ I
/// ```
/// It is the sharpest test of whether a representation keeps what control needs: a search forgives a representation that
/// lacks a velocity, a regulator does not (Toso, LeCun et al., 2026).
public struct LatentRegulator: PicturePolicy {
    /// The model.
    public let model: TrainedImageModel
    /// ρ, the weight of an action of one deviation beside a representation that is off by one deviation.
    public let actionWeight: Double
    /// Steps of the recursion.
    public let horizon: Int
    /// The model at the goal; `nil` before it has begun.
    public private(set) var linearisation: LatentLinearisation?
    /// K, `[action, D]`; `nil` before it has begun.
    public private(set) var gain: Tensor?

    private var seen: PictureHistory
    private var goal: Tensor?
    private var age = 0
    private var previous: [Double] = []
    /// What is done at the goal.
    private let rest: [Double]

    /// Creates a regulator.
    ///
    /// - Parameters:
    ///   - model: The model.
    ///   - actionWeight: ρ.
    ///   - horizon: Steps of the recursion.
    public init(_ model: TrainedImageModel, actionWeight: Double = 1, horizon: Int = 200) {
        precondition(actionWeight > 0, "an action weight of \(actionWeight)")
        (self.model, self.actionWeight, self.horizon) = (model, actionWeight, horizon)
        seen = PictureHistory(model.network.architecture)
        rest = ImageDynamics(model).previousActions
    }

    /// It never searches.
    public var hasJustPlanned: Bool { false }

    /// Linearises at a goal that is at rest in the picture.
    public mutating func begin(goal picture: [UInt8], seed: UInt64) {
        let z = model.encode([picture])
        let system = LatentLinearisation(model, at: z, action: rest)
        gain = Self.gain(of: system, actionWeight: actionWeight, horizon: horizon)
        (goal, linearisation) = (z, system)
        seen.forget()
        (age, previous) = (0, rest)
    }

    /// The regulator's action, within the limits; held over a step of the model.
    ///
    /// - Throws: As ``act(on:proprioception:)`` does.
    public mutating func act(on picture: [UInt8]) throws -> [Double] { try act(on: picture, proprioception: []) }

    /// The regulator's action, within the limits; held over a step of the model.
    ///
    /// - Throws: `ForesightError.failure` when the model is of no use at the goal: its gain is no number;
    ///   `ForesightError.usage` when the model was trained with proprioception and not so much is given.
    public mutating func act(on picture: [UInt8], proprioception sensed: [Double]) throws -> [Double] {
        guard let goal, let gain else { preconditionFailure("a regulator acts after it has begun with a goal") }
        try model.check(proprioception: sensed)
        seen.add(picture)
        defer { age += 1 }
        guard age % model.network.architecture.block == 0 else { return previous }
        let error = (model.encode(seen.stacked(), proprioception: sensed) - goal)[0].to(dtype: .float64)
        let inputs = gain.matmul(error).doubles()
        guard inputs.allSatisfy(\.isFinite) else {
            throw ForesightError.failure(
                "the regulator's gain at the goal is no number",
                remedy: "shorten its horizon, or train the model with inverse dynamics")
        }
        previous = zip(model.actionChannels, zip(rest, inputs)).enumerated().map { index, entry in
            let (channel, (rest, input)) = entry
            let wanted = rest - input * Double(model.actionScaling.deviation[index])
            return min(max(wanted, channel.lowerLimit ?? -.infinity), channel.upperLimit ?? .infinity)
        }
        return previous
    }

    /// K of the first step of a horizon.
    static func gain(of system: LatentLinearisation, actionWeight: Double, horizon: Int) -> Tensor {
        let (a, b) = (system.stateMatrix, system.inputMatrix)
        let (width, inputs) = (a.size(0), b.size(1))
        let cost = Tensor.eye(width, dtype: .float64)
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
