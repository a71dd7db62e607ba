import Episodes
import Testing

@testable import Plants

/// The published program at two random states, its constants read as double precision: states, valve commands and
/// disturbances, the rates of change per hour, and the measurements.
private struct Reference: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let state: [Double]
    let commands: [Double]
    let changed: [TennesseeEastman.Disturbance: Double]
    let rates: [Double]
    let measurements: [Double]

    static let all = [
        Reference(
            testDescription: "near the base case, without feed of A",
            state: [
                10.4347, 4.31678, 7.54988, 0.434128, 23.6921, 3.0582, 160.29, 153.824, 2.80061, 64.1943, 26.3364,
                45.7029, 0.245285, 15.4313, 1.83342, 54.3979, 41.4436, 0.568764, 0.443269, 0.00809134, 0.912317,
                0.0159483, 0.778721, 0.0900329, 48.0813, 38.1616, 0.378341, 105.319, 28.7681, 87.8331, 23.1694,
                64.4916, 5.57774, 12.1162, 5.4209, 0.921434, 94.8346, 78.6415, 56.3045, 56.2648, 38.7406, 58.325,
                25.5916, 60.4941, 44.7141, 64.12, 41.1257, 51.8038, 17.8012, 69.0166,
            ],
            commands: [
                32.3054, 92.7559, 47.2618, 89.5474, 45.9675, 75.5118, 48.5127, 70.8702, 31.7179, 88.9865, 26.5708,
                0.617683,
            ],
            changed: [.feedAAvailability: 0],
            rates: [
                -297.1013891761, -109.9129489564, -202.0150916582, -24.49195519746, -132.2711899821, -22.56092291291,
                -112.3740593022, -61.63301050569, -8.51546628578, 347.5890669677, 146.3352832739, 260.0639857973,
                15.78076715107, 201.6118820993, 31.08130566171, 82.57482094594, 31.20960040731, 3.666026403001,
                -1.090316169533, -0.01925976037886, -2.148705947431, -0.0044647327652, -0.3281050415566,
                -0.04080495487782, -47.04314399743, -39.43219628058, -0.5857980029931, -99.26721547477,
                -39.00258847527, -81.33709727739, -20.9377662865, -58.81250118422, -9.0576548874, -19.9131205933,
                -8.828543113459, -1.235187358701, -270.9424075431, 149.6044811787, -10799.595, 16420.995, 5112.72,
                12488.96, 10479.03428571, 10812.744, 2734.992, 4860.144, -282.234, 26771.544, 6314.112,
                -49247.22024,
            ],
            measurements: [
                0, 3271.899619678, 4700.156768175, 8.893800705094, 21.83662862297, 39.95133672076, 2693.312678304,
                74.72838481384, 120.2841577236, 0.5110166753944, 78.48571040551, 50.94796098153, 2586.421868835,
                29.36372607933, 48.92294643258, 3054.670784301, 31.76518305824, 67.23262210264, 190.8822035172,
                343.0142798323, 94.8346, 78.6415, 31.65622289944, 8.64696195362, 26.40040440517, 6.964134589639,
                19.38454091609, 1.676527319051, 33.64085272131, 13.80152059621, 23.95048357622, 1.220424304212,
                18.24747174928, 2.168014338038, 4.780238854673, 2.190993860055, 0.0180224538315, 0.8799974461303,
                0.1017421156842, 54.33450646204, 43.12470132467,
            ]),
        Reference(
            testDescription: "far from the base case, with warm cooling water",
            state: [
                8.12566, 3.68739, 8.18089, 0.428963, 32.7035, 2.70022, 168.471, 128.657, 2.20225, 58.3931, 23.5121,
                40.781, 0.253479, 14.9795, 1.81727, 62.9919, 42.5997, 0.461524, 0.489168, 0.00882381, 0.824977,
                0.0179543, 0.827218, 0.0811337, 45.9022, 44.9253, 0.299198, 102.901, 24.343, 70.5195, 24.1313,
                94.3524, 8.25417, 16.6496, 5.44109, 0.716424, 124.935, 67.987, 80.6846, 63.4769, 28.8253, 66.3264,
                17.0643, 41.1493, 27.0532, 60.6899, 28.8745, 33.513, 6.85499, 33.9182,
            ],
            commands: [
                39.1431, 96.4659, 5.11197, 95.152, 26.1709, 3.60461, 54.9919, 72.2059, 66.442, 92.9892, 59.7863,
                75.8235,
            ],
            changed: [.reactorWaterTemperature: 40],
            rates: [
                -416.7268509551, -300.0921401742, -614.4868572785, 86.27857217684, -423.2464373151, -29.15530772962,
                -338.6578160767, -147.2711132225, 1.33188019155, -1538.9251099, -569.6371443206, -773.1676180175,
                -33.16838782967, -112.3303253596, -50.18266059947, -18.47305532474, -24.3790789901, -6.537952186692,
                -0.7769545208515, -0.01276456425143, -0.305221044981, -0.06028538954149, -2.848045525602,
                -0.2299598604706, -105.9099385715, -157.2943661331, -0.8599209520661, 2406.211374445,
                869.7803410643, 1835.297345095, 259.7854980661, 745.2327221088, 78.48704855107, 171.8658141676,
                72.31813335434, 20.59958923688, -3451.961147573, 323.6419812501, -18693.675, 14845.05, -14227.998,
                11530.24, 4683.394285714, -27032.1768, 20115.864, 8291.52, 1127.025, 42822.864, 38110.5432,
                30171.816,
            ],
            measurements: [
                0.293032117119, 4688.646769866, 5302.62937321, 10.11390969715, 69.31024140085, 20.79627335923,
                2139.04953115, 67.83338907866, 100.3512845369, 0.3377079629219, 60.31220367074, 52.88665327026,
                2025.445248459, 16.94680365984, 50.58892447777, 2256.731121569, 29.06608508248, 50.98409088167,
                200.4758121594, 321.6436237981, 124.935, 67.987, 29.68937026428, 7.023530775633, 20.3465422722,
                6.962450322722, 27.22289714311, 2.381523108175, 36.73571620877, 14.7917105458, 25.65575800411,
                1.154725469918, 14.68518439539, 1.781564474529, 3.741591425719, 1.453749475763, 0.01928977452931,
                0.8887480273018, 0.08716857687175, 49.31649178187, 48.26692812649,
            ]),
    ]

    var input: [Double] {
        commands + TennesseeEastman.Disturbance.allCases.map { changed[$0] ?? $0.nominal }
    }
}

@Suite("Tennessee Eastman: equations")
struct EastmanEquationTests {
    private let process = EastmanProcess(samplingTime: 1, longestStep: 1)

    @Test("Rates of change are those of the published program, state by state", arguments: Reference.all)
    fileprivate func rates(reference: Reference) {
        let rates = process.rates(at: reference.state, input: reference.input)
        for (index, expected) in reference.rates.enumerated() {
            #expect(abs(rates[index] * 3600 - expected) < 1e-9 * abs(expected), "\(process.stateNames[index])")
        }
    }

    @Test("Measurements are those of the published program", arguments: Reference.all)
    fileprivate func measurements(reference: Reference) {
        let outputs = process.outputs(of: reference.state + reference.input)
        for (index, expected) in reference.measurements.enumerated() {
            #expect(abs(outputs[index] - expected) <= 1e-9 * abs(expected), "\(process.outputChannels[index].name)")
        }
    }

    @Test("The base case measures what the paper prints, rests, and costs 170.6 $/h")
    func baseCase() {
        let plant = TennesseeEastman()
        let printed = [
            0.25052, 3664.0, 4509.3, 9.3477, 26.902, 42.339, 2705.0, 75.000, 120.40, 0.33712, 80.109, 50.000, 2633.7,
            25.160, 50.000, 3102.2, 22.949, 65.731, 230.31, 341.43, 94.599, 77.297, 32.188, 8.8933, 26.383, 6.8820,
            18.776, 1.6567, 32.958, 13.823, 23.978, 1.2565, 18.579, 2.2633, 4.8436, 2.2986, 0.01787, 0.83570,
            0.09858, 53.724, 43.828,
        ]
        for (index, value) in plant.outputs(of: plant.initialState).enumerated() {
            // Five digits are printed; of D in the product, 0.01787 mol%, four.
            let digit = index == 36 ? 3e-4 : 6e-5
            #expect(abs(value - printed[index]) < digit * printed[index], "\(plant.outputChannels[index].name)")
        }
        // What a state gains in an hour is less than 0.2 % of it, of the whole inventory far less.
        let state = Array(plant.initialState[..<50])
        let rates = process.rates(at: state, input: Array(plant.initialState[50..<79]))
        for index in 0..<50 { #expect(abs(rates[index] * 3600) < 2e-3 * abs(state[index])) }
        #expect(abs(plant.operatingCost(plant.initialState) - 170.6) < 0.5)
    }

    @Test("Derivatives by dual numbers agree with central differences")
    func derivatives() {
        let plant = TennesseeEastman(samplingTime: 10)
        var state = plant.step(plant.initialState, action: plant.restAction.map { $0 * 1.05 }, disturbance: [])
        // Both analysers are due at the end of the step.
        state[117] = 10
        state[118] = 10
        let action = plant.restAction.map { $0 * 0.97 }
        let cotangent = state.indices.map { Double(($0 * 37) % 11) - 5 }
        func scalar(_ x: [Double], _ u: [Double]) -> Double {
            zip(plant.step(x, action: u, disturbance: []), cotangent).reduce(0) { $0 + $1.0 * $1.1 }
        }
        let back = plant.stepPullback(state, action: action, disturbance: [], cotangent: cotangent)
        for index in [0, 3, 7, 8, 12, 17, 20, 26, 30, 35, 36, 37, 39, 48, 85, 110] {
            var (up, down) = (state, state)
            let step = 1e-5 * max(1, abs(state[index]))
            up[index] += step
            down[index] -= step
            let slope = (scalar(up, action) - scalar(down, action)) / (2 * step)
            #expect(abs(slope - back.state[index]) < 1e-5 * max(1, abs(slope)), "\(plant.stateNames[index])")
        }
        for index in 0..<12 {
            var (up, down) = (action, action)
            up[index] += 1e-3
            down[index] -= 1e-3
            let slope = (scalar(state, up) - scalar(state, down)) / 2e-3
            #expect(abs(slope - back.action[index]) < 1e-5 * max(1, abs(slope)), "\(plant.actionChannels[index].name)")
        }
    }
}
