import Agents
import Basics
import Networks
import Tensors
import Testing
import WorldModels
import _TestSupport

/// The network by libtorch is the reference.
@Suite("Sensor models as plain numbers") struct SensorNumbersTests {
    static let models = [
        RandomModel(members: 1, width: 1, hidden: 1, actions: 1, outputs: 1),
        RandomModel(members: 5, width: 4, hidden: 8, hasLead: true, transient: 3),
        RandomModel(members: 3, width: 7, hidden: 13, actions: 3, disturbances: 2, outputs: 5, hasLead: true),
        RandomModel(members: 3, width: 12, hidden: 12, disturbances: 1, activation: .cubic, transient: 20),
        RandomModel(members: 2, width: 5, hidden: 3, transient: 1, isBounded: false),
    ]

    /// A history with missing measurements, normalised.
    private func history(_ sizes: RandomModel, rows: Int) -> (outputs: [Float], inputs: [Float]) {
        var generator = SeededGenerator(seed: 6)
        let outputs = (0..<rows * sizes.outputs).map { index in
            generator.uniform(in: 0...1) < 0.2 && index > 0 ? Float.nan : Float(generator.normal())
        }
        return (outputs, (0..<rows * (sizes.actions + sizes.disturbances)).map { _ in Float(generator.normal()) })
    }

    @Test("A history is encoded as by the network", arguments: models, [1, 2, 9, 30])
    func encoding(sizes: RandomModel, rows: Int) throws {
        let model = try sizes.make()
        let (outputs, inputs) = history(sizes, rows: rows)
        let own = SensorEncoder(model.weights).encode(outputs: outputs, inputs: inputs)
        let theirs = withoutGradients {
            func window(_ values: [Float]) -> Tensor {
                let width = values.count / rows
                return Tensor(values, shape: [1, 1, rows, width]).expanded(to: [sizes.members, 1, rows, width])
            }
            return model.network.encode(
                outputs: window(outputs.map { $0.isFinite ? $0 : 0 }),
                mask: window(outputs.map { $0.isFinite ? 1 : 0 }),
                inputs: window(inputs))[rows - 1].floats()
        }
        #expect(own.count == sizes.members * sizes.width)
        expectClose(own, theirs, within: 2e-5)
        #expect(own.contains { abs($0) > 0.1 })
    }

    @Test("The contraction is the network's", arguments: models)
    func contraction(sizes: RandomModel) throws {
        let model = try sizes.make()
        let own = model.weights.contraction()
        expectClose(own, withoutGradients { model.network.predictor.contraction().floats() }, within: 1e-6)
        let isHeld = own != model.weights["predictor.linear"]
        #expect(sizes.isBounded || !isHeld)
    }

    @Test("Weights are those of the network as it is now")
    func current() throws {
        let model = try Self.models[1].make()
        let before = model.weights["readout"]
        withoutGradients { model.network.readout.assign(model.network.readout.value * 2) }
        #expect(model.weights["readout"] == before.map { $0 * 2 })
    }

    @Test("A folder is read without a network, and has the same one when it is asked for")
    func folder() throws {
        let model = try TinyModel.make()
        try withTemporaryFolder { folder in
            try ModelFolder.save(model, to: folder + "/model")
            let loaded = try ModelFolder.load(folder + "/model", isForPlanning: true)
            for (name, value) in model.network.stateDict() {
                #expect(loaded.weights[name] == value.floats(), "\(name)")
            }
            let state = loaded.network.stateDict()
            #expect(Set(state.keys) == Set(model.network.stateDict().keys))
            for (name, value) in model.network.stateDict() {
                #expect(state[name]?.floats() == value.floats(), "\(name)")
            }
        }
    }
}
