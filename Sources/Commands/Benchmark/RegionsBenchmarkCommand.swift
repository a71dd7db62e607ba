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
            Records two rooms anew, labels the rows in a rectangle of the right one that no picture shows, teaches a \
            model that region without changing its encoder or predictor, and plans to goals behind it: without \
            guardrail, with the guardrail that the score is at most 0, and with the same score as a penalty in the \
            objective. The zone is known to the evaluation and to the labels alone. The same command with the same \
            --out goes on: the region is not learned again, nor are pairs planned again.

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
        try BenchmarkInput.limit(pairs, 1...1000, "--pairs")
        try BenchmarkInput.limit(episodes, 10...10_000, "--episodes")
        try Engine.load()
        Engine.threads = 1
        let study = RegionStudy(pairs: pairs, episodes: episodes, seed: seed)
        // Pairs are frozen before anything is learned.
        let manifest = try study.manifest()
        // What is no model is told before there is a folder.
        _ = try ImageModelFolder.digest(of: model)
        let folder = try output.folder(task: "benchmark", configuration: "regions", seed: seed, existing: .reused)
        let session = try RegionsSession(study, manifest: manifest, model: model, folder: folder, talk: talking.talk)
        try Provenance(
            command: Provenance.commandLine, seeds: ["study": seed],
            versions: ["libtorch": Engine.version]
        ).save(in: folder)
        try AtomicFile.write(try JSONText.encode(manifest) + "\n", to: folder.file("manifest.json"))
        talking.talk.note("run folder: \(folder.path)")
        Interrupt.install()
        defer { Interrupt.uninstall() }
        let (trained, outcomes) = try session.run()
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
            "ways": .array(outcomes.map(RegionsText.json)),
        ]
    }

    private func text(_ outcomes: [RegionStudy.Outcome], _ trained: TrainedImageModel) -> String {
        (trained.regions.map(RegionWords.finding) + [RegionsText.table(outcomes)]).joined(separator: "\n")
    }
}
