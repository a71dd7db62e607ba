import Basics
import CTorch
import Foundation
import Synchronization

/// libtorch as a whole: loading, version, threads.
///
/// Nothing of libtorch is needed to build this package; the library is found and loaded when it is first used. A
/// program calls ``load()`` once at its start to report a missing set-up as an error; tensors made without it load
/// the library themselves and stop the program if there is none.
public enum Engine {
    /// Loads libtorch, and the compiled kernels; does nothing when they are loaded.
    ///
    /// - Throws: `ForesightError` (unavailable) that says where was looked and what to run.
    public static func load() throws {
        if let problem { throw problem }
    }

    /// The version of libtorch, such as `2.13.0`; `not set up` when there is none.
    public static var version: String { problem == nil ? String(cString: ct_version()) : "not set up" }

    /// The path of the library that set-up built and through which libtorch is called; `nil` when there is none.
    public static var location: String? { outcome.path }

    /// Whether libtorch is loaded.
    public static var isLoaded: Bool { loaded.load(ordering: .acquiring) }

    /// How many threads one operation or one compiled rollout may use. What is set before libtorch is loaded holds then, too.
    public static var threads: Int {
        get { isLoaded ? Int(ct_threads()) : wantedThreads.withLock { $0 } ?? usualThreads }
        set {
            precondition(newValue >= 1, "an operation needs at least one thread, not \(newValue)")
            guard isLoaded else { return wantedThreads.withLock { $0 = newValue } }
            setThreads(newValue)
        }
    }

    private static func setThreads(_ count: Int) {
        if ct_set_threads(Int32(clamping: count)) != 0 { Tensor.stop("set threads", []) }
    }

    private static let wantedThreads = Mutex<Int?>(nil)
    private static let loaded = Atomic(false)

    /// As many as OpenMP is told, else one for each processor.
    private static var usualThreads: Int {
        let process = ProcessInfo.processInfo
        let told = process.environment["OMP_NUM_THREADS"].flatMap { Int($0) } ?? process.activeProcessorCount
        return max(1, told)
    }

    /// The two measured settings that are in force: see ``Tuning``.
    public static var tuning: Tuning {
        require()
        var tuning: Tuning = []
        if ct_fast_mkl() { tuning.insert(.fastMKL) }
        if Kernels.keepsMemory { tuning.insert(.keptMemory) }
        return tuning
    }

    /// Settings that make libtorch faster; each can be turned off by an environment variable.
    public struct Tuning: OptionSet, Sendable {
        /// The bits.
        public let rawValue: Int

        /// Creates a set from its bits.
        public init(rawValue: Int) { self.rawValue = rawValue }

        /// MKL is told to use its AVX2 and AVX-512 kernels on any processor that has them, not only on Intel's;
        /// `FORESIGHT_MKL=plain` leaves MKL to itself.
        public static let fastMKL = Tuning(rawValue: 1)

        /// Memory that was freed is kept for the next step instead of going back to the system (glibc only);
        /// `FORESIGHT_MALLOC=plain` leaves malloc as it is.
        public static let keptMemory = Tuning(rawValue: 2)
    }

    /// The outcome of loading, found once: the initialisation of a static is what makes this safe between threads.
    private static let outcome = {
        do {
            try Kernels.load()
        } catch {
            return SetupLibrary.Outcome(problem: error as? ForesightError)
        }
        let outcome = SetupLibrary.torch.load()
        if outcome.problem == nil {
            if let count = wantedThreads.withLock({ $0 }) { setThreads(count) }
            loaded.store(true, ordering: .releasing)
        }
        return outcome
    }()
    private static var problem: ForesightError? { outcome.problem }

    /// Makes sure that the library is there before a function of it is called.
    @inline(__always)
    static func require() {
        if let problem { Tensor.stop(problem) }
    }
}
