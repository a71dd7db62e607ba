import Basics
import Episodes
import Testing

@testable import Plants

@Suite("Meals and sensors of patients")
struct MealTests {
    @Test("The errors of the sensor are those of simglucose for the same draws", arguments: [180.0, 300])
    func sensor(every seconds: Double) throws {
        let drift = try #require(SensorNoise.dexcom.drift)
        var place = 0
        func draw() -> Double {
            place += 1
            return SimglucoseReference.draws[place - 1]
        }
        var run = DriftRun(drift, samplingTime: seconds, drawing: draw)
        let reference =
            seconds == 180 ? SimglucoseReference.everyThreeMinutes : SimglucoseReference.everyFiveMinutes
        for sample in 0...(reference.keys.max() ?? 0) {
            let error = run.next(drawing: draw)
            // The draws are written with nine digits.
            if let known = reference[sample] { #expect(abs(error - known) < 1e-5) }
        }
    }

    @Test("Errors drawn every quarter of an hour have the spread of the closed form and the correlation of the series")
    func spread() throws {
        let drift = try #require(SensorNoise.dexcom.drift)
        var generator = SeededGenerator(seed: 5)
        var run = DriftRun(drift, samplingTime: 900) { generator.normal() }
        let errors = (0..<60_000).map { _ in run.next { generator.normal() } }
        let mean = errors.reduce(0, +) / Double(errors.count)
        let square = errors.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(errors.count)
        let lagged = zip(errors, errors.dropFirst()).reduce(0) { $0 + ($1.0 - mean) * ($1.1 - mean) }
        // Of 400000 draws of simglucose: mean 0.694, spread 11.696, correlation 0.690.
        #expect(abs(mean - 0.694) < 0.3)
        #expect(abs(square.squareRoot() - drift.standardDeviation) < 0.2)
        #expect(abs(drift.standardDeviation - 11.696) < 0.1)
        #expect(abs(lagged / square / Double(errors.count) - 0.690) < 0.02)
    }

    @Test("A spline through a cubic is the cubic")
    func spline() {
        func cubic(_ x: Double) -> Double { 0.3 * x * x * x - 2 * x * x + x - 4 }
        let seconds = notAKnot((0...10).map { cubic(Double($0)) })
        for (index, value) in seconds.enumerated() { #expect(abs(value - (1.8 * Double(index) - 4)) < 1e-10) }
    }

    @Test("A patient's reading wanders by the draws of its own seed and stays on the scale of the sensor")
    func reading() {
        var patient = VirtualPatient(PatientParameters(.adult, 1))
        func errors(_ seed: UInt64) -> [Double] {
            var simulation = PlantSimulation(patient, seed: seed)
            return (0..<300).map { _ in
                simulation.apply(patient.restAction)
                return simulation.observation[0] - simulation.outputs[0]
            }
        }
        let one = errors(1)
        #expect(one == errors(1) && one != errors(2))
        #expect(one.allSatisfy { abs($0) < 100 } && one.contains { abs($0) > 5 })
        patient.noise.scale = 130...140
        var simulation = PlantSimulation(patient, seed: 1)
        for _ in 0..<100 {
            simulation.apply(patient.restAction)
            #expect((130...140).contains(simulation.observation[0]))
        }
    }

    @Test("Days keep to the habits: how often, when and how much")
    func habits() {
        let plan = MealPlan.ordinary
        let days = (0..<2000).map { plan.meals(on: $0, seed: 9) }
        #expect(plan.meals(on: 17, seed: 9) == days[17] && plan.meals(on: 17, seed: 10) != days[17])
        for (index, habit) in plan.habits.enumerated() {
            let meals = days.enumerated().flatMap { day, meals in
                meals.map { (hour: Double($0.minute - day * 1440) / 60, grams: $0.grams) }
            }.filter { habit.hours.contains($0.hour) }
            // Snacks share their first and last minute with the meals beside them.
            #expect(abs(Double(meals.count) / 2000 - habit.probability) < 0.04, "meal \(index)")
            let hour = meals.reduce(0) { $0 + $1.hour } / Double(meals.count)
            let grams = meals.reduce(0) { $0 + $1.grams } / Double(meals.count)
            #expect(abs(hour - habit.usualHour) < 0.1)
            #expect(abs(grams - habit.usualGrams) < 1.5)
            #expect(meals.allSatisfy { $0.grams >= 0 && $0.grams == $0.grams.rounded() })
        }
        // 0.95·(45 + 70 + 80) + 0.3·30 grams a day.
        let total = days.joined().reduce(0) { $0 + $1.grams } / 2000
        #expect(abs(total - 194.25) < 2)
    }

    @Test("Everything served is eaten, at five grams a minute, one meal after the other", arguments: [60.0, 180, 300])
    func eating(every seconds: Double) {
        let plan = MealPlan([Meal(minute: 10, grams: 47), Meal(minute: 15, grams: 12), Meal(minute: 1435, grams: 60)])
        var schedule = MealSchedule(plan, seed: 0)
        let rows = Int(2 * 86_400 / seconds)
        let rates = (0..<rows).map { schedule.rate(from: Double($0) * seconds, to: Double($0 + 1) * seconds) }
        #expect(abs(rates.reduce(0, +) * seconds / 60 - 119) < 1e-9)
        #expect(rates.allSatisfy { $0 >= 0 && $0 <= 5 })
        if seconds == 60 {
            // 59 g from minute 10 on: eleven full minutes and one of four grams; the last meal goes past midnight.
            #expect(Array(rates[9...22]) == [0] + [Double](repeating: 5, count: 11) + [4, 0])
            #expect(rates[1446] == 5 && rates[1447] == 0)
        }
    }

    @Test("Announced is what begins before the end of the lead, to its last gram")
    func announced() {
        let plan = MealPlan([Meal(minute: 62, grams: 20), Meal(minute: 90, grams: 30)])
        var schedule = MealSchedule(plan, seed: 0)
        func total(at minute: Double, lead: Double) -> Double {
            let now = minute * 60
            return schedule.announced(at: now, until: now + 300 + lead * 60, every: 300, count: 24).reduce(0, +) * 5
        }
        #expect(total(at: 55, lead: 0) == 0)
        #expect(abs(total(at: 60, lead: 0) - 20) < 1e-9)
        // Two minutes of five grams are eaten by then.
        #expect(abs(total(at: 65, lead: 0) - 5) < 1e-9)
        #expect(abs(total(at: 60, lead: 30) - 50) < 1e-9)
        #expect(abs(total(at: 90, lead: 0) - 30) < 1e-9)
    }
}

@Suite("Treatment of patients")
struct TreatmentTests {
    private let patient = VirtualPatient(PatientParameters(.adult, 1))

    @Test("A meal is answered once, as it is announced, with a correction above 150 mg/dL only")
    func bolus() {
        let task = ControlTask.dayOfMeals(patient)
        var doses: [(glucose: Double, units: Double)] = []
        var eaten = 0.0
        var controller = BasalBolusController(for: patient)
        let record = task.run(seed: 4) { situation in
            let action = controller.action(in: situation, time: 0)
            let bolus = (action[0] - patient.parameters.basalRate) / 12
            if bolus > 1e-9 { doses.append((situation.observation[0], bolus)) }
            eaten += situation.forecast[0] * 5
            return action
        }
        let day = MealPlan.ordinary.meals(on: 0, seed: 4)
        #expect(doses.count == day.count)
        for (dose, meal) in zip(doses, day) {
            let correction = dose.glucose > 150 ? (dose.glucose - 140) / 8.77310657487 : 0
            #expect(abs(dose.units - meal.grams / 10 - correction) < 1e-9)
        }
        #expect(abs(eaten - day.reduce(0) { $0 + $1.grams }) < 1e-6)
        // What the pump gave is in its steps: by the hour up to the greatest basal rate, the rest as a bolus.
        for rate in record.actions.prefix(task.steps) {
            let basal = min(rate, patient.pump.greatestBasal)
            for units in [basal, (rate - basal) / 12] { #expect(abs((units / 0.05).rounded() * 0.05 - units) < 1e-9) }
        }
    }

    @Test("Without an announcement controllers learn of no meal, and basal–bolus is worse for it")
    func unannounced() {
        let (told, untold) = (
            ControlTask.dayOfMeals(patient), ControlTask.dayOfMeals(patient, announcementLead: nil)
        )
        let controller = BasalBolusController(for: patient)
        let (good, bad) = (told.run(seed: 1, controller: controller), untold.run(seed: 1, controller: controller))
        let basal = patient.pump.nearest(patient.parameters.basalRate)
        #expect(bad.actions.prefix(untold.steps).allSatisfy { abs($0 - basal) < 1e-9 })
        let scores = [good, bad].compactMap { GlucoseScore($0, on: patient) }
        #expect(scores.count == 2 && scores[0].inRange > scores[1].inRange + 0.2)
        // The band of the task is the range of the score: its share is the time in range under the skin.
        #expect(abs(told.score(good).held - GlucoseScore(good.outputs).inRange) < 1e-9)
    }

    @Test("The example PID is simglucose's formula, by the hour and within the pump")
    func pid() {
        var loop = GlucosePID(for: patient)
        func rate(_ glucose: Double) -> Double { loop.action(observations: [glucose], reference: [nil], time: 0)[0] }
        // 1e-3·20 + 1e-3·160/5, then the integral of 20 mg/dL over five minutes on top.
        #expect(abs(rate(160) - 60 * (0.02 + 0.032)) < 1e-12)
        #expect(abs(rate(165) - 60 * (0.025 + 1e-5 * 100 + 0.001)) < 1e-12)
        #expect(rate(40) == 0)
        #expect(rate(1000) == patient.pump.greatestBasal)
    }

    @Test("The example PID keeps its rate while glucose is not measured")
    func pidWithGap() {
        var loop = GlucosePID(for: patient)
        loop.reset(action: [1])
        func rate(_ glucose: Double) -> Double { loop.action(observations: [glucose], reference: [nil], time: 0)[0] }
        #expect(rate(.nan) == 1)
        let first = rate(160)
        #expect(rate(.nan) == first)
        #expect(abs(rate(165) - 60 * (0.025 + 1e-5 * 100 + 0.001)) < 1e-12)
    }

    @Test(
        "A log under therapy keeps every adult out of danger, with doses that differ from meal to meal",
        arguments: [1, 4, 9])
    func therapy(number: Int) throws {
        let patient = VirtualPatient(PatientParameters(.adult, number))
        let log = try LogSimulation(patient: patient).episode(hours: 48, seed: 3)
        #expect(log.channels.map(\.name) == ["glucose", "insulin", "meal"] && log.count == 576)
        #expect(try LogSimulation(patient: patient).episode(hours: 48, seed: 3).values == log.values)
        // Again with the recorded doses: the true glucose.
        var state = patient.initialState
        var truth: [Double] = []
        for row in 0..<log.count {
            truth += patient.outputs(of: state)
            state = patient.step(state, action: [log[row, 1]], disturbance: [log[row, 2]])
        }
        let score = GlucoseScore(truth)
        #expect(score.veryLow == 0 && score.low < 0.04 && score.inRange > 0.5)
        #expect((truth.max() ?? 0) < 400)
        let boluses = 2 * patient.parameters.basalRate
        let ratios = (0..<log.count).compactMap { log[$0, 1] > boluses ? log[$0, 1] : nil }
        #expect(ratios.count >= 5 && Set(ratios).count >= 4)
    }

    @Test("Patients go by name, and a wrong one is told what is known")
    func names() throws {
        #expect(VirtualPatient.names.count == 30)
        for name in VirtualPatient.names { #expect(try PlantCatalog.plant(name).name == name) }
        #expect(try PlantCatalog.plant("patient-child-10", samplingTime: 180).samplingTime == 180)
        let error = #expect(throws: ForesightError.self) { try PlantCatalog.plant("patient-adult-11") }
        #expect(error.map { "\($0)".contains("patient-adult-1") } == true)
        #expect(try ControlTask.named("patient-child-2").guardrails == ["always(glucose >= 70)"])
    }

    @Test("A sampling time at which meals would not be seen is refused with the longest", arguments: [601.0, 3600])
    func tooSlow(every seconds: Double) throws {
        let error = #expect(throws: ForesightError.self) {
            try PlantCatalog.plant("patient-adult-1", samplingTime: seconds)
        }
        #expect(error?.code == .usage)
        for word in ["\(seconds) s", "600", "such as 300 s"] { #expect(error?.description.contains(word) == true) }
        #expect(try PlantCatalog.plant("patient-adult-1", samplingTime: 600).samplingTime == 600)
        // Other plants are as slow as they like.
        #expect(try PlantCatalog.plant("building", samplingTime: seconds).samplingTime == seconds)
    }

    @Test("Limits and the mean of scores are those of the consensus")
    func score() {
        let score = GlucoseScore([40, 53.9, 54, 69.9, 70, 100, 180, 180.1, 400, 125])
        #expect(score.inRange == 0.4 && score.low == 0.4 && score.veryLow == 0.2 && score.high == 0.2)
        let mean = GlucoseScore(meanOf: [score, GlucoseScore([100, 200])])
        #expect(abs(mean.inRange - 0.45) < 1e-12 && abs(mean.high - 0.35) < 1e-12)
    }
}
