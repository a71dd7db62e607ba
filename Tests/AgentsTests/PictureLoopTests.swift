import Agents
import Basics
import Episodes
import Plants
import Testing

/// Goes where the red of the goal says, seen in the red of the picture: one pixel, one number.
private struct RedPolicy: PicturePolicy {
    var goal = 0.0
    var actions = 1
    var began: [UInt64] = []
    var hasJustPlanned: Bool { true }
    mutating func begin(goal picture: [UInt8], seed: UInt64) {
        goal = Double(picture[0])
        began.append(seed)
    }
    mutating func act(on picture: [UInt8]) -> [Double] {
        [Double](repeating: (goal - Double(picture[0])) / 10, count: actions)
    }
}

/// A red that actions of −1…1 move by ten levels; it ends at 200.
private struct Red: Environment {
    var red = 0.0
    var showsGoal = true
    var name: String { "red" }
    var samplingTime: Double { 0.1 }
    var actionChannels: [Channel] { [Channel(name: "more", role: .action, lowerLimit: -1, upperLimit: 1)] }
    var columns: [EnvironmentColumn] { [] }
    func values(of column: Int) -> [Double] { [] }
    mutating func reset(seed: UInt64) { red = Double(seed % 50) }
    mutating func step(_ action: [Double]) -> EnvironmentStep {
        red += 10 * nearest(to: action)[0]
        return EnvironmentStep(reward: red >= 200 ? 1 : 0, isTerminated: red >= 200, isSuccess: red >= 200)
    }
    func render(into frame: inout Frame) { fill(&frame, red) }
    func renderGoal(into frame: inout Frame) -> Bool {
        if showsGoal { fill(&frame, 200) }
        return showsGoal
    }
    private func fill(_ frame: inout Frame, _ red: Double) {
        for index in frame.pixels.indices { frame.pixels[index] = index % 3 == 0 ? UInt8(red) : 0 }
    }
}

@Suite("A policy acts in an environment by pictures")
struct PictureLoopTests {
    @Test("It comes to the goal that the environment shows, where the episode ends") func shown() throws {
        var (policy, environment) = (RedPolicy(), Red())
        var seen: [UInt8] = []
        let run = try PictureLoop(steps: 50, width: 4, height: 2).run(&policy, in: &environment, seed: 3) {
            seen.append($0.pixels[0])
            #expect($1.pixels[0] == 200 && $0.width == 4 && $0.height == 2)
        }
        #expect(run.end.isSuccess == true && run.reward == 1)
        // Ten levels a step from where the seed begins, the last step shorter.
        let start = EnvironmentRollout.seed(of: 0, seed: 3) % 50
        #expect(seen.first == UInt8(start) && seen.last == 200)
        #expect(run.steps == Int((200 - start + 9) / 10))
        #expect(seen.count == run.steps + 1 && run.seconds.count == run.steps)
        #expect(policy.began == [3])
    }

    @Test("It comes to a goal of its own, and stops after its steps") func given() throws {
        var (policy, environment) = (RedPolicy(), Red(showsGoal: false))
        var goal = Frame(width: 3, height: 3)
        goal.pixels[0] = 90
        let run = try PictureLoop(steps: 20, width: 3, height: 3).run(&policy, in: &environment, goal: goal, seed: 1)
        #expect(run.steps == 20 && !run.end.isOver)
        #expect(environment.red == 90)
    }

    @Test("Without a goal, or with actions of another length, it says so") func refusals() throws {
        let loop = PictureLoop(steps: 5, width: 3, height: 3)
        var (policy, environment) = (RedPolicy(), Red(showsGoal: false))
        #expect(throws: ForesightError.usage("the environment red shows no goal", remedy: "give the picture of one")) {
            try loop.run(&policy, in: &environment, seed: 0)
        }
        policy.actions = 2
        #expect(throws: ForesightError.self) {
            try loop.run(&policy, in: &environment, goal: Frame(width: 3, height: 3), seed: 0)
        }
    }
}
