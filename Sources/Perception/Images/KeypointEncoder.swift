public import Networks
public import Tensors

/// A convolutional encoder that says where things are: each map of features is reduced to the place where it is strongest.
///
/// The spatial softmax of Finn, Tan, Duan, Darrell, Levine and Abbeel, "Deep Spatial Autoencoders for Visuomotor Learning",
/// arXiv:1509.06113, section IV, with the strength that was found there beside each place, and LeWM's projector
/// (arXiv:2603.19312, section 3) behind both. A place is an average over pixels, so that it moves by less than a pixel when
/// things do, which a layer that reads a flattened picture has to learn anew at each place.
/// ```
/// x ← SiLU(norm(conv(x)))   the first two halve the picture;   f = norm(conv₁ₓ₁(x))
/// α_kp = softmax over places p of f_kp;   place_k = Σ_p α_kp p,   strength_k = Σ_p α_kp f_kp
/// z = projector([place; strength])
/// ```
public final class KeypointEncoder: ImageEncoder {
    /// The convolutions before the maps, the first two of which halve the picture.
    public let convolutions: [Conv2d]
    /// The norm behind each convolution.
    public let norms: [ChannelNorm]
    /// From features to maps, one for each keypoint.
    public let maps: Conv2d
    /// The norm of the maps, whose gains say how sharply each tells its place.
    public let mapNorm: ChannelNorm
    /// From places and strengths to the representation.
    public let projector: Projector
    /// The size of the pictures, `[height, width]`.
    public let imageSize: [Int]

    /// Creates the encoder.
    ///
    /// - Parameters:
    ///   - inputs: Channels of a picture: 3 for each frame that it is made of.
    ///   - imageSize: `[height, width]`, multiples of 4.
    ///   - channels: Those of each convolution, two or more.
    ///   - keypoints: How many places are told.
    ///   - hiddenWidth: Numbers between places and representation.
    ///   - width: The size of a representation.
    ///   - seed: Where weights are drawn from.
    public init(
        inputs: Int, imageSize: [Int], channels: [Int] = [16, 32, 32], keypoints: Int = 48, hiddenWidth: Int = 512,
        width: Int, seed: Seed
    ) {
        precondition(
            imageSize.count == 2 && imageSize.allSatisfy { $0 >= 8 && $0 % 4 == 0 },
            "pictures of \(imageSize) cannot be halved twice")
        precondition(channels.count >= 2, "\(channels.count) convolutions")
        var before = inputs
        var layers: [Conv2d] = []
        for (index, count) in channels.enumerated() {
            let layer = seed["convolutions"][index]
            layers.append(
                index < 2
                    ? Conv2d(before, count, size: [4, 4], stride: [2, 2], padding: [1, 1], seed: layer)
                    : Conv2d(before, count, size: [3, 3], padding: [1, 1], seed: layer))
            before = count
        }
        convolutions = layers
        norms = channels.map { ChannelNorm($0) }
        maps = Conv2d(before, keypoints, size: [1, 1], seed: seed["maps"])
        mapNorm = ChannelNorm(keypoints)
        projector = Projector(3 * keypoints, hidden: hiddenWidth, outputs: width, seed: seed["projector"])
        self.imageSize = imageSize
    }

    /// The size of a representation.
    public var width: Int { projector.output.outputs }

    /// Maps pictures `[batch, inputs, height, width]` to representations `[batch, width]`.
    public func callAsFunction(_ images: Tensor) -> Tensor {
        var x = images
        for (convolution, norm) in zip(convolutions, norms) { x = norm(convolution(x)).silu() }
        return projector(Self.keypoints(of: mapNorm(maps(x))))
    }

    /// The places and strengths of maps.
    ///
    /// - Parameter maps: `[batch, keypoints, rows, columns]`.
    /// - Returns: `[batch, 3 · keypoints]`: where each is across and down, −1 to 1 from edge to edge, and how strong.
    static func keypoints(of maps: Tensor) -> Tensor {
        let (batch, count, rows, columns) = (maps.size(0), maps.size(1), maps.size(2), maps.size(3))
        let flat = maps.reshaped([batch, count, rows * columns])
        let attention = flat.softmax(dim: 2)
        let places = grid(rows: rows, columns: columns).to(dtype: flat.dtype).to(device: flat.device)
        let strengths = (attention * flat).sum(dim: 2, keepDim: true)
        return Tensor.concatenate([attention.matmul(places), strengths], dim: 2).reshaped([batch, 3 * count])
    }

    /// The middles of cells of a picture that reaches from −1 to 1, `[rows · columns, 2]`, across and down.
    private static func grid(rows: Int, columns: Int) -> Tensor {
        func middles(_ count: Int) -> [Float] { (0..<count).map { (2 * Float($0) + 1) / Float(count) - 1 } }
        let (down, across) = (middles(rows), middles(columns))
        return Tensor(down.flatMap { y in across.flatMap { [$0, y] } }, shape: [rows * columns, 2])
    }
}
