import Basics
import Identification
import Tensors

/// Fits a trained model to new data by Gauss–Newton on free runs, without losing the old ones.
///
/// ```
/// min_θ  1/(1 + w) · mean_new (y − ŷ(θ))²  +  w/(1 + w) · mean_old (y − ŷ(θ))²
/// ```
/// from the model's weights. The normal equations of the old windows are what elastic weights keep the diagonal of (EWC,
/// arXiv:1612.00796), whole and renewed at each step. The weight w rises by factors of three until old data that members
/// left out are predicted nearly as well as before; of all that keep to it, what predicts left-out new data best is taken.
/// Between the model and where a weight led, points on the straight line are tried, too (WiSE-FT, arXiv:2109.01903).
struct ContinuedFit {
    /// What it came to.
    struct Outcome: Sendable, Equatable {
        /// The weight of the old data that was taken; `nil` when the model stayed as it was.
        var keep: Double?
        /// How far from the model towards where that weight led, 0 to 1.
        var share = 1.0
        /// Left-out errors of the model before, and of what was taken, normalised units.
        var before: (old: Double, new: Double)
        var after: (old: Double, new: Double)

        static func == (left: Outcome, right: Outcome) -> Bool {
            left.keep == right.keep && left.share == right.share && left.before == right.before
                && left.after == right.after
        }
    }

    /// Old and new rows.
    let data: TrainingData
    /// What judges each part: new, and old where there is any.
    let judges: (new: FreeRunValidation, old: FreeRunValidation?)
    /// Rows of history.
    let history: Int
    /// Steps of the longest free run.
    let steps: Int
    /// Settings of the search that fitted the model.
    let options: SearchSettings

    /// By how much the weight of old data rises.
    private static let factor = 3.0
    /// How often it rises.
    private static let tries = 5
    /// Points that are tried on a line.
    private static let points = [0.125, 0.25, 0.375, 0.5, 0.625, 0.75, 0.875, 1]
    /// Rows that one step looks at, of each part.
    private static let operations = 4e8

    /// Whether a model is small enough for its fit, and the data are enough for it.
    static func canFit(_ model: SensorWorldModel, _ data: TrainingData) -> Bool {
        guard let count = model.stateSpaceMembers().first?.shape.count else { return false }
        return count <= Refinement.mostParameters && 5 * count <= Int(data.table.mask.sum().item())
    }

    /// Fits a model in place.
    ///
    /// - Parameters:
    ///   - model: The model; where nothing better is found, it stays as it is.
    ///   - guarding: What old data weigh at first, and the greatest error on them.
    ///   - progress: Told what is done and how much of it, 0 to 1; may throw.
    /// - Returns: What it came to.
    func fit(
        _ model: SensorWorldModel, guarding: OldDataGuard, progress: (String, Double) throws -> Void
    ) rethrows -> Outcome {
        let sizes = model.componentSizes
        let start = model.stateSpaceMembers()
        func errors() -> (old: Double, new: Double) {
            (judges.old?.error(of: model) ?? 0, judges.new.error(of: model))
        }
        let before = errors()
        var best = (members: start, outcome: Outcome(before: before, after: before))
        let rows = RefinementData(data, history: history, members: start.count)
        var current = start
        var keep = guarding.keep
        let tries = judges.old == nil || keep == 0 ? 1 : Self.tries
        for attempt in 0..<tries {
            let words = tries > 1 ? "old data weigh \((keep * 10).rounded() / 10)" : "new data"
            try progress(words, Double(attempt) / Double(tries))
            current = fitted(current, rows, keep: keep)
            var isKept = false
            for share in Self.points {
                model.load(settled(Self.between(start, current, share), rows), spreads: sizes)
                let now = errors()
                let isSteady = withoutGradients { model.encodingRadius().amax().item() } < 1
                guard isSteady, now.old <= guarding.limit else { continue }
                if share == 1 { isKept = true }
                guard now.new < best.outcome.after.new else { continue }
                best.members = settled(Self.between(start, current, share), rows)
                best.outcome = Outcome(keep: keep, share: share, before: before, after: now)
            }
            // More weight on the old data would only cost new ones.
            if isKept { break }
            keep *= Self.factor
        }
        model.load(best.members, spreads: sizes)
        try progress("the best of them", 1)
        return best.outcome
    }

    /// All members fitted with one weight, from where they are.
    private func fitted(_ members: [StateSpaceMember], _ rows: RefinementData, keep: Double) -> [StateSpaceMember] {
        let (old, new) = (keep / (1 + keep), 1 / (1 + keep))
        let newton = GaussNewton(stretches: rows.stretches, iterations: 20, penalty: options.weightPenalty)
        let (steps, options, oldSegments) = (steps, options, data.oldSegments)
        return concurrently(members.count) { index in
            var member = members[index]
            let shape = member.shape
            let (states, outputs, count) = (Double(shape.states), Double(shape.outputs), Double(shape.count))
            let each = 2 * states * states * count + outputs * count * count
            let most = Int(min(8000, max(800, Self.operations / each)))
            func groups(_ windows: (RefinementData) -> [FreeRunWindow]) -> [GaussNewton.WeightedWindows] {
                let parts = [(rows.only(old: true, oldSegments), old), (rows.only(old: false, oldSegments), new)]
                return parts.filter { $0.1 > 0 }
                    .map { GaussNewton.WeightedWindows(windows: windows($0.0), weight: $0.1) }
                    .filter { !$0.windows.isEmpty }
            }
            let learned = groups { $0.learning(index, steps: steps, rows: most, histories: options.histories) }
            let judged = groups { $0.judging(index, steps: steps, rows: 8000) }
            guard !learned.isEmpty else { return member }
            let isJudged = !judged.isEmpty
            newton.minimise(
                &member, over: learned, free: Array(0..<shape.count),
                judge: isJudged
                    ? { candidate in
                        judged.reduce(0) { $0 + $1.weight * newton.cost(candidate, $1.windows) }.squareRoot()
                    } : nil)
            return member
        }
    }

    /// Members with the gains of first rows that belong to them, as the search gives them.
    private func settled(_ members: [StateSpaceMember], _ rows: RefinementData) -> [StateSpaceMember] {
        members.indices.map { index in
            var member = members[index]
            guard !member.transient.isEmpty,
                let start = StartingGains(
                    member.contracted().member, rows.stretches, rows.training(index, steps: 1, rows: 2000),
                    rows: member.transient.count + 1)
            else { return member }
            let shape = member.shape
            member.values.replaceSubrange(shape.prior.range, with: start.prior)
            if let first = start.gains.first {
                member.values.replaceSubrange(shape.firstGain.range, with: first.elements)
            }
            member.transient = start.gains.dropFirst().map(\.elements)
            return member
        }
    }

    /// Members on the straight line between others.
    private static func between(
        _ start: [StateSpaceMember], _ end: [StateSpaceMember], _ share: Double
    ) -> [StateSpaceMember] {
        zip(start, end).map { from, to in
            var member = to
            for index in member.values.indices {
                member.values[index] = from.values[index] + share * (to.values[index] - from.values[index])
            }
            return member
        }
    }
}

extension RefinementData {
    /// The same of old or of new stretches alone: those before or from so many on.
    func only(old: Bool, _ count: Int) -> RefinementData {
        func chosen(_ runs: [[Run]]) -> [[Run]] { runs.map { $0.filter { ($0.stretch < count) == old } } }
        return RefinementData(
            stretches: stretches, history: history, numbers: numbers, visible: chosen(visible),
            hidden: chosen(hidden))
    }
}
