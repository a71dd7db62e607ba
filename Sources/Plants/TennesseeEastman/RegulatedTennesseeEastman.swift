public import Episodes

/// The Tennessee Eastman process with its decentralised control: what is decided are the targets of the loops.
///
/// Left to itself the process shuts down within hours, and its flows want a correction every few seconds. So the
/// regulatory loops of `EastmanControl` run inside this plant, every 3 s, and a planner or an exploration policy moves
/// the eleven targets that no other loop moves, each within a range and at a rate that the loops were found to hold. What is measured
/// are the 41 measurements of the process and what the loops want of eleven valves.
///
/// The loops see true measurements; the sensors' noise is on what is recorded only. Else the next state would depend on
/// chance, and the plant would not be exact dynamics to plan with. `TennesseeEastman` under `EastmanControl` has the
/// noise in the loops as records of the process have.
///
/// **State.** That of `TennesseeEastman`, then the valves that the loops want, the targets of the loops, their last
/// errors, and whether the purge is overridden.
public struct RegulatedTennesseeEastman: Plant, Hashable {
    /// The process, sampled as often as the loops act.
    let inner: TennesseeEastman
    /// Seconds between samples.
    public let samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise
    /// How often the loops act in a sampling period.
    let calls: Int

    /// Creates the process at its base case.
    ///
    /// - Parameters:
    ///   - samplingTime: Seconds between samples; the loops act every 3 s, or as near below as divides it.
    ///   - noise: The published noise of the sensors by default.
    public init(samplingTime: Double = 180, noise: SensorNoise = RegulatedTennesseeEastman.publishedNoise) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.samplingTime = samplingTime
        self.noise = noise
        calls = max(1, Int((samplingTime / 3 - 1e-9).rounded(.up)))
        let inner = TennesseeEastman(samplingTime: samplingTime / Double(calls), noise: .none)
        self.inner = inner
        let loops = EastmanLoops<RealNumber>()
        let names = EastmanLoop.all.map { TennesseeEastman.measurements[$0.output].name }
        stateNames =
            inner.stateNames + TennesseeEastman.valves[..<11].map { "\($0.name) wanted" }
            + names.map { "\($0) target" } + names.map { "\($0) last error" } + ["purge override"]
        initialState =
            inner.initialState + loops.valves.map(\.value) + loops.targets.map(\.value) + loops.errors.map(\.value)
            + [0]
    }

    /// The published noise of the measurements; what the loops want of the valves is known.
    public static let publishedNoise = SensorNoise(
        standardDeviation: TennesseeEastman.publishedNoise.standardDeviation + [Double](repeating: 0, count: 11),
        repeats: TennesseeEastman.publishedNoise.repeats + [Bool](repeating: false, count: 11))

    /// The name by which commands know the plant.
    public var name: String { "tennessee-eastman" }
    /// The names of the states, in the order of the state vector.
    public let stateNames: [String]
    /// The 41 measurements with the limits of normal operation, and eleven valves.
    public let outputChannels =
        TennesseeEastman.measurements
        + TennesseeEastman.valves[..<11].map { Channel(name: $0.name, unit: "%", role: .observation) }
    /// The targets of the loops, each within a range and at a rate that the loops were found to hold.
    public let actionChannels = EastmanLoop.free.map { index in
        let loop = EastmanLoop.all[index]
        let measured = TennesseeEastman.measurements[loop.output]
        let reach = RegulatedTennesseeEastman.reaches[index] ?? 0
        return Channel(
            name: "\(measured.name)_target", unit: measured.unit, role: .action, lowerLimit: loop.target - reach,
            upperLimit: loop.target + reach, rateLimit: 2 * reach / RegulatedTennesseeEastman.rampTime)
    }
    /// What acts on the process without being decided.
    public var disturbanceChannels: [Channel] { inner.disturbanceChannels }
    /// The base case at rest.
    public let initialState: [Double]
    /// The targets of the base case.
    public let restAction = EastmanLoop.free.map { EastmanLoop.all[$0].target }
    /// The disturbances on an ordinary day.
    public var nominalDisturbance: [Double] { inner.nominalDisturbance }

    /// Compositions and pressures settle within hours. No target is one that a supervisor should move: within their
    /// ranges and rates the loops keep the process within its limits.
    public var knownResponse: KnownResponse? {
        KnownResponse(
            gains: DenseMatrix(rows: outputChannels.count, columns: actionChannels.count), timeConstant: 3 * 3600)
    }
    /// The targets of the base case are in force at the start.
    public var beginsAtRest: Bool { true }

    /// How far each target may be from that of the base case, by loop.
    private static let reaches: [Int: Double] = [
        4: 0.2, 12: 2, 13: 0.5, 6: 4, 7: 4, 10: 0.2, 14: 0.7, 15: 0.15, 16: 0.3, 17: 0.7, 18: 0.06,
    ]
    /// The least time in which a target may go through its range, s: quicker changes of all at once lose the process.
    private static let rampTime = 6 * 3600.0

    /// The same plant sampled at another rate.
    public func resampled(every seconds: Double) -> RegulatedTennesseeEastman? {
        RegulatedTennesseeEastman(samplingTime: seconds, noise: noise)
    }

    /// Why the process is shut down in a state; `nil` while it runs.
    public func shutdown(_ state: [Double]) -> TennesseeEastman.Shutdown? {
        inner.shutdown(Array(state[..<inner.stateNames.count]))
    }

    /// What it costs to run the process in a state, $/h.
    public func operatingCost(_ state: [Double]) -> Double {
        inner.operatingCost(Array(state[..<inner.stateNames.count]))
    }

    /// Two plants with the same settings are equal.
    public static func == (left: RegulatedTennesseeEastman, right: RegulatedTennesseeEastman) -> Bool {
        left.samplingTime == right.samplingTime && left.noise == right.noise
    }

    /// Hashes the settings.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(samplingTime)
        hasher.combine(noise)
    }
}
