public import Tensors

/// Where initial values come from: a tree of independent random streams, one for each name.
///
/// A layer takes a seed and hands each of its parts a seed of its own, so what one layer draws does not depend on
/// which layers were made before it, nor on how many:
/// ```swift
/// let seed = Seed(7)
/// let encoder = Linear(6, 32, seed: seed["encoder"])
/// ```
public struct Seed: Sendable, Hashable {
    /// The 64 bits that decide everything below.
    public let value: UInt64

    /// Creates the root of a tree.
    public init(_ value: UInt64) {
        self.value = value
    }

    /// The seed of a part, by name.
    public subscript(name: String) -> Seed {
        // FNV-1a over the name, then mixed with this seed: Swift's own hashes differ from run to run.
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Seed(Self.mix(value ^ Self.mix(hash)))
    }

    /// The seed of a numbered part, such as a block or an ensemble member.
    public subscript(index: Int) -> Seed { self["#\(index)"] }

    /// A generator that starts from this seed.
    public func generator() -> TorchGenerator { TorchGenerator(seed: value) }

    /// The finaliser of SplitMix64, a bijection that scatters neighbouring values.
    private static func mix(_ bits: UInt64) -> UInt64 {
        var z = bits &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
