import Agents
import Basics
import Episodes
import Gymnasium
import Objectives
import Planning
import Plants
import Records
import Reports
import Tensors
import WorldModels

extension ControlCommand {
    /// Lets a model that learned from pictures act in a world or an environment.
    func control(_ name: String) throws {
        try requireNoPlantOptions()
        let episodes = episodes ?? 10
        guard (1...100_000).contains(episodes) else {
            throw ForesightError.usage("--episodes \(episodes) is not 1 to 100000", remedy: "choose another number")
        }
        let steps = seeing.steps ?? 100
        guard (1...1_000_000).contains(steps) else {
            throw ForesightError.usage("--steps \(steps) is not 1 to 1000000", remedy: "choose another number")
        }
        let trained = try ImageModelFolder.load(model)
        Engine.threads = 1
        let size = trained.network.architecture.imageSize
        var study = PictureStudy(
            loop: PictureLoop(steps: steps, width: size[1], height: size[0]),
            seeds: (0..<UInt64(episodes)).map { firstEpisode &+ $0 }, talk: talking.talk)
        if let path = seeing.goalPicture {
            var goal = Frame(width: size[1], height: size[0])
            goal.pixels = try PictureFile.read(path, size: FrameSize(height: size[0], width: size[1]))
            study.goal = goal
        }
        if name.hasPrefix(GymnasiumOptions.prefix) {
            var environment = try GymnasiumEnvironment(try running.options(for: name, factors: seeing.factors))
            defer { environment.close() }
            try act(&study, trained, in: &environment)
        } else {
            try running.requireNone(for: name)
            let factors = try WorldOptions.values(seeing.factors)
            var environment = WorldEnvironment(try WorldCatalog.world(name, factors: factors))
            try act(&study, trained, in: &environment)
        }
        let written: (result: String, film: String?)? = try noReport ? nil : write(study, name: name)
        talking.report(
            study.json(name, model: model, film: written?.film), text: study.text(name, film: written?.film),
            isRefused: study.isStopped)
        guard study.isStopped else { return }
        throw ForesightError(
            .interrupted, "stopped after \(study.episodes)" + (written.map { ", which are in \($0.result)" } ?? ""),
            remedy: "the same command runs them all")
    }

    /// Runs the episodes, which Ctrl-C ends.
    private func act(
        _ study: inout PictureStudy, _ trained: TrainedImageModel, in environment: inout some Environment
    ) throws {
        let agent = try agent(trained, in: environment)
        Interrupt.install()
        defer { Interrupt.uninstall() }
        try study.run(agent, in: &environment)
    }

    /// The planner: over as many steps as the model was trained for, five at most.
    private func agent(_ trained: TrainedImageModel, in environment: some Environment) throws -> PictureAgent {
        let block = trained.network.architecture.block
        let horizon: Int
        if let text = planning.horizon {
            horizon = try PlanningOptions.horizon(text).steps(
                stepTime: trained.samplingTime, trained: trained.horizon * block)
        } else {
            horizon = min(trained.horizon, 5) * block
        }
        guard horizon % block == 0 else {
            throw ForesightError.usage(
                "--horizon of \(horizon) rows is not whole steps of the model, \(block) rows each",
                remedy: "choose a multiple, such as \(max(1, horizon / block) * block)steps")
        }
        let replanEvery = replanEvery ?? block
        guard (1...horizon).contains(replanEvery) else {
            throw ForesightError.usage(
                "--replan-every \(replanEvery) is not 1 to the horizon of \(horizon)", remedy: "choose \(block)")
        }
        let standard =
            trained.distance == nil ? "minimize(difference)" : "minimize(distance); 0.5 * minimize(difference)"
        var request = try planning.request(goal: planning.goal ?? standard, guardrails: planning.guardrails)
        try request.requireEngine(for: trained)
        request.explores = true
        (request.values, request.dwell) = (try switching.lists(), try switching.times())
        request.adopt(environment, acting: trained.actionChannels)
        let guardrails = try planning.guardrails.map { try Guardrail.parse($0) }
        return PictureAgent(
            trained, objective: try Goal.parse(request.goal), guardrails: guardrails,
            fallback: try request.fallback(trained.actionChannels),
            actions: try request.actionSet(for: trained.actionChannels, samplingTime: trained.samplingTime),
            options: try PlannerOptions(
                horizon: horizon, blocks: trained.searchBlocks, seed: request.seed, noveltyLimit: nil, chunk: 512,
                commitment: replanEvery),
            solver: try request.searcher(for: trained), replanEvery: replanEvery, engine: request.engine,
            remembers: !planning.noAdapt)
    }

    private func requireNoPlantOptions() throws {
        let given: [(String, Bool)] = [
            ("--plant", plant != nil), ("--task", task), ("--duration", duration != Self.usualDuration),
            ("--compare", compare != "exact,pid"), ("--deadline", planning.deadline != nil),
            ("--priority", planning.priority != DeadlinePriority.automatic.rawValue),
            ("--blocks", planning.blocks != nil), ("--announce", announce != nil),
            ("--backup", planning.backup != BackupCheck.limits.rawValue),
            ("--guard-coverage", planning.guardCoverage != nil), ("--fault", !answering.faults.isEmpty),
            ("--recalibrate", answering.recalibrate != FeedbackOptions.Recalibration.widen.rawValue),
            ("--on-surprise", answering.onSurprise != FeedbackOptions.Response.widen.rawValue),
            ("--no-correction", answering.noCorrection),
        ]
        guard let option = given.first(where: \.1)?.0 else { return }
        throw ForesightError.usage(
            "\(option) is for plants, and --environment is given",
            remedy: option == "--duration" ? "say how long an episode is with --steps" : "leave one of them out")
    }

    /// Fills the run folder and returns the paths of the results and of the film, where there is one.
    private func write(_ study: PictureStudy, name: String) throws -> (result: String, film: String?) {
        let short = name.split(whereSeparator: { ":/".contains($0) }).last.map(String.init) ?? name
        let folder = try output.folder(
            task: "control", configuration: short, seed: firstEpisode, existing: .reused)
        try Provenance(
            command: Provenance.commandLine,
            seeds: ["search": planning.seed, "first_episode": firstEpisode]
        ).save(in: folder)
        try folder.write(study.json(name, model: model, film: nil), to: Self.resultName)
        let result = folder.file(Self.resultName)
        guard let film = study.film else { return (result, nil) }
        try AtomicFile.write(film, to: folder.file("control.gif"))
        return (result, folder.file("control.gif"))
    }
}
