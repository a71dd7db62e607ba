import Basics
import Plants
import WorldModels

extension ControlBenchmark {
    /// The scoreboard of all that is judged so far.
    ///
    /// - Parameters:
    ///   - archive: What is there.
    ///   - keepsRows: Whether it also has rows that this run does not judge, where the folder holds them: of the same episodes, under
    ///     the same protocol, by the same models.
    /// - Returns: What there is, case by case.
    /// - Throws: `ForesightError` for files that cannot be read or were made under another protocol.
    public func results(_ archive: ControlArchive, keepsRows: Bool = false) throws -> [ControlResult] {
        try plans.flatMap { plan -> [ControlResult] in
            let wanted = Set(plan.seeds(episodes, from: firstEpisode))
            var board = self
            if keepsRows { board.rows = held(plan, archive) }
            return try plan.cases.compactMap { each -> ControlResult? in
                guard var found = try board.result(plan, each.name, archive, wants: { wanted.contains($0) }) else {
                    return nil
                }
                found.firstEpisode = firstEpisode
                return found
            }
        }
    }

    /// The rows of a plant that this run judges, and others that the folder holds under the same protocol, by the same models.
    private func held(_ plan: ControlProtocol, _ archive: ControlArchive) -> [ControlRow] {
        let chosen = chosen(plan)
        let others = archive.holdings(plan).rows.filter { row in
            guard !chosen.contains(row) else { return false }
            var board = self
            (board.plans, board.rows) = ([plan], [row])
            return (try? board.check(archive)) != nil
        }
        return others.isEmpty ? chosen : ControlRow.choices.filter { chosen.contains($0) || others.contains($0) }
    }

    /// What a folder holds of plants that a run does not judge.
    public struct Kept: Sendable {
        /// Their scoreboards.
        public var results: [ControlResult] = []
        /// The plants that were judged under another protocol, on episodes of the other kind, or by models that are not there.
        public var others: [String] = []

        /// Nothing.
        public init() {}
    }

    /// The scoreboards of plants that this run does not judge: of all rows, models and episodes that the folder holds of them, these
    /// to report or to tune by as this run's.
    ///
    /// - Parameters:
    ///   - plans: Their protocols.
    ///   - archive: What is there.
    /// - Returns: What there is, and of which plants nothing can be said.
    public func kept(_ plans: [ControlProtocol], in archive: ControlArchive) -> Kept {
        let isTuning = firstEpisode < ControlProtocol.firstEpisode
        var kept = Kept()
        for plan in plans {
            let (rows, models) = archive.holdings(plan)
            guard !rows.isEmpty else { continue }
            var board = self
            (board.plans, board.rows, board.models) = ([plan], rows, models)
            var found: [ControlResult] = []
            // Models that are named need not be those that acted there.
            for named in [known, nil] where found.isEmpty {
                board.known = named
                let results = try? plan.cases.compactMap { each in
                    try board.result(plan, each.name, archive) { ($0 < ControlProtocol.firstEpisode) == isTuning }
                }
                found = results ?? []
            }
            if found.isEmpty { kept.others.append(plan.plant) }
            kept.results += found
        }
        return kept
    }

    /// The scoreboard of a case, of the episodes with wanted seeds; `nil` where there is none.
    private func result(
        _ plan: ControlProtocol, _ name: String, _ archive: ControlArchive, wants: (UInt64) -> Bool
    ) throws -> ControlResult? {
        func judged(_ row: ControlRow) throws -> [[ControlEpisode]] {
            try (0..<max(1, models)).map { model in
                let key = ControlArchive.Key(plan.plant, name, row, model: model)
                return try self.judged(plan, key, archive).filter { wants($0.seed) }
            }.filter { !$0.isEmpty }
        }
        let optima = try judged(.optimum).first ?? []
        let optimum = Dictionary(uniqueKeysWithValues: optima.map { ($0.seed, $0.score.cost) })
        var (rows, first): ([ControlSummary], [(row: ControlRow, episode: ControlEpisode)]) = ([], [])
        var least = UInt64.max
        for row in plan.rows(of: name, among: chosen(plan)) + [.optimum] {
            let groups = try judged(row)
            guard let one = groups.first?.first else { continue }
            rows.append(
                ControlSummary(row, groups, optimum: optimum, plan: plan, task: plan.task(name) ?? plan.cases[0].task))
            if one.outputs != nil { first.append((row, one)) }
            least = min(least, groups.compactMap { $0.first?.seed }.min() ?? least)
        }
        guard !rows.isEmpty else { return nil }
        let own = plan.words(ControlProtocol.own)
        let description = try ModelFolder.description(of: folder(plan, 0, archive))
        let steps = min(plan.horizon ?? description.horizon, description.horizon)
        return ControlResult(
            plan: plan, name: name, rows: rows, first: first,
            tunings: try (0..<max(1, models)).compactMap { model in
                let digest = try ModelFolder.digest(of: folder(plan, model, archive))
                return try fitting { try archive.tuning(plan.plant, model: model, words: own, digest: digest) }
            },
            clones: try (0..<max(1, models)).compactMap { model in
                let key = ControlArchive.Key(plan.plant, ControlProtocol.own, .cloning, model: model)
                let digest = try digest(plan, key, archive)
                return try fitting { try archive.clone(plan.plant, model: model, words: own, digest: digest) }
            },
            hours: Double(description.origin.samples) * description.samplingTime / 3600,
            horizon: (steps, Double(steps) * description.stepTime), firstEpisode: least)
    }

    /// What was read; `nil` where it is of another protocol or model, whose rows are not on the scoreboard either.
    private func fitting<Content>(_ read: () throws -> Content?) throws -> Content? {
        do {
            return try read()
        } catch let error as ForesightError where error.code == .usage {
            return nil
        }
    }
}

extension ControlProtocol {
    /// Puts what is of plants into the order of the catalogue; what is of one plant, and of others, stays as it was.
    ///
    /// - Parameters:
    ///   - elements: What is to be put in order.
    ///   - plant: The plant of each.
    /// - Returns: The same in order.
    public static func inOrder<Element>(_ elements: [Element], by plant: (Element) -> String) -> [Element] {
        let places = elements.enumerated().map { offset, element in
            (names.firstIndex(of: plant(element)) ?? names.count, offset, element)
        }
        return places.sorted { ($0.0, $0.1) < ($1.0, $1.1) }.map(\.2)
    }
}
