/// Several compiled guardrails, ranked as one: the sum of their normalised violations.
public struct GuardrailSet: Sendable {
    /// The guardrails.
    public let guardrails: [CompiledGuardrail]

    /// Creates a set of compiled guardrails.
    public init(_ guardrails: [CompiledGuardrail]) { self.guardrails = guardrails }

    /// Compiles guardrails for a context.
    ///
    /// - Throws: As ``Guardrail/compile(context:options:)``.
    public init(
        _ guardrails: [Guardrail], context: TrajectoryContext, options: CompileOptions = CompileOptions()
    ) throws {
        self.guardrails = try guardrails.map { try $0.compile(context: context, options: options) }
    }

    /// The same guardrails, each ``CompiledGuardrail/prepared(for:)`` the bands.
    public func prepared(for bands: Bands?) -> GuardrailSet { GuardrailSet(guardrails.map { $0.prepared(for: bands) }) }

    /// The warnings of all.
    public var warnings: [ObjectiveWarning] { guardrails.flatMap(\.warnings) }

    /// Those that are violated now, before any action.
    public var violatedAtStart: [CompiledGuardrail] { guardrails.filter { ($0.startMargin ?? 0) < 0 } }

    /// Total violation of each candidate: `Σ max(0, -margin)` over normalised margins, 0 where all hold.
    ///
    /// `scratch` is memory for the margins of one guardrail, kept between calls.
    public func violations(
        of batch: TrajectoryBatch, bands: Bands? = nil, into violations: inout [Float], scratch: inout [Float],
        using workspace: inout ObjectiveWorkspace
    ) {
        if violations.count != batch.candidates { violations = [Float](repeating: 0, count: batch.candidates) }
        for index in violations.indices { violations[index] = 0 }
        for guardrail in guardrails {
            guardrail.margins(of: batch, bands: bands, in: .normalised, into: &scratch, using: &workspace)
            for index in violations.indices { violations[index] += max(0, -scratch[index]) }
        }
    }

    /// Normalised margins, row-major `[candidate, guardrail]`, which has to be that long.
    public func normalisedMargins(
        of batch: TrajectoryBatch, bands: Bands?, into margins: inout [Float], using workspace: inout ObjectiveWorkspace
    ) {
        // Lent out for the while, so that no call allocates.
        var column: [Float] = []
        swap(&column, &workspace.column)
        for (index, guardrail) in guardrails.enumerated() {
            guardrail.margins(of: batch, bands: bands, in: .normalised, into: &column, using: &workspace)
            for candidate in 0..<batch.candidates { margins[candidate * guardrails.count + index] = column[candidate] }
        }
        swap(&column, &workspace.column)
    }

    /// Total violation of each candidate, in memory of its own.
    public func violations(of batch: TrajectoryBatch, bands: Bands? = nil) -> [Float] {
        var (violations, scratch, workspace) = ([Float](), [Float](), ObjectiveWorkspace())
        self.violations(of: batch, bands: bands, into: &violations, scratch: &scratch, using: &workspace)
        return violations
    }
}
