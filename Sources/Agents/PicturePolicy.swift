public import Planning

/// Whatever acts by what is seen towards a goal that is a picture.
public protocol PicturePolicy {
    /// Forgets what was seen, and takes a new goal.
    ///
    /// - Parameters:
    ///   - picture: What it should come to look like, `[height, width, 3]`.
    ///   - seed: What the policy draws from.
    mutating func begin(goal picture: [UInt8], seed: UInt64)
    /// The action for what is seen now, `[height, width, 3]`, physical units.
    ///
    /// - Throws: `ForesightError` when there is no telling what to do.
    mutating func act(on picture: [UInt8]) throws -> [Double]
    /// The action for what is seen now, `[height, width, 3]`, and what the body senses, in the units of the record: what a
    /// policy that only sees does not look at.
    ///
    /// - Throws: `ForesightError` when there is no telling what to do.
    mutating func act(on picture: [UInt8], proprioception: [Double]) throws -> [Double]
    /// Whether the last action came from a search, rather than from a plan made before.
    var hasJustPlanned: Bool { get }
    /// What came of the last search; `nil` for a policy that does not search.
    var planStatus: PlanStatus? { get }
}

extension PicturePolicy {
    /// It does not search.
    public var planStatus: PlanStatus? { nil }

    /// What is seen alone decides.
    public mutating func act(on picture: [UInt8], proprioception: [Double]) throws -> [Double] {
        try act(on: picture)
    }
}

extension PictureAgent: PicturePolicy {}
