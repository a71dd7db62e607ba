import Basics
import Episodes
import Testing

@testable import Plants

@Suite("Exploration and logs")
struct ExplorationTests {
    @Test("The binary sequence has its maximal period, balance and two-valued autocorrelation")
    func pseudoRandom() {
        var sequence = PseudoRandomSequence()
        let period = PseudoRandomSequence.period
        let bits = (0..<(2 * period)).map { _ in sequence.next() ? 1 : -1 }
        #expect(bits[..<period].reduce(0, +) == 1)
        #expect(Array(bits[..<period]) == Array(bits[period...]))
        for lag in 1..<period {
            let correlation = (0..<period).reduce(0) { $0 + bits[$1] * bits[$1 + lag] }
            #expect(correlation == -1)
            if correlation != -1 { break }
        }
        var later = PseudoRandomSequence(place: 341)
        #expect((0..<50).allSatisfy { (later.next() ? 1 : -1) == bits[341 + $0] })
    }

    @Test("A binary log has two levels, both heaters switch, and they are nearly uncorrelated")
    func binaryLevels() {
        let plant = HeaterLab()
        var explorer = Explorer(
            ExplorationPolicy(.prbs, hold: 10...100, span: 0.2...0.6), for: plant, using: SeededGenerator(seed: 1))
        let rows = (0..<PseudoRandomSequence.period).map { _ in explorer.next() }
        for row in rows { #expect(row.allSatisfy { $0 == 20 || $0 == 60 }) }
        let correlation = rows.reduce(0.0) { $0 + ($1[0] - 40) * ($1[1] - 40) } / (400 * Double(rows.count))
        #expect(abs(correlation) < 0.01)
    }

    @Test("Holding times and levels of steps keep to the policy")
    func steps() {
        let plant = HeaterLab()
        var explorer = Explorer(
            ExplorationPolicy(.steps, hold: 50...200, span: 0.1...0.5), for: plant, using: SeededGenerator(seed: 2))
        let column = (0..<5000).map { _ in explorer.next()[0] }
        #expect(column.allSatisfy { $0 >= 10 && $0 <= 50 })
        var runs: [Int] = []
        var length = 1
        for pair in zip(column, column.dropFirst()) {
            if pair.0 == pair.1 {
                length += 1
            } else {
                runs.append(length)
                length = 1
            }
        }
        #expect(runs.allSatisfy { (5...20).contains($0) })
        #expect(runs.contains(5) && runs.contains(20))
        // Uniform levels use the whole span.
        #expect((column.min() ?? 99) < 13 && (column.max() ?? 0) > 47)
    }

    @Test("A walk moves a little at a time and stays inside its span")
    func walk() {
        let plant = FourTank()
        var explorer = Explorer(
            ExplorationPolicy(.walk, for: plant), for: plant, using: SeededGenerator(seed: 4))
        let column = (0..<2000).map { _ in explorer.next()[1] }
        #expect(column.allSatisfy { $0 >= 0.1 && $0 <= 10 })
        let moves = zip(column, column.dropFirst()).map { abs($0 - $1) }
        #expect(moves.reduce(0, +) / Double(moves.count) < 0.25 * 9.9)
        #expect((column.min() ?? 10) < 2 && (column.max() ?? 0) > 8)
    }

    @Test(
        "The true outputs of a supervised log stay inside the limits, and the log comes near them",
        arguments: ExplorationPolicy.Kind.allCases, ["heater-lab", "four-tank"])
    func limits(kind: ExplorationPolicy.Kind, name: String) throws {
        let plant = try PlantCatalog.plant(name)
        let policy = ExplorationPolicy(kind, for: plant)
        let untouched = SafetySupervisor(for: plant)
        for seed in 0..<UInt64(3) {
            var simulation = PlantSimulation(plant, seed: seed)
            var explorer = Explorer(policy, for: plant, using: SeededGenerator(seed: seed, stream: 3))
            var supervisor = untouched
            var highest = 0.0
            for _ in 0..<1000 {
                let observation = simulation.observation
                simulation.apply(supervisor.supervise(explorer.next(), observation: observation))
                for (value, channel) in zip(simulation.outputs, plant.outputChannels) {
                    #expect(value >= channel.lowerLimit ?? -.infinity && value <= channel.upperLimit ?? .infinity)
                    highest = max(highest, value / (channel.upperLimit ?? 1))
                }
            }
            #expect(highest > 0.8)
        }
    }

    @Test("Without the supervisor the same policy crosses the limit")
    func supervisorMatters() {
        let plant = HeaterLab()
        let policy = ExplorationPolicy(.steps, for: plant)
        var simulation = PlantSimulation(plant, seed: 0)
        var explorer = Explorer(policy, for: plant, using: SeededGenerator(seed: 0, stream: 3))
        var highest = 0.0
        for _ in 0..<1000 {
            simulation.apply(explorer.next())
            highest = max(highest, simulation.outputs[0])
        }
        #expect(highest > 65)
    }

    @Test("A log repeats with its seed, differs with another, and replays from its own actions")
    func log() throws {
        var plant = HeaterLab()
        plant.noise = .none
        let simulation = LogSimulation(plant: plant, policy: ExplorationPolicy(.mixed, for: plant))
        let one = try simulation.episode(hours: 0.5, seed: 7)
        #expect(one.count == 180 && one.channels.map(\.name) == ["T1", "T2", "Q1", "Q2"])
        #expect(try simulation.episode(hours: 0.5, seed: 7).values == one.values)
        #expect(try simulation.episode(hours: 0.5, seed: 8).values != one.values)
        // The recorded action is the applied one: the plant under it gives the recorded observations.
        var state = plant.initialState
        for row in 0..<one.count {
            #expect(abs(one[row, 0] - state[2]) < 1e-9 && abs(one[row, 1] - state[3]) < 1e-9)
            state = plant.step(state, action: [one[row, 2], one[row, 3]], disturbance: plant.nominalDisturbance)
        }
    }

    @Test("A log that is too short is refused with its length")
    func tooShort() {
        let plant = HeaterLab()
        let simulation = LogSimulation(plant: plant, policy: ExplorationPolicy(.steps, for: plant))
        #expect(throws: ForesightError.self) { try simulation.episode(hours: 0.001, seed: 1) }
        #expect(throws: ForesightError.self) { try simulation.episode(hours: .nan, seed: 1) }
        #expect(throws: ForesightError.self) { try PlantCatalog.plant("heater-lap") }
        #expect(throws: ForesightError.self) { try PlantCatalog.plant("heater-lab", samplingTime: -1) }
    }
}

@Suite("Noise and disturbances")
struct NoiseTests {
    @Test("Noise has the spread it names, in proportion where it says so, and steps where a converter is")
    func spread() {
        var generator = SeededGenerator(seed: 1)
        let noise = SensorNoise(standardDeviation: [0.2], proportion: [0, 0.05])
        let rows = (0..<20_000).map { _ in noise.apply(to: [10, 100], using: &generator) }
        func deviation(_ column: Int, _ center: Double) -> Double {
            (rows.reduce(0) { $0 + ($1[column] - center) * ($1[column] - center) } / Double(rows.count)).squareRoot()
        }
        #expect(abs(deviation(0, 10) - 0.2) < 0.005)
        #expect(abs(deviation(1, 100) - (25 + 0.04).squareRoot()) < 0.1)
        #expect(abs(noise.deviation(of: 1, at: 100) - (25 + 0.04).squareRoot()) < 1e-12)
        let step = HeaterLab.converterNoise.quantum[0]
        let read = HeaterLab.converterNoise.apply(to: [40.1], using: &generator)[0]
        #expect(abs((read / step).rounded() - read / step) < 1e-9)
    }

    @Test("The wandering has its long-run spread and memory")
    func wander() {
        let model = DisturbanceModel([.init(offset: 2, standardDeviation: 0.5, timeConstant: 100)])
        var simulation = PlantSimulation(HeaterLab(), disturbances: model, seed: 3)
        var values: [Double] = []
        for _ in 0..<40_000 {
            values.append(simulation.disturbance[0] - 25)
            simulation.apply([0, 0])
        }
        let square = values.reduce(0) { $0 + $1 * $1 } / Double(values.count)
        let lagged = zip(values, values.dropFirst()).reduce(0) { $0 + $1.0 * $1.1 } / Double(values.count)
        #expect(abs(square - 0.25) < 0.02)
        #expect(abs(lagged / square - exponential(-0.1)) < 0.01)
    }

    @Test("Noise and disturbances do not depend on the actions")
    func sameDraws() {
        let plant = FourTank(noise: SensorNoise(standardDeviation: [0.01]))
        var one = PlantSimulation(plant, seed: 9)
        var other = PlantSimulation(plant, seed: 9)
        for _ in 0..<10 {
            one.apply([1, 1])
            other.apply([9, 2])
            for index in 0..<4 {
                let first = one.observation[index] - one.outputs[index]
                #expect(abs(first - (other.observation[index] - other.outputs[index])) < 1e-12)
            }
        }
    }

    @Test("Actions beyond their limits and rate limits are held back; not-a-number holds the last one")
    func admissible() {
        let plant = LinearPlant(
            name: "rate", samplingTime: 2, stateMatrix: DenseMatrix([[1]]), inputMatrix: DenseMatrix([[1]]),
            outputChannels: [.init(name: "y", role: .observation)],
            actionChannels: [.init(name: "u", role: .action, lowerLimit: -1, upperLimit: 1, rateLimit: 0.1)],
            initialState: [0])
        var simulation = PlantSimulation(plant, seed: 0)
        #expect(simulation.apply([0.5]) == [0.5])
        #expect(simulation.apply([5]) == [0.7])
        #expect(simulation.apply([.nan]) == [0.7])
        for _ in 0..<3 { simulation.apply([.infinity]) }
        #expect(simulation.action == [1])
    }
}
