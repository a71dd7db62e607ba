import Basics
import Testing

@testable import Episodes

@Suite("Sampling")
struct SamplingTests {
    @Test("Jitter of a per mille is even sampling, reported as such")
    func jitter() {
        var generator = SeededGenerator(seed: 1)
        var time = 0.0
        let times = (0..<600).map { _ in
            time += 1.0006 + 0.003 * generator.normal()
            return time
        }
        let report = SamplingReport(times: times)
        #expect(report.samplingTime == 1)
        #expect(!report.isIrregular && report.gaps.isEmpty)
        #expect(report.jitter > 0.003 && report.jitter < 0.01)
    }

    @Test("An exact clock is taken at its word", arguments: [1228.8, 1.001, 0.016384, 7.5, 1.0 / 610.35])
    func exactClock(step: Double) {
        let report = SamplingReport(times: (0..<500).map { Double($0) * step })
        #expect(abs(report.samplingTime - step) <= 1e-4 * step)
        #expect(report.jitter < 1e-3 && report.gaps.isEmpty)
    }

    @Test("A whole-second clock over steps of 1.06 s shows no gaps; seconds lost at random do")
    func coarseClock() {
        let truncated = (0..<1000).map { (Double($0) * 1.06).rounded(.down) }
        let coarse = SamplingReport(times: truncated + truncated.map { $0 + 2000 })
        #expect(coarse.clockResolution == 1)
        #expect(abs(coarse.samplingTime - 1.06) < 1e-3)
        #expect(coarse.gaps.count == 1)
        #expect(!coarse.isIrregular)

        var generator = SeededGenerator(seed: 2)
        let lossy = (0..<1000).map(Double.init).filter { _ in generator.uniform() > 0.05 }
        let report = SamplingReport(times: lossy)
        #expect(report.clockResolution == nil)
        #expect(report.samplingTime == 1)
        #expect(report.gaps.count > 30)
    }

    @Test("Several samples to a tick of the clock are spread over it")
    func ticks() {
        let report = SamplingReport(times: (0..<600).map { Double($0 / 6) * 60 })
        #expect(abs(report.samplingTime - 10) < 0.1)
        #expect(report.duplicates.isEmpty && report.clockResolution == 60)
    }

    @Test("Random times are irregular")
    func irregular() {
        var generator = SeededGenerator(seed: 3)
        let times = (0..<500).map { _ in generator.uniform(in: 0...500) }.sorted()
        #expect(SamplingReport(times: times).isIrregular)
    }

    @Test("Resampling is exact on straight lines, holds actions and leaves long pauses missing")
    func interpolation() {
        let times = [0, 0.9, 2.1, 3, 4, 10, 11]
        let resampler = Resampler(step: 0.5, method: .interpolate, bridge: 3)
        let line = resampler.resample(times.map { 3 * $0 - 1 }, times: times, role: .observation)
        #expect(line.count == 23)
        for (k, value) in line.enumerated() {
            let time = Double(k) * 0.5
            #expect(time > 4 && time < 10 ? value.isNaN : abs(value - (3 * time - 1)) < 1e-12)
        }
        let held = resampler.resample([1, 2, 3, 4, 5, 6, 7], times: times, role: .action)
        #expect(Array(held[..<8]) == [1, 1, 2, 2, 2, 3, 4, 4])
    }

    @Test("Averaging neither delays an observation nor mixes past actions in")
    func averaging() {
        let times = (0..<100).map(Double.init)
        let resampler = Resampler(step: 10, method: .average, bridge: 30)
        let line = resampler.resample(times, times: times, role: .observation)
        // Ten samples around each new time; the half-open interval moves their mean by half a recorded step.
        for k in 1..<9 { #expect(line[k] == Double(k) * 10 - 0.5) }
        let action = resampler.resample(times.map { $0 < 50 ? 0 : 1 }, times: times, role: .action)
        #expect(action == [0, 0, 0, 0, 0, 1, 1, 1, 1, 1])
    }

    @Test("Gaps shorter than the bridge are resampled over, longer ones still end an episode")
    func bridge() throws {
        let text = "time,a\n" + [0, 1, 2, 3, 6, 7, 8, 30, 31, 32].map { "\($0),\($0)\n" }.joined()
        var schema = LogSchema()
        try schema.assign("a", role: .observation)
        schema.sampling = SamplingPolicy(resample: 1, bridge: 4)
        let log = try EpisodeLoader(schema: schema).load([
            DelimitedReader().table(Array(text.utf8), source: "log.csv")
        ])
        #expect(log.episodes.map(\.values) == [[0, 1, 2, 3, 4, 5, 6, 7, 8], [30, 31, 32]])
        #expect(log.warnings.contains { $0.contains("resampled to every 1 s") })
    }
}
