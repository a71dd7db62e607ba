public import Episodes

/// The Tennessee Eastman process: a chemical plant of a reactor, a separator and a stripper with a recycle, open-loop
/// unstable, with 12 valves and 41 measurements, 19 of them from analysers that answer late.
///
/// Gases A, D, E and C become the liquid products G and H and the by-product F in four exothermic reactions; B is inert
/// and leaves with the purge. After J. J. Downs and E. F. Vogel, "A plant-wide industrial process control problem",
/// Computers & Chemical Engineering 1993, https://doi.org/10.1016/0098-1354(93)80018-I: component and energy balances,
/// vapour–liquid equilibrium by Antoine's equation and Raoult's law, reaction rates, flows through valves, a compressor,
/// and lags of the valves. Left with its valves where they are it shuts down on reactor pressure within four hours;
/// `EastmanControl` keeps it running.
///
/// **State.** The fifty states of the equations, the valve commands and disturbances in force, and what the analysers
/// hold: the last analysis that they show, the sample that they are working on, and the time until the next one. A
/// plant is a value without memory, so that the dead time of the analysers has to be in its state. Gases of feed and
/// purge are analysed every 6 min and shown 6 min later, the product every 15 min and 15 min later; a sample is taken at
/// the first sampling instant that is due, which is exact where the sampling time divides 3 min.
///
/// **Disturbances** are quantities, such as the temperature of the cooling water, held over a sampling period like
/// actions; `EastmanDisturbances` makes the twenty published ones of them. A valve that sticks ignores commands less
/// than its dead band away from the last one that it followed.
///
/// **Shutdown.** Beyond the published limits (reactor above 3000 kPa or 175 °C or outside 2 to 24 m³, separator outside
/// 1 to 12 m³, stripper outside 1 to 8 m³) the state stays as it is for good, as in the published program.
public struct TennesseeEastman: Plant, Hashable {
    /// Seconds between samples.
    public let samplingTime: Double
    /// The longest step of the Runge–Kutta method, s.
    public let longestStep: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise
    /// The equations.
    let process: EastmanProcess

    /// Creates the process at its base case.
    ///
    /// - Parameters:
    ///   - samplingTime: Seconds between samples; records of the process have one every 3 min.
    ///   - longestStep: The longest step of the Runge–Kutta method, s. Gas flows through small pressure differences are
    ///     quick: with 5 s the method is no longer stable away from the base case.
    ///   - noise: The published noise of the sensors by default.
    public init(
        samplingTime: Double = 180, longestStep: Double = 2, noise: SensorNoise = TennesseeEastman.publishedNoise
    ) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        precondition(longestStep > 0, "steps of \(longestStep) s are not positive")
        self.samplingTime = samplingTime
        self.longestStep = longestStep
        self.noise = noise
        process = EastmanProcess(samplingTime: samplingTime, longestStep: longestStep)
        let names = Self.measurements[22...].map(\.name)
        stateNames =
            process.stateNames + names.map { "\($0) shown" } + names.map { "\($0) sampled" }
            + ["next gas analysis", "next product analysis"]
        let analyses = Array(process.outputs(of: process.initialState)[22...])
        initialState = process.initialState + analyses + analyses + Self.analysisPeriods
    }

    /// The name by which commands know the plant.
    public var name: String { "tennessee-eastman" }
    /// The names of the states, in the order of the state vector.
    public let stateNames: [String]
    /// The 41 measurements in the published order, with the published limits of normal operation.
    public var outputChannels: [Channel] { Self.measurements }
    /// The 12 valves in the published order.
    public var actionChannels: [Channel] { Self.valves }
    /// What acts on the plant without being decided.
    public var disturbanceChannels: [Channel] { Disturbance.channels }
    /// The base case at rest, with true analyses in the analysers.
    public let initialState: [Double]
    /// The valves of the base case. The process is unstable: they do not hold it.
    public var restAction: [Double] { Self.baseValves }
    /// The disturbances on an ordinary day.
    public var nominalDisturbance: [Double] { Disturbance.nominal }

    /// The same plant sampled at another rate.
    public func resampled(every seconds: Double) -> TennesseeEastman? {
        TennesseeEastman(samplingTime: seconds, longestStep: longestStep, noise: noise)
    }

    /// Two plants with the same settings are equal.
    public static func == (left: TennesseeEastman, right: TennesseeEastman) -> Bool {
        left.samplingTime == right.samplingTime && left.longestStep == right.longestStep && left.noise == right.noise
    }

    /// Hashes the settings.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(samplingTime)
        hasher.combine(longestStep)
        hasher.combine(noise)
    }
}

extension TennesseeEastman {
    /// Why the process shut down.
    public enum Shutdown: String, Sendable, Hashable, Codable, CaseIterable {
        /// The reactor is above 3000 kPa.
        case reactorPressure
        /// The reactor holds less than 2 or more than 24 m³ of liquid.
        case reactorLevel
        /// The reactor is above 175 °C.
        case reactorTemperature
        /// The separator holds less than 1 or more than 12 m³ of liquid.
        case separatorLevel
        /// The stripper holds less than 1 or more than 8 m³ of liquid.
        case stripperLevel
    }

    /// Why the process is shut down in a state; `nil` while it runs.
    public func shutdown(_ state: [Double]) -> Shutdown? {
        process.shutdown(Array(state[..<process.stateNames.count]))
    }

    /// What it costs to run the process in a state, $/h, by the prices of the paper: what leaves with purge and product
    /// that should not, work of the compressor and steam.
    public func operatingCost(_ state: [Double]) -> Double {
        process.operatingCost(Array(state[..<process.stateNames.count]))
    }
}
