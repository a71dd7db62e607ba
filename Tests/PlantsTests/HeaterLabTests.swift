import Basics
import Testing

@testable import Plants

@Suite("Heater lab")
struct HeaterLabTests {
    /// Net heat flow into both heaters, W, written anew from the published balances.
    private func balance(_ p: HeaterLab.Parameters, _ t1: Double, _ t2: Double, _ q: [Double]) -> (Double, Double) {
        let (k1, k2, ka) = (t1 + 273.15, t2 + 273.15, p.ambient + 273.15)
        func power4(_ x: Double) -> Double { x * x * x * x }
        let es = 0.9 * 5.67e-8
        let exchange = p.exchange * p.exchangeArea * (k2 - k1) + es * p.exchangeArea * (power4(k2) - power4(k1))
        let one = p.convection * p.area * (ka - k1) + es * p.area * (power4(ka) - power4(k1)) + exchange
        let two = p.convection * p.area * (ka - k2) + es * p.area * (power4(ka) - power4(k2)) - exchange
        return (one + p.power1 * q[0], two + p.power2 * q[1])
    }

    @Test(
        "The lab settles where the heat balance has its root",
        arguments: [[50.0, 0], [0, 50], [80, 40], [100, 100]])
    func steadyState(action: [Double]) {
        let lab = HeaterLab()
        // Nested bisection: T2 that balances heater 2 for a given T1, then T1 that balances heater 1.
        func secondTemperature(_ t1: Double) -> Double {
            bisect(0, 200) { balance(lab.parameters, t1, $0, action).1 }
        }
        let t1 = bisect(0, 200) { balance(lab.parameters, $0, secondTemperature($0), action).0 }
        let state = lab.settled(from: lab.initialState, action: action, disturbance: [23])
        #expect(abs(state[0] - t1) < 1e-6)
        #expect(abs(state[2] - t1) < 1e-6)
        #expect(abs(state[1] - secondTemperature(t1)) < 1e-6)
    }

    private func bisect(_ low: Double, _ high: Double, _ falling: (Double) -> Double) -> Double {
        var (low, high) = (low, high)
        for _ in 0..<200 {
            let middle = (low + high) / 2
            if falling(middle) > 0 { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }

    @Test("Heat stored equals heat put in minus heat lost")
    func energy() {
        // Lossless and without radiation all heat stays: ΔTH1 + ΔTH2 = Σ α·Q·t / (m·cp).
        let parameters = HeaterLab.Parameters(convection: 0, exchange: 20, emissivity: 0)
        let lab = HeaterLab(parameters: parameters, samplingTime: 1)
        var state = [30.0, 25, 28, 24]
        for _ in 0..<200 { state = lab.step(state, action: [40, 70], disturbance: [23]) }
        let expected = 55 + (0.01 * 40 + 0.0075 * 70) * 200 / (4e-3 * 500)
        #expect(abs(state[0] + state[1] - expected) < 1e-9)
    }

    @Test("Ambient temperature and heaters off is rest, and warmer air warms the lab")
    func rest() {
        let lab = HeaterLab()
        let still = lab.step(lab.initialState, action: [0, 0], disturbance: [23])
        #expect(zip(still, lab.initialState).allSatisfy { abs($0 - $1) < 1e-12 })
        let warmer = lab.settled(from: lab.initialState, action: [0, 0], disturbance: [30])
        #expect(warmer.allSatisfy { abs($0 - 30) < 1e-6 })
    }

    @Test("The sensor follows its heater as a lag of first order")
    func sensorLag() {
        // Constant heaters: with huge heat capacity TH does not move, and TC closes the gap as exp(−t/τ).
        let lab = HeaterLab(parameters: .init(heatCapacity: 1e12), samplingTime: 10)
        let state = lab.step([60, 40, 20, 20], action: [0, 0], disturbance: [23])
        #expect(abs(state[2] - (60 - 40 * exponential(-0.5))) < 2e-3)
        #expect(abs(state[3] - (40 - 20 * exponential(-0.5))) < 1e-3)
    }

    @Test("Sensors and heaters that a fault makes fast stay with the equations; those without any mass are refused")
    func fast() throws {
        for (parameter, factor) in [("sensorLag", 0.02), ("mass", 0.01), ("exchange", 1000), ("emissivity", 1000)] {
            let lab = try #require(HeaterLab().multiplying(parameter, by: factor))
            let fine = try #require(lab.resampled(every: 0.05))
            var (one, other) = (lab.initialState, lab.initialState)
            for _ in 0..<30 {
                one = lab.step(one, action: [60, 20], disturbance: [23])
                for _ in 0..<200 { other = fine.step(other, action: [60, 20], disturbance: [23]) }
            }
            for (a, b) in zip(one, other) { #expect(abs(a - b) < 1e-2, "\(parameter): \(one), \(other)") }
        }
        for parameter in ["sensorLag", "mass"] {
            let error = #expect(throws: ForesightError.self) {
                try PlantFault(.change(parameter, factor: 0), start: 0).requireFit(HeaterLab())
            }
            #expect(error?.message.contains("cannot be 0") == true)
        }
        try PlantFault(.change("convection", factor: 0), start: 0).requireFit(HeaterLab())
    }

    @Test("Half the sub-step changes a ten-minute trajectory by less than 1 mK")
    func subSteps() {
        let coarse = HeaterLab(samplingTime: 10)
        let fine = HeaterLab(samplingTime: 2.5)
        var a = coarse.initialState
        var b = fine.initialState
        var worst = 0.0
        for step in 0..<60 {
            let action = step % 12 < 6 ? [100.0, 0] : [0, 100]
            a = coarse.step(a, action: action, disturbance: [23])
            for _ in 0..<4 { b = fine.step(b, action: action, disturbance: [23]) }
            worst = max(worst, zip(a, b).map { abs($0 - $1) }.max() ?? 0)
        }
        #expect(worst < 1e-3)
        #expect(worst > 0)
    }

    /// Root mean square differences of T1 and T2 from a recording, with the air at the mean first temperature.
    private func recordedError(_ path: String, _ parameters: HeaterLab.Parameters) throws -> [Double] {
        let rows = try RecordedData.rows(path, header: true)
        var lab = HeaterLab(parameters: parameters)
        lab.parameters.ambient = (rows[0][3] + rows[0][4]) / 2
        var state = [rows[0][3], rows[0][4], rows[0][3], rows[0][4]]
        var sums = [0.0, 0]
        for (index, row) in rows.enumerated() {
            sums[0] += (state[2] - row[3]) * (state[2] - row[3])
            sums[1] += (state[3] - row[4]) * (state[3] - row[4])
            guard index + 1 < rows.count else { break }
            lab.samplingTime = rows[index + 1][0] - row[0]
            state = lab.step(state, action: [row[1], row[2]], disturbance: [lab.parameters.ambient])
        }
        return sums.map { ($0 / Double(rows.count)).squareRoot() }
    }

    @Test(
        "A real lab's ten minutes look like the model's: as published within its spread, fitted within 1 K",
        .enabled(if: RecordedData.has("tclab/energy_balance_mimo_600s.csv")))
    func recording() throws {
        let path = "tclab/energy_balance_mimo_600s.csv"
        let published = try recordedError(path, .published)
        // The recorded temperatures range over 35 and 23 K; this unit's heaters are weaker than published.
        #expect(published[0] < 4.2 && published[1] < 6.8)
        let fitted = try recordedError(path, .fittedToRecording)
        #expect(fitted[0] < 1 && fitted[1] < 1)
    }
}
