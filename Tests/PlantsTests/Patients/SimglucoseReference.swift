import Testing

@testable import Plants

/// Figures made once with simglucose 0.2.11.
enum SimglucoseReference {
    /// The rates of change at one state, per minute: `T1DPatient.model`.
    struct Rates: Sendable, CustomTestStringConvertible {
        var patient: PatientParameters
        /// U/min.
        var insulin: Double
        /// g/min.
        var eaten: Double
        /// mg.
        var meal: Double
        var state: [Double]
        var rates: [Double]

        var testDescription: String { "\(patient.group) \(patient.number)" }
    }

    /// States off the steady one: with glucose above the renal threshold, production at its end, a stomach in the middle
    /// of a meal and an empty one.
    static let rates = [
        Rates(
            patient: PatientParameters(.adult, 3), insulin: 0.0213, eaten: 0.0, meal: 0.0,
            state: [
                0.0, 0.0, 0.0, 328.874, 79.4063, 6.49199, -12.5, 142.347, 134.156, 5.60872, 87.0399, 105.642, 343.983,
            ],
            rates: [
                0.0, 0.0, 0.0, 1.5087624736899983, -1.9303641567121232, -0.49439639734853214, 2.259388099697422,
                0.5866369358833695, 0.13262867200000006, 0.3181156595337389, -0.20132826697051365,
                -0.23796881999999986, -1.408158799999999,
            ]),
        Rates(
            patient: PatientParameters(.adolescent, 9), insulin: 0.4171, eaten: 3.5, meal: 48250.0,
            state: [
                9190.91, 4439.16, 5819.57, 402.75, 226.167, 5.19604, 33.25, 94.6198, 108.544, 5.43541, 75.6997,
                128.203, 316.81,
            ],
            rates: [
                3243.24273824, 199.91074560379883, -1163.6918999437987, 13.286708193705593, 7.096704506665748,
                0.1679799656187564, -0.8598500696504567, -0.00649600543928082, -0.10962801143999999,
                -0.10015739347768293, 55.5577446077407, -0.1845089099999997, 7.837728000000002,
            ]),
        Rates(
            patient: PatientParameters(.child, 7), insulin: 0.0071, eaten: 5.0, meal: 71300.0,
            state: [
                8077.07, 5835.86, 6865.3, 314.444, 153.07, 8.90704, 5.125, 131.804, 639.049, 1.6291, 56.1948, 68.7388,
                274.35,
            ],
            rates: [
                4463.95782662267, 442.25886141275225, -131.8329916806223, -0.7461215403314849, 0.5808817811065605,
                -0.004089740130073127, 0.4593705012372869, -0.13202494071447765, -5.817710078595, 0.006744638951380333,
                -0.18283035340623843, -0.06137011999999986, 3.175444800000001,
            ]),
        Rates(
            patient: PatientParameters(.adult, 10), insulin: 1.25, eaten: 0.0, meal: 22900.0,
            state: [
                20732.8, 13783.6, 5604.0, 352.604, 77.7395, 4.77662, 0.0, 111.366, 95.5961, 4.10608, 80.9767, 86.4559,
                412.104,
            ],
            rates: [
                -823.6726784, 276.0778180407452, -459.2197796407452, 12.702521805657904, -0.7659471947029086,
                0.3052527335100106, 0.12729527085417708, -0.09199002551582117, 0.12721578329999994,
                -0.15346575965000775, 99.96578977967006, -0.15737983999999994, -5.31335,
            ]),
    ]

    /// Glucose under the skin, mg/dL, at 8:00, 13:00, 19:00 and 24:00 of the day of `meals` under the basal rate and for
    /// each meal a bolus by the carbohydrate ratio over the three minutes from its beginning.
    ///
    /// `T1DPatient` step by step, its integrator set to a relative tolerance of 1e-11; with its own settings simglucose
    /// differs from that by up to 2e-4 mg/dL.
    static let traces: [PatientParameters.Group: [[Double]]] = [
        .adult: [
            [174.8875, 192.4228, 173.0934, 101.5785],
            [153.7414, 150.5358, 134.7284, 90.5759],
            [172.9077, 172.2202, 166.1381, 133.0263],
            [202.2750, 198.3990, 196.3982, 100.3898],
            [168.4168, 164.3575, 147.5045, 107.1928],
            [161.3519, 160.7995, 147.3310, 98.3268],
            [157.2791, 147.1990, 138.1455, 94.9686],
            [166.1838, 166.2186, 143.3058, 103.5660],
            [181.2559, 204.9073, 170.5301, 143.1018],
            [194.5735, 184.9825, 172.9082, 91.1965],
        ],
        .adolescent: [
            [157.1654, 133.4549, 120.8659, 95.1007],
            [232.0904, 244.9719, 233.2989, 110.8390],
            [192.2404, 194.4090, 179.3395, 89.1276],
            [196.6759, 207.1481, 187.4049, 88.7285],
            [202.9338, 207.1463, 202.1753, 84.3339],
            [167.6417, 176.9104, 182.9192, 122.6637],
            [228.3693, 242.2777, 237.0592, 79.0571],
            [216.1630, 218.5205, 225.7278, 91.2958],
            [182.6985, 179.4557, 172.2163, 82.7443],
            [164.1550, 150.1342, 137.0295, 99.8357],
        ],
        .child: [
            [214.2772, 210.5958, 214.3207, 81.6189],
            [177.1801, 168.1966, 138.0573, 66.1104],
            [231.3252, 282.0220, 276.4882, 96.4744],
            [152.8586, 125.2530, 129.3399, 28.6843],
            [105.8468, 85.8934, 76.1079, 58.4498],
            [217.1135, 217.6461, 216.0371, 59.2564],
            [132.1048, 102.3853, 95.5286, 65.5217],
            [352.8998, 396.5953, 411.3950, 36.0611],
            [183.8048, 171.8048, 174.6135, 69.5143],
            [250.3198, 265.2555, 275.2507, 63.1022],
        ],
    ]

    /// The meals of `traces`, minute and g.
    static let meals = [(420, 45.0), (720, 70), (905, 10), (1080, 80)].map { Meal(minute: $0.0, grams: $0.1) }

    /// The meals of `RandomScenario(seed=1)` on its first day, with what the Dexcom sensor of seed 1 adds to the reading
    /// that the controller has when it is told of each, mg/dL.
    static let randomDay: [(meal: Meal, error: Double)] = [
        (Meal(minute: 517, grams: 56), -9.370386660157076), (Meal(minute: 644, grams: 59), 8.430788223381583),
        (Meal(minute: 873, grams: 13), 13.940555761986232), (Meal(minute: 1109, grams: 79), 1.4623862485056787),
    ]

    /// Of 4810 values of ten patients on that day under simglucose's basal–bolus controller: how many were within
    /// 70…180 mg/dL, below 70, below 54 and above 180.
    static let counts: [PatientParameters.Group: [Int]] = [
        .adult: [4531, 0, 0, 279], .adolescent: [3806, 363, 43, 641], .child: [3518, 764, 347, 528],
    ]

    /// `RandomState(1).randn`, by which the sensor of seed 1 errs.
    static let draws = [
        1.624345364, -0.611756414, -0.528171752, -1.072968622, 0.865407629, -2.301538697, 1.744811764, -0.761206901,
        0.319039096, -0.249370375, 1.462107937, -2.060140709, -0.322417204, -0.384054355, 1.133769442, -1.099891267,
        -0.172428208, -0.877858418, 0.042213747, 0.582815214, -1.100619177,
    ]
    /// Errors of the Dexcom sensor of seed 1, every 3 min, by sample from 0.
    static let everyThreeMinutes = [
        0: 16.77394936879048, 4: 7.47963993996742, 7: 4.133628518169039, 49: 9.46474643251683, 50: 3.0321079976609546,
        74: -6.222245048272429,
    ]
    /// Those of the GuardianRT sensor, every 5 min.
    static let everyFiveMinutes = [
        0: 14.435338682834795, 2: 7.47963993996742, 7: -6.02264537181334, 29: 9.46474643251683,
        30: -0.3023032015824815, 44: -6.222245048272429,
    ]
}
