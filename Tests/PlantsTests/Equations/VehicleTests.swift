import Episodes
import Testing

@testable import Plants

@Suite("Vehicle")
struct VehicleTests {
    private let car = Vehicle()

    /// scipy 1.17: `solve_ivp(f, (0, 1), x0, method="DOP853", rtol=1e-12, atol=1e-13)` of the equations in the comment of
    /// `Vehicle`, at 0.05, 0.25 and 1 s; the grip by its formula.
    @Test(
        "Manoeuvres are those of an integrator of eighth order",
        arguments: [
            (
                [0, 0, 20, 0, 0], [0.1, 0.02], 0.0,
                [
                    [0.00303347, 0.00214806, 20.03116602, 0.07708724, 0.28687702],
                    [0.06824596, 0.02732052, 20.1593965, 0.14528558, 0.25099014],
                    [1.34395281, 0.1401156, 20.62772695, 0.15246078, 0.28747506],
                ]
            ),
            (
                [0.5, 0.05, 15, 0, 0], [0.4, -0.05], 0.01,
                [
                    [0.52878589, 0.03812307, 15.16821142, -0.15693634, 0.61184113],
                    [0.48921292, -0.04338033, 15.86370859, -0.28678934, 0.69764105],
                    [-2.43219205, -0.40187781, 18.38620098, -0.33588797, 0.76637142],
                ]
            ),
            (
                [-0.2, -0.03, 25, 0.1, 0.1], [-0.3, 0.1], -0.02,
                [
                    [-0.20888906, 0.00492806, 24.83451873, 0.29006474, 0.99999936],
                    [0.26520938, 0.2022433, 24.15818046, 0.60762552, 1.01774628],
                    [8.4701372, 0.86687664, 21.23369401, 0.33726585, 1.09696105],
                ]
            ),
        ])
    func manoeuvres(start: [Double], action: [Double], curvature: Double, published: [[Double]]) {
        var state = start + action + [curvature]
        for step in 1...20 {
            state = car.step(state, action: action, disturbance: [curvature])
            guard let row = [1: 0, 5: 1, 20: 2][step] else { continue }
            let seen = car.outputs(of: state)
            for (value, expected) in zip(seen, published[row]) { #expect(abs(value - expected) < 2e-6) }
            #expect(seen[5] == curvature)
        }
    }

    @Test("A car with like axles steers neutrally: the wheels follow the road by its curvature times the wheelbase")
    func neutralSteer() {
        // scipy's fsolve: at 10 m/s and κ = 0.01/m, throttle 0.01149267 and 0.02699815 rad, 0.99993·κ·(lf + lr).
        let state = [0, -0.01022705, 10, 0.10227402, 0.10000523]
        let rates = car.rates(at: state, input: [0.01149267, 0.02699815, 0.01])
        #expect(rates.allSatisfy { abs($0) < 1e-5 })
        // Without longitudinal forces the turn in a circle is v·δ/L exactly, whatever the speed; here within 0.3 %.
        for speed in [10.0, 20, 25] {
            var state = [0, 0, speed, 0, 0, 0, 0, 0]
            let hold = (120 + 0.5359375 * speed * speed) / (17303 - 175 * speed)
            for _ in 0..<60 { state = car.step(state, action: [hold, 0.01], disturbance: [0]) }
            #expect(abs(state[4] / (state[2] * 0.01 / 2.7) - 1) < 3e-3, "\(speed) m/s")
        }
    }

    @Test("In free air a car coasts down by its rolling resistance and its drag, in closed form")
    func coasting() {
        // dv/dt = −(a + b·v²)/m: v = √(a/b)·tan(atan(v0·√(b/a)) − t·√(a·b)/m).
        let (a, b) = (120.0, 0.5 * 1.225 * 0.35 * 2.5)
        var state = [0.0, 0, 30, 0, 0, 0, 0, 0]
        for _ in 0..<200 { state = car.step(state, action: [0, 0], disturbance: [0]) }
        let angle = arctangent(30 * (b / a).squareRoot()) - 10 * (a * b).squareRoot() / 1573
        #expect(abs(state[2] - (a / b).squareRoot() * tangent(angle)) < 1e-6)
        #expect(abs(state[0]) < 1e-12 && abs(state[1]) < 1e-12)
    }

    @Test(
        "A straight line is a straight line whatever the coordinates: a road that bends away leaves it as geometry says"
    )
    func geometry() {
        // Straight on at 20 m/s beside a road of radius 50 m: after 1 s the distance to its centre is √(50² + s²).
        var state = [0.0, 0, 20, 0, 0, 0.0242, 0, 0.02]
        for _ in 0..<20 { state = car.step(state, action: [0.02423, 0], disturbance: [0.02]) }
        let way = 20.0
        #expect(abs(state[0] - -((2500 + way * way).squareRoot() - 50)) < 2e-3)
        #expect(abs(state[1] + arctangent(way / 50)) < 1e-4)
    }

    @Test("The brakes stop the car and do not turn it back; gradients are those of differences at the limit of grip")
    func limits() {
        var state = [0.0, 0, 5, 0, 0, 0, 0, 0]
        for _ in 0..<60 { state = car.step(state, action: [-1, 0.1], disturbance: [0]) }
        #expect(state[2] == 0 && state.allSatisfy { $0.isFinite })
        let hard = [0.1, 0.05, 22, -0.3, 0.4, 0.2, 0.05, 0.01]
        let cotangent = [1, -2, 0.5, 0.3, 0.7, 0, 0, 0]
        let back = car.stepPullback(hard, action: [0.3, 0.08], disturbance: [0.01], cotangent: cotangent)
        for index in 0..<5 {
            var (up, down) = (hard, hard)
            up[index] += 1e-5
            down[index] -= 1e-5
            let change = zip(
                car.step(up, action: [0.3, 0.08], disturbance: [0.01]),
                car.step(down, action: [0.3, 0.08], disturbance: [0.01])
            ).map { ($0 - $1) / 2e-5 }
            let slope = zip(change, cotangent).reduce(0) { $0 + $1.0 * $1.1 }
            #expect(abs(slope - back.state[index]) < 1e-6 * (1 + abs(slope)))
        }
    }

    @Test(
        "A car that stands stays as it is, however the wheels stand and the brakes pull", arguments: [0.5, 0.1, -0.5])
    func standing(steering: Double) {
        for throttle in [0.0, -1] {
            var state = [0.2, 0.1, 0, 0, 0, throttle, steering, 0.01]
            for _ in 0..<40 { state = car.step(state, action: [throttle, steering], disturbance: [0.01]) }
            #expect(Array(state[..<5]) == [0.2, 0.1, 0, 0, 0], "throttle \(throttle)")
            // Whoever brakes in a bend comes to rest, too.
            state = [0, 0, 3, 0, 0, throttle, steering, 0]
            for _ in 0..<100 { state = car.step(state, action: [-1, steering], disturbance: [0]) }
            #expect(state[2] == 0 && abs(state[3]) < 1e-9 && abs(state[4]) < 1e-9)
        }
    }

    @Test("Above 1 m/s the slip in front is the published one")
    func publishedSlip() {
        for state in [[0.1, 0.05, 1.5, 0.02, 0.1], [0, -0.1, 8, -0.5, 0.6], [-0.3, 0.2, 22, 0.4, -0.3]] {
            for (throttle, steering) in [(0.3, 0.5), (-0.4, -0.35), (0.1, 0.05)] {
                let (v, w, r) = (state[2], state[3], state[4])
                let weight = 0.5 * 1573 * 9.81 * 1.2
                let slip = (
                    front: steering - arctangent((w + 1.35 * r) / v), rear: arctangent((1.35 * r - w) / v)
                )
                let front = weight * sine(2 * arctangent(13 * slip.front))
                let rear = weight * sine(2 * arctangent(13 * slip.rear))
                let drive = (17303 - 175 * v) * throttle - 120 - 0.5359375 * v * v
                let expected: [Double] = [
                    (drive - front * sine(steering)) / 1573 + w * r,
                    (rear + front * cosine(steering)) / 1573 - v * r,
                    (front * cosine(steering) - rear) * 1.35 / 2873,
                ]
                let rates = car.rates(at: state, input: [throttle, steering, 0])
                for (value, known) in zip(rates[2...], expected) {
                    #expect(abs(value - known) < 1e-12 * (1 + abs(known)), "\(state), steering \(steering)")
                }
            }
        }
    }

    @Test("Stanley keeps the lane and the friction on every road; hands off the wheel, the car leaves the road")
    func driver() {
        var task = ControlTask.vehicle()
        // The driver sees for himself, and what nobody asks for takes its time.
        task.announcementLead = nil
        for seed in UInt64(1)...10 {
            let record = task.run(seed: seed, controller: StanleyDriver())
            let score = task.score(record)
            #expect(score.violations == 0 && score.held == 1, "seed \(seed)")
            // The two seconds of history before the first decision were driven, too.
            let width = record.log.channels.count
            let before = (0..<record.warmUpSteps).map { abs(record.log.values[$0 * width]) }
            #expect(before.count == 40 && before.allSatisfy { $0 < 0.6 })
        }
        let free = task.score(task.run(seed: 1, controller: ConstantController(task.safeAction())))
        #expect(free.violations > 100)
        #expect(task.guardrails.last == "always(grip <= 1)")
    }

    @Test("What planners are compared with pushes the throttle as hard as pays; what drives logs stays as it is")
    func harderDriver() {
        let task = ControlTask.vehicle()
        let (usual, seeds) = (task.customary[0], [UInt64(1001), 1002])
        #expect(usual.name == "Stanley" && task.holder?.name == "Stanley")
        #expect(Set(task.customary.map(\.name)).count == 9)
        let chosen = task.baseline(seeds: seeds)
        func cost(_ driver: some Controller) -> Double { task.tuningCost(driver, seeds: seeds) }
        let (before, now) = (cost(usual.controller), cost(chosen.controller))
        // Of 96 a speed that takes its time is the most.
        #expect(chosen.name != usual.name && now < 0.9 * before, "\(chosen.name): \(now), \(usual.name): \(before)")
    }

    @Test("Where the car drives the curvature is told, and how it is forgotten; how the road winds on is not")
    func announced() {
        let task = ControlTask.vehicle()
        var told: [[Double]] = []
        var driver = StanleyDriver()
        let record = task.run(seed: 1) { situation in
            told.append(situation.forecast)
            return driver.action(in: situation, time: Double(situation.step) * task.plant.samplingTime)
        }
        #expect(told.allSatisfy { $0.count == 1000 }, "as many steps as are told at most")
        for step in [0, 7, 250] {
            let now = record.disturbances[step]
            #expect(told[step][0] == now, "the curvature in force")
            #expect(abs(told[step][60] - 0.36787944 * now) < 1e-9, "forgotten to 1/e after 3 s")
            #expect(told[step][1] != record.disturbances[step + 1])
        }
    }

    @Test("A log is driven by Stanley with exploring on top, in the lane nearly always")
    func log() throws {
        let task = ControlTask.vehicle()
        let log = try LogSimulation(
            plant: car, policy: ExplorationPolicy(.mixed, for: car), disturbances: task.disturbances, pilot: task
        ).episode(hours: 0.05, seed: 1)
        let width = log.channels.count
        let deviations = (0..<log.count).map { log.values[$0 * width] }
        #expect(deviations.allSatisfy { abs($0) < 1.75 })
        #expect(deviations.count { abs($0) > 0.85 } < log.count / 20)
        #expect((deviations.max() ?? 0) - (deviations.min() ?? 0) > 0.3)
    }
}
