public import Tensors

/// Sketched isotropic Gaussian regularisation: random one-dimensional projections of the representations are compared
/// with a standard normal by their characteristic functions.
///
/// Balestriero and LeCun, "LeJEPA", arXiv:2511.08544, with the Epps–Pulley statistic; knots and weights as in LeWM,
/// arXiv:2603.19312. For representations `[N, D]`, unit directions a and knots `t_k = 3k/16`, `k = 0…16`:
/// ```
/// e_k = (mean_n cos(t_k aᵀz_n) − φ(t_k))² + (mean_n sin(t_k aᵀz_n))²,    φ(t) = exp(−t²/2)
/// T = N Σ_k w_k φ(t_k) e_k,    w_k = 2 · 3/16, half of that at both ends
/// ```
/// The value is the mean of T over directions. It falls towards its sampling noise for Gaussian samples and rises for
/// collapsed and for heavy-tailed ones.
public enum SIGReg {
    /// The statistic of samples `[members, N, D]`, averaged over members and random directions, which each member has of its own or
    /// shares with all.
    public static func value(
        _ samples: Tensor, directions: Int, areShared: Bool = false, using generator: TorchGenerator
    ) -> Tensor {
        let (members, width) = (samples.size(0), samples.size(2))
        let shape = (areShared ? [] : [members]) + [width, directions]
        let drawn = Tensor.normal(shape, using: generator).to(device: samples.device)
        return value(samples, along: drawn / drawn.norm(order: 2, dim: -2, keepDim: true))
    }

    /// The statistic of samples `[members, N, D]`, averaged over members and given directions of length one:
    /// `[members, D, directions]`, or `[D, directions]` for all members alike, as LeWM draws them for its time steps.
    public static func value(_ samples: Tensor, along directions: Tensor) -> Tensor {
        let projected = samples.matmul(directions).unsqueezed(-1)  // [members, N, directions, 1]
        let knots = (0...16).map { Double($0) * 3 / 16 }
        let phi = knots.map { exponential(-$0 * $0 / 2) }
        let weights = knots.indices.map { index in
            (index == 0 || index == 16 ? 3.0 / 16 : 6.0 / 16) * phi[index]
        }
        func row(_ numbers: [Double]) -> Tensor {
            Tensor(numbers.map(Float.init), shape: [numbers.count], device: samples.device)
        }
        let angles = projected * row(knots)
        let real = angles.cos().mean(dim: 1) - row(phi)
        let imaginary = angles.sin().mean(dim: 1)
        let error = real.square() + imaginary.square()  // [members, directions, knots]
        let statistic = (error * row(weights)).sum(dim: 2)
        return statistic.mean() * Double(samples.size(1))
    }
}
