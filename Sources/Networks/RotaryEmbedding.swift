public import Tensors

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Darwin)
    private import Darwin
#endif

/// Rotary positions: pairs of features turn by an angle that grows with time, so that the product of a query and a
/// key depends on their distance only. Su et al., arXiv:2104.09864, with feature i paired to i + size/2.
public struct RotaryEmbedding: Sendable, Hashable {
    /// The size of a head, even.
    public let size: Int
    /// What the wavelengths grow to: pair i turns by base^(−2i/size) at each time.
    public let base: Double

    /// Creates the embedding for heads of a size.
    public init(size: Int, base: Double = 10_000) {
        precondition(size > 0 && size % 2 == 0, "rotary positions turn pairs of features; a head of \(size) is odd")
        self.size = size
        self.base = base
    }

    /// Turns `[batch, heads, time, size]` where the first time is `start` and each next one is one later.
    public func callAsFunction(_ x: Tensor, start: Int = 0) -> Tensor {
        self(x, positions: (0..<x.shape[2]).map { start + $0 })
    }

    /// Turns `[batch, heads, time, size]` by the angles of the positions, one for each time.
    public func callAsFunction(_ x: Tensor, positions: [Int]) -> Tensor {
        precondition(
            x.shape.count == 4 && x.shape[2] == positions.count && x.shape[3] == size,
            "got \(x.shape) for \(positions.count) positions; expected [batch, heads, \(positions.count), \(size)]")
        let half = size / 2
        var cosines: [Float] = []
        var sines: [Float] = []
        for position in positions {
            for index in 0..<half {
                // In Double: a float32 angle at position 10⁵ would be wrong by 1e-2.
                let angle = Double(position) * pow(base, -Double(index) / Double(half))
                cosines.append(Float(cos(angle)))
                sines.append(Float(sin(angle)))
            }
        }
        let cosine = Tensor(cosines, shape: [positions.count, half]).to(device: x.device)
        let sine = Tensor(sines, shape: [positions.count, half]).to(device: x.device)
        let parts = x.chunk(2, dim: -1)  // two of [batch, heads, time, half]
        let first = parts[0] * cosine - parts[1] * sine
        let second = parts[0] * sine + parts[1] * cosine
        return Tensor.concatenate([first, second], dim: -1)
    }
}
