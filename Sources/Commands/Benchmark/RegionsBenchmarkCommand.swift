import ArgumentParser
import Basics
import Benchmarking
import Foundation
import Records
import Reports
import Tensors
import WorldModels

/// `foresight benchmark regions`: guardrails on a learned region, violations counted on true states.
struct RegionsBenchmarkCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "regions",
        abstract: "Guardrails on a learned region, violations counted on true states.",
        discussion: """
            Records two rooms anew, labels the rows in a rectangle of the right one that no picture shows, teaches a model \
            that region without changing its encoder or predictor, and plans to goals behind it: without guardrail, with \
            the guardrail that the score is at most 0, and with the same score as a penalty in the objective. The zone is \
            known to the evaluation and to the labels alone.

              foresight benchmark regions --model Models/two-rooms
            """)

    @Option(help: ArgumentHelp("A model of two rooms.", valueName: "folder"))
    var model = PictureDemo.shipped

    @Option(help: ArgumentHelp("Pairs of start and goal with the zone between them.", valueName: "number"))
    var pairs = 60

    @Option(help: ArgumentHelp("Episodes that are recorded and labelled.", valueName: "number"))
    var episodes = 240

    @Option(help: ArgumentHelp("Decides recording, pairs and searches.", valueName: "number"))
    var seed: UInt64 = 0

    @OptionGroup(title: "Output") var output: RunOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        guard (1...1000).contains(pairs), (10...10_000).contains(episodes) else {
            throw ForesightError.usage(
                "\(pairs) pairs and \(episodes) episodes are not 1 to 1000 and 10 to 10000", remedy: "choose others")
        }
        try Engine.load()
        Engine.threads = 1
        var trained = try ImageModelFolder.load(model)
        let study = RegionStudy(pairs: pairs, episodes: episodes, seed: seed)
        // Pairs are frozen before anything is learned.
        let manifest = try study.manifest()
        let folder = try output.folder(task: "benchmark", configuration: "regions", seed: seed)
        try Provenance(
            command: Provenance.commandLine, seeds: ["study": seed],
            versions: ["libtorch": Engine.version]
        ).save(in: folder)
        try AtomicFile.write(try JSONText.encode(manifest) + "\n", to: folder.file("manifest.json"))
        Interrupt.install()
        defer { Interrupt.uninstall() }
        let style = talking.talk.beginWork()
        let recording = ProgressLine("recording", total: episodes, unit: "episodes", style: style)
        let frames = try study.record(imageSize: trained.network.architecture.imageSize[0]) {
            try ObjectivesBenchmarkCommand.stopIfAsked(folder.path)
            recording.update($0)
        }
        recording.finish(episodes)
        let labels = try RegionLabels(column: RegionStudy.name, of: frames)
        try trained.learnRegion(
            RegionStudy.name, labels: labels, in: frames, heldOut: RegionStudy.heldOut
        ) { _ in try ObjectivesBenchmarkCommand.stopIfAsked(folder.path) }
        let planning = ProgressLine(
            "planning", total: (2 + study.weights.count) * pairs, unit: "pairs", style: style)
        var done = 0
        let outcomes = try study.run(trained, manifest: manifest) { way, _ in
            try ObjectivesBenchmarkCommand.stopIfAsked(folder.path)
            done += 1
            planning.update(done, note: way)
        }
        planning.finish(done)
        let document = try json(outcomes, trained, manifest)
        try folder.write(document, to: "results.json")
        try AtomicFile.write(try JSONText.encode(outcomes) + "\n", to: folder.file("episodes.json"))
        talking.report(document, text: text(outcomes, trained) + "\nresults: \(folder.file("results.json"))")
    }

    private func json(
        _ outcomes: [RegionStudy.Outcome], _ trained: TrainedImageModel, _ manifest: PixelManifest
    ) throws -> JSONValue {
        [
            "model": .string(model), "pairs": .integer(pairs), "seed": .unsigned(seed),
            "manifest_sha256": .string(try manifest.digest()),
            "regions": .array(trained.regions.map(RegionWords.json)),
            "ways": .array(
                outcomes.map { outcome in
                    [
                        "way": .string(outcome.way), "objective": .string(outcome.objective),
                        "guardrail": outcome.guardrail.map { .string($0) } ?? .null,
                        "success": .number(100 * outcome.success), "violations": .number(100 * outcome.violations),
                        "success_without_violation": .number(100 * outcome.cleanSuccess),
                        "rows_inside": .integer(outcome.inside.reduce(0, +)),
                        "rows": .integer(outcome.steps.reduce(0, +)), "fallbacks": .integer(outcome.fallbacks),
                        "decisions": .integer(outcome.decisions),
                    ]
                }),
        ]
    }

    private func text(_ outcomes: [RegionStudy.Outcome], _ trained: TrainedImageModel) -> String {
        var table = TextTable([
            ("planned with", .left), ("through the zone", .right), ("rows in it", .right), ("reached", .right),
            ("reached and kept out", .right), ("stood still", .right),
        ])
        for outcome in outcomes {
            table.add([
                outcome.way, NumberText.percent(outcome.violations),
                "\(outcome.inside.reduce(0, +)) of \(outcome.steps.reduce(0, +))",
                NumberText.percent(outcome.success), NumberText.percent(outcome.cleanSuccess),
                "\(outcome.fallbacks) of \(outcome.decisions)",
            ])
        }
        return (trained.regions.map(RegionWords.finding) + [table.text()]).joined(separator: "\n")
    }
}
