import Basics
import Episodes
import Networks
import Tensors
import Testing
import _TestSupport

@testable import WorldModels

@Suite("Labels of regions")
struct RegionLabelTests {
    private func frames(_ column: FrameColumn, _ values: [[Float]]) -> InMemoryFrames {
        var frames = InMemoryFrames(
            frameSize: FrameSize(height: 1, width: 1), columns: [column], source: "squares")
        for episode in values {
            let rows = episode.count / column.width
            frames.append(FrameEpisode(frames: [UInt8](repeating: 0, count: 3 * rows), columns: [episode]))
        }
        return frames
    }

    @Test("A column of 0, 1 and NaN is taken as it is")
    func column() throws {
        let labels = try RegionLabels(
            column: "unsafe", of: frames(FrameColumn("unsafe", shape: []), [[0, 1, .nan], [1, 0]]))
        #expect(labels.episodes[0][..<2] == [0, 1] && labels.episodes[0][2].isNaN && labels.episodes[1] == [1, 0])
        #expect(labels.joined([1, 0])[..<4] == [1, 0, 0, 1])
    }

    @Test("A column that labels nothing is refused with what it holds")
    func badColumns() {
        let wide = frames(FrameColumn("unsafe", width: 2), [[0, 1]])
        let other = frames(FrameColumn("unsafe", shape: []), [[0, 1], [1, 0.3]])
        for (frames, name, words) in [
            (wide, "unsafe", "holds 2 numbers a row"), (other, "unsafe", "holds 0.3 in row 1 of episode 1"),
            (other, "unsave", "no column unsave"),
        ] {
            let error = #expect(throws: ForesightError.self) { try RegionLabels(column: name, of: frames) }
            #expect(error?.code == .data && error?.message.contains(words) == true, "\(String(describing: error))")
        }
    }

    private let layout = FrameLayout(frameSize: FrameSize(height: 1, width: 1), columns: [], lengths: [2, 3])

    private func table(_ text: String) throws -> RegionLabels {
        try withTemporaryFolder { folder in
            try AtomicFile.write(text, to: folder + "/labels.csv")
            return try RegionLabels(table: folder + "/labels.csv", for: layout)
        }
    }

    @Test("A table labels the rows that it names, and no others")
    func tables() throws {
        let labels = try table("episode,row,label\r\n1,2,1\r\n0, 0, 0\r\n\r\n").episodes
        #expect(labels[1][2] == 1 && labels[0][0] == 0)
        #expect(labels[0][1].isNaN && labels[1][0].isNaN && labels[1][1].isNaN)
    }

    @Test(
        "What is wrong in a table is told by its line",
        arguments: [
            ("row,label\n0,1\n", "does not begin with the line episode,row,label"),
            ("episode,row,label\n0,0,1\n0,1\n", "line 3 is '0,1', not three whole numbers"),
            ("episode,row,label\n0,1,x\n", "line 2"),
            ("episode,row,label\n0,2,1\n", "line 2 labels row 2 of episode 0"),
            ("episode,row,label\n0,1,2\n", "line 2 has the label 2"),
        ])
    func badTables(_ text: String, _ words: String) {
        let error = #expect(throws: ForesightError.self) { try table(text) }
        #expect(error?.code == .data && error?.message.contains(words) == true, "\(String(describing: error))")
    }
}

@Suite("Learned regions", .enabled(if: torchIsSetUp))
struct RegionTests {
    @Test("A step leads through a region when a row of it does, also where both its ends lie outside")
    func passages() {
        let labels: [Float] = [0, 0, 1, 0, 0, .nan, 0, 0]
        let found = RegionPassages(labels, episodes: [0..<5, 5..<8], block: 2)
        func pairs(_ ends: [RegionPassages.Ends]) -> [[Int]] { ends.map { [$0.before, $0.after] } }
        // 1 → 3 goes through row 2; 0 → 2 ends there; from row 2 on the rows 3 and 4 are outside.
        #expect(pairs(found.inside) == [[0, 2], [1, 3], [2, 2]])
        #expect(pairs(found.outside) == [[0, 0], [1, 1], [2, 4], [3, 3], [4, 4], [5, 7], [6, 6], [7, 7]])
    }

    /// Walks in a plane, whose place is its representation, with a step of two rows; inside is |x| < half and |y| < half.
    private func walks(_ count: Int, rows: Int, seed: UInt64, half: Double = 0.5) -> (
        rows: EncodedRows, labels: [Float]
    ) {
        var (places, labels, episodes): ([Float], [Float], [Range<Int>]) = ([], [], [])
        for number in 0..<count {
            var generator = SeededGenerator(seed: seed, stream: UInt64(number))
            var (x, y) = (generator.uniform(in: -2...2), generator.uniform(in: -2...2))
            episodes.append(labels.count..<labels.count + rows)
            for _ in 0..<rows {
                places += [Float(x), Float(y)]
                labels.append(abs(x) < half && abs(y) < half ? 1 : 0)
                x = min(max(-2, x + generator.uniform(in: -0.5...0.5)), 2)
                y = min(max(-2, y + generator.uniform(in: -0.5...0.5)), 2)
            }
        }
        return (EncodedRows(representations: Tensor(places, shape: [labels.count, 2]), episodes: episodes), labels)
    }

    @Test("A classifier tells states and steps, and a step across from one that stays on its side")
    func classifier() {
        let (known, judged) = (walks(40, rows: 60, seed: 1), walks(20, rows: 60, seed: 2))
        let passages = RegionPassages(known.labels, episodes: known.rows.episodes, block: 2)
        let classifier = RegionClassifier(known.rows.representations, passages: passages, steps: 600, seed: Seed(3))
        let others = RegionPassages(judged.labels, episodes: judged.rows.episodes, block: 2)
        func misses(_ ends: [RegionPassages.Ends], isInside: Bool) -> Double {
            withInferenceMode {
                func rows(_ places: [Int]) -> Tensor {
                    judged.rows.representations.indexSelect(
                        dim: 0, Tensor(places.map { Int64($0) }, shape: [places.count]))
                }
                let scores = classifier(from: rows(ends.map(\.before)), to: rows(ends.map(\.after))).doubles()
                return Double(scores.filter { ($0 > 0) != isInside }.count) / Double(scores.count)
            }
        }
        #expect(misses(others.inside, isInside: true) < 0.1)
        #expect(misses(others.outside, isInside: false) < 0.1)
        func score(_ from: [Float], _ to: [Float]) -> Double {
            withInferenceMode {
                classifier(from: Tensor(from, shape: [1, 2]), to: Tensor(to, shape: [1, 2])).doubles()[0]
            }
        }
        #expect(score([0, 0], [0, 0]) > 0 && score([1.5, 1], [1.5, 1]) < 0)
        // Ends as far from the region each, on both sides of it and on one.
        #expect(score([-0.6, 0], [0.6, 0]) > score([0.6, -1], [0.6, -2]))
    }

    @Test("A limit is the ⌊(n + 1) α⌋-th smallest score, and the smallest where so few promise less")
    func limit() {
        func scores(_ count: Int) -> [Double] { (1...count).map(Double.init).shuffled() }
        for (count, rank) in [(19, 1), (98, 1), (99, 1), (198, 1), (199, 2), (299, 3), (1000, 10)] {
            #expect(RegionBands.limit(scores(count)) == Double(rank), "\(count)")
        }
    }

    /// Free runs of a predictor that is wrong: it never moves, and what it starts from is noisy.
    private func judged(
        _ count: Int, rows: Int, seed: UInt64, steps: Int, half: Double = 0.5
    ) -> (runs: ImageFreeRuns, rows: EncodedRows, labels: [Float]) {
        var sizes = TinyImages.architecture()
        sizes.width = 2
        let model = ImageWorldModel.drawn(sizes, seed: Seed(1))
        let walk = walks(count, rows: rows, seed: seed, half: half)
        let noisy = withoutGradients {
            walk.rows.representations
                + Tensor.normal(walk.rows.representations.shape, using: TorchGenerator(seed: seed)) * 0.1
        }
        let encoded = EncodedRows(representations: noisy, episodes: walk.rows.episodes)
        let actions = Tensor.zeros([walk.labels.count, 2])
        return (ImageFreeRuns(model, encoded: encoded, actions: actions, steps: steps), encoded, walk.labels)
    }

    @Test("Of what truly leads through, and of what keeps out, no more than promised is misjudged at the edge")
    func promise() throws {
        let known = walks(30, rows: 60, seed: 1, half: 1)
        let classifier = RegionClassifier(
            known.rows.representations,
            passages: RegionPassages(known.labels, episodes: known.rows.episodes, block: 2), steps: 200, seed: Seed(3))
        let (steps, repeats) = (3, 4)
        var lost = [Double](repeating: 0, count: steps)
        var alarms = lost
        // Episodes of one start each, so that passages are independent and the promise is a theorem, over calibrations.
        for seed in 0..<UInt64(repeats) {
            let some = judged(1500, rows: 2 * steps + 1, seed: 100 + seed, steps: steps, half: 1)
            let bands = try RegionBands(
                some.runs, encoded: some.rows, classifier: classifier, labels: some.labels, name: "unsafe")
            #expect(bands.isConsistent && bands.steps == steps && bands.coverage == 0.99)
            // The further ahead a prediction that never moves looks, the wider it has to keep clear.
            #expect(bands.guardHalfWidth[2] > bands.guardHalfWidth[0])
            let fresh = judged(1500, rows: 2 * steps + 1, seed: 200 + seed, steps: steps, half: 1)
            for step in 0..<steps {
                #expect(bands.inside[step] + bands.outside[step] == 1500)
                let scores = withInferenceMode {
                    let before =
                        step == 0
                        ? fresh.runs.rows(of: fresh.rows.representations, after: 0) : fresh.runs.predicted[step - 1]
                    return classifier(from: before, to: fresh.runs.predicted[step]).doubles()
                }
                var (through, missed, out, alarmed) = (0, 0, 0, 0)
                for (start, score) in zip(fresh.runs.starts, scores) {
                    let first = start + 2 * step + 1
                    if fresh.labels[first] == 1 || fresh.labels[first + 1] == 1 {
                        through += 1
                        if score + bands.guardHalfWidth[step] <= 0 { missed += 1 }
                    } else {
                        out += 1
                        if score - bands.guardHalfWidth[step] >= 0 { alarmed += 1 }
                    }
                }
                lost[step] += Double(missed) / Double(through * repeats)
                alarms[step] += Double(alarmed) / Double(out * repeats)
            }
        }
        for step in 0..<steps {
            // 0.01 with a deviation of 0.003.
            #expect(lost[step] < 0.02 && alarms[step] < 0.02, "step \(step + 1): \(lost), \(alarms)")
            // And the band is not idle: one of the sides is near its promise.
            #expect(max(lost[step], alarms[step]) > 0.003, "step \(step + 1): \(lost), \(alarms)")
        }
    }

    @Test("With few passages less is promised, and with fewer nothing")
    func few() throws {
        let known = walks(30, rows: 60, seed: 1)
        let classifier = RegionClassifier(
            known.rows.representations,
            passages: RegionPassages(known.labels, episodes: known.rows.episodes, block: 2), steps: 20, seed: Seed(3))
        let some = judged(6, rows: 60, seed: 5, steps: 1)
        let starts = some.runs.starts
        /// Labels that leave out all passages through the region but so many.
        func labels(_ count: Int) -> [Float] {
            var labels = [Float](repeating: 0, count: some.labels.count)
            // Every third row of one episode: each makes two passages.
            for index in 0..<count { labels[starts[0] + 2 + 3 * index] = 1 }
            return labels
        }
        let bands = try RegionBands(
            some.runs, encoded: some.rows, classifier: classifier, labels: labels(10), name: "unsafe")
        #expect(bands.inside == [20] && abs(bands.coverage - 20.0 / 21) < 1e-12)
        let error = #expect(throws: ForesightError.self) {
            try RegionBands(some.runs, encoded: some.rows, classifier: classifier, labels: labels(9), name: "unsafe")
        }
        #expect(error?.code == .data)
        #expect(
            error?.message
                == "18 held-out passages lead through the region unsafe 1 steps ahead, at least 19 are needed to "
                + "promise anything")
        // The same is known before anything is learned.
        #expect(throws: ForesightError.self) {
            try RegionBands.check(labels(9), episodes: some.rows.episodes, block: 2, steps: 1, name: "unsafe")
        }
        try RegionBands.check(labels(10), episodes: some.rows.episodes, block: 2, steps: 1, name: "unsafe")
    }

    @Test("Bands that make no sense are told")
    func consistency() {
        func bands(_ widths: [Double], inside: [Int] = [20, 20], coverage: Double = 0.95) -> Bool {
            RegionBands(
                steps: 2, guardHalfWidth: widths, coverage: coverage, inside: inside, outside: [30, 30], error: [0, 1]
            ).isConsistent
        }
        #expect(bands([0, 1]))
        #expect(!bands([1]) && !bands([1, -1]) && !bands([1, .infinity]))
        #expect(!bands([1, 1], inside: [20]) && !bands([1, 1], inside: [0, 20]) && !bands([1, 1], coverage: 1))
    }
}
