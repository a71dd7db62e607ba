import Objectives

extension CandidateSearch {
    /// Rolls out the backups of candidates that were judged, and counts what they break against them.
    func judgeBackups(of batch: TrajectoryBatch, into population: inout Population, _ range: Range<Int>) throws {
        guard let backup = problem.backup else { return }
        let limit = problem.noveltyLimit ?? .infinity
        try backupBatches.withBatch(candidates: batch.candidates) { backups in
            try backup.fill(&backups, from: batch)
            try dynamics.rollout(from: state, into: &backups)
            backup.judge(backups, margins: &backupMargins, into: &backupJudgements, using: &workspace) {
                SearchProblem.noveltyExcess($0, beyond: limit)
            }
        }
        for (judgement, candidate) in zip(backupJudgements, range) {
            let score = population.scores[candidate]
            population.margins[(candidate + 1) * population.guardrails - 1] = judgement.least
            population.scores[candidate] = Score(violation: score.violation + judgement.violation, cost: score.cost)
        }
    }

    /// Adds what the backups' margins say of the actions before them.
    func addBackupGradient(
        of batch: TrajectoryBatch, _ differentiated: DifferentiatedRollout, to actions: inout [Float]
    ) throws {
        guard let backup = problem.backup, backupWeights.contains(where: { $0 != 0 }) else { return }
        let pulled = try backupBatches.withBatch(candidates: batch.candidates) { backups in
            try backup.fill(&backups, from: batch)
            return try differentiated(&backups) { trajectories in
                var gradient = TrajectoryGradient(like: trajectories)
                backup.addGradient(
                    of: trajectories, margins: backupMargins, weights: backupWeights, into: &gradient,
                    using: &workspace)
                return gradient
            }
        }
        let (length, own) = (space.sequenceLength, backup.after * space.actionCount)
        for candidate in 0..<batch.candidates {
            for index in candidate * length..<candidate * length + own { actions[index] += pulled[index] }
        }
    }
}
