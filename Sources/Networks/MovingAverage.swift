import Basics
public import Tensors

#if canImport(Glibc)
    private import Glibc
#elseif canImport(Musl)
    private import Musl
#elseif canImport(Darwin)
    private import Darwin
#endif

/// An exponential moving average of a module's weights: θ̄ ← θ̄ + (1 − d)(θ − θ̄) after each step.
///
/// The half-life says after how many updates a weight's old value counts half: d = 2^(−1/halfLife). Averaged weights
/// usually predict better than the last ones (Polyak and Juditsky, 1992), and a teacher network of averaged weights
/// keeps representations from collapsing (Grill et al., arXiv:2006.07733). Buffers are copied, not averaged.
public final class MovingAverage {
    /// How much of the average is kept at each update.
    public var decay: Double
    private let source: [(name: String, parameter: Parameter)]
    private let sourceBuffers: [(name: String, buffer: Buffer)]
    private let averages: [Tensor]
    private let bufferCopies: [Tensor]

    /// Starts an average, of its own tensors, at the module's present weights.
    public init(of module: any Module, decay: Double) {
        precondition(decay >= 0 && decay < 1, "a moving average keeps a part in [0, 1), not \(decay)")
        self.decay = decay
        source = module.namedParameters()
        sourceBuffers = module.namedBuffers()
        averages = source.map { $0.parameter.value.detached().clone() }
        bufferCopies = sourceBuffers.map { $0.buffer.value.clone() }
    }

    /// Starts an average whose old values count half after so many updates.
    public convenience init(of module: any Module, halfLife: Double) {
        self.init(of: module, decay: Self.decay(forHalfLife: halfLife))
    }

    /// Makes another module of the same architecture the average: a teacher, frozen, that starts as a copy.
    public init(of student: any Module, into teacher: any Module, decay: Double) throws {
        try teacher.load(student.stateDict())
        teacher.setTrainable(false)
        self.decay = decay
        source = student.namedParameters()
        sourceBuffers = student.namedBuffers()
        averages = teacher.namedParameters().map { $0.parameter.value }
        bufferCopies = teacher.namedBuffers().map { $0.buffer.value }
    }

    /// The decay of a half-life in updates.
    public static func decay(forHalfLife halfLife: Double) -> Double {
        precondition(halfLife > 0, "a half-life is more than 0 updates, not \(halfLife)")
        return exp2(-1 / halfLife)
    }

    /// After how many updates an old value counts half.
    public var halfLife: Double { -1 / log2(decay) }

    /// Moves the average towards the module's present weights.
    public func update() {
        withoutGradients {
            Tensor.lerp_(averages, towards: source.map { $0.parameter.value.detached() }, weight: 1 - decay)
            for (copy, buffer) in zip(bufferCopies, sourceBuffers) { _ = copy.copy_(buffer.buffer.value) }
        }
    }

    /// Writes the averaged weights into a module of the same architecture.
    public func copy(into module: any Module) throws {
        try module.load(stateDict())
    }

    /// Runs the body with the averaged weights in the module that is averaged, then puts its own back.
    public func withAverages<R>(_ body: () throws -> R) rethrows -> R {
        let own = source.map { $0.parameter.value.detached().clone() }
        let ownBuffers = sourceBuffers.map { $0.buffer.value.clone() }
        write(averages, bufferCopies)
        defer { write(own, ownBuffers) }
        return try body()
    }

    /// The averages and buffers by name, which share memory with this object.
    public func stateDict() -> [String: Tensor] {
        var state: [String: Tensor] = [:]
        for (member, average) in zip(source, averages) { state[member.name] = average.detached() }
        for (member, copy) in zip(sourceBuffers, bufferCopies) { state[member.name] = copy }
        return state
    }

    /// Takes back what `stateDict()` gave.
    /// - Throws: `ForesightError.data` when a name is missing or a shape differs.
    public func load(_ state: [String: Tensor]) throws {
        let names = source.map(\.name) + sourceBuffers.map(\.name)
        let targets = averages + bufferCopies
        let values = try zip(names, targets).map { name, target in
            guard let value = state[name], value.shape == target.shape else {
                throw ForesightError.data(
                    "the averaged weights do not fit: \(name) is \(state[name].map { "\($0.shape)" } ?? "missing"), "
                        + "the model needs \(target.shape)",
                    remedy: "resume with the configuration that the checkpoint was saved with")
            }
            return value
        }
        withoutGradients {
            for (target, value) in zip(targets, values) { _ = target.copy_(value) }
        }
    }

    private func write(_ values: [Tensor], _ buffers: [Tensor]) {
        for (member, value) in zip(source, values) { member.parameter.assign(value) }
        for (member, value) in zip(sourceBuffers, buffers) { member.buffer.assign(value) }
    }
}
