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
        var environment = try GymnasiumEnvironment(
            try running.options(
                for: name, varied: seeing.varied, factors: seeing.factors, samplingTime: sampling))
        defer { environment.close() }
        let rollout = EnvironmentRollout(policy: try seeing.policy(kind), rows: rows, width: side, height: side)
        let spool = try EpisodeSpool(size: FrameSize(height: side, width: side))
        let progress = ProgressLine("simulating", total: count, unit: "episodes", style: talking.talk.beginWork())
        var ended = 0
        for number in 0..<count {
            let episode = try rollout.episode(number, seed: seed, in: &environment)
            try spool.append(frames: episode.frames, columns: [episode.actions, episode.rewards] + episode.columns)
            if episode.end.isOver { ended += 1 }
            progress.update(number + 1)
        }
        progress.finish(count)
        let layout = FrameLayout(
            frameSize: FrameSize(height: side, width: side),
            columns: [
                FrameColumn(FrameColumn.action, width: environment.actionChannels.count),
                FrameColumn("reward", shape: []),
            ] + environment.columns.map { FrameColumn($0.name, shape: $0.shape) }, lengths: spool.lengths)
        try format.write(
            to: path, layout: layout, deflate: seeing.format.gzip, quality: seeing.format.quality,
            rate: 1 / environment.samplingTime
        ) { try spool.write(to: $0) }
        let columns = layout.columns.map { $0.width == 1 ? $0.name : "\($0.name) [\($0.width)]" }
        let least = layout.lengths.min() ?? 0
        let lengths = least == rows ? "\(rows)" : "\(least) to \(layout.lengths.max() ?? 0)"
        talking.report(
            [
                "frames": .string(path), "format": .string(format.rawValue), "environment": .string(name),
                "gymnasium": .string(environment.version), "episodes": .integer(count),
                "ended": .integer(ended), "rows": .integer(layout.rowCount), "size": .integer(side),
                "columns": .array(layout.columns.map { .string($0.name) }),
                "sampling_time": .number(environment.samplingTime), "seed": .unsigned(seed),
                "policy": .string(kind.rawValue),
            ],
            text: "\(path): \(counted(count, "episode")) of \(lengths) rows, pictures of \(layout.frameSize) pixels, "
                + columns.joined(separator: ", ")
                + (ended > 0 ? "\nthe environment ended \(ended) of them by itself" : ""))
    }

    /// A name of a file from that of an environment: `CartPole-v1` from `gymnasium:CartPole-v1`.
    private static func fileName(of environment: String) -> String {
        let last = environment.split(separator: ":").last.map(String.init) ?? environment
        return String(last.map { $0.isLetter || $0.isNumber || "-_.".contains($0) ? $0 : "-" })
    }
}
