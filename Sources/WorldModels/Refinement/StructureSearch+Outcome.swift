extension StructureSearch {
    /// What the search came to.
    struct Outcome: Sendable {
        var structure: Structure
        var fits: [Refinement.Fit]
        /// The structures tried, with what the judging folds say of them.
        var tried: [(structure: Structure, judgement: Judgement)]

        /// Every structure tried, a line each, as CSV.
        var table: String {
            let rows = tried.map { structure, judgement -> String in
                let core = structure.core
                let fields: [Any] =
                    [
                        core.order, core.states.map { "\($0)" } ?? "", core.states == nil ? "" : core.source.rawValue,
                        core.ridge, core.hasLead,
                        structure.isRefined, structure.free, structure.hidden,
                        structure.hidden > 0 ? structure.activation.rawValue : "", judgement.error,
                        structure == self.structure,
                    ] + judgement.errors
                return fields.map { "\($0)" }.joined(separator: ",")
            }
            let parts = (0..<(tried.first?.judgement.errors.count ?? 0)).map { ",part \($0 + 1)" }.joined()
            let header = "order,states,from,ridge,lead,refined,free,hidden,activation,left-out error,chosen"
            return ([header + parts] + rows).joined(separator: "\n") + "\n"
        }

        /// The search in one line.
        var summary: String {
            func least(_ isWanted: (Structure) -> Bool) -> String {
                let error = tried.filter { isWanted($0.structure) }.map(\.judgement.error).min() ?? .infinity
                return error.isFinite ? "\((error * 1e4).rounded() / 1e4)" : "none"
            }
            return "search: \(tried.count) structures by free-run error on left-out parts, in spreads of the channels: "
                + "\(least { $0.hidden == 0 }) at best for linear ones, \(least { $0 == structure }) for the chosen one"
        }
    }
}
