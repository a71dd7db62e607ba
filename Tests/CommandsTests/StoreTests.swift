import Basics
import Episodes
import Foundation
import Records
import Testing
import WorldModels
import _TestSupport

@Suite(
    "Predictions that control and watch keep", .serialized,
    .enabled(if: torchIsSetUp, "libtorch is not set up: run make setup"))
struct StoreTests {
    @Test("watch keeps each row once, however often it is watched, and drift judges what it kept as it does the log")
    func watched() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            var faulty = PlanningModel.log
            for row in 200..<400 { faulty[row, 1] += 4 }
            try PlanningModel.write(faulty, to: folder + "/faulty.csv")
            let watch = ["watch", "model", "faulty.csv", "--no-report", "--store", "kept"]
            #expect(try ForesightProcess(watch, in: folder).status == 0)
            let model = try ModelFolder.digest(of: folder + "/model")
            let first = try PredictionStore.read(folder + "/kept", model: model)
            #expect(Set(first.records.map(\.place.channel)) == ["T1", "T2"])
            #expect(Set(first.records.map(\.row)).count > 380)
            // The sensor's shift is what widens its bands.
            let widest = try #require(first.calibration.max { $0.value.factor < $1.value.factor })
            #expect(widest.key.channel == "T2" && widest.value.factor > 1.2)
            #expect(try ForesightProcess(watch, in: folder).status == 0)
            #expect(try PredictionStore.read(folder + "/kept", model: model).records == first.records)

            let drift = try ForesightProcess(
                ["drift", "model", "--store", "kept", "--check", "--json", "--out", "seen"], in: folder)
            #expect(drift.status == 2, "\(drift.complaint)")
            let judged = try JSONValue(parsing: drift.output)
            let log = try ForesightProcess(["drift", "model", "faulty.csv", "--json", "--no-report"], in: folder)
            let expected = try JSONValue(parsing: log.output)
            #expect(judged["channels"] == expected["channels"])
            func findings(_ value: JSONValue) -> [String: Double] {
                Dictionary(
                    (value["findings"]?.array ?? []).map { finding in
                        (
                            "\(finding["channel"]?.string ?? "") \(finding["seconds_ahead"]?.double ?? 0) "
                                + (finding["test"]?.string ?? ""), finding["growth"]?.double ?? .nan
                        )
                    }, uniquingKeysWith: { $1 })
            }
            let (kept, whole) = (findings(judged), findings(expected))
            #expect(kept.keys.sorted() == whole.keys.sorted())
            for (name, growth) in whole { #expect(abs((kept[name] ?? .nan) / growth - 1) < 1e-3, "\(name)") }
            let page = try InputFile.text(folder + "/seen/report.html")
            #expect(page.contains("Predicted against observed") && page.contains("Coverage of T2"))
            #expect(judged["coverage"]?.array?.count == 6)
        }
    }

    @Test("control keeps its decisions, goes on from the bands it had, and refuses the store of another model")
    func controlled() throws {
        try withTemporaryFolder { folder in
            try PlanningModel.save(in: folder)
            let ask = ControlCommandTests.ask + ["--compare", "none", "--no-report", "--store", "kept"]
            let run = try ForesightProcess(ask, in: folder)
            #expect(run.status == 0, "\(run.complaint)")
            let model = try ModelFolder.digest(of: folder + "/model")
            let first = try PredictionStore.read(folder + "/kept", model: model)
            #expect(first.episodes.count == 2)
            #expect(first.records.allSatisfy { ["certified", "fallback", "refused"].contains($0.kind) })
            // The first prediction of the second episode has the band that the first episode ended with.
            let place = PredictionStore.Place(channel: "T1", lead: 10)
            let own = first.records.filter { $0.place == place }
            let ended = try #require(own.last { $0.episode == 1 })
            let begun = try #require(own.first { $0.episode == 2 })
            #expect(abs(begun.factor - ended.next) < 1e-9)
            #expect(own.contains { $0.next != 1 }, "a model after one epoch is off")
            #expect(try ForesightProcess(ask, in: folder).status == 0)
            let second = try PredictionStore.read(folder + "/kept", model: model)
            #expect(second.episodes.count == 4)
            let again = try #require(second.records.first { $0.place == place && $0.episode == 3 })
            #expect(abs(again.factor - (own.last?.next ?? .nan)) < 1e-9)

            try PlanningModel.save(PlanningModel.log.slice(0..<300), in: folder)
            let other = try ForesightProcess(ask, in: folder)
            #expect(other.status == 65)
            #expect(other.complaint.last?.contains("the store of another model") == true)
            let drift = try ForesightProcess(["drift", "model", "--store", "nowhere"], in: folder)
            #expect(drift.status == 65 && drift.complaint.last?.contains("no store at nowhere") == true)
        }
    }
}
