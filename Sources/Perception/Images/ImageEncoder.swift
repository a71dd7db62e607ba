public import Networks
import Tensors

/// A network that makes one representation of each image: `[batch, channels, height, width]` to `[batch, D]`.
///
/// Images are normalised as the encoder was trained with them.
public protocol ImageEncoder: Layer {
    /// The size D of a representation.
    var width: Int { get }
}
