import ArgumentParser
import Basics
import Episodes
import Records
import Tensors
import WorldModels

/// `foresight region MODEL FRAMES --label unsafe`: a region of what can be seen, for goals and guardrails.
struct RegionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "region",
        abstract: "Teach a model from pictures a region, by labelled frames.",
        discussion: """
            Learns from frames that are labelled as inside (1) or outside (0) of a region, and measures on held-out episodes \
            how surely it is told from predictions. Encoder and predictor stay as they are: what they learned serves every \
            new goal and guardrail. Goals and guardrails then speak of the region by its name, with a score above 0 where a \
            step leads through it, such as --guardrail "always(unsafe <= 0)".

            Labels are a column of the data set, or a table (--labels) with the heading episode,row,label, which may leave \
            rows out. Of the recording that the model learned from the same episodes are held out as then, and no more: \
            predictions of the others are better than those of new ones.

              foresight region runs/rooms rooms.npz --name unsafe --labels unsafe.csv
              foresight region runs/rooms labelled.npz --name unsafe --out runs/rooms-unsafe/model
              foresight region runs/rooms --list
            """)

    @Argument(help: ArgumentHelp("The model folder, or the run folder that it is in.", valueName: "model"))
    var model: String

    @Argument(help: ArgumentHelp("The labelled data set of pictures with actions.", valueName: "frames"))
    var frames: String?

    @Option(help: ArgumentHelp("What the region is called, and the column that labels it.", valueName: "name"))
    var name: String?

    @Option(
        help: ArgumentHelp("A table with the columns episode, row, label, in the place of a column.", valueName: "file")
    )
    var labels: String?

    @Option(
        help: ArgumentHelp(
            "Share of the episodes that the promise is measured on; that of the model's training by default, which is also "
                + "the most of the recording that it learned from.",
            valueName: "share"))
    var heldOut: Double?

    @Flag(help: "Show the regions that the model knows, and stop.")
    var list = false

    @Option(
        help: ArgumentHelp(
            "Where the model is saved: a new or empty folder, or a model from pictures, which is replaced; in its place by "
                + "default.",
            valueName: "folder"))
    var out: String?

    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        try Engine.load()
        var trained = try ImageModelFolder.load(model)
        if list { return report(trained, at: model) }
        guard let frames, let name else {
            throw ForesightError.usage(
                frames == nil ? "no labelled data set is named" : "the region has no name",
                remedy: "write foresight region \(model) FRAMES --name unsafe")
        }
        if let heldOut, !(0.01...0.9).contains(heldOut) {
            throw ForesightError.usage(
                "--held-out \(heldOut) is not 0.01 to 0.9", remedy: "choose a part of the episodes such as 0.2")
        }
        // Before anything is learned: what is not a model there would be lost.
        let place = try out ?? ImageModelFolder.place(model)
        try ImageModelFolder.check(place: place)
        Engine.threads = 1
        let dataset = try FrameFormat.open(frames)
        try learn(name, &trained, from: dataset)
        try ImageModelFolder.save(trained, to: place)
        report(trained, at: place)
    }

    private func learn(_ name: String, _ trained: inout TrainedImageModel, from frames: some FrameDataset) throws {
        let labels =
            try labels.map { try RegionLabels(table: $0, for: frames.layout) }
            ?? RegionLabels(column: name, of: frames)
        Interrupt.install()
        defer { Interrupt.uninstall() }
        let line = ProgressLine("region \(name)", total: 100, unit: "parts", style: talking.talk.beginWork())
        try trained.learnRegion(name, labels: labels, in: frames, heldOut: heldOut) { share in
            if Interrupt.isRequested {
                throw ForesightError(.interrupted, "stopped; the model is as it was", remedy: "begin again")
            }
            line.update(Int(share * 100))
        }
        line.finish(100)
        if let bands = trained.regions.last?.bands, bands.coverage < 1 - RegionBands.missRate {
            talking.talk.warning(
                "few held-out passages are labelled: the promise is \(percent(bands.coverage)), not "
                    + "\(percent(1 - RegionBands.missRate)); 99 on either side, each step ahead, would do")
        }
    }

    private func percent(_ share: Double) -> String { "\((share * 1000).rounded() / 10) %" }

    private func report(_ trained: TrainedImageModel, at place: String) {
        let words = trained.regions.map(RegionWords.finding)
        talking.report(
            ["model": .string(place), "regions": .array(trained.regions.map(RegionWords.json))],
            text: words.isEmpty ? "\(place) knows no region" : ([place] + words).joined(separator: "\n"))
    }
}
