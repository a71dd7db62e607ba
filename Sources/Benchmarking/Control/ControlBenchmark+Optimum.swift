import Plants

extension ControlBenchmark {
    /// Searches the least cost of each episode from what the rows did: of those that have none, and again of those whose kept one a row
    /// underbids.
    func solve(_ plan: ControlProtocol, _ each: ControlProtocol.Case, _ archive: ControlArchive) throws {
        let key = ControlArchive.Key(plan.plant, each.name, .optimum, model: 0)
        let words = plan.words(each.name)
        var done = try archive.episodes(key, words: words)
        let seeds = Array(plan.seeds(episodes, from: firstEpisode).prefix(plan.optimumEpisodes))
        let judged = try keys(plan).filter { $0.name == each.name }.map { try self.judged(plan, $0, archive) }
        // What the rows did in an episode, the best first.
        func attempts(_ seed: UInt64) -> [ControlEpisode] {
            judged.compactMap { $0.first { $0.seed == seed } }
                .sorted { ($0.score.violations, $0.score.cost) < ($1.score.violations, $1.score.cost) }
        }
        let missing = seeds.filter { seed in
            guard let kept = done.first(where: { $0.seed == seed }) else { return true }
            return attempts(seed).contains { Self.underbids($0, kept) }
        }
        guard !missing.isEmpty else { return }
        var solved: [(start: [Double], disturbances: [Double], solution: FullHorizonOptimum.Solution)] = []
        for seed in missing {
            let kept = done.first { $0.seed == seed }
            // A search again starts from what the kept one was not found from.
            let starts = attempts(seed).filter { start in kept.map { Self.underbids(start, $0) } ?? true }
            guard !starts.isEmpty else { continue }
            // What the episode brings, whatever is done in it.
            let record = each.task.run(seed: seed, controller: ConstantController(each.task.plant.restAction))
            let start = record.startState + record.startAction
            let solution: FullHorizonOptimum.Solution
            if kept == nil,
                let same = solved.first(where: { $0.start == start && $0.disturbances == record.disturbances })
            {
                solution = same.solution
            } else {
                let problem = FullHorizonOptimum(each.task, episode: record)
                // Where chance decides it is smooth nowhere.
                let places = starts.prefix(3).map(\.actions) + [record.actions]
                guard places.contains(where: { problem.isSmooth(at: $0) }) else { return }
                solution = problem.solve(from: starts.prefix(2).map(\.actions))
                if kept == nil { solved.append((start, record.disturbances, solution)) }
            }
            let found = ControlEpisode(seed: seed, solution, keepsOutputs: seed == seeds.first)
            if let kept, !Self.underbids(found, kept) { continue }
            done.removeAll { $0.seed == seed }
            done.append(found)
            done.sort { $0.seed < $1.seed }
            try archive.save(done, key, words: words)
            try watch(.judged(key, episode: done.count, of: seeds.count))
        }
        try watch(.finished(key))
    }

    /// Whether an episode costs less than another, by more than rounding, without being beyond limits any more often.
    private static func underbids(_ episode: ControlEpisode, _ other: ControlEpisode) -> Bool {
        !episode.isLost && episode.score.violations <= other.score.violations
            && episode.score.cost < other.score.cost - 1e-6 * abs(other.score.cost)
    }
}
