/// The linear models of a turbofan at its operating points, as published: a piecewise-linear engine.
///
/// A geared turbofan of the class of 150 passengers at sea level, standing, on a standard day: trims, state and output
/// matrices that NASA's Numerical Propulsion System Simulation gave at 15 000 to 28 000 lbf of thrust (J. C. Chin and
/// J. T. Csank, "Tool for the Integrated Dynamic Numerical Propulsion System Simulation (NPSS)/Turbine Engine Closed-Loop
/// Transient Analysis (TTECTrA) User's Guide", NASA/TM-2016-218923; the numbers are those of the authors' public
/// repository jcchin/TTECTrA_dev, model 150PAX_noVAFN2). Every other point is here but where the printed matrices of a
/// point are those of its neighbour (24 100 lbf): then the points beside it. Units are the published ones.
enum TurbofanTable {
    /// One operating point.
    struct Point {
        /// Net thrust, lbf; the speeds of fan and core, rpm; fuel, lbm/s.
        let thrust, fan, core, fuel: Double
        /// `∂(dN/dt)/∂N`, 1/s, row by row: fan by fan, fan by core, core by fan, core by core.
        let a: [Double]
        /// `∂(dN/dt)/∂fuel`, rpm/s per lbm/s: of fan and core.
        let b: [Double]
        /// At the point, then by fan speed, core speed and fuel: the pressure behind the compressor, psi.
        let pressure: [Double]
        /// The temperature before the turbine, °R.
        let temperature: [Double]
        /// Net thrust by fan speed, core speed and fuel, lbf.
        let thrustSlopes: [Double]
        /// The surge margin of the high-pressure compressor at its speed, %.
        let highMargin: [Double]
        /// The surge margin of the low-pressure compressor at its speed, %.
        let lowMargin: [Double]
    }

    /// The points by rising fan speed.
    static let points: [Point] = [
        Point(
            thrust: 15000, fan: 4033.63, core: 13386.1, fuel: 1.52067,
            a: [-7.31503, 3.51681, 5.40635, -16.6816], b: [3359.96, 11195.7],
            pressure: [246.989, 0.0261239, 0.0564483, 45.2457],
            temperature: [2653.17, -0.152601, -0.282005, 861.348], thrustSlopes: [8.31159, 1.17997, 911.606],
            highMargin: [25.3284, 0.0117509, 0.00600261, -22.0729],
            lowMargin: [16.2763, -0.0728775, 0.0673855, -2.1319]),
        Point(
            thrust: 16300, fan: 4155.31, core: 13514.8, fuel: 1.65595,
            a: [-7.43042, 3.61041, 5.80706, -17.6171], b: [3259.98, 11051.3],
            pressure: [263.586, 0.0300045, 0.0575753, 44.4702],
            temperature: [2712.1, -0.169612, -0.276033, 808.14], thrustSlopes: [8.46506, 1.27957, 941.897],
            highMargin: [24.645, 0.0124895, 0.00537194, -20.2011],
            lowMargin: [16.0554, -0.0709425, 0.0682709, -1.99688]),
        Point(
            thrust: 17600, fan: 4268.26, core: 13633.4, fuel: 1.79042,
            a: [-7.7931, 3.76683, 5.85237, -18.3667], b: [3176.95, 10887.8],
            pressure: [279.937, 0.0350805, 0.0566882, 43.8453],
            temperature: [2765.71, -0.194222, -0.25662, 761.789], thrustSlopes: [9.38029, 1.01383, 979.293],
            highMargin: [24.0616, 0.0131343, 0.00451034, -18.6279],
            lowMargin: [15.9673, -0.0706093, 0.0690421, -1.88727]),
        Point(
            thrust: 18900, fan: 4378.89, core: 13748.6, fuel: 1.93053,
            a: [-8.09492, 3.80976, 6.02374, -19.2603], b: [3188.96, 10775.4],
            pressure: [296.58, 0.0391679, 0.0568843, 43.1898],
            temperature: [2818.78, -0.209692, -0.245808, 719.714], thrustSlopes: [9.49009, 1.05694, 994.189],
            highMargin: [23.4997, 0.0137985, 0.00387792, -17.2272],
            lowMargin: [15.9127, -0.071333, 0.0697487, -1.77203]),
        Point(
            thrust: 20200, fan: 4487.06, core: 13860.2, fuel: 2.07358,
            a: [-8.8897, 3.91139, 6.09172, -20.2563], b: [3133.18, 10755.4],
            pressure: [313.507, 0.0460899, 0.0577413, 42.6371],
            temperature: [2868.79, -0.241909, -0.239304, 681.731], thrustSlopes: [11.0092, 1.10639, 1017.37],
            highMargin: [23.031, 0.0147495, 0.00336168, -16.0005],
            lowMargin: [15.8115, -0.0723167, 0.0705627, -1.71852]),
        Point(
            thrust: 21500, fan: 4579.65, core: 13961.4, fuel: 2.21589,
            a: [-8.99869, 4.01121, 6.30899, -21.0747], b: [2956.05, 10556.1],
            pressure: [329.84, 0.0489203, 0.0583289, 42.0998],
            temperature: [2916.59, -0.248643, -0.233416, 648.329], thrustSlopes: [11.2215, 1.13704, 1050.27],
            highMargin: [22.5264, 0.0149386, 0.00287845, -14.9401],
            lowMargin: [16.0513, -0.0722415, 0.0714115, -1.62903]),
        Point(
            thrust: 22800, fan: 4671.43, core: 14060.1, fuel: 2.36284,
            a: [-9.23809, 4.00787, 6.33035, -21.1676], b: [2910.58, 10461],
            pressure: [346.436, 0.0546828, 0.0579487, 41.5193],
            temperature: [2963.95, -0.25771, -0.229884, 619.191], thrustSlopes: [11.0938, 1.1634, 1065.44],
            highMargin: [22.055, 0.0158413, 0.00259559, -13.9995],
            lowMargin: [16.1984, -0.0752464, 0.0715379, -1.74017]),
        Point(
            thrust: 23450, fan: 4717.39, core: 14110.3, fuel: 2.43913,
            a: [-9.11277, 3.97102, 5.86262, -21.2473], b: [2860.65, 10219.6],
            pressure: [355.067, 0.0575392, 0.0572452, 40.9647],
            temperature: [2987.26, -0.269826, -0.221715, 609.81], thrustSlopes: [11.106, 1.15802, 1073.85],
            highMargin: [21.853, 0.0157486, 0.00241983, -13.6158],
            lowMargin: [16.2419, -0.072702, 0.0709712, -2.30289]),
        Point(
            thrust: 24750, fan: 4805.02, core: 14209.1, fuel: 2.59647,
            a: [-9.71223, 3.81863, 5.83483, -21.2903], b: [2786.48, 10079.2],
            pressure: [372.368, 0.0650358, 0.0517594, 40.503],
            temperature: [3035.04, -0.29828, -0.185114, 581.355], thrustSlopes: [11.683, 1.11319, 1120.32],
            highMargin: [21.4013, 0.0165658, 0.00141334, -12.751],
            lowMargin: [16.5253, -0.0739276, 0.0715251, -2.19898]),
        Point(
            thrust: 26050, fan: 4890.93, core: 14308.3, fuel: 2.76139,
            a: [-9.32962, 3.71806, 4.85443, -21.5826], b: [2687.52, 9972.59],
            pressure: [389.849, 0.0753429, 0.0450912, 40.3707],
            temperature: [3084.86, -0.344147, -0.14072, 553.157], thrustSlopes: [11.7714, 0.998353, 1155.09],
            highMargin: [20.9033, 0.0174327, -0.00256783, -11.9196],
            lowMargin: [16.9989, -0.072056, 0.0726492, -2.07637]),
        Point(
            thrust: 27350, fan: 4980.57, core: 14409.2, fuel: 2.93455,
            a: [-9.4465, 3.88862, 6.45027, -22.5577], b: [2595.99, 9840.57],
            pressure: [407.892, 0.0745663, 0.0433787, 39.8779],
            temperature: [3135.31, -0.328763, -0.124791, 528.162], thrustSlopes: [10.9462, 0.751308, 1185.03],
            highMargin: [20.3496, 0.0250412, -0.00720796, -11.0537],
            lowMargin: [17.4288, -0.0768871, 0.0747271, -2.02267]),
        Point(
            thrust: 28000, fan: 5033.14, core: 14462.9, fuel: 3.02591,
            a: [-7.03459, 3.66897, 5.91434, -22.1183], b: [2549.65, 9780.29],
            pressure: [417.561, 0.0659532, 0.0372347, 39.6751],
            temperature: [3160.29, -0.284543, -0.087556, 515.876], thrustSlopes: [7.54108, 0.670332, 1197.05],
            highMargin: [20.1442, 0.0220519, -0.00872207, -10.7046],
            lowMargin: [17.4049, -0.0691806, 0.0730327, -1.98744]),
    ]

    /// What the engine between two points is made of, each linear in the fan speed: trims and slopes, flat, so that a
    /// look-up allocates nothing.
    static let rows: [[Double]] = points.map { point in
        [
            point.fan, point.core, point.fuel, point.a[1], point.b[0], point.a[3], point.b[1],
            point.thrust, point.thrustSlopes[1], point.thrustSlopes[2],
            point.pressure[0], point.pressure[2], point.pressure[3],
            point.temperature[0], point.temperature[2], point.temperature[3],
            point.highMargin[0], point.highMargin[2], point.highMargin[3],
            point.lowMargin[0], point.lowMargin[2], point.lowMargin[3],
        ]
    }

    /// The segment that a fan speed lies in, rpm; the first or the last beyond the ends.
    static func segment(at fan: Double) -> Int {
        var index = 0
        while index < rows.count - 2, fan >= rows[index + 1][0] { index += 1 }
        return index
    }
}

/// The engine at one fan speed: columns of `TurbofanTable.rows` between two points.
struct TurbofanSection<S: EquationScalar> {
    private let low: [Double]
    private let high: [Double]
    private let share: S

    /// The engine at a fan speed, rpm; the ends go on as straight lines.
    init(at fan: S) {
        let segment = TurbofanTable.segment(at: fan.value)
        low = TurbofanTable.rows[segment]
        high = TurbofanTable.rows[segment + 1]
        share = (fan - low[0]) / (high[0] - low[0])
    }

    /// A trim, which goes on beyond the ends.
    @inline(__always)
    func trim(_ column: Int) -> S { share * (high[column] - low[column]) + low[column] }

    /// A slope, which beyond the ends stays what it is there.
    @inline(__always)
    func slope(_ column: Int) -> S {
        minimum(maximum(share, S(0)), S(1)) * (high[column] - low[column]) + low[column]
    }

    /// An output: its trim, then what core speed and fuel off their trims add.
    @inline(__always)
    func output(_ column: Int, core: S, fuel: S) -> S {
        let off = (core - trim(1), fuel - trim(2))
        return trim(column) + slope(column + 1) * off.0 + slope(column + 2) * off.1
    }
}
