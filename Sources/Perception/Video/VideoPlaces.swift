import Networks
import Tensors

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// Turns queries and keys by frame, row and column of their tokens, as V-JEPA 2 does: Assran et al., "V-JEPA 2",
/// arXiv:2506.09985, section 2.1, after Su et al., arXiv:2104.09864.
///
/// A head is cut into three equal even parts, one for each direction, and a rest that is left alone. The features of a
/// part are turned in neighbouring pairs, (0, 1), (2, 3), …, but by the frequency of feature i modulo half the part, so
/// that the two of a pair are turned by different angles. It is no rotation then, and products depend on more than
/// distances: a mistake that the authors keep and note in `src/models/utils/modules.py` of facebookresearch/vjepa2,
/// because the published weights were trained with it. They need it here, too.
struct VideoPlaces {
    /// Cosines and sines, `[batch or 1, 1, tokens, 3 part]`.
    private let cosine: Tensor
    private let sine: Tensor

    /// The turns of tokens by their numbers, which count along columns, then rows, then frames.
    ///
    /// - Parameters:
    ///   - numbers: Whole numbers, `[batch or 1, tokens]`.
    ///   - side: How many tokens stand in a row, and how many rows there are.
    ///   - head: The size of a head.
    init(_ numbers: Tensor, side: Int, head: Int) {
        let number = numbers.to(dtype: .float32)  // exact up to 2²⁴
        let frame = (number / Double(side * side)).floor()
        let inFrame = number - frame * Double(side * side)
        let row = (inFrame / Double(side)).floor()
        let half = head / 3 / 2
        let frequencies = (0..<half).map { Float(pow(10_000, -Double($0) / Double(half))) }
        let turns = Tensor(frequencies + frequencies, device: numbers.device)  // [part], twice half
        let angles = [frame, row, inFrame - row * Double(side)].map { $0.unsqueezed(-1) * turns }
        let all = Tensor.concatenate(angles, dim: -1).unsqueezed(1)
        (cosine, sine) = (all.cos(), all.sin())
    }

    /// Turns `[batch, heads, tokens, head]`.
    func callAsFunction(_ x: Tensor) -> Tensor {
        let (shape, size) = (x.shape, cosine.size(-1))
        let turned = x.narrow(dim: 3, start: 0, length: size)
        let pairs = turned.reshaped([shape[0], shape[1], shape[2], size / 2, 2])
        let crossed = Tensor.stack([-pairs.select(dim: 4, index: 1), pairs.select(dim: 4, index: 0)], dim: 4)
            .reshaped(turned.shape)
        let y = turned * cosine + crossed * sine
        guard size < shape[3] else { return y }
        return Tensor.concatenate([y, x.narrow(dim: 3, start: size, length: shape[3] - size)], dim: 3)
    }
}
