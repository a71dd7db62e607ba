/// A search for the best action sequence, which sees the world only through `Dynamics`.
///
/// Every solver ranks feasible first (`Score`), respects action limits exactly (`ActionSpace`), starts from the search's
/// guesses, leaves the best candidate in `search.best` whenever it is stopped, and draws the noise of every candidate
/// from a generator stream of its own, so that its result depends on the seed alone and not on the chunk size.
public protocol Solver: Sendable, Codable, Equatable {
    /// The name that configurations and certificates use.
    static var name: String { get }

    /// Searches until done or until the search says that the deadline has come.
    ///
    /// - Throws: What the dynamics throw.
    func solve<D: Dynamics>(_ search: CandidateSearch<D>, seed: UInt64) throws
}

/// The solvers by name, for configurations and the command line.
public enum SolverCatalogue {
    /// The names in the order in which they are listed to people.
    public static let names = [
        ImprovedCrossEntropy.name, CrossEntropy.name, PathIntegral.name, GradientDescent.name,
        SequentialQuadratic.name, BeamSearch.name,
    ]

    /// Those that search actions which take any value within their limits; a beam needs actions that take only some.
    public static let continuous = names.filter { $0 != BeamSearch.name }

    /// The solver of that name with its default options; `nil` when there is none.
    public static func solver(named name: String) -> (any Solver)? {
        switch name {
        case ImprovedCrossEntropy.name: ImprovedCrossEntropy.standard
        case CrossEntropy.name: CrossEntropy.standard
        case PathIntegral.name: PathIntegral.standard
        case GradientDescent.name: GradientDescent.standard
        case SequentialQuadratic.name: SequentialQuadratic.standard
        case BeamSearch.name: BeamSearch.standard
        default: nil
        }
    }
}
