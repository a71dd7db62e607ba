public import Networks
public import Tensors

/// A map from one representation to the next under an action: the predictor of a world model, as an encoder sees it.
///
/// The work that depends on inputs alone is done once for a whole sequence (`drive`), the rest step by step.
public protocol LatentTransition: Module {
    /// The size D of a representation.
    var width: Int { get }
    /// What inputs contribute at each step.
    ///
    /// - Parameters:
    ///   - inputs: Those of the rows that steps start from, `[members, batch, time, input]`.
    ///   - after: Those of the row that the last step leads to, `[members, batch, 1, input]`; without, the last are held.
    /// - Returns: What each step adds.
    func drive(_ inputs: Tensor, after: Tensor?) -> LatentDrive
    /// The next representation `[members, batch, D]` after one step of the drive.
    func next(_ z: Tensor, _ drive: LatentDrive, step: Int) -> Tensor
}

/// What a sequence of inputs contributes to each step of a transition, computed in one product.
public struct LatentDrive {
    /// Tensors of the first axes `[members, batch, time, …]`, split by time: `parts[i][step]` is `[members, batch, …]`.
    public var parts: [[Tensor]]
    /// Tensors that every step shares, such as a normalised matrix `[members, D, D]`.
    public var shared: [Tensor]

    /// Creates a drive.
    public init(parts: [[Tensor]], shared: [Tensor]) {
        self.parts = parts
        self.shared = shared
    }

    /// The number of steps.
    public var count: Int { parts.first?.count ?? 0 }
}
