import Episodes
import Testing

@testable import Plants

@Suite("Turbofan")
struct TurbofanTests {
    private let engine = Turbofan()
    private let pound = Turbofan.Units.pound

    @Test("The published points rest, and show the published outputs", arguments: TurbofanTable.points.indices)
    func points(index: Int) {
        let point = TurbofanTable.points[index]
        let state = [point.fan, point.core, point.fuel * pound]
        let rates = engine.rates(at: state, input: [point.fuel * pound, 1])
        #expect(rates.allSatisfy { abs($0) < 1e-6 })
        let seen = engine.outputs(of: state + [point.fuel * pound, 1])
        let expected = [
            point.fan, point.core, point.pressure[0] * 6.8947573, point.thrust * 0.0044482216,
            point.temperature[0] / 1.8,
            point.highMargin[0], point.lowMargin[0],
        ]
        for (value, printed) in zip(seen, expected) { #expect(abs(value - printed) < 1e-7 * printed) }
    }

    /// Points of the same publication that the table leaves out: fan, core, fuel, thrust, T4, both margins, Ps3.
    @Test(
        "Published points that the table leaves out lie on its straight lines",
        arguments: [
            [4094.93, 13451.1, 1.58817, 15650, 2683.42, 24.9634, 16.1316, 255.259],
            [4323.85, 13691.4, 1.85987, 18250, 2792.48, 23.7713, 15.9523, 288.211],
            [4625.69, 14010.6, 2.28876, 22150, 2940.47, 22.2772, 16.139, 338.061],
            [4934.33, 14357.3, 2.84567, 26700, 3109.49, 20.6374, 17.2344, 398.675],
        ])
    func leftOut(point: [Double]) {
        // The fuel of the fan speed: at its own trim, so that everything rests there.
        let section = TurbofanSection(at: RealNumber(point[0]))
        let found = [1, 2, 7, 13, 16, 19, 10].map { section.trim($0).value }
        for ((value, printed), near) in zip(zip(found, point[1...]), [0.4, 1e-3, 25, 0.6, 0.03, 0.04, 0.11]) {
            #expect(abs(value - printed) < near, "\(value) for \(printed)")
        }
    }

    /// Along the trims the published matrices must be at rest: `a11 + a12·dN2/dN1 + b1·dWf/dN1 = 0`, and so for the core.
    @Test("The columns that the schedule replaces are those published", arguments: 0..<11)
    func manifold(index: Int) {
        let (p, q) = (TurbofanTable.points[index], TurbofanTable.points[index + 1])
        let (fan, core, fuel) = (q.fan - p.fan, q.core - p.core, q.fuel - p.fuel)
        func mean(_ a: Double, _ b: Double) -> Double { (a + b) / 2 }
        let own = mean(p.a[0], q.a[0]) * fan
        let rest = own + mean(p.a[1], q.a[1]) * core + mean(p.b[0], q.b[0]) * fuel
        #expect(abs(rest / own) < (index == 3 ? 0.04 : 0.013))
        let coreOwn = mean(p.a[3], q.a[3]) * core
        let coreRest = mean(p.a[2], q.a[2]) * fan + coreOwn + mean(p.b[1], q.b[1]) * fuel
        #expect(abs(coreRest / coreOwn) < 0.02)
    }

    @Test("A small step of fuel moves the speeds as the published matrices say", arguments: [2, 5, 9])
    func smallStep(index: Int) {
        let point = TurbofanTable.points[index]
        let fuel = 0.005
        // The published model by itself: its rest is −A⁻¹·B·ΔWf, its way there by small steps of Heun's method.
        var linear = [0.0, 0]
        func rates(_ x: [Double]) -> [Double] {
            [0, 1].map { point.a[2 * $0] * x[0] + point.a[2 * $0 + 1] * x[1] + point.b[$0] * fuel }
        }
        let quick = Turbofan(samplingTime: 0.05)
        let demand = (point.fuel + fuel) * pound
        // The valve is already open, so that its lag does not count.
        var state = [point.fan, point.core, demand, demand, 1]
        for step in 1...40 {
            state = quick.step(state, action: [demand], disturbance: [1])
            for _ in 0..<50 {
                let k1 = rates(linear)
                let k2 = rates([linear[0] + 0.001 * k1[0], linear[1] + 0.001 * k1[1]])
                for index in 0..<2 { linear[index] += 0.0005 * (k1[index] + k2[index]) }
            }
            guard [2, 6, 40].contains(step) else { continue }
            #expect(abs((state[0] - point.fan) / linear[0] - 1) < 0.09, "fan after \(step)")
            #expect(abs((state[1] - point.core) / linear[1] - 1) < 0.09, "core after \(step)")
        }
    }

    /// scipy 1.17: `solve_ivp(f, (0, 3), x0, method="DOP853", rtol=1e-11, atol=1e-11, max_step=0.002)` of the equations in
    /// the comment of `Turbofan` with the same table, after 0.05, 0.25 and 1 s.
    @Test(
        "Slams of the throttle are those of an integrator of eighth order",
        arguments: [
            (
                [4155.31, 13514.8, 1.65595 * 0.45359237], 1.2, 1.0,
                [
                    [4222.943417, 13683.694797, 2104.484974, 79.011786, 1768.457877, 13.297657, 21.579568],
                    [4665.502193, 14164.328715, 2508.23056, 102.986139, 1730.53344, 18.310453, 23.599417],
                    [4830.205168, 14238.465407, 2603.021598, 111.793757, 1694.452405, 21.246252, 16.682981],
                ]
            ),
            (
                [4980.57, 14409.2, 2.93455 * 0.45359237], 0.8, 1.02,
                [
                    [4923.000094, 14256.289346, 2526.313598, 114.237249, 1535.068857, 28.580205, 12.015516],
                    [4505.249938, 13767.816944, 2051.283735, 89.073967, 1501.777514, 27.283272, 8.426385],
                    [4277.242209, 13641.427087, 1938.043299, 78.739888, 1537.898105, 24.062343, 15.876532],
                ]
            ),
        ])
    func slams(start: [Double], demand: Double, heat: Double, published: [[Double]]) {
        var state = start + [demand, heat]
        for step in 1...20 {
            state = engine.step(state, action: [demand], disturbance: [heat])
            guard let row = [1: 0, 5: 1, 20: 2][step] else { continue }
            for (value, expected) in zip(engine.outputs(of: state), published[row]) {
                // Fixed steps cross the corners of the tables.
                #expect(abs(value - expected) < 2e-4 * expected, "\(value) for \(expected)")
            }
        }
    }

    @Test("Gradients are those of differences, the heat of the fuel acts like more of it")
    func gradients() {
        let state = [4430, 13850, 0.95, 0.95, 1.0]
        let cotangent = [0.01, -0.02, 3, 0, 0]
        let back = engine.stepPullback(state, action: [1.1], disturbance: [1.01], cotangent: cotangent)
        for index in 0..<3 {
            let reach = [0.1, 0.1, 1e-4][index]
            var (up, down) = (state, state)
            up[index] += reach
            down[index] -= reach
            let change = zip(
                engine.step(up, action: [1.1], disturbance: [1.01]),
                engine.step(down, action: [1.1], disturbance: [1.01])
            ).map { ($0 - $1) / (2 * reach) }
            let slope = zip(change, cotangent).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(slope - back.state[index]) < 1e-4 * (1 + abs(slope)), "state \(index)")
        }
        let rates = engine.rates(at: [4430, 13850, 1], input: [1, 1.05])
        let more = engine.rates(at: [4430, 13850, 1.05], input: [1.05, 1])
        #expect(abs(rates[0] - more[0]) < 1e-9 && abs(rates[1] - more[1]) < 1e-9)
    }

    @Test("The governor moves the fan within its schedules; slammed fuel surges", arguments: [1, 2, 3])
    func governor(seed: UInt64) {
        let task = ControlTask.turbofan()
        #expect(task.guardrails.contains("always(HPC_margin >= 11)"))
        let governor = FuelGovernor()
        let score = task.score(task.run(seed: seed, controller: governor))
        #expect(score.violations == 0 && score.held > 0.9)
        // The acceleration schedule: the least margin at the ratio that it allows.
        for fan in [4100.0, 4500, 4900] {
            let section = TurbofanSection(at: RealNumber(fan))
            let top = governor.ratios(at: fan).upperBound / pound * Turbofan.Units.psi
            let (trim, pressure, slope) = (section.trim(2).value, section.trim(10).value, section.slope(12).value)
            let fuel = (top * (pressure - slope * trim)) / (1 - top * slope)
            let margin = section.output(16, core: section.trim(1), fuel: RealNumber(fuel)).value
            let heat = section.output(13, core: section.trim(1), fuel: RealNumber(fuel)).value / 1.8
            #expect(margin >= 12.5 - 1e-6 && heat <= 1760 + 1e-6)
            #expect(margin < 12.5 + 1e-6 || heat > 1760 - 1e-6)
        }
        let slammed = task.score(
            task.run(seed: seed) { ($0.reference[0] ?? 0) > $0.observation[0] ? [1.406] : [0.635] })
        #expect(slammed.violations > 20 && slammed.violationDepth > 2)
    }

    @Test("Where a speed or the pressure is missing the fuel stays, and goes on as before", arguments: [0, 2])
    func missing(output: Int) {
        let point = TurbofanTable.points[4]
        let fuel = point.fuel * pound
        let seen = engine.outputs(of: [point.fan, point.core, fuel, fuel, 1])
        var gap = seen
        gap[output] = .nan
        let reference: [Double?] = [point.fan + 20]
        var governor = FuelGovernor()
        governor.reset(action: [fuel])
        let before = governor.action(observations: seen, reference: reference, time: 0)
        var other = governor
        let within = governor.action(observations: gap, reference: reference, time: 0.05)
        #expect(within == before && before[0] > fuel)
        let after = governor.action(observations: seen, reference: reference, time: 0.1)
        #expect(after == other.action(observations: seen, reference: reference, time: 0.05))
    }

    @Test("The safe fuel crosses no limit from rest at any point", arguments: TurbofanTable.points.indices)
    func safe(index: Int) {
        let (point, task) = (TurbofanTable.points[index], ControlTask.turbofan())
        var state = [point.fan, point.core, point.fuel * pound, point.fuel * pound, 1]
        for _ in 0..<60 {
            state = engine.step(state, action: task.safeAction(), disturbance: [1])
            let seen = engine.outputs(of: state)
            for limit in task.limits {
                #expect(seen[limit.output] > limit.lower ?? -.infinity)
                #expect(seen[limit.output] < limit.upper ?? .infinity)
            }
        }
    }

    @Test("A log is governed with exploring on top, over the range of the fan")
    func log() throws {
        let task = ControlTask.turbofan()
        let log = try LogSimulation(
            plant: engine, policy: ExplorationPolicy(.mixed, for: engine), disturbances: task.disturbances, pilot: task
        ).episode(hours: 0.1, seed: 2)
        let width = log.channels.count
        let fan = (0..<log.count).map { log.values[$0 * width] }
        #expect((fan.max() ?? 0) - (fan.min() ?? 0) > 700)
        #expect(fan.allSatisfy { $0 > 3700 && $0 < 5200 })
    }
}
