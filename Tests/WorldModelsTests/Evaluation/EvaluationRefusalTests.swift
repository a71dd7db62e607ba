import Basics
import Episodes
import Testing

@testable import WorldModels

@Suite("Evaluation refuses what does not fit", .enabled(if: torchIsSetUp))
struct EvaluationRefusalTests {
    private func model() throws -> TrainedModel {
        try KnownModel.make(
            try KnownModel.linear([KnownModel.record()]), outputs: [KnownModel.output], inputs: [KnownModel.input],
            window: 4, horizon: 6)
    }

    private func refusal(_ episodes: [Episode], horizon: Double? = nil) throws -> ForesightError? {
        var options = EvaluationOptions()
        options.horizon = horizon
        do {
            _ = try Evaluation(try model(), on: episodes, options: options)
            return nil
        } catch let error as ForesightError {
            return error
        }
    }

    @Test("A horizon beyond the trained one is named with both, and the way out")
    func horizon() throws {
        let error = try #require(try refusal([KnownModel.record()], horizon: 7))
        #expect(error.code == .usage)
        #expect(error.message.contains("7") && error.message.contains("6"))
        #expect(error.remedy.contains("--horizon 6") && error.remedy.contains("horizon=7"))
        #expect(try refusal([KnownModel.record()], horizon: 6) == nil)
        #expect(try refusal([KnownModel.record()], horizon: 0)?.code == .usage)
        #expect(try refusal([KnownModel.record()], horizon: .nan)?.code == .usage)
    }

    @Test("A log sampled otherwise is refused with the option that helps", arguments: [0.5, 2.0])
    func sampling(_ samplingTime: Double) throws {
        var log = KnownModel.record()
        log.samplingTime = samplingTime
        let error = try #require(try refusal([log]))
        #expect(error.code == .data)
        #expect(error.remedy.contains("--resample 1"))
        #expect((error.remedy.contains("average")) == (samplingTime < 1))
    }

    @Test("A clock that is a little off is taken as even")
    func clock() throws {
        var log = KnownModel.record()
        log.samplingTime = 1.01
        #expect(try refusal([log]) == nil)
    }

    @Test("A log too short for one prediction says how long it must be")
    func short() throws {
        let error = try #require(try refusal([KnownModel.record(samples: 4)]))
        #expect(error.code == .data)
        #expect(error.message.contains("4 samples") && error.remedy.contains("5"))
    }

    @Test("A log shorter than the horizon is judged as far as it goes, and says so")
    func shortened() throws {
        var options = EvaluationOptions()
        options.horizon = 6
        let scope = try Evaluation(try model(), on: [KnownModel.record(samples: 8)], options: options).scope
        #expect(scope.seconds == [1, 2, 3, 4])
        #expect(scope.shortenedFrom == 6)
        let mixed = try Evaluation(
            try model(), on: [KnownModel.record(samples: 8), KnownModel.record(samples: 40)], options: options
        ).scope
        #expect(mixed.shortenedFrom == nil && mixed.shortEpisodes == 1 && mixed.usedEpisodes == 1)
    }

    @Test("A log without a channel of the model is refused with the nearest name")
    func channel() throws {
        var log = KnownModel.record()
        log.channels[0].name = "yy"
        let error = try #require(try refusal([log]))
        #expect(error.code == .data)
        #expect(error.remedy.contains("yy"))
    }
}
