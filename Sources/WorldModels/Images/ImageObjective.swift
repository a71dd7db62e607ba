import Networks
import Perception
public import Tensors

/// The loss of a batch of pictures under a recipe.
public struct ImageObjective {
    /// The weights of the terms.
    public let recipe: ImageRecipe
    /// Whose encoder gives the targets, when the recipe has a teacher.
    public let teacher: ImageWorldModel?
    /// Random directions of SIGReg.
    public let directions: Int
    /// Windows of one episode that follow each other in a batch.
    public let group: Int
    /// In which numbers networks are computed; losses are float32.
    public let precision: ImagePrecision

    /// Creates the loss.
    public init(
        _ recipe: ImageRecipe, teacher: ImageWorldModel? = nil, directions: Int = 256, group: Int = 1,
        precision: ImagePrecision = .float32
    ) {
        precondition(
            (recipe.teacherHalfLife != nil) == (teacher != nil), "the recipe \(recipe.name) and its teacher disagree")
        self.recipe = recipe
        self.teacher = teacher
        self.directions = directions
        self.group = group
        self.precision = precision
    }

    /// A term of the loss.
    public struct Term {
        /// The name in logs.
        public let name: String
        /// The weight in the sum.
        public let weight: Double
        /// The unweighted value, a scalar.
        public let value: Tensor
    }

    /// The weighted sum and its terms.
    ///
    /// The predictor `lewm` predicts every representation from the encoded ones before it in the window (teacher forcing,
    /// LeWorldModel's training: arXiv:2603.19312, equation 1), in windows of as many steps as it looks back; others predict all from
    /// the first, in a free run.
    public func value(
        of model: ImageWorldModel, _ batch: ImageBatch, using generator: TorchGenerator
    ) -> (total: Tensor, terms: [Term]) {
        value(of: model, batch) { samples in
            // LeWorldModel looks at all times along the same directions.
            SIGReg.value(
                samples, directions: directions, areShared: model.architecture.predictor == .lewm, using: generator)
        }
    }

    /// The same with a SIGReg of representations `[time, batch, D]` that is given.
    func value(
        of model: ImageWorldModel, _ batch: ImageBatch, sigreg: (Tensor) -> Tensor
    ) -> (total: Tensor, terms: [Term]) {
        let device = batch.pictures.device
        let stack = model.architecture.stack
        let (pictures, sensed) = (batch.stacked(stack), batch.sensed(stack))
        let actions = batch.driving(stack)
        let (count, steps, width) = (actions.size(0), actions.size(1), model.architecture.width)
        let encoded = precision.computing(on: device) {
            model.encode(pictures, sensed: sensed).reshaped([count, steps + 1, width])
        }
        let rows = encoded.unbind(dim: 1)
        let followed = teacher.map { teacher in
            withoutGradients {
                precision.computing(on: device) {
                    teacher.encode(pictures, sensed: sensed).reshaped([count, steps + 1, width])
                }.unbind(dim: 1)
            }
        }
        let predicted = precision.computing(on: device) {
            model.architecture.predictor == .lewm
                ? model.predictor(encoded.narrow(dim: 1, start: 0, length: steps), actions: actions)
                : Tensor.stack(model.rollout(from: rows[0], actions: actions), dim: 1)
        }
        let difference = predicted - Tensor.stack(Array((followed ?? rows).dropFirst()), dim: 1)
        var terms = [Term(name: "prediction", weight: recipe.prediction, value: difference.square().mean())]
        terms += spread(encoded.transposed(0, 1), sigreg: sigreg)
        if recipe.smoothness > 0 {
            let change =
                encoded.narrow(dim: 1, start: 1, length: steps) - encoded.narrow(dim: 1, start: 0, length: steps)
            terms.append(Term(name: "smoothness", weight: recipe.smoothness, value: change.square().mean()))
        }
        if recipe.inverse > 0 {
            let reach = model.architecture.inverseSteps
            let value = EndpointInverseDynamics.value(
                encoded: rows.map { $0.unsqueezed(0) }, inputs: actions.unsqueezed(0), steps: reach,
                actions: actions.size(2)
            ) { start, end in
                precision.computing(on: device) { model.inverse(start[0], end[0]) }.unsqueezed(0)
            }
            terms.append(Term(name: "inverse", weight: recipe.inverse, value: value))
        }
        let total = terms.reduce(Tensor(scalar: 0)) { $0 + $1.value * $1.weight }
        return (total, terms)
    }

    /// The loss of windows that are encoded already, by an encoder that learns nothing.
    ///
    /// In windows of as many steps as the predictor looks back each representation is predicted from the encoded ones before it
    /// (teacher forcing, DINO-WM's training); in longer ones all from the first, in a free run. Of a predictor that sees tokens in
    /// units of how much they vary the error is in these units, too: that of raw tokens may be so small that Adam's ε counts.
    ///
    /// - Parameters:
    ///   - model: The model, of whose predictor alone anything is asked.
    ///   - encoded: Representations, `[batch, steps + 1, D]`.
    ///   - actions: The actions between them, normalised, `[batch, steps, block · actions]`.
    /// - Returns: The weighted sum and its terms.
    public func value(
        of model: ImageWorldModel, encoded: Tensor, actions: Tensor
    ) -> (total: Tensor, terms: [Term]) {
        let steps = actions.size(1)
        let predicted = precision.computing(on: encoded.device) {
            steps <= model.predictor.history
                ? model.predictor(encoded.narrow(dim: 1, start: 0, length: steps), actions: actions)
                : model.predictor.rollout(encoded.narrow(dim: 1, start: 0, length: 1), actions: actions)
        }
        var difference = predicted - encoded.narrow(dim: 1, start: 1, length: steps)
        if let centred = model.predictor as? CentredPredictor { difference = difference / centred.scale.value }
        let term = Term(name: "prediction", weight: recipe.prediction, value: difference.square().mean())
        return (term.value * term.weight, [term])
    }

    /// The terms against collapse, of representations `[time, batch, D]`: each time by itself, since those of one window are
    /// not independent.
    ///
    /// Where windows come in groups of one episode, what counts is how they differ from the mean of their group. Otherwise what
    /// is constant in an episode but differs between episodes would do: it varies as asked, and nothing is easier to predict
    /// (Sobal et al., "Joint Embedding Predictive Architectures Focus on Slow Features", arXiv:2211.10831).
    private func spread(_ all: Tensor, sigreg: (Tensor) -> Tensor) -> [Term] {
        let samples = group > 1 ? Self.centred(all, group: group) : all
        var terms: [Term] = []
        if recipe.sigreg > 0 {
            terms.append(Term(name: "sigreg", weight: recipe.sigreg, value: sigreg(samples)))
        }
        if recipe.variance > 0 || recipe.covariance > 0 {
            let (variance, covariance) = VICReg.terms(samples)
            terms.append(Term(name: "variance", weight: recipe.variance, value: variance))
            terms.append(Term(name: "covariance", weight: recipe.covariance, value: covariance))
        }
        return terms
    }

    /// Samples `[time, batch, D]` less the mean of their group, each of the variance of one that was drawn by itself:
    /// `√(n / (n − 1)) (z − mean of n)`.
    static func centred(_ samples: Tensor, group: Int) -> Tensor {
        let (time, width) = (samples.size(0), samples.size(2))
        let groups = samples.reshaped([time, -1, group, width])
        let scale = (Double(group) / Double(group - 1)).squareRoot()
        return ((groups - groups.mean(dim: 2, keepDim: true)) * scale).reshaped(samples.shape)
    }
}
