import Basics
import Episodes
import Gymnasium
import Plants
import Records

extension SimulateCommand {
    /// Records an environment of Gymnasium as pictures.
    func simulate(environment name: String) throws {
        try requireNoPlantOptions(for: name, except: ["--sampling"])
        let chosen = policy ?? .held
        guard let kind = chosen.forWorlds, kind != .guided else {
            let known = WorldPolicy.Kind.allCases.filter { $0 != .guided }.map(\.rawValue)
            throw ForesightError.usage(
                "--policy \(chosen.rawValue) is not for \(name)", remedy: "choose \(known.joined(separator: ", "))")
        }
        let count = try whole(episodes ?? 20, "--episodes", 1...1_000_000)
        let rows = try whole(seeing.steps ?? 100, "--steps", 1...1_000_000)
        let side = try whole(seeing.size ?? 64, "--size", 8...1024)
        let path = out ?? "\(Self.fileName(of: name))-\(seed).npz"
        let format = try seeing.format.format(for: path)
        try format.requireWritable(path)
        var environment = try GymnasiumEnvironment(
            try running.options(
                for: name, varied: try seeing.varied(), factors: seeing.factors, samplingTime: sampling))
        defer { environment.close() }
        let rollout = EnvironmentRollout(policy: try seeing.policy(kind), rows: rows, width: side, height: side)
        let spool = try EpisodeSpool(size: FrameSize(height: side, width: side))
        let progress = ProgressLine("simulating", total: count, unit: "episodes", style: talking.talk.beginWork())
        let (columns, notes) = Self.columns(of: environment)
        for note in notes { talking.talk.warning("\(name): \(note)") }
        var ended = 0
        var failure: (any Error)?
        Interrupt.install()
        defer { Interrupt.uninstall() }
        do {
            for number in 0..<count where !Interrupt.isRequested {
                let episode = try rollout.episode(number, seed: seed, in: &environment)
                try spool.append(frames: episode.frames, columns: [episode.actions, episode.rewards] + episode.columns)
                if episode.end.isOver { ended += 1 }
                progress.update(number + 1)
            }
            if spool.lengths.count < count { failure = ForesightError(.interrupted, "stopped") }
        } catch {
            // What was recorded before it is worth having.
            failure = error
        }
        let kept = spool.lengths.count
        if let failure, kept == 0 { throw failure }
        progress.finish(kept)
        let layout = FrameLayout(
            frameSize: FrameSize(height: side, width: side), columns: columns, lengths: spool.lengths)
        try format.write(
            to: path, layout: layout, deflate: seeing.format.gzip, quality: seeing.format.quality ?? 95,
            rate: 1 / environment.samplingTime
        ) { try spool.write(to: $0) }
        let shown = layout.columns.map { $0.width == 1 ? $0.name : "\($0.name) [\($0.width)]" }
        let least = layout.lengths.min() ?? 0
        let lengths = least == rows ? "\(rows)" : "\(least) to \(layout.lengths.max() ?? 0)"
        talking.report(
            [
                "frames": .string(path), "format": .string(format.rawValue), "environment": .string(name),
                "gymnasium": .string(environment.version), "episodes": .integer(kept),
                "ended": .integer(ended), "rows": .integer(layout.rowCount), "size": .integer(side),
                "columns": .array(layout.columns.map { .string($0.name) }),
                "sampling_time": .number(environment.samplingTime), "seed": .unsigned(seed),
                "policy": .string(kind.rawValue),
            ],
            text: "\(path): \(counted(kept, "episode")) of \(lengths) rows, pictures of \(layout.frameSize) pixels, "
                + shown.joined(separator: ", ")
                + (ended > 0 ? "\nthe environment ended \(ended) of them by itself" : ""), isRefused: failure != nil)
        if let failure { throw Self.told(failure, kept: kept, of: count, in: path) }
    }

    /// The columns of an environment's episodes, under names that every format can store, and what was renamed.
    private static func columns(of environment: some Environment) -> ([FrameColumn], notes: [String]) {
        let reward = "reward"
        var titles = ColumnNames(settled: [FrameColumn.action, reward], prefix: "observation")
        let columns =
            [
                FrameColumn(FrameColumn.action, width: environment.actionChannels.count),
                FrameColumn(reward, shape: []),
            ] + environment.columns.map { FrameColumn(titles.title(of: $0.name), shape: $0.shape) }
        return (columns, titles.notes)
    }

    /// What stopped the recording, with what was saved.
    private static func told(_ error: any Error, kept: Int, of count: Int, in path: String) -> any Error {
        guard let error = error as? ForesightError else { return error }
        return ForesightError(
            error.code,
            "\(error.message), in episode \(kept + 1) of \(count); \(counted(kept, "whole episode")) "
                + "\(kept == 1 ? "is" : "are") saved in \(path)", remedy: error.remedy)
    }

    /// A name of a file from that of an environment: `CartPole-v1` from `gymnasium:CartPole-v1`.
    private static func fileName(of environment: String) -> String {
        let last = environment.split(separator: ":").last.map(String.init) ?? environment
        return String(last.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" })
    }
}
