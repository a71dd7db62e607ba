import Basics
import Episodes
import Networks
import Tensors
import Testing

@testable import WorldModels

@Suite("Trainer", .enabled(if: torchIsSetUp))
struct TrainerTests {
    private func trainer(_ settings: TrainingSettings, _ episodes: [Episode] = TinyLog.episodes()) throws -> Trainer {
        let preparation = try TinyLog.preparation(episodes, settings: settings)
        return try Trainer(model: preparation.model, data: preparation.data, settings: preparation.settings)
    }

    /// The weighted loss on windows that stay the same.
    private func loss(_ trainer: Trainer) -> Double {
        let starts = trainer.data.table.starts(history: 6, steps: 10)
        let picked = (0..<32).map { starts[$0 * starts.count / 32] }
        let batch = WindowBatch(
            trainer.data.table, visible: trainer.data.visible, starts: [picked, picked], history: 6, steps: 10)
        return withoutGradients {
            trainer.objective.value(model: trainer.model, batch: batch, history: 6, using: TorchGenerator(seed: 8))
                .total.item()
        }
    }

    @Test("A single row tells nearly as much of a state that is measured whole as a full history does")
    func shortHistory() throws {
        let trainer = try trainer(TinyLog.settings(epochs: 8))
        while !trainer.isFinished { _ = trainer.runEpoch() }
        let starts = trainer.data.table.starts(history: 6, steps: 10)
        /// The error of the first five steps of free runs from so many rows.
        func error(history: Int) -> Double {
            let batch = WindowBatch(
                trainer.data.table, visible: nil, starts: [starts, starts], history: history, steps: 5)
            return withoutGradients {
                let predicted = freeRun(trainer.model, batch, history: history)
                let targets = batch.outputs.narrow(dim: 2, start: history, length: 5)
                return (predicted - targets).square().mean().item().squareRoot()
            }
        }
        #expect(error(history: 1) < 1.6 * error(history: 6), "\(error(history: 1)), \(error(history: 6))")
        #expect(error(history: 2) < 1.4 * error(history: 6), "\(error(history: 2)), \(error(history: 6))")
    }

    @Test(
        "Every way against collapse trains: the loss falls and representations stay wide",
        arguments: AntiCollapse.allCases)
    func trains(_ antiCollapse: AntiCollapse) throws {
        var settings = TinyLog.settings(epochs: 6)
        settings.stepsPerEpoch = 15
        settings.rate = 1e-2
        settings.loss.antiCollapse = antiCollapse
        let trainer = try trainer(settings)
        let (before, start) = (loss(trainer), trainer.best.error)
        let watch = CollapseWatch(start: trainer.health())
        var reports: [EpochReport] = []
        while !trainer.isFinished { reports.append(trainer.runEpoch()) }
        #expect(loss(trainer) < 0.85 * before)
        #expect(reports.allSatisfy { report in report.terms.allSatisfy(\.value.isFinite) })
        #expect(reports.allSatisfy { watch.warning($0.health) == nil })
        #expect(trainer.best.error <= start)
        let expected: Set<String> =
            switch antiCollapse {
            case .sigreg: ["sigreg"]
            case .vicreg: ["variance", "covariance"]
            case .ema, .none: []
            }
        let terms = Set(reports[0].terms.map(\.name))
        #expect(terms.subtracting(["grounding", "encoding", "prediction", "inverse"]) == expected)
    }

    @Test("A weight of zero leaves a term out") func weights() throws {
        var settings = TinyLog.settings(epochs: 1)
        settings.loss.encoding = 0
        settings.loss.prediction = 0
        settings.loss.inverse = 0
        settings.loss.antiCollapseWeight = 0
        #expect(try trainer(settings).runEpoch().terms.map(\.name) == ["grounding"])
    }

    @Test("Training stops when the error has not fallen for as long as patience lasts") func patience() throws {
        var settings = TinyLog.settings(epochs: 40)
        settings.patience = .value(2)
        settings.rate = 1e-9
        let trainer = try trainer(settings)
        while !trainer.isFinished { _ = trainer.runEpoch() }
        // Rollouts reach their full length after 40 % of the epochs; patience counts from there.
        #expect(trainer.epoch < 40)
        #expect(trainer.epoch >= 18)
    }

    @Test("The best epoch's weights are what is kept") func keepsBest() throws {
        var settings = TinyLog.settings(epochs: 3)
        // So large a step that training only makes it worse.
        settings.rate = 0.5
        let trainer = try trainer(settings)
        let start = trainer.model.stateDict().mapValues { $0.floats() }
        while !trainer.isFinished { #expect(trainer.runEpoch().validation > trainer.best.error) }
        #expect(trainer.best.epoch == 0)
        #expect(trainer.model.stateDict().mapValues { $0.floats() } != start)
        try trainer.restoreBest()
        #expect(trainer.model.stateDict().mapValues { $0.floats() } == start)
    }

    @Test("A log without room for a window is refused with what is needed") func tooShort() throws {
        var settings = TinyLog.settings()
        settings.window = .value(60)
        settings.horizon = .value(60)
        let error = #expect(throws: ForesightError.self) {
            _ = try trainer(settings, TinyLog.episodes(samples: 60))
        }
        #expect(error?.code == .data)
        #expect(error?.message.contains("steps of one window") == true)
    }

    @Test("Each row is hidden from one member, and what is hidden teaches it nothing") func foldsHideRows() throws {
        let trainer = try trainer(TinyLog.settings())
        let visible = try #require(trainer.data.visible)
        #expect(visible.sum(dim: 0).floats().allSatisfy { $0 == 1 })
        // Contiguous: it changes once for each border between folds.
        let first = visible[0].floats()
        #expect(zip(first, first.dropFirst()).filter { $0 != $1 }.count == 1)

        // Wrong values where the first member may not look, windows within, across and outside of that part.
        var corrupted = TinyLog.episodes()
        for sample in 0..<corrupted[0].count where trainer.data.folds.fold(episode: 0, sample: sample) == 0 {
            corrupted[0][sample, 0] += 1000
            corrupted[0][sample, 1] -= 50
        }
        let starts = [[100, 195, 203, 300], [100, 195, 203, 300]]
        func gradients(_ table: SignalTable) -> [[[Float]]] {
            let batch = WindowBatch(table, visible: visible, starts: starts, history: 6, steps: 10)
            trainer.model.clearGradients()
            trainer.objective.value(model: trainer.model, batch: batch, history: 6, using: TorchGenerator(seed: 1))
                .total.backward()
            return (0..<2).map { member in
                trainer.model.parameters().map { $0.gradient?[member].floats() ?? [] }
            }
        }
        let clean = gradients(trainer.data.table)
        let other = gradients(try SignalTable(corrupted, scaling: trainer.data.scaling, stride: 1))
        #expect(clean[0] == other[0])
        #expect(clean[1] != other[1])
    }
}
