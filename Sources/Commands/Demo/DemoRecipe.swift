import Basics

/// The road from a log to guarded control on one plant, as commands that a user would type.
struct DemoRecipe {
    /// The plant.
    var plant: String
    /// What tells `simulate` how much to record; at most four hours.
    var recording: [String]
    /// The same for the log that nothing is learned from.
    var judging: [String]
    /// The logs that training is given, below the demo's folder.
    var trainingLogs: String
    /// The logs that evaluation is given.
    var judgingLogs: String
    /// The log that the plan starts from.
    var start: String
    /// The plan that is asked for.
    var request: [String]

    /// The recipes by plant.
    static let all = [heaterLab, fourTank]

    /// Two heaters and two sensors.
    static let heaterLab = DemoRecipe(
        plant: "heater-lab", recording: ["--hours", "4"], judging: ["--hours", "2"], trainingLogs: "log.csv",
        judgingLogs: "other.csv", start: "other.csv",
        request: [
            "--at", "1200", "--goal", "T1 = 50; T2 = 40; 0.1 * smooth(Q1); 0.1 * smooth(Q2)", "--guardrail",
            "always(T1 <= 52)", "--safe-action", "Q1=0,Q2=0",
        ])

    /// Two pumps and four tanks. Its task starts where no pump leads, so the log is made of episodes that start there.
    static let fourTank = DemoRecipe(
        plant: "four-tank", recording: ["--hours", "4", "--episodes", "14"],
        judging: ["--hours", "2", "--episodes", "7"], trainingLogs: "log", judgingLogs: "other",
        start: "other/01.csv",
        request: [
            "--at", "500", "--goal", "h3 = 0.4; h4 = 0.3", "--guardrail", "always(h3 <= 0.45)", "--guardrail",
            "always(h1 >= 0.05)", "--safe-action", "v1=5,v2=5",
        ])

    /// The recipe for a plant.
    ///
    /// - Throws: A usage error when there is none.
    static func named(_ plant: String) throws -> DemoRecipe {
        guard let recipe = all.first(where: { $0.plant == plant }) else {
            let names = all.map(\.plant) + [PictureDemo.world]
            throw ForesightError.usage(
                "there is no demo of '\(plant)'", remedy: nearestNameRemedy(to: plant, among: names, isQuoted: true))
        }
        return recipe
    }

    /// A command of the demo.
    enum Step: String, CaseIterable {
        case record, look, train, evaluate, plan, control

        /// What it shows, for the page.
        var title: String {
            switch self {
            case .record: "a log"
            case .look: "what the log holds, and what can be learned from it"
            case .train: "how training went, and where the model is unsure"
            case .evaluate: "how wrong the model is on a log it has not seen, and how far ahead it can be trusted"
            case .plan: "one plan with its predictions, bands and limits, and what was turned down"
            case .control: "closed loop, beside a planner with the true equations and a tuned PID"
            }
        }
    }

    /// The commands of a step, below a folder; quick ones leave out most of training.
    func commands(_ step: Step, in folder: String, seed: UInt64, episodes: Int, isQuick: Bool) -> [[String]] {
        let model = "\(folder)/train"
        let (own, other) = ("\(folder)/\(trainingLogs)", "\(folder)/\(judgingLogs)")
        switch step {
        case .record:
            return [
                ["simulate", plant] + recording + ["--seed", "\(seed)", "--out", own],
                ["simulate", plant] + judging + ["--seed", "\(seed + 1)", "--out", other],
            ]
        case .look: return [["inspect", own, "--out", "\(folder)/inspect"]]
        case .train: return [["train", own, "--out", model, "seed=\(seed)"] + (isQuick ? ["refine=false"] : [])]
        case .evaluate: return [["evaluate", model, other, "--out", "\(folder)/evaluate"]]
        case .plan: return [["plan", model, "--from", "\(folder)/\(start)"] + request + ["--out", "\(folder)/plan"]]
        case .control:
            // Episodes that no log shares its noise with.
            return [
                [
                    "control", model, "--plant", plant, "--episodes", "\(episodes)", "--first-episode",
                    "\(1001 + 1000 * seed)", "--out", "\(folder)/control",
                ]
            ]
        }
    }
}
