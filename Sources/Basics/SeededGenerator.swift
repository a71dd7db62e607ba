/// A seeded generator of random numbers with independent streams: xoshiro256** seeded by SplitMix64.
///
/// Blackman and Vigna, "Scrambled linear pseudorandom number generators", ACM TOMS 2021,
/// https://doi.org/10.1145/3460772. Every consumer of randomness owns one and is handed it by its caller; nothing in
/// the project draws from a global generator. The state is `Codable`, so that a resumed run goes on with the very
/// next number.
public struct SeededGenerator: RandomNumberGenerator, Sendable, Codable, Equatable {
    private var s0: UInt64
    private var s1: UInt64
    private var s2: UInt64
    private var s3: UInt64
    var spareNormal: Double?

    /// Creates the generator of one stream. Streams of one seed are independent of each other.
    public init(seed: UInt64, stream: UInt64 = 0) {
        var mixer = seed &+ 0x9E37_79B9_7F4A_7C15 &* (2 &* stream &+ 1)
        func splitMix() -> UInt64 {
            mixer = mixer &+ 0x9E37_79B9_7F4A_7C15
            var z = mixer
            z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
            z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
            return z ^ (z >> 31)
        }
        mixer = splitMix() ^ stream
        (s0, s1, s2, s3) = (splitMix(), splitMix(), splitMix(), splitMix())
    }

    /// The next 64 random bits.
    public mutating func next() -> UInt64 {
        func rotate(_ x: UInt64, _ k: UInt64) -> UInt64 { (x << k) | (x >> (64 - k)) }
        let result = rotate(s1 &* 5, 7) &* 9
        let t = s1 << 17
        s2 ^= s0
        s3 ^= s1
        s1 ^= s2
        s0 ^= s3
        s2 ^= t
        s3 = rotate(s3, 45)
        return result
    }

    /// A number uniform in [0, 1).
    public mutating func uniform() -> Double { Double(next() >> 11) * 0x1p-53 }

    /// A number uniform in the range.
    public mutating func uniform(in range: ClosedRange<Double>) -> Double {
        range.lowerBound + (range.upperBound - range.lowerBound) * uniform()
    }

    /// A standard normal number, by the polar method of Marsaglia and Bray (1964).
    public mutating func normal() -> Double {
        if let spare = spareNormal {
            spareNormal = nil
            return spare
        }
        while true {
            let u = 2 * uniform() - 1
            let v = 2 * uniform() - 1
            let s = u * u + v * v
            if s > 0 && s < 1 {
                let factor = (-2 * s.naturalLogarithm / s).squareRoot()
                spareNormal = v * factor
                return u * factor
            }
        }
    }
}
