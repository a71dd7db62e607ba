import Basics
import Networks
import Tensors
import Testing

@testable import WorldModels

@Suite("Names and shapes of a sensor model's weights") struct SensorWeightsTests {
    static let sizes = [
        SensorArchitecture(members: 1, outputs: 1, inputs: 1, actions: 1, core: 1, free: 0, hidden: 1, inverseSteps: 1),
        SensorArchitecture(
            members: 5, outputs: 3, inputs: 4, actions: 2, core: 6, free: 2, hidden: 8, hasLead: true, transient: 7,
            inverseSteps: 3),
        SensorArchitecture(
            members: 2, outputs: 2, inputs: 3, actions: 3, core: 20, free: 1, hidden: 2, activation: .cubic,
            isBounded: false, inverseSteps: 2),
    ]

    @Test("They are those of the network", arguments: sizes)
    func shapes(sizes: SensorArchitecture) throws {
        try Engine.load()
        let network = SensorWorldModel(sizes, start: .empty(sizes), seed: Seed(1))
        #expect(SensorWeights.shapes(sizes) == network.stateDict().mapValues(\.shape))
    }

    @Test("What is missing, unexpected or of another shape is named")
    func refusal() throws {
        let needed = SensorWeights.shapes(Self.sizes[0])
        var given = needed
        given["readout"] = nil
        given["surplus"] = [1]
        given["predictor.scale"] = [1, 1, 2]
        let error = #expect(throws: ForesightError.self) { try StoredShapes.check(given, against: needed) }
        #expect(error?.code == .data)
        for words in [
            "missing: readout;", "unexpected: surplus;", "predictor.scale is [1, 1, 2], the model needs [1, 1, 1]",
        ] {
            #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
        }
        try StoredShapes.check(needed, against: needed)
    }
}
