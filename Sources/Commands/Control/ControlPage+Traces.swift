import Episodes
import Planning
import Plants
import Reports

extension ControlPage {
    /// The first episode, and the costliest of the model's.
    static func traces(_ outcome: ControlOutcome) -> [Block] {
        let episodes = outcome.learned.episodes
        guard let first = episodes.first, let worst = episodes.max(by: { $0.score.cost < $1.score.cost }) else {
            return []
        }
        let seeds = first.seed == worst.seed ? [first.seed] : [first.seed, worst.seed]
        return seeds.map { seed in
            return .figure(
                Figures.closedLoop(
                    title: seed == first.seed ? "The first episode" : "The costliest episode of the model's planner",
                    note: "True outputs, not what the noisy sensors show. Seed \(seed).",
                    traces: traces(outcome, seed)))
        }
    }

    /// The plant as it moved over the first episode under the model's planner.
    static func drawing(_ outcome: ControlOutcome) -> [Block] {
        guard let seed = outcome.learned.episodes.first?.seed, let record = outcome.results.first?.records[seed] else {
            return []
        }
        let scenario = outcome.scenario
        let scene = EpisodeScene(
            of: scenario.task, outputs: record.outputs, actions: record.actions, disturbances: record.disturbances,
            marks: ObjectiveMarks(goal: scenario.goal, guardrails: scenario.guardrails))
        let figure = EpisodeDrawing(scene).figure(
            title: "The first episode, as the plant moved",
            note:
                "True values. Green marks are targets, red ones guardrails. A click holds it, and another lets it go on."
        )
        return figure.map { [.figure($0)] } ?? []
    }

    private static func traces(_ outcome: ControlOutcome, _ seed: UInt64) -> [ControlTrace] {
        let task = outcome.scenario.task
        let plant = task.plant
        let marks = ObjectiveMarks(goal: outcome.scenario.goal, guardrails: outcome.scenario.guardrails)
        let shown = outcome.results.compactMap { result in
            result.records[seed].map { (name: result.report.name, record: $0) }
        }
        let ends = (1...task.steps).map { Double($0) * plant.samplingTime }
        let outputs = plant.outputChannels.enumerated().map { index, channel in
            var trace = ControlTrace(
                name: channel.name, unit: channel.unit, time: ends,
                runs: shown.map { run in
                    (run.name, (0..<task.steps).map { run.record.outputs[$0 * plant.outputChannels.count + index] })
                })
            if let target = task.targets.first(where: { $0.output == index }) {
                trace.targets = target.schedule.map { ($0.start, $0.value - target.band...$0.value + target.band) }
            }
            if !outcome.scenario.isOwnTask { trace.timed = timed(of: channel, marks) }
            trace.limits = marks.limits(of: channel.name, unit: channel.unit).map {
                LimitMark($0.value, label: "\(channel.name) \($0.isUpper ? "≤" : "≥") \(figure($0.value))")
            }
            return trace
        }
        let starts = ends.map { $0 - plant.samplingTime }
        let actions = plant.actionChannels.enumerated().map { index, channel in
            var trace = ControlTrace(
                name: channel.name, unit: channel.unit, time: starts,
                runs: shown.map { run in
                    (run.name, (0..<task.steps).map { run.record.actions[$0 * plant.actionChannels.count + index] })
                }, isAction: true)
            if !outcome.scenario.isOwnTask {
                trace.timed = marks.allTargets(of: channel.name, unit: channel.unit).flatMap(ObjectiveMarks.timed)
            }
            return trace
        }
        return outputs + actions
    }

    /// The targets of a goal that the task has not: all but the first of a channel that stands at all times.
    private static func timed(of channel: Channel, _ marks: ObjectiveMarks) -> [TimedTarget] {
        marks.partedTargets(of: channel.name, unit: channel.unit).others.flatMap(ObjectiveMarks.timed)
    }
}
