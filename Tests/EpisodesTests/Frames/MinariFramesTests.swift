import Basics
import Foundation
import Testing
import _TestSupport

@testable import Episodes

private let minari = Python(importing: "minari, h5py, gymnasium")
private let h5py = Python(importing: "h5py, numpy")
private let hasLibrary = (try? HDF5Library.path()) != nil
private let hasPNG = (try? ImageDecoder.require(.png)) != nil
private let hasJPEG = (try? ImageDecoder.require(.jpeg)) != nil

@Suite("Pictures in data sets of Minari", .enabled(if: hasLibrary, "needs libhdf5 (make setup)"))
struct MinariFramesTests {
    @Test("What is written is read back; the action that nothing followed is NaN")
    func roundTrip() throws {
        let frames = FrameExamples.frames(endsWithoutAction: true)
        try withTemporaryFolder { folder in
            try MinariFrameWriter.write(to: "\(folder)/set", layout: frames.layout) { try $0.append(all: frames) }
            let read = try MinariFrames(path: "\(folder)/set")
            try FrameExamples.expectEqual(read, frames)
            let reward = try read.values(of: "reward", episode: 1, rows: 0..<3)
            #expect(reward[..<2] == [0, 0] && reward[2].isNaN)
        }
    }

    @Test("Minari reads what is written", .enabled(if: minari != nil, "needs minari[hdf5]"))
    func minariReads() throws {
        let python = try #require(minari)
        let frames = FrameExamples.frames()
        try withTemporaryFolder { folder in
            try MinariFrameWriter.write(to: "\(folder)/set", layout: frames.layout) { try $0.append(all: frames) }
            let said = try python.run(
                """
                import sys, minari
                data = minari.MinariDataset(sys.argv[1] + '/data')
                print(data.total_episodes, data.total_steps, sorted(data.observation_space.spaces))
                episode = data[1]
                print(episode.observations['pixels'].shape, episode.observations['pixels'].dtype, episode.actions.shape)
                print(episode.observations['pixels'][2, 0, 0].tolist()[:2], episode.actions[1, :2].tolist())
                print(episode.terminations.tolist(), episode.truncations.tolist(), episode.truncations.dtype)
                print(data.observation_space.contains({k: v[0] for k, v in episode.observations.items()}))
                """, "\(folder)/set")
            #expect(
                said == """
                    3 19 ['pixels', 'proprio', 'state']
                    (3, 5, 4, 3) uint8 (2, 3)
                    [1, 2] [1.0, 1.0]
                    [False, False] [False, True] bool
                    True

                    """)
        }
    }

    @Test(
        "What Minari writes is read, as bytes and as JPEG",
        .enabled(if: minari != nil && hasJPEG, "needs minari[hdf5] and TurboJPEG"), arguments: ["False", "True"])
    func minariWrites(isJPEG: String) throws {
        let python = try #require(minari)
        try withTemporaryFolder { folder in
            let said = try python.run(
                """
                import sys, os, numpy as np
                from gymnasium import spaces
                from minari.dataset.minari_storage import MinariStorage
                from minari.data_collector import EpisodeBuffer
                image = spaces.Box(0, 255, (16, 24, 3), np.uint8)
                storage = MinariStorage.new(sys.argv[1], spaces.Dict({'image': image, 'arm': spaces.Box(-1, 1, (2,))}),
                    spaces.Box(-1, 1, (1,)), data_format='hdf5', jpeg_encoding=\(isJPEG))
                y, x = np.mgrid[0:16, 0:24]
                def picture(k): return np.stack([x * 9, y * 13, x * y // 2 + k], -1).astype(np.uint8)
                for length in (3, 5):
                    storage.update_episodes([EpisodeBuffer(
                        observations={'image': [picture(9 * k) for k in range(length + 1)],
                            'arm': [np.float32([k, -k]) for k in range(length + 1)]},
                        actions=[np.float32([k / 8]) for k in range(length)], rewards=[float(k) for k in range(length)],
                        terminations=[False] * length, truncations=[False] * length)])
                print(list(storage.get_episodes([1]))[0]['observations']['image'][4].ravel().tolist())
                """, folder)
            let read = try MinariFrames(path: folder)
            #expect(read.layout.lengths == [4, 6] && read.layout.frameSize == FrameSize(height: 16, width: 24))
            #expect(
                Set(read.layout.columns.map(\.name)) == ["action", "arm", "reward", "terminations", "truncations"])
            #expect("\(try read.frames(episode: 1, rows: 4..<5))\n" == said)
            #expect(try read.frames(episode: 1, rows: 0..<6, stride: 4).suffix(16 * 24 * 3).description + "\n" == said)
            #expect(try read.values(of: "arm", episode: 1, rows: 4..<6) == [4, -4, 5, -5])
            let actions = try read.actions(episode: 0, rows: 0..<4)
            #expect(actions[..<3] == [0, 0.125, 0.25] && actions[3].isNaN)
        }
    }

    @Test(
        "Names within groups are joined by dots, and observations give way to what has the same name",
        .enabled(if: h5py != nil, "needs h5py"))
    func names() throws {
        let python = try #require(h5py)
        try withTemporaryFolder { folder in
            try python.run(
                """
                import sys, h5py, numpy as np
                with h5py.File(sys.argv[1] + '/main_data.hdf5', 'w') as f:
                    for episode, rows in enumerate([4, 3]):
                        e = f.create_group(f'episode_{episode}')
                        e['observations/image'] = np.full((rows, 2, 2, 3), episode, np.uint8)
                        for place, name in enumerate(['action', 'reward', 'pixels', 'arm/angle', 'arm.angle']):
                            e['observations/' + name] = np.full((rows, 2), 10 * episode + place, np.float32)
                        e['actions'], e['rewards'] = np.full((rows - 1, 1), 7, np.float32), np.full(rows - 1, 8.0)
                        e['infos/success'] = np.zeros(rows)
                """, folder)
            let read = try MinariFrames(path: folder)
            #expect(
                Set(read.layout.columns.map(\.name)) == [
                    "action", "reward", "infos.success", "observations.action", "observations.reward",
                    "observations.pixels", "arm.angle", "observations.arm.angle",
                ])
            #expect(try read.actions(episode: 1, rows: 0..<2) == [7, 7])
            #expect(try read.values(of: "reward", episode: 0, rows: 0..<3) == [8, 8, 8])
            #expect(try read.values(of: "observations.action", episode: 1, rows: 2..<3) == [10, 10])
            #expect(try read.values(of: "observations.pixels", episode: 0, rows: 0..<1) == [2, 2])
            // Every format takes them.
            for format in [FrameFormat.hdf5, .npz] + (hasPNG ? [.png] : []) {
                let path = "\(folder)/out.\(format == .npz ? "npz" : format == .hdf5 ? "h5" : "d")"
                try format.write(to: path, layout: read.layout) { try $0.append(all: read) }
                try FrameExamples.expectEqual(try format.open(path), read)
            }
        }
    }

    @Test(
        "What has more rows than an episode has pictures is left out with a note, but for actions",
        .enabled(if: h5py != nil, "needs h5py"))
    func longer() throws {
        let python = try #require(h5py)
        try withTemporaryFolder { folder in
            try python.run(
                """
                import sys, h5py, numpy as np
                for name, surplus in [('map', 0), ('actions', 3)]:
                    with h5py.File(f'{sys.argv[1]}/{name}.hdf5', 'w') as f:
                        for episode, rows in enumerate([4, 3]):
                            e = f.create_group(f'episode_{episode}')
                            e['observations/image'] = np.zeros((rows, 2, 2, 3), np.uint8)
                            e['actions'] = np.zeros((rows - 1 + surplus, 1), np.float32)
                            e['infos/map'], e['infos/height'] = np.zeros(50), np.zeros(rows)
                """, folder)
            let read = try MinariFrames(path: "\(folder)/map.hdf5")
            #expect(Set(read.layout.columns.map(\.name)) == ["action", "infos.height"])
            #expect(read.notes == ["infos/map of shape [50] is no column of numbers: left out"])
            let error = #expect(throws: ForesightError.self) { try MinariFrames(path: "\(folder)/actions.hdf5") }
            #expect(error?.message.contains("episode_0/actions has the shape [6, 1], there are 4 pictures") == true)
        }
    }
}
