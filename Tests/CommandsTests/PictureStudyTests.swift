import Agents
import Basics
import Episodes
import Planning
import Plants
import Testing

@testable import Commands

@Suite("Episodes of a policy that acts by pictures")
struct PictureStudyTests {
    /// Shows the same whatever is done, and that as its goal, too.
    private struct Blank: Environment {
        let name = "blank"
        let samplingTime = 0.1
        let actionChannels = [Channel(name: "push", role: .action)]
        let columns: [EnvironmentColumn] = []

        func values(of column: Int) -> [Double] { [] }
        mutating func reset(seed: UInt64) {}
        mutating func step(_ action: [Double]) -> EnvironmentStep { EnvironmentStep() }
        mutating func render(into frame: inout Frame) {}
        mutating func renderGoal(into frame: inout Frame) -> Bool { true }
    }

    private struct Still: PicturePolicy {
        let hasJustPlanned = true

        mutating func begin(goal picture: [UInt8], seed: UInt64) {}
        mutating func act(on picture: [UInt8]) -> [Double] { [0] }
    }

    /// Five episodes of two steps, stopped where somebody has been asked so many times whether to.
    private func run(stoppedAt last: Int) throws -> PictureStudy {
        var study = PictureStudy(
            loop: PictureLoop(steps: 2, width: 8, height: 8), seeds: [3, 4, 5, 6, 7], talk: Talk(isQuiet: true))
        var environment = Blank()
        var asked = 0
        try study.run(Still(), in: &environment) {
            asked += 1
            return asked == last
        }
        return study
    }

    @Test("Where somebody stops them the finished ones are kept, and text and JSON say of how many") func stopped()
        throws
    {
        // Of the third episode, a step was taken.
        let study = try run(stoppedAt: 8)
        #expect(study.isStopped && study.runs.map(\.steps) == [2, 2] && study.film != nil)
        let value = study.json("blank", model: "m", film: nil)
        #expect(value["episodes"]?.int == 2 && value["episodes_wanted"]?.int == 5 && value["stopped"]?.bool == true)
        #expect(value["runs"]?.array?.compactMap { $0["seed"]?.double } == [3, 4])
        let text = study.text("blank", film: nil)
        #expect(text.hasPrefix("blank: 2 of 5 episodes of 2 to 2 steps"), "\(text)")
        #expect(text.contains("\nstopped: 3 episodes were not run\n"), "\(text)")
    }

    @Test("Nothing is kept where none was finished, and nothing is said where all were") func ends() throws {
        let error = #expect(throws: ForesightError.self) { _ = try run(stoppedAt: 2) }
        #expect(error?.code == .interrupted)
        let whole = try run(stoppedAt: .max)
        #expect(!whole.isStopped && whole.json("blank", model: "m", film: nil)["stopped"]?.bool == false)
        #expect(whole.text("blank", film: nil).hasPrefix("blank: 5 episodes of 2 to 2 steps"))
        #expect(!whole.text("blank", film: nil).contains("stopped"))
    }
}
