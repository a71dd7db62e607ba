import Agents
import Basics
import Benchmarking
import Foundation
import Objectives
import Planning
import Plants
import Records
import Reports
import Tensors
import WorldModels

/// `foresight demo two-rooms`: plans to pictures with a model that is there already, and shows what it imagined.
struct PictureDemo {
    /// The world.
    static let world = "two-rooms"
    /// The model that comes with the project, seen from its folder.
    static let shipped = "Models/two-rooms"
    /// Goals that are shown.
    private static let goals = 4
    /// Random futures that are drawn.
    private static let futures = 40

    let model: String
    let out: String
    let seed: UInt64

    /// Plans, draws, and leaves a moving picture, a page and `summary.json`.
    ///
    /// - Throws: `ForesightError` when the model is not there or is of another world.
    func run() throws {
        let began = ContinuousClock.now
        try Engine.load()
        Engine.threads = 1
        let trained = try ImageModelFolder.load(model)
        guard let readout = trained.readout, readout.names == ["x", "y"] else {
            throw ForesightError.data(
                "\(model) reads \(trained.readout?.names.joined(separator: ", ") ?? "nothing") off what it sees, not x, y",
                remedy: "train it on pictures of \(Self.world)")
        }
        guard let set = PixelSet.all.first(where: { $0.name == Self.world }) else { return }
        var benchmark = PixelBenchmark(set, settings: trained.settings, pairs: Self.goals)
        benchmark.imageSize = trained.network.architecture.imageSize[0]
        let manifest = try benchmark.manifest(.strict, seed: seed)
        let folder = try RunFolder.create(at: out, existing: .reused)
        var scenes: [Scene] = []
        for (index, pair) in manifest.pairs.enumerated() {
            let agent = try benchmark.searcher(trained)
            let scene = try play(pair, agent, in: set, budget: manifest.budget, seed: seed &+ UInt64(index))
            print(
                "goal \(index + 1) of \(Self.goals): \(scene.isSolved ? "reached" : "not reached") after "
                    + "\(scene.frames.count - 1) steps, a plan in \(NumberText.duration(scene.seconds))")
            scenes.append(scene)
        }
        let stage = stage(trained)
        let still = scenes.flatMap { $0.frames + [[UInt8]](repeating: $0.frames[$0.frames.count - 1], count: 8) }
        let gif = AnimatedGIF.encode(still, width: stage.width, height: stage.height, rate: 10)
        try AtomicFile.write(gif, to: folder.file("demo.gif"))
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        let solved = scenes.filter(\.isSolved).count
        let summary: JSONValue = [
            "goals": .integer(scenes.count), "reached": .integer(solved), "seconds": .number(seconds),
            "steps": .array(scenes.map { .integer($0.frames.count - 1) }),
            "plan_seconds": .array(scenes.map { .number($0.seconds) }),
        ]
        try folder.write(summary, to: "summary.json")
        try folder.write(page(gif, scenes, trained, width: stage.width).html, to: "report.html")
        print(
            "\n\(solved) of \(scenes.count) goals reached in \(period(seconds)) in all\nmoving picture: \(out)/demo.gif\n"
                + "start here: \(out)/report.html")
    }

    /// What happened on the way to one goal.
    private struct Scene {
        var frames: [[UInt8]]
        var isSolved: Bool
        var seconds: Double
    }

    private func stage(_ model: TrainedImageModel) -> PictureStage {
        PictureStage(scale: 4, side: model.network.architecture.imageSize[0])
    }

    private func play(
        _ pair: PixelPair, _ template: PictureAgent, in set: PixelSet, budget: Int, seed: UInt64
    ) throws -> Scene {
        let stage = stage(template.model)
        var (agent, world) = (template, set.task.world)
        world.restore(pair.goal)
        let goal = world.picture(width: stage.side, height: stage.side)
        agent.begin(goal: goal.pixels, seed: seed)
        world.restore(pair.start)
        var route = [world.state]
        var scene = Scene(frames: [], isSolved: false, seconds: 0)
        var times: [Double] = []
        var futures: [[[Double]]] = []
        for step in 0..<budget {
            let seen = world.picture(width: stage.side, height: stage.side)
            let began = ContinuousClock.now
            let action = try agent.act(on: seen.pixels, proprioception: world.proprioception)
            if agent.hasJustPlanned {
                times.append((ContinuousClock.now - began) / .seconds(1))
                futures = try agent.futures(Self.futures, seed: seed &+ UInt64(step) &* 7919)
            }
            scene.frames.append(stage.draw(seen, ways(agent, futures, stage), goal: goal))
            world.step(action)
            route.append(world.state)
            if set.task.isSolved(route, goal: pair.goal, rule: .strict) {
                scene.isSolved = true
                break
            }
        }
        scene.frames.append(stage.draw(world.picture(width: stage.side, height: stage.side), [], goal: goal))
        scene.seconds = median(times)
        return scene
    }

    /// What is imagined: random futures in grey, the chosen one in blue.
    private func ways(_ agent: PictureAgent, _ futures: [[[Double]]], _ stage: PictureStage) -> [PictureStage.Way] {
        guard let plan = agent.plan else { return [] }
        let channels = agent.channelNames
        guard let x = channels.firstIndex(of: "x"), let y = channels.firstIndex(of: "y") else { return [] }
        // Two rooms are measured in pixels of pictures of 224, whose first is at 0.
        func place(_ numbers: [Double]) -> (x: Double, y: Double) {
            let share = Double(stage.side) / 224
            return (x: (numbers[x] + 0.5) * share - 0.5, y: (numbers[y] + 0.5) * share - 0.5)
        }
        let certified = plan.certificate.channels
        let start = certified.map(\.start)
        var ways = futures.map { future in
            PictureStage.Way(
                points: [place(start)] + future.map(place), colour: (130, 130, 130), width: 1.2, opacity: 0.45)
        }
        let block = agent.model.network.architecture.block
        let steps = certified[x].values.count
        let chosen = stride(from: block - 1, to: steps, by: block).map { row in
            place(certified.map { $0.values[row] })
        }
        ways.append(
            PictureStage.Way(points: [place(start)] + chosen, colour: (0, 90, 255), width: 3.5, opacity: 0.95))
        return ways
    }

    private func page(_ gif: [UInt8], _ scenes: [Scene], _ model: TrainedImageModel, width: Int) -> Page {
        let solved = scenes.filter(\.isSolved).count
        let cards = [
            KeyFigure(
                "goals reached", "\(solved) of \(scenes.count)", note: "within 8 px of 224, through the door",
                verdict: solved == scenes.count ? .success : .warning),
            KeyFigure("a plan", NumberText.duration(scenes.map(\.seconds).max() ?? .nan), note: "the slowest median"),
        ]
        let picture = Picture(
            gif, title: "Seen and imagined, and the goal",
            note:
                "Left what is seen, with random futures in grey and the chosen plan in blue; right the picture that is the "
                + "goal. Plans are made in representation space; lines are what the model reads off its predictions.",
            width: width)
        return Page(
            title: "Planning to a picture", lead: "A dot, a wall, a door: the goal is only a picture.",
            blocks: [
                .cards(cards), .picture(picture), .heading("What this shows, and what not"),
                .list([
                    "The model learned from \(model.origin.samples) recorded pictures and actions, and from nothing else. It "
                        + "never makes a picture: it predicts representations.",
                    "Starts and goals come from episodes that it did not learn from. The planner sees pictures alone.",
                    "The world is a simulation of two rooms. Another colour of the dot or another place of the door is "
                        + "another world, and nothing here says that the model would notice.",
                ]),
            ], footer: "foresight demo \(Version.foresight)")
    }
}
