import Basics
import Records
import WorldModels

/// The epochs of a run: progress, metrics, health, a checkpoint after each, and the end when someone asks for it.
struct TrainLoop {
    let trainer: Trainer
    let folder: RunFolder
    let fingerprint: DataFingerprint
    let watch: CollapseWatch
    let talk: Talk

    /// How the epochs went.
    struct Outcome {
        /// Seconds of training in this process.
        var seconds = 0.0
        /// Epochs of this process.
        var epochs = 0
        /// What went wrong without ending the run, in plain words.
        var warnings: [String] = []
        /// Why training ended.
        var ending = ""
    }

    /// Runs epochs until nothing is left to do.
    ///
    /// - Throws: `ForesightError.interrupted` after Ctrl-C; `ForesightError.failure` when something cannot be saved.
    func run() throws -> Outcome {
        let settings = trainer.settings
        let first = trainer.epoch * settings.stepsPerEpoch
        let metrics = try MetricsLog(path: folder.file(TrainSession.metricsName), resumingAfter: first)
        let board = try TensorBoardWriter(folder: folder.path, resumingAfter: first > 0 ? first : nil)
        Interrupt.install()
        defer { Interrupt.uninstall() }
        let progress = ProgressLine(
            "training", total: settings.epochs * settings.stepsPerEpoch, done: first, style: talk.beginWork())
        var outcome = Outcome()
        var note = ""
        var collapse: String?
        var isStopping = false
        let start = ProgressLine.seconds()
        while !trainer.isFinished {
            let begun = ProgressLine.seconds()
            let before = trainer.epoch * settings.stepsPerEpoch
            let report = trainer.runEpoch {
                progress.update(before + $0, note: note)
                guard Interrupt.isRequested, !isStopping else { return }
                isStopping = true
                say("stopping after this epoch; again to stop at once", progress)
            }
            let windows = Double(settings.stepsPerEpoch * settings.batch * trainer.model.architecture.members)
            let values = Self.values(report, windowsPerSecond: windows / (ProgressLine.seconds() - begun))
            // The metrics first: what a kill in between leaves behind them is cut off on resuming.
            try metrics.append(step: report.step, values)
            try board.append(step: report.step, values)
            note = Self.note(report, best: trainer.best.error)
            let problem = watch.warning(report.health)
            if let problem, collapse == nil { warn("epoch \(report.epoch): \(problem)", progress, &outcome) }
            collapse = problem
            outcome.epochs += 1
            if report.skippedSteps > 0 {
                let share = "\(report.skippedSteps) of \(settings.stepsPerEpoch) steps"
                warn(
                    "epoch \(report.epoch): \(share) were left out, their gradient was no number; lower rate= or clip=",
                    progress, &outcome)
            }
            guard report.validation.isFinite else {
                warn("epoch \(report.epoch) ended with an error that is no number; training stops", progress, &outcome)
                outcome.ending = "the error was no longer a number"
                break
            }
            try TrainingCheckpoint.save(
                trainer, data: fingerprint, to: folder.file(TrainSession.checkpointName))
            progress.update(report.step, note: note)
            if Interrupt.isRequested && !trainer.isFinished {
                progress.finish(report.step, note: note)
                throw Interrupt.error(resumeWith: "foresight train --resume \(folder.path)")
            }
        }
        outcome.seconds = ProgressLine.seconds() - start
        if outcome.ending.isEmpty {
            outcome.ending =
                trainer.epoch >= settings.epochs
                ? "all \(settings.epochs) epochs are done"
                : "no better error for \(trainer.patience) epochs"
        }
        if outcome.epochs > 0 { progress.finish(trainer.epoch * settings.stepsPerEpoch, note: note) }
        return outcome
    }

    /// Tells whoever asked to stop that it was heard, also where notes are not wanted.
    private func say(_ text: String, _ progress: ProgressLine) {
        if case .terminal = talk.beginWork() { progress.message(text) } else { Talk.write(text) }
    }

    private func warn(_ text: String, _ progress: ProgressLine, _ outcome: inout Outcome) {
        outcome.warnings.append(text)
        if case .terminal = talk.beginWork() { progress.message("warning: \(text)") } else { talk.warning(text) }
    }

    /// What an epoch is logged as; these names never change.
    private static func values(_ report: EpochReport, windowsPerSecond: Double) -> [(name: String, value: Double)] {
        report.terms.map { ("loss/\($0.name)", $0.value) } + [
            ("validation/free_run_rmse", report.validation)
        ] + (report.oldValidation.map { [("validation/old_free_run_rmse", $0)] } ?? []) + [
            ("diagnostics/effective_rank", report.health.effectiveRank),
            ("diagnostics/least_spread", report.health.leastSpread),
            ("diagnostics/mean_correlation", report.health.meanCorrelation),
            ("optimisation/gradient_norm", report.gradientNorm),
            ("optimisation/rollout_steps", Double(report.rolloutSteps)),
            ("throughput/windows_per_second", windowsPerSecond),
        ]
    }

    private static func note(_ report: EpochReport, best: Double) -> String {
        func short(_ value: Double) -> String { "\((value * 1e4).rounded() / 1e4)" }
        return "epoch \(report.epoch)  free-run error \(short(report.validation)), best \(short(best))"
    }
}
