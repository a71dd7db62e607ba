// The Swift side of Benchmarks/peers/training.py: prepares training on a set and takes optimiser steps when told to.
//
//     training-speed DATA SET FOLDER [key=value …]
//
// Reads commands from standard input, one a line, and answers each with a line of JSON:
//
//     begin EPOCHS STEPS    the trainer anew, at its starting point, which is written to FOLDER
//     epoch                 one epoch: the seconds of each step, the mean of each term of the loss, the free-run error
//     weights               the weights as they are, to FOLDER/weights.safetensors
//     threads COUNT         processor threads of one operation

import Basics
import Benchmarking
import Networks
import Tensors
import WorldModels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// Seconds of a clock that only goes forward, or of this process on all processors.
func seconds(_ clock: clockid_t = CLOCK_MONOTONIC) -> Double {
    var time = timespec()
    clock_gettime(clock, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) * 1e-9
}

func answer(_ value: JSONValue) {
    print(value.text())
    fflush(nil)
}

/// A training that can be begun again and again from the same starting point.
struct Subject {
    let training: ModelTraining
    /// Seconds that everything before the first step took, a search for a structure included: by the clock, of processors.
    let preparation: (wall: Double, spent: Double)
    private let folder: String
    private let start: [String: Tensor]

    init(data: String, set: String, folder: String, overrides: [String]) throws {
        guard let set = try BenchmarkCatalog.comparisonSets(named: [set], usual: []).first else {
            throw ForesightError.usage("no set", remedy: "name one")
        }
        let log = try set.load(from: data).training
        let begun = (wall: seconds(), spent: seconds(CLOCK_PROCESS_CPUTIME_ID))
        training = try ModelTraining(log, settings: TrainingSettings.load(overrides: overrides))
        preparation = (seconds() - begun.wall, seconds(CLOCK_PROCESS_CPUTIME_ID) - begun.spent)
        self.folder = folder
        start = training.preparation.model.stateDict().mapValues { $0.clone() }
    }

    /// A new trainer at the starting point, and what another implementation needs to do the same.
    func begin(epochs: Int, steps: Int) throws -> (Trainer, JSONValue) {
        let (model, data) = (training.preparation.model, training.preparation.data)
        try model.load(start)
        var settings = training.preparation.settings
        (settings.epochs, settings.stepsPerEpoch) = (epochs, steps)
        let trainer = try Trainer(model: model, data: data, settings: settings)
        try SafetensorsWriter.write(model.stateDict(), to: "\(folder)/start.safetensors")
        var rows = ["outputs": data.table.outputs, "mask": data.table.mask, "inputs": data.table.inputs]
        rows["visible"] = data.visible
        try SafetensorsWriter.write(rows, to: "\(folder)/rows.safetensors")
        let sizes = model.architecture
        let description: JSONValue = [
            "preparation_seconds": .number(preparation.wall),
            "preparation_processor": .number(preparation.spent), "error": .number(trainer.best.error),
            "parameters": .integer(model.parameters().reduce(0) { $0 + $1.value.count }),
            "segments": .array(data.table.segments.map { [.integer($0.start), .integer($0.count)] }),
            "short": .bool(data.folds.isShort), "refined": .bool(settings.refine),
            "members": .integer(sizes.members), "outputs": .integer(sizes.outputs), "inputs": .integer(sizes.inputs),
            "actions": .integer(sizes.actions), "core": .integer(sizes.core), "free": .integer(sizes.free),
            "hidden": .integer(sizes.hidden), "activation": .string(sizes.activation.rawValue),
            "lead": .bool(sizes.hasLead), "transient": .integer(sizes.transient),
            "inverse_steps": .integer(sizes.inverseSteps), "stride": .integer(settings.stride.resolved ?? 1),
            "window": .integer(settings.window.resolved ?? 1), "horizon": .integer(settings.horizon.resolved ?? 1),
            "batch": .integer(settings.batch), "epochs": .integer(epochs), "steps_per_epoch": .integer(steps),
            "rate": .number(settings.rate), "weight_decay": .number(settings.weightDecay),
            "clip": .number(settings.clip), "cuts": .bool(settings.descent.cuts), "seed": .integer(settings.seed),
            "loss": [
                "grounding": .number(settings.loss.grounding), "encoding": .number(settings.loss.encoding),
                "prediction": .number(settings.loss.prediction),
                "anti_collapse_weight": .number(settings.loss.antiCollapseWeight),
                "directions": .integer(settings.loss.directions), "inverse": .number(settings.loss.inverse),
            ],
        ]
        return (trainer, description)
    }

    func writeWeights() throws {
        try SafetensorsWriter.write(training.preparation.model.stateDict(), to: "\(folder)/weights.safetensors")
    }
}

/// One epoch; the clock stands still while it is validated.
func epoch(of trainer: Trainer) -> JSONValue {
    var (times, spent): ([Double], [Double]) = ([], [])
    var last = (wall: seconds(), spent: seconds(CLOCK_PROCESS_CPUTIME_ID))
    let report = trainer.runEpoch { _ in
        let now = (wall: seconds(), spent: seconds(CLOCK_PROCESS_CPUTIME_ID))
        times.append(now.wall - last.wall)
        spent.append(now.spent - last.spent)
        last = now
    }
    return [
        "steps": .array(times.map(JSONValue.number)), "processor": .array(spent.map(JSONValue.number)),
        "rollout": .integer(report.rolloutSteps),
        "terms": .object(Dictionary(uniqueKeysWithValues: report.terms.map { ($0.name, .number($0.value)) })),
        "gradient_norm": .number(report.gradientNorm), "error": .number(report.validation),
        "best": .number(trainer.best.error), "finished": .bool(trainer.isFinished),
    ]
}

func run(_ arguments: [String]) throws {
    guard arguments.count >= 3 else {
        throw ForesightError.usage(
            "training-speed DATA SET FOLDER [key=value …]", remedy: "see Benchmarks/peers/training.py")
    }
    try Engine.load()
    let subject = try Subject(
        data: arguments[0], set: arguments[1], folder: arguments[2], overrides: Array(arguments.dropFirst(3)))
    var trainer = subject.training.trainer
    answer(["ready": true, "torch": .string(Engine.version)])
    while let line = readLine() {
        let words = line.split(separator: " ")
        switch (words.first, words.dropFirst().compactMap { Int($0) }) {
        case ("begin", let counts) where counts.count == 2:
            let (begun, description) = try subject.begin(epochs: counts[0], steps: counts[1])
            trainer = begun
            answer(description)
        case ("epoch", []): answer(epoch(of: trainer))
        case ("weights", []):
            try subject.writeWeights()
            answer(["written": true])
        case ("threads", let counts) where counts.count == 1:
            Engine.threads = counts[0]
            answer(["threads": .integer(Engine.threads)])
        default: throw ForesightError.usage("'\(line)' is no command", remedy: "see the top of main.swift")
        }
    }
}

do {
    try run(Array(CommandLine.arguments.dropFirst()))
} catch {
    answer(["failure": .string("\(error)")])
    exit(1)
}
