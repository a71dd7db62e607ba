public import Tensors

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// Rotary positions: pairs of features turn by an angle that grows with time, so that the product of a query and a
/// key depends on their distance only. Su et al., arXiv:2104.09864, with feature i paired to i + size/2.
public final class RotaryEmbedding {
    /// The size of a head, even.
    public let size: Int
    /// What the wavelengths grow to: pair i turns by base^(−2i/size) at each time.
    public let base: Double
    private let frequencies: [Double]
    // Plain numbers, not tensors: a tensor made in inference mode could not be used in training afterwards.
    private var cosines: [Float] = []
    private var sines: [Float] = []

    /// Creates the embedding for heads of a size.
    public init(size: Int, base: Double = 10_000) {
        precondition(size > 0 && size % 2 == 0, "rotary positions turn pairs of features; a head of \(size) is odd")
        self.size = size
        self.base = base
        let half = size / 2
        frequencies = (0..<half).map { pow(base, -Double($0) / Double(half)) }
    }

    /// The cosines and sines of some positions, each `[time, size / 2]`.
    public struct Angles {
        let cosine: Tensor
        let sine: Tensor
    }

    /// The angles of `count` positions from `start` on.
    public func angles(start: Int, count: Int, device: Device) -> Angles {
        precondition(start >= 0, "positions start at 0, not at \(start)")
        let half = size / 2
        for position in (cosines.count / half)..<max(start + count, cosines.count / half) {
            for frequency in frequencies {
                // In Double: a float32 angle at position 10⁵ would be wrong by 1e-2.
                cosines.append(Float(cos(Double(position) * frequency)))
                sines.append(Float(sin(Double(position) * frequency)))
            }
        }
        let range = (start * half)..<((start + count) * half)
        return Angles(
            cosine: Tensor(Array(cosines[range]), shape: [count, half], device: device),
            sine: Tensor(Array(sines[range]), shape: [count, half], device: device))
    }

    /// Turns `[batch, heads, time, size]` where the first time is `start` and each next one is one later.
    public func callAsFunction(_ x: Tensor, start: Int = 0) -> Tensor {
        self(x, angles: angles(start: start, count: x.size(2), device: x.device))
    }

    /// Turns `[batch, heads, time, size]` by the angles of its times.
    public func callAsFunction(_ x: Tensor, angles: Angles) -> Tensor {
        let shape = x.shape
        precondition(
            shape.count == 4 && [shape[2], shape[3] / 2] == angles.cosine.shape && shape[3] == size,
            "got \(shape) for angles of \(angles.cosine.shape); expected [batch, heads, time, \(size)]")
        let parts = x.chunk(2, dim: -1)  // two of [batch, heads, time, size / 2]
        let first = parts[0] * angles.cosine - parts[1] * angles.sine
        let second = parts[0] * angles.sine + parts[1] * angles.cosine
        return Tensor.concatenate([first, second], dim: -1).to(dtype: x.dtype)
    }
}
