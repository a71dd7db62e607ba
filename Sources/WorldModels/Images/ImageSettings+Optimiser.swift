import Basics
import Networks

extension ImageSettings {
    /// AdamW at the peak learning rate, with weight decay for matrices and kernels alone.
    func optimiser(of named: [(name: String, parameter: Parameter)]) -> AdamW {
        AdamW(
            groups: [
                ParameterGroup(named.filter(\.parameter.decays), learningRate: rate, weightDecay: weightDecay),
                ParameterGroup(named.filter { !$0.parameter.decays }, learningRate: rate),
            ])
    }

    /// Part of the peak rate at each of so many steps: a short warm-up, then a cosine down to a hundredth.
    func schedule(steps: Int) -> Schedule {
        Schedule(.cosine, steps: steps, warmUp: min(200, max(1, steps / 20)), floor: 0.01)
    }

    /// What another model would have to be trained with in place of these, as "rate was 0.002, now 0.001".
    ///
    /// - Throws: `ForesightError.data` when settings cannot be printed so that they are read again.
    public func changes(to other: ImageSettings) throws -> [String] {
        try TrainingCheckpoint.changes(from: yaml(), to: other.yaml())
    }
}
