import Basics
import CKernels

/// The compiled kernels as a whole: what works on plain numbers and is there at once, without libtorch.
///
/// Loading libtorch takes longer than a log, a model and a plan together. So a program that only plans by compiled rollouts
/// loads these alone; ``Engine/load()`` loads both.
public enum Kernels {
    /// Loads the kernels; does nothing when they are loaded.
    ///
    /// - Throws: `ForesightError` (unavailable) that says where was looked and what to run.
    public static func load() throws {
        if let problem = outcome.problem { throw problem }
    }

    /// The path of the library that set-up built; `nil` when there is none.
    public static var location: String? { outcome.path }

    /// Whether memory that was freed is kept for the next step.
    static var keepsMemory: Bool { outcome.problem == nil && ct_keeps_memory() }

    /// The outcome of loading, found once: the initialisation of a static is what makes this safe between threads.
    private static let outcome = SetupLibrary.kernels.load()
}
