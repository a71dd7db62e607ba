import Basics
import Episodes
import Foundation
import Plants
import Records

extension SimulateCommand {
    /// Records a world as pictures.
    func simulate(world name: String) throws {
        try requireNoPlantOptions(for: name)
        try running.requireNone(for: name)
        let world = try WorldCatalog.world(name, factors: try seeing.values())
        let chosen = policy ?? (world is any GuidedWorld ? .guided : .held)
        guard let kind = chosen.forWorlds else {
            throw ForesightError.usage(
                "--policy \(chosen.rawValue) is for plants, \(name) is a world",
                remedy: "choose \(WorldPolicy.Kind.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        let count = try whole(episodes ?? 20, "--episodes", 1...1_000_000)
        let rows = try whole(seeing.steps ?? 100, "--steps", 1...1_000_000)
        let size = try whole(seeing.size ?? 64, "--size", 8...1024)
        try requireMemory(rows: rows, side: size)
        let recorder = WorldRecorder(
            rollout: WorldRollout(world, policy: try seeing.policy(kind), rows: rows, width: size, height: size),
            varied: try seeing.varied(), seed: seed)
        let path = out ?? "\(name)-\(seed).npz"
        let format = try seeing.format.format(for: path)
        let layout = recorder.layout(episodes: count)
        // What does not fit is told before anything is written.
        _ = try recorder.episode(0)
        let progress = ProgressLine("simulating", total: count, unit: "episodes", style: talking.talk.beginWork())
        try untilStopped { stopIfAsked in
            try format.write(
                to: path, layout: layout, deflate: seeing.format.gzip, quality: seeing.format.quality ?? 95,
                rate: 1 / world.samplingTime
            ) { writer in
                for number in 0..<count {
                    try stopIfAsked()
                    try writer.append(try recorder.episode(number))
                    progress.update(number + 1)
                }
            }
        }
        progress.finish(count)
        let columns = layout.columns.map { $0.width == 1 ? $0.name : "\($0.name) [\($0.width)]" }
        talking.report(
            [
                "frames": .string(path), "format": .string(format.rawValue), "world": .string(name),
                "episodes": .integer(count), "rows": .integer(layout.rowCount), "size": .integer(size),
                "columns": .array(layout.columns.map { .string($0.name) }),
                "sampling_time": .number(world.samplingTime), "seed": .unsigned(seed),
                "policy": .string(kind.rawValue),
            ],
            text: "\(path): \(counted(count, "episode")) of \(rows) rows, pictures of \(layout.frameSize) pixels, "
                + columns.joined(separator: ", "))
    }

    /// Refuses options of plants.
    func requireNoPlantOptions(for world: String, except allowed: Set<String> = []) throws {
        let given: [(String, Bool)] = [
            ("--hours", hours != nil), ("--sampling", sampling != nil), ("--hold", hold != nil),
            ("--span", span != nil), ("--record-disturbances", recordDisturbances != nil),
            ("--fault", !faults.isEmpty),
        ]
        guard let option = given.first(where: { $0.1 && !allowed.contains($0.0) })?.0 else { return }
        throw ForesightError.usage(
            "\(option) is for plants, \(world) is a world",
            remedy: option == "--hours" ? "say how long an episode is with --steps" : "leave it out")
    }

    /// Refuses an episode that does not fit into memory, where it is held until it is whole.
    private func requireMemory(rows: Int, side: Int) throws {
        let (needed, all) = (rows * side * side * 3, ProcessInfo.processInfo.physicalMemory)
        guard needed <= all / 2 else {
            throw ForesightError.usage(
                "an episode of \(rows) rows with pictures of \(side) × \(side) pixels takes \(needed >> 30) GiB, "
                    + "this machine has \(all >> 30) GiB",
                remedy: "record more and shorter episodes, or smaller pictures")
        }
    }

    /// A whole number within limits.
    func whole(_ value: Int, _ name: String, _ limits: ClosedRange<Int>) throws -> Int {
        guard limits.contains(value) else {
            throw ForesightError.usage(
                "\(name) \(value) is not \(limits.lowerBound) to \(limits.upperBound)", remedy: "choose another number")
        }
        return value
    }
}

/// Records episodes of a world whose factors differ from one to the next.
struct WorldRecorder {
    var rollout: WorldRollout
    /// Factors that are drawn anew for each episode.
    var varied: [String]
    var seed: UInt64

    /// What the episodes hold.
    func layout(episodes: Int) -> FrameLayout {
        let world = rollout.world
        var columns = [FrameColumn(FrameColumn.action, width: world.actionChannels.count)]
        if !world.proprioceptionNames.isEmpty {
            columns.append(FrameColumn(FrameColumn.proprioception, width: world.proprioceptionNames.count))
        }
        columns.append(FrameColumn(FrameColumn.state, width: world.stateNames.count))
        columns += varied.map { FrameColumn("factor.\($0)", shape: []) }
        return FrameLayout(
            frameSize: FrameSize(height: rollout.height, width: rollout.width), columns: columns,
            lengths: [Int](repeating: rollout.rows, count: episodes))
    }

    /// One episode; its number and the seed decide it.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist.
    func episode(_ number: Int) throws -> FrameEpisode {
        var rollout = rollout
        if !varied.isEmpty {
            // Another seed than the rollout's, whose streams are those of the episodes.
            var generator = SeededGenerator(seed: ~seed, stream: UInt64(number))
            rollout.world = try rollout.world.varied(randomly: varied, using: &generator)
        }
        let episode = try rollout.episode(number, seed: seed)
        var columns = [episode.actions]
        if !rollout.world.proprioceptionNames.isEmpty { columns.append(episode.proprioception) }
        columns.append(episode.states)
        for name in varied {
            let index = episode.factors.firstIndex(of: name) ?? 0
            columns.append([Float](repeating: Float(episode.factorValues[index]), count: episode.rows))
        }
        return FrameEpisode(frames: episode.frames, columns: columns)
    }
}
