// The Swift side of Benchmarks/peers/picture_training.py: takes optimiser steps of a training from pictures when told to.
//
//     picture-training-speed FOLDER DEVICE SIDE [key=value …]
//
// Pictures are random, SIDE × SIDE pixels, and lie on the device before the first step. Reads commands from standard input,
// one a line, and answers each with a line of JSON:
//
//     begin          the trainer anew at its starting point: weights and batch, which are written to FOLDER, and its sizes
//     steps COUNT    optimiser steps: the seconds of each, the mean of each term of the loss, the norm of the gradient
//     weights        the weights as they are, to FOLDER/weights.safetensors
//     threads COUNT  processor threads of one operation

import Basics
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

/// A training on one batch, that can be begun again and again from the same starting point.
struct Subject {
    /// Numbers of an action, as in Push-T.
    private static let actions = 2

    let device: Device
    private let folder: String
    private let settings: ImageSettings
    private let model: ImageWorldModel
    private let batch: ImageBatch
    private let start: [String: Tensor]
    private let generator: TorchGenerator
    private let firstState: [UInt8]

    init(folder: String, device: Device, side: Int, overrides: [String]) throws {
        (self.folder, self.device) = (folder, device)
        settings = try ImageSettings.load(overrides: overrides)
        generator = ImageTrainer.generator(settings, on: device)
        firstState = generator.state()
        model = try ImageWorldModel(
            settings.architecture(imageSize: [side, side], actions: Self.actions),
            seed: Seed(UInt64(max(0, settings.seed))), generator: generator)
        let draws = TorchGenerator(seed: 1)
        // Modulations of the predictor start at zero, where its attention and the actions would hardly count.
        for parameter in model.parameters() {
            parameter.assign(parameter.value.detached() + Tensor.normal(parameter.shape, using: draws) * 0.02)
        }
        if device != .cpu { model.move(to: device) }
        start = model.stateDict().mapValues { $0.clone() }
        let (count, time) = (settings.batch, settings.stack + settings.windowSteps)
        let pictures = (Tensor.uniform([count, time, side, side, 3], using: draws) * 256).to(dtype: .uint8)
        let driving = Tensor.normal([count, time - 1, settings.block * Self.actions], using: draws)
        batch = ImageBatch(pictures: pictures.to(device: device), actions: driving.to(device: device))
    }

    /// A new trainer at the starting point, and what another implementation needs to do the same.
    func begin() throws -> (ImageTrainer, JSONValue) {
        try model.load(start)
        try generator.restore(firstState)
        let trainer = try ImageTrainer(model, settings: settings, generator: generator)
        try write(model.stateDict(), "start")
        try write(["pictures": batch.pictures, "actions": batch.actions], "batch")
        guard let sizes = model.architecture.transformer else {
            throw ForesightError.usage(
                "no network of LeWM's is timed", remedy: "give encoder=vit-tiny predictor=lewm")
        }
        let description: JSONValue = [
            "side": .integer(model.architecture.imageSize[0]), "stack": .integer(settings.stack),
            "width": .integer(settings.width), "actions": .integer(model.architecture.blockActions),
            "history": .integer(sizes.history), "patch": .integer(sizes.patch), "token": .integer(sizes.tokenWidth),
            "depth": .integer(sizes.depth), "heads": .integer(sizes.heads), "expansion": .integer(sizes.expansion),
            "projector": .integer(sizes.projector), "predictor_depth": .integer(sizes.predictorDepth),
            "predictor_heads": .integer(sizes.predictorHeads), "head_size": .integer(sizes.headSize),
            "feed_forward": .integer(sizes.feedForward), "predictor_projector": .integer(sizes.predictorProjector),
            "dropout": .number(sizes.dropout), "batch": .integer(settings.batch),
            "directions": .integer(settings.directions), "steps": .integer(settings.steps),
            "rate": .number(settings.rate), "weight_decay": .number(settings.weightDecay),
            "clip": .number(settings.clip), "seed": .integer(settings.seed),
            "sigreg": .number(try settings.weightedRecipe.sigreg),
            "precision": .string(settings.precision.rawValue),
            "parameters": [
                "encoder": .integer(model.encoder.parameterCount),
                "predictor": .integer(model.predictor.parameterCount),
            ],
        ]
        return (trainer, description)
    }

    /// Optimiser steps, each until the device has done it.
    func steps(_ count: Int, of trainer: ImageTrainer) throws -> JSONValue {
        var (times, spent, norms): ([Double], [Double], Double) = ([], [], 0)
        var terms: [String: Double] = [:]
        device.synchronize()
        for _ in 0..<count {
            let (wall, processor) = (seconds(), seconds(CLOCK_PROCESS_CPUTIME_ID))
            let report = try trainer.run(1) { batch }
            device.synchronize()
            times.append(seconds() - wall)
            spent.append(seconds(CLOCK_PROCESS_CPUTIME_ID) - processor)
            norms += report.gradientNorm / Double(count)
            for term in report.terms { terms[term.name, default: 0] += term.value / Double(count) }
        }
        return [
            "steps": .array(times.map(JSONValue.number)), "processor": .array(spent.map(JSONValue.number)),
            "terms": .object(terms.mapValues(JSONValue.number)), "gradient_norm": .number(norms),
        ]
    }

    func write(_ tensors: [String: Tensor], _ name: String) throws {
        try SafetensorsWriter.write(
            tensors.mapValues { $0.to(device: .cpu) }, to: "\(folder)/\(name).safetensors")
    }

    func writeWeights() throws { try write(model.stateDict(), "weights") }
}

func run(_ arguments: [String]) throws {
    guard arguments.count >= 3, let side = Int(arguments[2]), side > 0 else {
        throw ForesightError.usage(
            "picture-training-speed FOLDER DEVICE SIDE [key=value …]",
            remedy: "see Benchmarks/peers/picture_training.py")
    }
    try Engine.load()
    let device = try Device(arguments[1])
    try device.requireAvailable()
    let subject = try Subject(
        folder: arguments[0], device: device, side: side, overrides: Array(arguments.dropFirst(3)))
    var (trainer, _) = try subject.begin()
    answer(["ready": true, "torch": .string(Engine.version), "fast_bfloat16": .bool(device.hasFastBFloat16)])
    while let line = readLine() {
        let words = line.split(separator: " ")
        switch (words.first, words.dropFirst().compactMap { Int($0) }) {
        case ("begin", []):
            let (begun, description) = try subject.begin()
            trainer = begun
            answer(description)
        case ("steps", let counts) where counts.count == 1 && counts[0] > 0:
            answer(try subject.steps(counts[0], of: trainer))
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
