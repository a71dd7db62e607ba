import Tensors

/// How colours between 0 and 1 are normalised for an encoder: `(colour − mean) / deviation`.
public struct ColourScaling: Sendable, Hashable, Codable {
    /// The mean of red, green and blue.
    public var mean: [Double]
    /// The deviation of red, green and blue.
    public var deviation: [Double]

    /// Creates the scaling.
    public init(mean: [Double], deviation: [Double]) {
        self.mean = mean
        self.deviation = deviation
    }

    /// That of the photos of ImageNet, which nearly all encoders were trained with.
    public static let imageNet = ColourScaling(mean: [0.485, 0.456, 0.406], deviation: [0.229, 0.224, 0.225])

    /// Whether there are three colours, whose deviations are above 0.
    public var isConsistent: Bool {
        mean.count == 3 && deviation.count == 3 && mean.allSatisfy(\.isFinite)
            && deviation.allSatisfy { $0.isFinite && $0 > 0 }
    }

    /// From pictures `[batch, 3, height, width]` that are normalised as those of ImageNet to this scaling.
    func renormalised(_ pictures: Tensor) -> Tensor {
        let known = Self.imageNet
        guard self != known else { return pictures }
        func perColour(_ values: [Double]) -> Tensor {
            Tensor(values.map { Float($0) }, shape: [3, 1, 1], device: pictures.device)
        }
        let gain = zip(known.deviation, deviation).map { $0 / $1 }
        let shift = (0..<3).map { (known.mean[$0] - mean[$0]) / deviation[$0] }
        return pictures * perColour(gain) + perColour(shift)
    }
}
