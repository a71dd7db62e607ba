public import Networks
public import Tensors

/// How many rows of the record it takes at least to get from one representation to another, learned from what was recorded.
///
/// The difference of two representations says how unlike two pictures are, not how far apart: what is behind a wall looks
/// near. This is a goal-conditioned value with a cost of one a row until the goal is there, learned by expectile regression,
/// so that it follows the better of the recorded ways and joins ways of different episodes: Kostrikov et al., "Offline RL
/// with Implicit Q-Learning", arXiv:2110.06169, equation 5, without actions, as in "Value-guided action planning with JEPA
/// world models", arXiv:2601.00844.
/// ```
/// v(z, g) = (1 − γ^d(z, g)) / (1 − γ) = σ(MLP [z; g; |z − g|]) / (1 − γ)
/// L = |τ − 1[δ < 0]| δ²,    δ = v(z_t, g) − min_n (1 − γ^n) / (1 − γ) + γ^n v̄(z_{t+n}, g)
/// ```
/// v̄ is a slow copy, 0 at the goal. In a world without chance no recorded way is shorter than the shortest, so that the
/// least over n is a bound, too, and what is near is known after a few steps. Everything starts far from everything: distances
/// shrink from the goal outwards, as in the relaxation of Bellman and Ford. Representations are not changed by it.
public final class TemporalDistance: Module {
    /// The network.
    public let network: MLP
    /// γ, the discount for each row.
    public let discount: Double

    /// Creates the distance between representations of a size.
    public init(width: Int, hidden: Int, discount: Double, seed: Seed) {
        network = MLP(
            [3 * width, hidden, hidden, 1], activation: .silu, norm: .layer, seed: seed["network"])
        self.discount = discount
        // σ(4) = 0.98: far.
        network.layers.last?.bias?.assign(Tensor.full([1], 4))
    }

    /// The discounted number of rows between representations `[…, D]`, `(1 − γ^d) / (1 − γ)`: `[…]`.
    public func discounted(_ z: Tensor, _ goal: Tensor) -> Tensor {
        let goals = goal.expanded(to: z.shape)
        return network(Tensor.concatenate([z, goals, (z - goals).abs()], dim: -1)).squeezed(-1).sigmoid()
            * (1 / (1 - discount))
    }

    /// The number of rows d between representations `[…, D]`: `[…]`, at most what the discount can tell.
    public func rows(_ z: Tensor, _ goal: Tensor) -> Tensor {
        // γ^d = 1 − (1 − γ) v.
        let left = (1 - discounted(z, goal) * (1 - discount)).clamp(min: 1e-3)
        return left.log() * (1 / logarithm(discount))
    }
}
