import Basics
import CTorch

/// A generator of random numbers inside libtorch, handed to every function that draws.
///
/// The same seed gives the same numbers. On the CPU its state is bytes that can be saved, so that a resumed run goes
/// on with the very next number. Not `Sendable`: drawing changes it.
public final class TorchGenerator {
    private let raw: OpaquePointer
    /// Where the generator draws; tensors on other devices need a generator of their own.
    public let device: Device

    /// Creates a generator that starts from the seed.
    public init(seed: UInt64, device: Device = .cpu) {
        Engine.require()
        guard let raw = ct_generator_new(seed, device.code) else { Tensor.stop("generator on \(device)", []) }
        self.raw = raw
        self.device = device
    }

    private init(owning raw: OpaquePointer, device: Device) {
        self.raw = raw
        self.device = device
    }

    deinit { ct_generator_release(raw) }

    /// A generator that goes on with the same numbers on its own.
    public func clone() -> TorchGenerator {
        guard let copy = withRaw({ ct_generator_clone($0) }) else { Tensor.stop("clone of a generator", []) }
        return TorchGenerator(owning: copy, device: device)
    }

    /// Everything that decides the numbers to come.
    public func state() -> [UInt8] {
        guard let state = withRaw({ ct_generator_state($0) }) else { Tensor.stop("state of a generator", []) }
        return Tensor(owning: state).values(as: UInt8.self)
    }

    /// Goes back to a saved state.
    ///
    /// - Throws: `ForesightError` (data) when the bytes are not a state of such a generator.
    public func restore(_ state: [UInt8]) throws {
        let bytes = Tensor(state)
        let status = withRaw { raw in bytes.withRaw { ct_generator_set_state(raw, $0) } }
        guard status == 0 else {
            throw ForesightError.data(
                "\(state.count) bytes are not the state of a random generator on \(device): \(Tensor.takeError())",
                remedy: "use a checkpoint of this version")
        }
    }

    @inline(__always)
    func withRaw<Result>(_ body: (OpaquePointer) -> Result) -> Result {
        defer { withExtendedLifetime(self) {} }
        return body(raw)
    }
}

extension Tensor {
    /// Independent standard normal numbers; made where the generator is.
    public static func normal(_ shape: [Int], using generator: TorchGenerator, dtype: DType = .float32) -> Tensor {
        own(
            "normal", [],
            generator.withRaw { ct_normal(shape, shape.count, $0, dtype.rawValue, generator.device.code) })
    }

    /// Independent numbers uniform in [0, 1); made where the generator is.
    public static func uniform(_ shape: [Int], using generator: TorchGenerator, dtype: DType = .float32) -> Tensor {
        own(
            "uniform", [],
            generator.withRaw { ct_uniform(shape, shape.count, $0, dtype.rawValue, generator.device.code) })
    }

    /// Independent ones with the given probability, else zeros; made where the generator is.
    public static func bernoulli(
        _ shape: [Int], probability: Double, using generator: TorchGenerator, dtype: DType = .float32
    ) -> Tensor {
        precondition((0...1).contains(probability), "a probability lies between 0 and 1, not at \(probability)")
        return uniform(shape, using: generator).less(probability).to(dtype: dtype)
    }

    /// The numbers `0 ..< count` in random order, `int64`; made where the generator is.
    public static func permutation(_ count: Int, using generator: TorchGenerator) -> Tensor {
        own("permutation", [], generator.withRaw { ct_permutation(count, $0, generator.device.code) })
    }
}
