public import Episodes

/// The Tennessee Eastman process as who runs it for money sees it: what it costs, what must not be left, and the targets of
/// seven loops that decide both.
///
/// The process and its loops are those of `RegulatedTennesseeEastman`; targets that cost nothing to keep (levels of separator
/// and stripper, flow of the product, E in the product) stay where they are. The targets that move do so within wider ranges
/// than there, around and beyond where N. L. Ricker, "Optimal steady-state operation of the Tennessee Eastman challenge process",
/// Computers & Chemical Engineering 1995, https://doi.org/10.1016/0098-1354(94)00043-N, found operation to be cheap:
/// little purge, a low level, little steam. Ranges and rates are ours.
///
/// **The cost** is what an operator's accounting makes of the measurements, as late and as noisy as they are: flow of the
/// purge and of the product, work of the compressor, steam, and the last analyses, by the prices of the paper
/// (`measuredCost`). `RegulatedTennesseeEastman.operatingCost` is the true one.
public struct SupervisedTennesseeEastman: Plant, Hashable {
    /// The process with its loops.
    public let regulated: RegulatedTennesseeEastman
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise

    /// A target that moves.
    struct Lever: Sendable {
        /// Its place among the targets of the regulated process.
        let target: Int
        /// How far it goes from that of the base case.
        let reach: ClosedRange<Double>
        /// The least time in which it goes through all of that, s.
        let rampTime: Double
        /// What the reactor's pressure in the end answers to one unit, kPa: for a supervisor.
        let pressure: Double
    }

    /// The targets that move: recycle, level and temperature of the reactor, A, D and E in its feed, B in the purge.
    static let levers: [Lever] = [
        Lever(target: 0, reach: -1...2, rampTime: 6 * 3600, pressure: -16),
        Lever(target: 1, reach: -10...3, rampTime: 8 * 3600, pressure: 8),
        Lever(target: 2, reach: -0.6...1.4, rampTime: 6 * 3600, pressure: -44),
        Lever(target: 6, reach: -1...4, rampTime: 6 * 3600, pressure: -24),
        Lever(target: 7, reach: -0.2...0.3, rampTime: 6 * 3600, pressure: -130),
        Lever(target: 8, reach: -2...1, rampTime: 6 * 3600, pressure: -45),
        Lever(target: 9, reach: -1.5...8.5, rampTime: 12 * 3600, pressure: 20),
    ]
    /// The measurements that are shown beside the cost: pressure, level and temperature of the reactor, levels of separator and
    /// stripper, flow of the product, B in the purge, G in the product.
    static let shown = [6, 7, 8, 11, 14, 16, 29, 39]
    /// The flow of the product, m³/h, and G in it, mol%, of the base case.
    public static let product = (flow: 22.949, shareG: 53.724)
    /// What counts as the same product: so far from the base case, as a share of it.
    public static let tolerance = 0.05
    /// What the paper allows G to vary by, mol%.
    static let allowedG = 5.0

    /// Creates the process at its base case.
    ///
    /// - Parameter samplingTime: Seconds between samples.
    public init(samplingTime: Double = 180) {
        regulated = RegulatedTennesseeEastman(samplingTime: samplingTime)
        let base = regulated.outputs(of: regulated.initialState)
        let published = TennesseeEastman.publishedNoise
        // An error of each measurement moves the cost by its price.
        let slopes = Self.costSlopes(base)
        let variance = slopes.indices.reduce(0) { sum, index in
            let part = slopes[index] * published.standardDeviation[index]
            return sum + part * part
        }
        noise = SensorNoise(
            standardDeviation: [variance.squareRoot()] + Self.shown.map { published.standardDeviation[$0] },
            repeats: [false] + Self.shown.map { published.repeats[$0] })
    }

    /// The name by which commands know the plant.
    public var name: String { "tennessee-eastman-supervised" }
    /// Seconds between samples.
    public var samplingTime: Double { regulated.samplingTime }
    /// The names of the states, in the order of the state vector.
    public var stateNames: [String] { regulated.stateNames }
    /// The cost, $/h, and the measurements that limits are about: those of normal operation, and what the paper allows G in the product to vary by.
    public var outputChannels: [Channel] {
        let cost = Channel(name: "operating_cost", unit: "$/h", role: .observation)
        return [cost]
            + Self.shown.map { index in
                var channel = regulated.outputChannels[index]
                if index == 39 {
                    channel.lowerLimit = Self.product.shareG - Self.allowedG
                    channel.upperLimit = Self.product.shareG + Self.allowedG
                }
                return channel
            }
    }
    /// The targets of seven loops, each within a range and at a rate.
    public var actionChannels: [Channel] {
        Self.levers.map { lever in
            var channel = regulated.actionChannels[lever.target]
            let base = regulated.restAction[lever.target]
            channel.lowerLimit = base + lever.reach.lowerBound
            channel.upperLimit = base + lever.reach.upperBound
            channel.rateLimit = (lever.reach.upperBound - lever.reach.lowerBound) / lever.rampTime
            return channel
        }
    }
    /// What acts on the process without being decided.
    public var disturbanceChannels: [Channel] { regulated.disturbanceChannels }
    /// The base case at rest.
    public var initialState: [Double] { regulated.initialState }
    /// The targets of the base case.
    public var restAction: [Double] { Self.levers.map { regulated.restAction[$0.target] } }
    /// The disturbances on an ordinary day.
    public var nominalDisturbance: [Double] { regulated.nominalDisturbance }
    /// The targets of the base case are in force at the start.
    public var beginsAtRest: Bool { true }
    /// What a supervisor of a log needs: which way the pressure goes.
    public var knownResponse: KnownResponse? {
        var gains = DenseMatrix(rows: 1 + Self.shown.count, columns: Self.levers.count)
        for (column, lever) in Self.levers.enumerated() { gains[1, column] = lever.pressure }
        return KnownResponse(gains: gains, timeConstant: 6 * 3600)
    }

    /// The same plant sampled at another rate.
    public func resampled(every seconds: Double) -> SupervisedTennesseeEastman? {
        var copy = SupervisedTennesseeEastman(samplingTime: seconds)
        copy.noise = noise
        return copy
    }

    /// Why the process is shut down in a state; `nil` while it runs.
    public func shutdown(_ state: [Double]) -> TennesseeEastman.Shutdown? { regulated.shutdown(state) }

    /// What it truly costs to run the process in a state, $/h.
    public func operatingCost(_ state: [Double]) -> Double { regulated.operatingCost(state) }

    /// The state one sampling period later.
    public func step(_ state: [Double], action: [Double], disturbance: [Double]) -> [Double] {
        regulated.step(state, action: targets(action), disturbance: disturbance)
    }

    /// The true outputs, without noise; those of the analysers, and so the cost, as late as they are.
    public func outputs(of state: [Double]) -> [Double] {
        let all = regulated.outputs(of: state)
        return [Self.measuredCost(all)] + Self.shown.map { all[$0] }
    }

    /// Vector–Jacobian products of `step` with respect to state and action.
    public func stepPullback(
        _ state: [Double], action: [Double], disturbance: [Double], cotangent: [Double]
    ) -> (state: [Double], action: [Double]) {
        let back = regulated.stepPullback(
            state, action: targets(action), disturbance: disturbance, cotangent: cotangent)
        return (back.state, Self.levers.map { back.action[$0.target] })
    }

    /// The gradient with respect to the outputs, carried back to the state.
    public func outputPullback(_ state: [Double], cotangent: [Double]) -> [Double] {
        let all = regulated.outputs(of: state)
        var back = [Double](repeating: 0, count: all.count)
        for (index, slope) in Self.costSlopes(all).enumerated() { back[index] = slope * cotangent[0] }
        for (place, index) in Self.shown.enumerated() { back[index] += cotangent[1 + place] }
        return regulated.outputPullback(state, cotangent: back)
    }

    /// The targets of all loops.
    private func targets(_ action: [Double]) -> [Double] {
        var targets = regulated.restAction
        for (lever, value) in zip(Self.levers, action) { targets[lever.target] = value }
        return targets
    }

    /// Two plants with the same settings are equal.
    public static func == (left: SupervisedTennesseeEastman, right: SupervisedTennesseeEastman) -> Bool {
        left.regulated == right.regulated && left.noise == right.noise
    }

    /// Hashes the settings.
    public func hash(into hasher: inout Hasher) {
        hasher.combine(regulated)
        hasher.combine(noise)
    }
}

extension SupervisedTennesseeEastman: SteppedPlant {}
