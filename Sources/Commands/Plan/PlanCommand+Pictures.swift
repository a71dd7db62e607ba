import Agents
import Basics
import Episodes
import Foundation
import Planning
import Tensors
import WorldModels

extension PlanCommand {
    /// The pictures that are goals, each with its name if it has one.
    var goalFiles: [(name: String?, path: String)] {
        to.map { text in
            // A file whose own name holds an equals sign is a file.
            guard !FileManager.default.fileExists(atPath: text), let equals = text.firstIndex(of: "=") else {
                return (nil, text)
            }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }
    }

    /// Loads the model and the pictures, and plans.
    func decideFromPictures() throws -> PlanOutcome {
        let goals = goalFiles
        try check(goals.map(\.name))
        if let goal = planning.goal { _ = try request(goal: goal) }
        let place = try ImageModelFolder.place(model)
        guard ImageModelFolder.isHere(place) else {
            throw ForesightError.usage(
                "\(model) sees no pictures: it learned from logs", remedy: "name the log to start from by --from LOG")
        }
        let model = try ImageModelFolder.load(place)
        Engine.threads = 1
        var request = try request(goal: planning.goal ?? PlanRequest.goal(toOnePicture: model, name: goals.first?.name))
        // The compiled rollout shares candidates out; libtorch's threads would wait for each other at every operation.
        request.threads = ProcessInfo.processInfo.activeProcessorCount
        let seen = try now.map { try picture($0, for: model) }
        guard seen.count <= model.network.architecture.stack else {
            throw ForesightError.usage(
                "\(seen.count) pictures are given as seen now, the model sees \(model.network.architecture.stack) at once",
                remedy: "name the latest, a step of the model apart")
        }
        let sensed = try sensedNumbers()
        if !sensed.isEmpty, model.network.architecture.sensed == 0 {
            throw ForesightError.usage(
                "--sensed gives \(counted(sensed.count, "number")), the model sees pictures alone",
                remedy: "leave it out")
        }
        try model.check(proprioception: sensed)
        let state = ImageState(
            representation: model.encode(seen, proprioception: sensed),
            goals: try goals.map { model.encode([try picture($0.path, for: model)]) })
        var planner = try request.planner(for: model, goals: goals.map(\.name))
        let dynamics = planner.dynamics
        let plan = try planner.decide(
            from: state,
            start: PlanningStart(outputs: dynamics.outputs(at: state), previousActions: dynamics.previousActions))
        return PlanOutcome(
            source: .pictures(now: now, goals: to, actions: model.actionChannels), request: request,
            modelPath: self.model, plan: plan,
            alternativeOutputs: try plan.alternatives.map { try Self.predict($0, dynamics, state) })
    }

    /// Checks what was typed, before anything is loaded.
    private func check(_ names: [String?]) throws {
        guard !now.isEmpty else {
            throw ForesightError.usage("nothing is seen now", remedy: "name a picture by --now now.png")
        }
        let coverage = planning.guardCoverage.map { "\($0)" }
        for (option, value) in [("--from", from), ("--forecast", forecast), ("--guard-coverage", coverage)] {
            guard let value else { continue }
            throw ForesightError.usage(
                "\(option) \(value) is for models of logs, and pictures are given", remedy: "leave one of them out")
        }
        for name in names {
            guard let name else { continue }
            let isWord = name.first?.isLetter == true && name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
            guard isWord else {
                throw ForesightError.usage(
                    "'\(name)' cannot name a goal", remedy: "name it by a word, such as --to home=home.png")
            }
        }
        guard Set(names).count == names.count else {
            throw ForesightError.usage(
                "two goals have one name", remedy: "name each, such as --to a=here.png --to b=there.png")
        }
        guard planning.goal != nil || names.count == 1 else {
            throw ForesightError.usage(
                names.isEmpty ? "no goal is given" : "how the goals go together is not said",
                remedy: names.isEmpty
                    ? "name a picture by --to goal.png, or say what to reach by --goal"
                    : "say it by --goal, such as \"minimize(min(distance_a, distance_b))\"")
        }
    }

    private func sensedNumbers() throws -> [Double] {
        guard let sensed else { return [] }
        let parts = sensed.split(separator: ",", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Double($0.filter { $0 != " " }) }
        guard numbers.count == parts.count, numbers.allSatisfy(\.isFinite) else {
            throw ForesightError.usage(
                "--sensed '\(sensed)' is no list of numbers", remedy: "write one such as 0.5,1.2")
        }
        return numbers
    }

    private func picture(_ path: String, for model: TrainedImageModel) throws -> [UInt8] {
        let picture = try PictureFile(path)
        let size = model.network.architecture.imageSize
        guard [picture.size.height, picture.size.width] == size else {
            throw ForesightError.data(
                "\(path) has \(picture.size) pixels, the model sees \(size[1]) × \(size[0])",
                remedy: "scale it as the pictures that the model learned from")
        }
        return picture.pixels
    }
}
