import Basics
import Reports

/// The page that leads to the pages of all commands.
enum DemoPage {
    static func page(_ summary: DemoSummary, plant: String, commands: [String]) -> Page {
        let violations = summary.figure("violations")
        let cards = [
            KeyFigure(
                "success", NumberText.percent(summary.figure("success"), decimals: 0),
                note: "of \(counted(Int(summary.figure("episodes")), "episode")) in closed loop",
                verdict: summary.figure("success") == 1 ? .success : .warning),
            KeyFigure(
                "steps beyond a limit", NumberText.significant(violations),
                verdict: violations == 0 ? .success : .failure),
            KeyFigure(
                "cost", NumberText.significant(summary.figure("cost_ratio_exact")) + " ×",
                note: "that of a planner with the true equations"),
            KeyFigure(
                "cost", NumberText.significant(summary.figure("cost_ratio_pid")) + " ×", note: "that of a tuned PID",
                verdict: summary.figure("cost_ratio_pid") < 1 ? .success : .warning),
            KeyFigure(
                "inside 90 % bands", NumberText.percent(summary.coverage, decimals: 0),
                note: "of the values on a log it has not seen",
                verdict: (0.85...0.95).contains(summary.coverage) ? .success : .warning),
            KeyFigure(
                "training", NumberText.duration(summary.seconds[.train] ?? .nan), note: "from the log to the model"),
            KeyFigure(
                "a plan", NumberText.duration(summary.planning("p50") / 1000),
                note: "median; 99 % within \(NumberText.duration(summary.planning("p99") / 1000))"),
        ]
        let pages: [(DemoRecipe.Step, String)] = [
            (.look, "inspect"), (.train, "train"), (.evaluate, "evaluate"), (.plan, "plan"), (.control, "control"),
        ]
        return Page(
            title: "From a log to guarded control of \(plant)",
            lead:
                "A world model was learned from four hours of log and nothing else, judged on another log, and used to "
                + "plan under limits. Each page below says how sure it is and where it would be wrong.",
            blocks: [
                .cards(cards),
                .links(pages.map { (href: "\($0.1)/report.html", text: $0.1, note: $0.0.title) }),
                .heading("What was typed"), .code(commands.joined(separator: "\n")),
                .heading("What this shows, and what not"),
                .list([
                    "Plant, sensors and noise are simulated: the true equations are known here, and only here, to compare "
                        + "with.",
                    "The planner knows when its targets will change, as set points of a plan are known; the PID loops see "
                        + "each change when it comes.",
                    "A plan is certified when every guardrail holds at the edge of the model's 99 % bands. That is a "
                        + "promise about the model: a plant that has changed since the log was recorded is not in it.",
                ]),
            ], footer: "foresight demo \(Version.foresight)")
    }
}
