import Basics
import CTorch

/// Where a tensor lives and is computed.
public enum Device: Hashable, Sendable, CustomStringConvertible {
    /// The processor.
    case cpu
    /// An NVIDIA card, by number.
    case cuda(Int)
    /// Apple's Metal.
    case mps

    /// The first NVIDIA card.
    public static var cuda: Device { .cuda(0) }

    /// Reads `cpu`, `mps`, `cuda` or `cuda:1`, as a person writes it after `--device`.
    ///
    /// - Throws: `ForesightError` (usage) with the names that exist.
    public init(_ name: String) throws {
        switch name.lowercased() {
        case "cpu": self = .cpu
        case "mps": self = .mps
        case "cuda": self = .cuda(0)
        case let other:
            guard other.hasPrefix("cuda:"), let index = Int(other.dropFirst(5)), index >= 0 else {
                throw ForesightError.usage(
                    "unknown device '\(name)'", remedy: "use cpu, cuda, cuda:N with N from 0, or mps")
            }
            self = .cuda(index)
        }
    }

    /// Whether this machine and the installed libtorch have the device.
    ///
    /// - Throws: `ForesightError` (unavailable) when libtorch itself is not set up.
    public var isAvailable: Bool {
        get throws {
            try Engine.load()
            return switch self {
            case .cpu: true
            case .mps: ct_mps_available()
            case .cuda(let index): index >= 0 && index < Int(ct_cuda_count())
            }
        }
    }

    /// Checks at the edge that the device is there.
    ///
    /// - Throws: `ForesightError` (usage) that says what is there instead.
    public func requireAvailable() throws {
        guard try !isAvailable else { return }
        switch self {
        case .cpu: break
        case .mps:
            throw ForesightError.usage(
                "device mps is not available: it needs a Mac with Metal", remedy: "use --device cpu")
        case .cuda(let index):
            let count = Int(ct_cuda_count())
            if count > 0 {
                throw ForesightError.usage(
                    "device cuda:\(index) is not available: this machine has \(count) CUDA device(s)",
                    remedy: "use cuda:0 to cuda:\(count - 1)")
            }
            throw ForesightError.usage(
                "device cuda:\(index) is not available: no NVIDIA device, or libtorch \(Engine.version) has no CUDA",
                remedy: "use --device cpu, or name an installation with CUDA by TORCH_HOME and run make setup")
        }
    }

    /// Whether matrix products gain from `bfloat16` here. A processor without instructions for it computes them dozens
    /// of times slower than `float32`.
    public var hasFastBFloat16: Bool {
        Engine.require()
        return ct_fast_bfloat16(code)
    }

    /// Waits until all work that was given to the device is done.
    public func synchronize() {
        Engine.require()
        if ct_synchronize(code) != 0 { Tensor.stop("synchronize \(self)", []) }
    }

    /// `cpu`, `mps`, or `cuda:` and the number.
    public var description: String {
        switch self {
        case .cpu: "cpu"
        case .mps: "mps"
        case .cuda(let index): "cuda:\(index)"
        }
    }

    /// The number that stands for the device in the C interface.
    var code: Int32 {
        switch self {
        case .cpu: -1
        case .mps: -2
        case .cuda(let index): Int32(clamping: index)
        }
    }

    init(code: Int32) {
        switch code {
        case -1: self = .cpu
        case -2: self = .mps
        default: self = .cuda(Int(code))
        }
    }
}
