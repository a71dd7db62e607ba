import Agents
import Basics
import Foundation
import Plants
import Records
import Reports

/// Episodes of a policy that acts by pictures, and what came of them.
struct PictureStudy {
    let loop: PictureLoop
    let seeds: [UInt64]
    let talk: Talk
    /// The goal; `nil` for the one that the environment shows.
    var goal: Frame?
    private(set) var runs: [PictureRun] = []
    private var shown: [[UInt8]] = []
    private var rate = 10.0

    /// Episodes that the film shows.
    private static let filmed = 4

    init(loop: PictureLoop, seeds: [UInt64], talk: Talk) {
        (self.loop, self.seeds, self.talk) = (loop, seeds, talk)
    }

    /// Runs the episodes until all are done or somebody asks to stop: what was finished by then is kept.
    ///
    /// - Parameters:
    ///   - policy: What acts.
    ///   - environment: Where.
    ///   - isStopping: Whether somebody has asked to stop; asked before each action, and when an episode is over.
    /// - Throws: `ForesightError.interrupted` where nothing was finished; what the policy and the environment throw.
    mutating func run(
        _ policy: some PicturePolicy, in environment: inout some Environment,
        isStopping: () -> Bool = { Interrupt.isRequested }
    ) throws {
        var policy = policy
        let stage = stage
        rate = min(max(1 / environment.samplingTime, 1), 50)
        let line = ProgressLine("episodes", total: seeds.count, unit: "episodes", style: talk.beginWork())
        do {
            for (index, seed) in seeds.enumerated() {
                var pictures: [[UInt8]] = []
                let run = try loop.run(&policy, in: &environment, goal: goal, seed: seed) { seen, goal in
                    if isStopping() { throw Stopped() }
                    if index < Self.filmed, seen.width == seen.height {
                        pictures.append(stage.draw(seen, [], goal: goal))
                    }
                }
                runs.append(run)
                shown += pictures
                line.update(index + 1)
            }
        } catch is Stopped {
            guard !runs.isEmpty else {
                throw ForesightError(
                    .interrupted, "stopped before the first episode was finished",
                    remedy: "the same command begins again")
            }
        }
        line.finish(runs.count)
    }

    /// Ends an episode that somebody asked to stop.
    private struct Stopped: Error {}

    /// Whether somebody stopped it before all episodes were run.
    var isStopped: Bool { runs.count < seeds.count }
    /// The number of episodes with its noun, and of how many where the run was stopped.
    var episodes: String {
        isStopped ? "\(runs.count) of \(counted(seeds.count, "episode"))" : counted(runs.count, "episode")
    }

    private var stage: PictureStage { PictureStage(scale: 4, side: loop.width) }
    /// What was seen beside the goal, as a moving picture; `nil` for pictures that are not square.
    var film: [UInt8]? {
        shown.isEmpty ? nil : AnimatedGIF.encode(shown, width: stage.width, height: stage.height, rate: rate)
    }

    /// Episodes that the environment calls a success; `nil` where it does not say.
    private var successes: Int? {
        runs.contains { $0.end.isSuccess != nil } ? runs.filter { $0.end.isSuccess == true }.count : nil
    }

    /// `nil` where the environment gave none: worlds have no rewards.
    private var meanReward: Double? {
        guard runs.contains(where: { $0.reward != 0 }) else { return nil }
        return runs.map(\.reward).reduce(0, +) / Double(runs.count)
    }
    private var planSeconds: Double? {
        let all = runs.flatMap(\.seconds)
        return all.isEmpty ? nil : median(all)
    }

    func json(_ name: String, model: String, film: String?) -> JSONValue {
        var value: [String: JSONValue] = [
            "environment": .string(name), "model": .string(model), "episodes": .integer(runs.count),
            "stopped": .bool(isStopped), "episodes_wanted": .integer(seeds.count),
            "terminated": .integer(runs.filter(\.end.isTerminated).count),
            "truncated": .integer(runs.filter(\.end.isTruncated).count),
            "successes": successes.map { .integer($0) } ?? .null,
            "mean_reward": meanReward.map { .number($0) } ?? .null,
            "plan_seconds": planSeconds.map { .number($0) } ?? .null,
            "runs": .array(
                zip(seeds, runs).map { seed, run in
                    [
                        "seed": .unsigned(seed), "steps": .integer(run.steps), "reward": .number(run.reward),
                        "terminated": .bool(run.end.isTerminated), "truncated": .bool(run.end.isTruncated),
                        "fallbacks": .integer(run.fallbacks), "refusals": .integer(run.refusals),
                        "success": run.end.isSuccess.map { .bool($0) } ?? .null,
                    ]
                }),
        ]
        if let film { value["film"] = .string(film) }
        return .object(value)
    }

    func text(_ name: String, film: String?) -> String {
        let ended = runs.filter(\.end.isTerminated).count
        var lines = [
            "\(name): \(episodes) of \(runs.map(\.steps).min() ?? 0) to "
                + "\(runs.map(\.steps).max() ?? 0) steps, "
                + (meanReward.map { "mean reward \(figure($0))" } ?? "no reward was given"),
            "ended by the environment: \(ended) of \(runs.count)"
                + (successes.map { ", called a success: \($0)" } ?? ""),
        ]
        if isStopped {
            let missing = seeds.count - runs.count
            lines.insert("stopped: \(counted(missing, "episode")) \(missing == 1 ? "was" : "were") not run", at: 1)
        }
        let (fallbacks, refusals) = (runs.map(\.fallbacks).reduce(0, +), runs.map(\.refusals).reduce(0, +))
        if fallbacks + refusals > 0 {
            lines.append(
                "no plan kept the guardrails in \(counted(fallbacks + refusals, "decision")) of \(runs.flatMap(\.seconds).count): the "
                    + "safe action was taken in \(fallbacks), the actions in force were held in \(refusals)")
        }
        if let planSeconds { lines.append("a plan in \(NumberText.duration(planSeconds)) (median)") }
        if let film { lines.append("what was seen beside the goal: \(film)") }
        return lines.joined(separator: "\n")
    }
}
