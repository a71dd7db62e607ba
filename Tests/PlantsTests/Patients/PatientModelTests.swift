import Basics
import Foundation
import Testing

@testable import Plants

/// A pump without limits and steps, as simglucose's is in effect.
private let wide = InsulinPump(greatestBasal: 1800, greatestBolus: 1e6, increment: 0)

private func patients(_ group: PatientParameters.Group) -> [VirtualPatient] {
    (1...PatientParameters.groupSize).map {
        VirtualPatient(PatientParameters(group, $0), samplingTime: 60, noise: .none, pump: wide)
    }
}

@Suite("Virtual patients")
struct PatientModelTests {
    @Test("Rates of change are those of simglucose to 1e-10", arguments: SimglucoseReference.rates)
    func rates(reference: SimglucoseReference.Rates) {
        let plant = VirtualPatient(reference.patient)
        var rates = [RealNumber](repeating: RealNumber(0), count: 15)
        plant.derivative(
            (reference.state + [reference.meal, 0]).map { RealNumber($0) },
            input: [60 * reference.insulin, reference.eaten].map { RealNumber($0) }, into: &rates)
        for (ours, theirs) in zip(rates, reference.rates) {
            #expect(abs(ours.value * 60 - theirs) < 1e-10 * max(1, abs(theirs)))
        }
    }

    @Test(
        "A day of meals goes as in simglucose, to 0.02 mg/dL, for all thirty patients",
        arguments: PatientParameters.Group.allCases)
    func traces(group: PatientParameters.Group) throws {
        let references = try #require(SimglucoseReference.traces[group])
        for (patient, reference) in zip(patients(group), references) {
            var schedule = MealSchedule(MealPlan(SimglucoseReference.meals), seed: 0)
            var state = patient.initialState
            var seen: [Double] = []
            for minute in 0..<1440 {
                let bolus = SimglucoseReference.meals.filter { (0..<3).contains(minute - $0.minute) }
                    .reduce(0) { $0 + $1.grams / patient.parameters.carbohydrateRatio / 3 }
                let start = Double(minute) * 60
                state = patient.step(
                    state, action: [patient.parameters.basalRate + 60 * bolus],
                    disturbance: [schedule.rate(from: start, to: start + 60)])
                if [480, 780, 1140, 1440].contains(minute + 1) { seen += patient.outputs(of: state) }
            }
            for (ours, theirs) in zip(seen, reference) { #expect(abs(ours - theirs) < 0.02) }
        }
    }

    @Test(
        "Told of the same meals with the same errors of the sensor, basal–bolus is as long in range as simglucose's",
        arguments: PatientParameters.Group.allCases)
    func timeInRange(group: PatientParameters.Group) throws {
        let counts = try #require(SimglucoseReference.counts[group])
        var scores: [GlucoseScore] = []
        let day = SimglucoseReference.randomDay
        for patient in patients(group) {
            let controller = BasalBolusController(for: patient)
            var schedule = MealSchedule(MealPlan(day.map(\.meal)), seed: 0)
            var state = patient.initialState
            var measured = patient.outputs(of: state)[0]
            var values = [measured]
            var bolus = 0.0
            for step in 0..<480 {
                var mean = 0.0
                let held = measured
                for minute in 3 * step..<3 * step + 3 {
                    let start = Double(minute) * 60
                    // The pump of simglucose goes in steps of 0.05 pmol/min.
                    let rates = [patient.parameters.basalRate / 60, bolus].map { ($0 * 120_000).rounded() / 120_000 }
                    state = patient.step(
                        state, action: [60 * (rates[0] + rates[1])],
                        disturbance: [schedule.rate(from: start, to: start + 60)])
                    mean += patient.outputs(of: state)[0] / 3
                }
                values.append(mean)
                measured = patient.outputs(of: state)[0]
                // Told after the step in which it began, by a reading that is the mean of three held minutes.
                let told = day.first { $0.meal.minute / 3 == step }
                let reading = (2 * held + measured) / 3 + (told?.error ?? 0)
                bolus = controller.dose(grams: told?.meal.grams ?? 0, glucose: reading) / 3
            }
            scores.append(GlucoseScore(values))
        }
        let mean = GlucoseScore(meanOf: scores)
        for (ours, theirs) in zip([mean.inRange, mean.low, mean.veryLow, mean.high], counts) {
            // Two values of 4810 may lie so near a limit that it is open on which side.
            #expect(abs(ours * 4810 - Double(theirs)) <= 2)
        }
    }

    @Test("Under the basal rate a fasting patient stays as he is", arguments: PatientParameters.Group.allCases)
    func rest(group: PatientParameters.Group) {
        for patient in patients(group) {
            var state = patient.initialState
            for _ in 0..<120 { state = patient.step(state, action: patient.restAction, disturbance: []) }
            #expect(abs(patient.outputs(of: state)[0] - patient.parameters.basalGlucose) < 1e-6)
            #expect(abs(patient.plasmaGlucose(of: state) - patient.parameters.basalGlucose) < 1e-6)
        }
    }

    @Test("Halving the sub-steps moves glucose by less than 0.02 mg/dL over a day of meals")
    func subSteps() {
        // Child 7 empties its stomach faster than anybody else: the worst of all thirty.
        let patient = VirtualPatient(PatientParameters(.child, 7), samplingTime: 60, noise: .none, pump: wide)
        var coarse = patient.initialState
        var fine = coarse
        var schedule = MealSchedule(MealPlan(SimglucoseReference.meals), seed: 0)
        let h = patient.samplingTime / Double(2 * patient.subSteps)
        for minute in 0..<1440 {
            let rate = schedule.rate(from: Double(minute) * 60, to: Double(minute + 1) * 60)
            let action = patient.restAction
            coarse = patient.step(coarse, action: action, disturbance: [rate])
            fine = halved(patient, fine, (action + [rate]).map { RealNumber($0) }, h)
            #expect(abs(patient.outputs(of: coarse)[0] - patient.outputs(of: fine)[0]) < 0.02)
        }
    }

    private func halved(_ patient: VirtualPatient, _ state: [Double], _ input: [RealNumber], _ h: Double) -> [Double] {
        var x = state.map { RealNumber($0) }
        patient.prepare(&x, input: input, subStep: 0)
        var rates = x
        func slope(_ point: [RealNumber]) -> [RealNumber] {
            patient.derivative(point, input: input, into: &rates)
            return rates
        }
        for _ in 0..<2 * patient.subSteps {
            let k1 = slope(x)
            let k2 = slope(zip(x, k1).map { $0 + $1 * (h / 2) })
            let k3 = slope(zip(x, k2).map { $0 + $1 * (h / 2) })
            let k4 = slope(zip(x, k3).map { $0 + $1 * h })
            for index in x.indices { x[index] += (k1[index] + (k2[index] + k3[index]) * 2 + k4[index]) * (h / 6) }
        }
        return x.map(\.value)
    }

    @Test("The gradient through five minutes of a meal is that of central differences")
    func gradient() {
        let patient = VirtualPatient(PatientParameters(.adult, 2), pump: wide)
        var state = patient.step(patient.initialState, action: [20], disturbance: [5])
        state = patient.step(state, action: [1], disturbance: [2])
        let cotangent = (0..<15).map { index in index < 13 ? 1 / (1 + state[index].magnitude) : 0 }
        func loss(_ state: [Double], _ action: [Double]) -> Double {
            zip(patient.step(state, action: action, disturbance: [5]), cotangent).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let action = [4.5]
        let back = patient.stepPullback(state, action: action, disturbance: [5], cotangent: cotangent)
        func check(_ derivative: Double, _ value: Double, _ shifted: (Double) -> Double) {
            let h = 1e-5 * max(1, value.magnitude)
            let difference = (shifted(h) - shifted(-h)) / (2 * h)
            #expect(abs(derivative - difference) < 1e-6 * max(1e-3, difference.magnitude))
        }
        for index in 0..<14 {
            check(back.state[index], state[index]) { delta in
                var moved = state
                moved[index] += delta
                return loss(moved, action)
            }
        }
        check(back.action[0], action[0]) { loss(state, [action[0] + $0]) }
    }

    @Test(
        "The table of patients is that of simglucose, and what follows from it too",
        .enabled(if: RecordedData.has("simglucose/vpatient_params.csv")))
    func table() throws {
        let text = String(decoding: try RecordedData.data("simglucose/vpatient_params.csv"), as: UTF8.self)
        let lines = text.split(whereSeparator: \.isNewline).map { $0.split(separator: ",").map(String.init) }
        for line in lines.dropFirst() {
            let row = Dictionary(uniqueKeysWithValues: zip(lines[0], line))
            let parts = row["Name", default: ""].split(separator: "#")
            let group = try #require(PatientParameters.Group(rawValue: String(parts[0])))
            let p = PatientParameters(group, try #require(Int(parts[1])))
            for (name, value) in [
                ("BW", p.bodyWeight), ("Gb", p.basalGlucose), ("Vg", p.vg), ("Vi", p.vi), ("k1", p.k1), ("k2", p.k2),
                ("Vm0", p.vm0), ("Vmx", p.vmx), ("Km0", p.km0), ("p2u", p.p2u), ("m1", p.m1), ("m2", p.m2),
                ("m30", p.m30), ("m4", p.m4), ("ki", p.ki), ("kp1", p.kp1), ("kp2", p.kp2), ("kp3", p.kp3),
                ("kabs", p.kabs), ("kmax", p.kmax), ("kmin", p.kmin), ("b", p.b), ("d", p.d), ("kd", p.kd),
                ("ka1", p.ka1), ("ka2", p.ka2), ("ksc", p.ksc), ("u2ss", p.basalInsulin),
            ] {
                let published = try #require(row[name].flatMap { Double($0) })
                #expect(abs(value - published) < 1e-11 * max(1, published))
            }
            for (index, value) in p.steadyState.prefix(13).enumerated() {
                let key = "x0_" + (index < 9 ? " " : "") + "\(index + 1)"
                let published = try #require(row[key].flatMap { Double($0) })
                #expect(abs(value - published) < 1e-11 * max(1, published))
            }
        }
    }
}
