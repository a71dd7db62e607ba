import Testing

@testable import Plants

@Suite("Daily curves")
struct DailyCurveTests {
    @Test("Straight lines lie between points, from the last to the first of the next day, too, and the day repeats")
    func lines() {
        let curve = DailyCurve([.init(6, 10), .init(12, 16), .init(22, 4)], startHour: 8)
        let expected: [(hours: Double, value: Double)] = [
            (0, 12), (4, 16), (9, 10), (14, 4), (16, 5.5), (18, 7), (22, 10), (24, 12), (729, 10),
        ]
        for (hours, value) in expected {
            #expect(abs(curve.value(at: hours * 3600) - value) < 1e-9, "\(hours) h")
        }
        #expect(DailyCurve([.init(3, 2)]).value(at: 50_000) == 2)
    }

    @Test("A timetable keeps each value until the next and changes within a minute")
    func timetable() {
        let people = DailyCurve.steps([.init(7, 5), .init(12, 2), .init(18, 0)])
        let expected: [(hour: Double, value: Double)] = [
            (0, 0), (6.99, 0), (7.01, 5), (11.99, 5), (12.01, 2), (17.9, 2), (18.1, 0), (23.9, 0),
        ]
        for (hour, value) in expected {
            #expect(abs(people.value(at: hour * 3600) - value) < 1e-9, "\(hour) h")
        }
        #expect(abs(people.value(at: 7 * 3600) - 2.5) < 1e-9)
    }

    @Test("A simulation adds the course of the day to what wanders, with the same draws as without it")
    func simulation() {
        let curve = DailyCurve([.init(0, 0), .init(12, 5)])
        let plant = Building()
        var plain = PlantSimulation(plant, disturbances: .init([.init(standardDeviation: 2)]), seed: 3)
        var daily = PlantSimulation(plant, disturbances: .init([.init(standardDeviation: 2)], daily: [curve]), seed: 3)
        for step in 0..<50 {
            let middle = (Double(step) + 0.5) * 300
            #expect(abs(daily.disturbance[0] - plain.disturbance[0] - curve.value(at: middle)) < 1e-9)
            #expect(daily.disturbance[1] == 0)
            plain.apply([0.5])
            daily.apply([0.5])
        }
    }
}
