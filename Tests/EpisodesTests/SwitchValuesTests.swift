import Basics
import Testing
import _TestSupport

@testable import Episodes

@Suite("Values of actions in settings and logs")
struct SwitchValuesTests {
    private func load(_ settings: String) throws -> LogSchema {
        try withTemporaryFolder { folder in
            try AtomicFile.write("channels:\n  - {name: valve, \(settings)}\n", to: "\(folder)/channels.yaml")
            return try LogSchema.load(file: "\(folder)/channels.yaml")
        }
    }

    @Test("A channels file declares values and a dwell, and the channel has them in order")
    func declared() throws {
        let schema = try load("role: action, values: [1, 0, 0.5], dwell: 30")
        let channel = schema.channels[0].channel(columnUnit: nil)
        #expect(channel.values == [0, 0.5, 1] && channel.dwell == 30)
        #expect(channel.lowerLimit == nil)
    }

    @Test(
        "What cannot be is refused with the reason",
        arguments: [
            ("role: action, values: [1]", "holds 1, and an action"),
            ("role: action, values: [0, 2], limits: [0, 1]", "holds 2, outside the limits"),
            ("role: observation, values: [0, 1]", "of role observation"),
            ("role: disturbance, dwell: 10", "gives a dwell"),
            ("role: action, dwell: 0", "dwell"),
        ])
    func refused(settings: String, words: String) throws {
        let error = try #require(throws: ForesightError.self) { try load(settings) }
        #expect(error.code == .usage && error.message.contains(words), "\(error.message)")
    }

    private func summary(_ values: [Double], role: ChannelRole = .action, allowed: [Double]? = nil) -> ChannelSummary {
        let channel = Channel(name: "valve", role: role, values: allowed)
        return ChannelSummary(
            0, of: [Episode(name: "e", channels: [channel], samplingTime: 1, values: values)])
    }

    @Test("Few values that an action comes back to are proposed, and nothing else is")
    func proposed() {
        let switching: [Double] = [0, 0, 1, 1, .nan, 1, 0, 1, 0, 1, 0]
        #expect(summary(switching).proposedValues == [0, 1])
        #expect(summary(switching, role: .observation).proposedValues == nil)
        #expect(summary(switching, allowed: [0, 1]).proposedValues == nil)
        // Levels that were set once each are an experiment, not a switch.
        #expect(summary([0, 0, 20, 20, 40, 40, 0]).proposedValues == nil)
        #expect(summary((0..<70).map { Double($0 % 7) }).proposedValues == nil)
        #expect(summary([1, 1, 1]).proposedValues == nil)
    }

    @Test("A recorded value that is none of the declared ones is found")
    func other() {
        #expect(summary([0, 1, 0.5, 0], allowed: [0, 1]).otherValue == 0.5)
        #expect(summary([0, 1, .nan, 0], allowed: [0, 1]).otherValue == nil)
    }
}
