import Foundation
public import Tensors

extension Transformer {
    /// Whether blocks are computed as one operation where they can be; otherwise libtorch computes layer by layer. On, unless the
    /// variable FORESIGHT_BLOCKS is `plain`.
    @TaskLocal public static var isCompiled = ProcessInfo.processInfo.environment["FORESIGHT_BLOCKS"] != "plain"

    /// The most tokens of a sequence whose scores stay in a cache.
    private static let mostTokens = 512

    /// The first tokens of each sequence behind all blocks and the last norm: the same as of all tokens, without what they alone
    /// do not need.
    ///
    /// - Parameters:
    ///   - count: How many tokens, at most all.
    ///   - x: `[batch, time, width]`.
    /// - Returns: `[batch, count, width]`.
    public func leading(_ count: Int, of x: Tensor) -> Tensor {
        if let result = compiled(x, leading: count) { return result }
        return norm(blocks.reduce(x) { y, block in block(y) }.narrow(dim: 1, start: 0, length: count))
    }

    /// The same as one operation; `nil` where the blocks, their device or the type of their numbers are other than it knows.
    private func compiled(_ x: Tensor, leading: Int) -> Tensor? {
        let shape = x.shape
        guard Transformer.isCompiled, shape.count == 3, shape[0] > 0, shape[1] <= Self.mostTokens, x.device == .cpu,
            let first = blocks.first, first.attention.heads > 0
        else { return nil }
        let type = Tensor.autocastType(on: .cpu)
        guard type == nil ? x.dtype == .float32 : type == .bfloat16 else { return nil }
        var parameters: [Parameter] = []
        for block in blocks {
            guard let own = block.plainParameters, block.attention.heads == first.attention.heads,
                block.attentionNorm.epsilon == norm.epsilon, block.mlpNorm.epsilon == norm.epsilon
            else { return nil }
            parameters += own
        }
        guard let gain = norm.weight, let offset = norm.bias else { return nil }
        let values = (parameters + [gain, offset]).map(\.value)
        guard values.allSatisfy({ $0.dtype == .float32 && $0.device == .cpu && $0.isContiguous }) else { return nil }
        return x.transformerBlocks(values, heads: first.attention.heads, leading: leading, epsilon: norm.epsilon)
    }
}

extension TransformerBlock {
    /// The parameters in the order of ``Tensors/Tensor/transformerBlocks(_:heads:leading:epsilon:)`` if this is a plain block: no
    /// mask, no turned places, GELU, nothing scaled and nothing dropped.
    fileprivate var plainParameters: [Parameter]? {
        guard attentionScale == nil, mlpScale == nil, attention.mask == .none, attention.rotary == nil,
            let mlp = mlp as? MLP, mlp.layers.count == 2, mlp.norms.isEmpty, mlp.activation == .gelu,
            [dropout, attention.dropout, mlp.dropout].allSatisfy({ !($0?.isTraining ?? false) || $0?.rate == 0 })
        else { return nil }
        let parts = [
            attentionNorm.weight, attentionNorm.bias, attention.inProjWeight, attention.inProjBias,
            attention.outProj.weight, attention.outProj.bias, mlpNorm.weight, mlpNorm.bias, mlp.layers[0].weight,
            mlp.layers[0].bias, mlp.layers[1].weight, mlp.layers[1].bias,
        ]
        let present = parts.compactMap { $0 }
        return present.count == parts.count ? present : nil
    }
}
