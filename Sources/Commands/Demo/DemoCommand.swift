import ArgumentParser
import Basics
import Foundation
import Records
import Reports

/// `foresight demo`: all of it once, by the commands that a user would type.
struct DemoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Go the whole road once: log, model, evaluation, plan, control.",
        discussion: """
            Records a log of a simulated plant, looks at it, trains, evaluates on another log, plans once, and controls \
            the plant in closed loop, each by the command that you would type yourself, which is shown. The folder gets \
            a page that leads to the pages of all commands, and summary.json with the figures.

              foresight demo
              foresight demo four-tank --out runs/tanks
              foresight demo --quick --episodes 5

            Of the world two-rooms it plans to pictures with a model that is there, and shows what was imagined as a moving \
            picture.

              foresight demo two-rooms --model Models/two-rooms --out runs/demo-pixels
            """)

    @Argument(help: ArgumentHelp("The plant, heater-lab or four-tank, or the world two-rooms.", valueName: "plant"))
    var plant = "heater-lab"

    @Option(help: ArgumentHelp("For two-rooms: the folder of the model.", valueName: "folder"))
    var model: String?

    @Option(help: ArgumentHelp("Number of episodes in closed loop.", valueName: "number"))
    var episodes = 50

    @Flag(help: "Learn for seconds: the model is not refined step by step, so that figures are rough.")
    var quick = false

    @Option(
        help: ArgumentHelp("Decides the logs, the training and the episodes.", valueName: "number"))
    var seed: UInt64 = 1

    @Option(
        help: ArgumentHelp(
            """
            Folder of the demo, runs/demo by default and runs/demo-pixels for two-rooms; what is in it from an earlier \
            one goes.
            """, valueName: "folder"))
    var out: String?

    func run() throws {
        if plant == PictureDemo.world {
            guard !quick else {
                throw ForesightError.usage(
                    "--quick shortens training, and the demo of \(PictureDemo.world) trains nothing",
                    remedy: "leave it out")
            }
            return try PictureDemo(
                model: model ?? PictureDemo.shipped, out: out ?? "runs/demo-pixels", seed: seed
            ).run()
        }
        if let model {
            throw ForesightError.usage(
                "--model \(model) is for \(PictureDemo.world), the demo of \(plant) trains its own",
                remedy: "leave it out")
        }
        let recipe = try DemoRecipe.named(plant)
        let out = out ?? "runs/demo"
        guard (1...100_000).contains(episodes) else {
            throw ForesightError.usage("--episodes \(episodes) is not 1 to 100000", remedy: "choose another number")
        }
        guard seed < 1_000_000 else {
            throw ForesightError.usage("--seed \(seed) is not below 1000000", remedy: "choose another number")
        }
        try clear(out)
        let began = ContinuousClock.now
        var seconds: [DemoRecipe.Step: Double] = [:]
        var typed: [String] = []
        for step in DemoRecipe.Step.allCases {
            let start = ContinuousClock.now
            for command in recipe.commands(step, in: out, seed: seed, episodes: episodes, isQuick: quick) {
                typed.append(Self.line(command))
                print("\n$ \(Self.line(command))")
                fflush(nil)
                var parsed = try Foresight.parseAsRoot(command)
                try parsed.run()
            }
            seconds[step] = (ContinuousClock.now - start) / .seconds(1)
        }
        let summary = try DemoSummary(
            folder: out, seconds: seconds, total: (ContinuousClock.now - began) / .seconds(1))
        let folder = try RunFolder.create(at: out, existing: .reused)
        try folder.write(summary.json, to: "summary.json")
        try folder.write(
            DemoPage.page(summary, plant: plant, commands: typed).html, to: "report.html")
        print("\n\(summary.text)\n\nfigures: \(out)/summary.json\nstart here: \(out)/report.html")
    }

    /// Removes an earlier demo, and nothing else.
    private func clear(_ out: String) throws {
        let files = FileManager.default
        guard let entries = try? files.contentsOfDirectory(atPath: out), !entries.isEmpty else { return }
        let isDemo = entries.contains("train") && entries.contains { $0.hasPrefix("log") }
        guard isDemo || entries.contains("summary.json") else {
            throw ForesightError.usage(
                "\(out) holds files that are no demo's, such as \(entries[0])", remedy: "name another folder with --out"
            )
        }
        do {
            try files.removeItem(atPath: out)
        } catch {
            throw ForesightError.failure("\(out) cannot be removed", remedy: "remove it, or name another with --out")
        }
    }

    /// A command as a shell takes it.
    private static func line(_ command: [String]) -> String {
        let words = command.map { word in
            word.contains { " ();<>*|&$".contains($0) } ? "\"\(word)\"" : word
        }
        let line = "foresight " + words.joined(separator: " ")
        guard line.count > 100 else { return line }
        // A long line is broken before its options, as a shell takes it too.
        var lines = [""]
        for word in ["foresight"] + words {
            if word.hasPrefix("--"), lines[lines.count - 1].count + word.count > 70 { lines.append("   ") }
            lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
        }
        return lines.joined(separator: " \\\n")
    }
}
