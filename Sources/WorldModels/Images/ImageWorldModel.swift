public import Networks
public import Perception
public import Tensors

/// A joint-embedding predictive world model of what is seen: pictures are encoded, actions move the representation, and
/// no picture is ever made.
///
/// LeCun, "A Path Towards Autonomous Machine Intelligence", 2022, section 4. Which losses keep the representation from
/// collapsing is up to the ``ImageRecipe``.
/// ```
/// z_t = encoder(x_{t−s+1}, …, x_t),    ẑ_{t+k+1} = predictor(ẑ_{t+k}, a_{t+k}),    ẑ_t = z_t
/// ```
/// A model with proprioception p has `z_t = [encoder(x); p_t]`: parts of their own, as in DINO-WM (arXiv:2411.04983) and PLDM
/// (arXiv:2502.14819), so that a goal may be a picture without it. Theirs embed p; here it is only standardised, so that
/// nothing of it is lost that is hard to predict.
public final class ImageWorldModel: Module {
    /// The sizes.
    public let architecture: ImageArchitecture
    /// From pictures to representations.
    public let encoder: any ImageEncoder
    /// From a representation and the actions of a step to the next one.
    public let predictor: any LatentPredictor
    /// From two representations to the actions between them; only training asks it. `nil` beside a frozen encoder, which they
    /// could teach nothing.
    public let inverseDynamics: MLP?
    /// What heads see of representations of a frozen encoder; `nil` where they see all.
    public let summary: PrincipalComponents?

    /// Creates a model with values drawn from the seed; what it drops while training is drawn from the generator, and nothing is
    /// dropped without.
    ///
    /// - Throws: `ForesightError.usage` when the sizes do not fit together.
    public init(_ architecture: ImageArchitecture, seed: Seed, generator: TorchGenerator? = nil) throws {
        self.architecture = architecture
        let (width, hidden) = (architecture.width, architecture.hidden)
        encoder = try architecture.makeEncoder(seed: seed["encoder"])
        predictor = try architecture.makePredictor(seed: seed["predictor"], generator: generator)
        summary = architecture.frozen.map { PrincipalComponents(width: width, count: $0.components) }
        inverseDynamics =
            architecture.frozen == nil
            ? MLP(
                [2 * width, hidden, hidden, architecture.inverseSteps * architecture.blockActions], activation: .relu,
                seed: seed["inverse"])
            : nil
    }

    /// Where its parameters are; ``Module/move(to:)`` moves them.
    public var device: Device { predictor.parameters().first?.value.device ?? .cpu }

    /// Representations of stacked pictures.
    ///
    /// - Parameters:
    ///   - pictures: `[batch, 3 · stack, height, width]`, as ``PictureScaling`` makes them.
    ///   - sensed: Proprioception at the latest picture of each, normalised, `[batch, numbers]`; only for a model that has it.
    /// - Returns: `[batch, D]`; without proprioception, of a model that has it, the components that pictures decide.
    public func encode(_ pictures: Tensor, sensed: Tensor? = nil) -> Tensor {
        let seen = encoder(pictures)
        guard let sensed else { return seen }
        return Tensor.concatenate([seen, sensed], dim: -1)
    }

    /// The representations that follow under actions, one for each step.
    ///
    /// - Parameters:
    ///   - z: Where the rollout starts, `[batch, D]`.
    ///   - actions: Normalised, `[batch, steps, block · actions]`.
    ///   - memory: What corrects each step by the errors of earlier ones; nothing where it is empty.
    /// - Returns: `steps` tensors `[batch, D]`.
    public func rollout(from z: Tensor, actions: Tensor, memory: StepMemory? = nil) -> [Tensor] {
        guard let memory, memory.count > 0 else {
            return predictor.rollout(z.unsqueezed(1), actions: actions).unbind(dim: 1)
        }
        var (rollout, z) = (predictor.makeRollout(), z)
        return (0..<actions.size(1)).map { step in
            let driving = actions.narrow(dim: 1, start: step, length: 1)
            let change = memory.correction(at: z, actions: driving.squeezed(1))
            z = rollout.next(z.unsqueezed(1), actions: driving) + change
            return z
        }
    }

    /// The actions of ``ImageArchitecture/inverseSteps`` steps between representations, `[N, steps · block · actions]`.
    public func inverse(_ start: Tensor, _ end: Tensor) -> Tensor {
        guard let inverseDynamics else { preconditionFailure("there are no inverse dynamics beside a frozen encoder") }
        return inverseDynamics(Tensor.concatenate([start, end], dim: -1))
    }

    /// Representations `[…, D]` as heads see them, `[…, summary width]`.
    public func summarised(_ z: Tensor) -> Tensor { summary?(z) ?? z }

    /// The parameters that training changes, by name.
    var learnedParameters: [(name: String, parameter: Parameter)] {
        namedParameters().filter(\.parameter.isTrainable)
    }
}

/// Pictures as networks see them: red, green and blue each with mean 0 and deviation 1 over a large collection of photos.
public enum PictureScaling {
    /// The mean of each colour, 0 to 1: the collection is ImageNet, as for nearly all encoders that others have trained.
    static let mean: [Float] = [0.485, 0.456, 0.406]
    /// The deviation of each colour.
    static let deviation: [Float] = [0.229, 0.224, 0.225]

    /// From `[…, height, width, 3]` in 0 to 255 to `[…, 3, height, width]`.
    public static func normalised(_ pictures: Tensor) -> Tensor {
        let rank = pictures.rank
        let order = Array(0..<rank - 3) + [rank - 1, rank - 3, rank - 2]
        let planes = pictures.permuted(order).to(dtype: .float32)
        func perColour(_ values: [Float]) -> Tensor { Tensor(values, shape: [3, 1, 1], device: pictures.device) }
        return (planes - perColour(mean.map { 255 * $0 })) * perColour(deviation.map { 1 / (255 * $0) })
    }
}
