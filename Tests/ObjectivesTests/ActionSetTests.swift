import Basics
import Episodes
import Objectives
import Testing

private func randomSet(using generator: inout SeededGenerator, norm: Bool) -> ActionSet {
    let count = 3
    func draw(_ low: Double, _ high: Double) -> [Float] {
        (0..<count).map { _ in Float(generator.uniform(in: low...high)) }
    }
    return ActionSet(
        lower: draw(-5, 0), upper: draw(0.1, 100), rise: draw(0, 3), fall: draw(0.01, 5),
        norm: norm ? Float(generator.uniform(in: 0.5...40)) : nil, samplingTime: generator.uniform(in: 0.1...20))
}

@Test("What is projected onto a limit that a guardrail sets keeps that guardrail, however both are rounded")
func tightenedLimits() throws {
    let flow = Channel(name: "flow", unit: "l/min", role: .action, lowerLimit: -1e5, upperLimit: 1e5)
    let output = Channel(name: "y", role: .observation)
    let context = TrajectoryContext(
        outputs: [output], actions: [flow], samplingTime: 1, horizon: 2, initialOutputs: [0], previousActions: [0])
    var generator = SeededGenerator(seed: 12)
    for _ in 0..<300 {
        let (limit, weight) = (generator.uniform(in: -3...3), generator.uniform(in: 0.01...5))
        for source in [
            "always(flow <= \(limit) l/s)", "always(\(weight) * flow <= \(limit) l/s)",
            "always(\(weight) * flow + 0.3 l/min >= \(limit) l/s)",
        ] {
            let guardrail = try Guardrail.parse(source).compile(context: context)
            let set = ActionSet(channels: [flow], samplingTime: 1).tightened(by: [guardrail])
            #expect(set.upper[0] < 1e5 || set.lower[0] > -1e5)
            var batch = TrajectoryBatch(candidates: 1, horizon: 2, actionCount: 1, outputCount: 1)
            for wild: Float in [-1e5, 1e5] {
                var actions = [wild, wild]
                set.project(&actions, horizon: 2, previous: [0])
                batch.actions = actions
                #expect(guardrail.margins(of: batch)[0] >= 0, "\(source): \(actions[0])")
            }
        }
    }
}

@Test("Projection keeps box, rates and norm at every step, and again changes nothing", arguments: [false, true])
func projection(norm: Bool) {
    var generator = SeededGenerator(seed: 41)
    var moved = 0
    for _ in 0..<150 {
        let set = randomSet(using: &generator, norm: norm)
        let (horizon, candidates) = (7, 3)
        let previous = (0..<3).map { channel in
            let range = Double(set.lower[channel])...Double(set.upper[channel])
            return Float(generator.uniform(in: range)) * (norm ? 0 : 1)
        }
        var actions = (0..<horizon * candidates * 3).map { _ in Float(generator.normal() * 60) }
        let wild = actions
        set.project(&actions, horizon: horizon, previous: previous)
        #expect(set.contains(actions, horizon: horizon, previous: previous))
        for row in 0..<horizon * candidates {
            var squares: Float = 0
            for channel in 0..<3 {
                let value = actions[row * 3 + channel]
                let before = row % horizon == 0 ? previous[channel] : actions[row * 3 - 3 + channel]
                let change = Double(value) - Double(before)
                let step = set.samplingTime
                // Half a rounding of the values themselves is all that may be between the limit and the change.
                let rounding = Double(max(abs(value), abs(before)).ulp)
                #expect(change <= Double(set.rise[channel]) * step + rounding)
                #expect(-change <= Double(set.fall[channel]) * step + rounding)
                #expect(value - before <= set.rise[channel] * Float(step))
                #expect(set.lower[channel] <= value && value <= set.upper[channel])
                squares += value * value
            }
            if let norm = set.norm { #expect(squares.squareRoot() <= norm) }
        }
        moved += zip(actions, wild).filter { $0 != $1 }.count
        var again = actions
        set.project(&again, horizon: horizon, previous: previous)
        #expect(again == actions)
        #expect(!set.contains(wild, horizon: horizon, previous: previous))
    }
    #expect(moved > 1000)
}

@Test("What lies in the set stays as it is")
func inside() {
    let set = ActionSet(lower: [0], upper: [100], rise: [1], samplingTime: 10)
    var actions: [Float] = [9, 18, 27, 20, 11, 11]
    let before = actions
    set.project(&actions, horizon: 6, previous: [0])
    #expect(actions == before)
}

@Test("The projection onto box and norm at one step is the nearest point")
func nearestPoint() {
    var generator = SeededGenerator(seed: 43)
    let set = ActionSet(lower: [-1, -2, 0.1], upper: [3, 2, 2], norm: 2, samplingTime: 1)
    func distance(_ a: [Float], _ b: [Float]) -> Float { zip(a, b).reduce(0) { $0 + ($1.0 - $1.1) * ($1.0 - $1.1) } }
    for _ in 0..<30 {
        let wanted = (0..<3).map { _ in Float(generator.normal() * 3) }
        // The box first: clipping to it is what the set does before it looks at the norm.
        let clipped = (0..<3).map { min(max(wanted[$0], set.lower[$0]), set.upper[$0]) }
        var nearest = wanted
        set.project(&nearest, horizon: 1, previous: [0, 0, 0.1])
        for _ in 0..<300 {
            let other = (0..<3).map { nearest[$0] + Float(generator.normal() * 0.2) }
            guard set.contains(other, horizon: 1, previous: [0, 0, 0.1]) else { continue }
            #expect(distance(other, clipped) >= distance(nearest, clipped) - 1e-4)
        }
    }
}

@Test("From outside the box, the rate still binds and leads to it")
func outsideTheBox() {
    let set = ActionSet(lower: [0], upper: [50], rise: [1], samplingTime: 10)
    var actions = [Float](repeating: .nan, count: 6)
    set.project(&actions, horizon: 6, previous: [75])
    #expect(zip(actions, [65, 55, 50, 50, 50, 50]).allSatisfy { abs($0 - $1) < 1e-3 })
    #expect(!set.contains(actions, horizon: 6, previous: [75]))
}

@Test("Guardrails on single actions tighten the set, and projected actions then keep them")
func tightening() throws {
    let context = Laboratory.context(previous: [20, 20])
    let sources = [
        "rate(Q1) <= 10 %/min", "always(abs(rate(Q2)) <= 0.1)", "5 <= Q2 <= 60 % and Q1 <= 30", "0 - Q1 <= -2",
        "rate(Q1) >= -6 %/min",
    ]
    let guardrails = try sources.map { try Guardrail.parse($0).compile(context: context) }
    let set = ActionSet(channels: context.actions, samplingTime: 10).tightened(by: guardrails)
    #expect(set.lower == [2, 5] && set.upper == [30, 60])
    #expect(abs(set.rise[0] - 10.0 / 60) < 1e-6 && abs(set.fall[0] - 0.1) < 1e-6)
    #expect(abs(set.rise[1] - 0.1) < 1e-6 && abs(set.fall[1] - 0.1) < 1e-6)
    var generator = SeededGenerator(seed: 47)
    var batch = Laboratory.randomBatch(candidates: 200, horizon: 6, using: &generator)
    set.project(&batch.actions, horizon: 6, previous: context.previousActions)
    for guardrail in guardrails {
        let least = guardrail.margins(of: batch).min() ?? -1
        #expect(least >= 0, "\(guardrail.guardrail.source): \(least)")
    }
}

@Test(
    "Guardrails that say more than a limit of one action leave the set alone",
    arguments: [
        "T1 <= 55", "Q1 + Q2 <= 100", "always[20, 60](Q1 <= 30)", "Q1 <= 30 or Q2 <= 30", "eventually(Q1 <= 30)",
        "Q1 >= 120", "Q1 >= 120 and Q2 <= 50", "Q1 <= steps(0: 30, 20: 40)", "always(Q1 <= 30 or T1 <= 55)",
    ])
func notTightening(source: String) throws {
    let context = Laboratory.context()
    let set = ActionSet(channels: context.actions, samplingTime: 10)
    #expect(set.tightened(by: [try Guardrail.parse(source).compile(context: context)]) == set)
}

@Test("Limits of single actions tighten the set also where 'and' joins them to something else")
func joinedTightening() throws {
    let context = Laboratory.context()
    let set = ActionSet(channels: context.actions, samplingTime: 10)
    func tightened(_ source: String) throws -> ActionSet {
        set.tightened(by: [try Guardrail.parse(source).compile(context: context)])
    }
    for source in ["Q1 <= 30 and T1 <= 55", "always(T1 <= 55 and Q1 <= 30)", "T1 <= 55 and always[0, 60](Q1 <= 30)"] {
        let found = try tightened(source)
        #expect(found.upper == [30, 100] && found.lower == set.lower && found.rise == set.rise, "\(source)")
    }
    let slow = try tightened("always(abs(rate(Q2)) <= 0.1 and (T1 <= 55 or Q1 <= 30)) and always[20, 60](Q1 <= 30)")
    #expect(slow.upper == set.upper && abs(slow.rise[1] - 0.1) < 1e-6 && abs(slow.fall[1] - 0.1) < 1e-6)
}

@Test("A shorter first step goes by the rate of its own time, a switch by that of a whole one")
func shorterFirstStep() {
    var set = ActionSet(
        lower: [0, 0], upper: [100, 1], rise: [2, 0.2], fall: [1, 0.2], values: [[], [0, 1]], samplingTime: 10)
    set.firstInterval = 2.5
    var actions: [Float] = [90, 1, 90, 1, 0, 0]
    set.project(&actions, horizon: 3, previous: [10, 0])
    for (found, wanted) in zip(actions, [15, 1, 35, 1, 25, 0] as [Float]) { #expect(abs(found - wanted) < 1e-4) }
    #expect(set.contains(actions, horizon: 3, previous: [10, 0]))
    set.firstInterval = nil
    #expect(set.contains(actions, horizon: 3, previous: [10, 0]))
    actions[0] = 30
    set.firstInterval = 2.5
    #expect(!set.contains(actions, horizon: 3, previous: [10, 0]))
}
