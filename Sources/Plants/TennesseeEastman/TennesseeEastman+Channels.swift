public import Episodes

extension TennesseeEastman {
    /// The measurements, `XMEAS(1)` to `XMEAS(41)` of the paper. Limits are those of normal operation; beyond 3000 kPa
    /// or 175 °C in the reactor, or with too much or too little in a vessel, the plant shuts down.
    public static let measurements: [Channel] =
        [
            measured("a_feed", "kscmh"), measured("d_feed", "kg/h"), measured("e_feed", "kg/h"),
            measured("ac_feed", "kscmh"), measured("recycle", "kscmh"), measured("reactor_feed", "kscmh"),
            measured("reactor_pressure", "kPa", upper: 2895), measured("reactor_level", "%", lower: 50, upper: 100),
            measured("reactor_temperature", "°C", upper: 150), measured("purge", "kscmh"),
            measured("separator_temperature", "°C"), measured("separator_level", "%", lower: 30, upper: 100),
            measured("separator_pressure", "kPa"), measured("separator_underflow", "m³/h"),
            measured("stripper_level", "%", lower: 30, upper: 100), measured("stripper_pressure", "kPa"),
            measured("product", "m³/h"), measured("stripper_temperature", "°C"), measured("steam", "kg/h"),
            measured("compressor_work", "kW"), measured("reactor_water", "°C"), measured("condenser_water", "°C"),
        ] + ["A", "B", "C", "D", "E", "F"].map { measured("feed_\($0)", "mol%") }
        + ["A", "B", "C", "D", "E", "F", "G", "H"].map { measured("purge_\($0)", "mol%") }
        + ["D", "E", "F", "G", "H"].map { measured("product_\($0)", "mol%") }

    /// The valves, `XMV(1)` to `XMV(12)` of the paper; the last is the speed of the agitator.
    public static let valves: [Channel] = [
        "d_feed_valve", "e_feed_valve", "a_feed_valve", "ac_feed_valve", "recycle_valve", "purge_valve",
        "separator_valve", "stripper_valve", "steam_valve", "reactor_water_valve", "condenser_water_valve", "agitator",
    ].map { Channel(name: $0, unit: "%", role: .action, lowerLimit: 0, upperLimit: 100) }

    /// The valves of the base case, %.
    public static let baseValves = [
        63.05263039, 53.97970677, 24.64355755, 61.30192144, 22.21, 40.06374673, 38.1003437, 46.53415582, 47.44573456,
        41.10581288, 18.11349055, 50,
    ]

    /// The lags of the valves, s.
    static let valveLags = [8.0, 8, 6, 9, 7, 5, 5, 5, 120, 5, 5, 5]

    /// Seconds between analyses of gases and of the product; as long after it was taken a sample's analysis is shown.
    static let analysisPeriods = [360.0, 900]
    /// The measurements that come from the analysers: of gases, of the product.
    static let analysers = [22..<36, 36..<41]

    /// The noise of the sensors as published. An analysis keeps the noise that it had when it was made.
    public static let publishedNoise = SensorNoise(
        standardDeviation: [
            0.0012, 18, 22, 0.05, 0.2, 0.21, 0.3, 0.5, 0.01, 0.0017, 0.01, 1, 0.3, 0.125, 1, 0.3, 0.115, 0.01, 1.15,
            0.2, 0.01, 0.01, 0.25, 0.1, 0.25, 0.1, 0.25, 0.025, 0.25, 0.1, 0.25, 0.1, 0.25, 0.025, 0.05, 0.05, 0.01,
            0.01, 0.01, 0.5, 0.5,
        ], repeats: (0..<41).map { $0 >= 22 })

    private static func measured(
        _ name: String, _ unit: String, lower: Double? = nil, upper: Double? = nil
    ) -> Channel {
        Channel(name: name, unit: unit, role: .observation, lowerLimit: lower, upperLimit: upper)
    }
}

extension TennesseeEastman {
    /// What acts on the process without being decided, as quantities.
    public enum Disturbance: Int, Sendable, Hashable, CaseIterable {
        /// A in the feed of A and C, mol%.
        case feedCShareOfA
        /// B in the feed of A and C, mol%; the rest is C.
        case feedCShareOfB
        /// Temperature of the feed of D, °C.
        case feedDTemperature
        /// Temperature of the feed of A and C, °C.
        case feedCTemperature
        /// Temperature at which the cooling water of the reactor comes, °C.
        case reactorWaterTemperature
        /// Temperature at which the cooling water of the condenser comes, °C.
        case condenserWaterTemperature
        /// Speed of the reaction to G, % of the ordinary.
        case reaction1
        /// Speed of the reaction to H, % of the ordinary.
        case reaction2
        /// What a valve passes of A, % of the ordinary.
        case feedAAvailability
        /// What a valve passes of A and C, % of the ordinary.
        case feedCAvailability
        /// Heat transfer from the steam, % of the ordinary.
        case steamHeatTransfer
        /// Heat transfer to the cooling water of the reactor, % of the ordinary.
        case reactorHeatTransfer
        /// Heat transfer to the cooling water of the condenser, % of the ordinary.
        case condenserHeatTransfer
        /// What flows out of the reactor at a pressure difference, % of the ordinary.
        case reactorOutflow
        /// Dead band of the valve of the reactor's cooling water, %.
        case reactorWaterValveSticking
        /// Dead band of the valve of the condenser's cooling water, %.
        case condenserWaterValveSticking
        /// Dead band of the valves of recycle, separator, stripper and steam, %.
        case otherValvesSticking

        /// The value on an ordinary day.
        public var nominal: Double {
            switch self {
            case .feedCShareOfA: 48.5
            case .feedCShareOfB: 0.5
            case .feedDTemperature, .feedCTemperature: 45
            case .reactorWaterTemperature: 35
            case .condenserWaterTemperature: 40
            case .reactorWaterValveSticking, .condenserWaterValveSticking, .otherValvesSticking: 0
            default: 100
            }
        }

        /// The channel in a log.
        public var channel: Channel {
            let (name, unit) =
                switch self {
                case .feedCShareOfA: ("ac_feed_A", "mol%")
                case .feedCShareOfB: ("ac_feed_B", "mol%")
                case .feedDTemperature: ("d_feed_temperature", "°C")
                case .feedCTemperature: ("ac_feed_temperature", "°C")
                case .reactorWaterTemperature: ("reactor_water_inlet", "°C")
                case .condenserWaterTemperature: ("condenser_water_inlet", "°C")
                case .reaction1: ("reaction_G", "%")
                case .reaction2: ("reaction_H", "%")
                case .feedAAvailability: ("a_feed_available", "%")
                case .feedCAvailability: ("ac_feed_available", "%")
                case .steamHeatTransfer: ("steam_heat_transfer", "%")
                case .reactorHeatTransfer: ("reactor_heat_transfer", "%")
                case .condenserHeatTransfer: ("condenser_heat_transfer", "%")
                case .reactorOutflow: ("reactor_outflow", "%")
                case .reactorWaterValveSticking: ("reactor_water_sticking", "%")
                case .condenserWaterValveSticking: ("condenser_water_sticking", "%")
                case .otherValvesSticking: ("other_valves_sticking", "%")
                }
            return Channel(name: name, unit: unit, role: .disturbance)
        }

        /// The channels of all disturbances, in order.
        public static let channels = allCases.map(\.channel)
        /// All disturbances on an ordinary day.
        public static let nominal = allCases.map(\.nominal)
    }
}
