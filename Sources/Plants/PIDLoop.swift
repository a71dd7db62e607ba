/// The settings of a PID loop in ideal form: `u = K·(b·r − y + (1/Ti)·∫(r − y) − Td·dy/dt)`.
public struct PIDSettings: Sendable, Hashable, Codable {
    /// The proportional gain K, unit of the action per unit of the output; negative for a reverse-acting loop.
    public var gain: Double
    /// The integral time Ti, s; infinite for no integral part.
    public var integralTime: Double
    /// The derivative time Td, s; acts on the measurement only, so that a step of the target does not kick.
    public var derivativeTime: Double
    /// The weight b of the target in the proportional part, 0…1.
    public var targetWeight: Double
    /// The time constant of the filter on the measurement that enters the derivative, as a share of Td.
    public var filterShare: Double

    /// Creates settings.
    public init(
        gain: Double, integralTime: Double, derivativeTime: Double = 0, targetWeight: Double = 1,
        filterShare: Double = 0.2
    ) {
        precondition(
            integralTime > 0 && derivativeTime >= 0 && filterShare > 0,
            "Ti \(integralTime) s, Td \(derivativeTime) s, filter \(filterShare)")
        self.gain = gain
        self.integralTime = integralTime
        self.derivativeTime = derivativeTime
        self.targetWeight = targetWeight
        self.filterShare = filterShare
    }
}

/// One discrete PID loop with limits on the output and on how far it moves, anti-windup by back-calculation and a filtered
/// derivative (Åström and Hägglund, "Advanced PID Control", 2006, chapters 3 and 13).
public struct PIDLoop: Sendable, Hashable {
    /// The settings.
    public var settings: PIDSettings
    /// The least and the greatest action.
    public let limits: ClosedRange<Double>
    /// Seconds between calls.
    public let samplingTime: Double

    private var integral: Double
    private var derivative = 0.0
    private var lastMeasurement: Double?
    private let start: Double
    private var startIsPending = true
    private var applied: Double

    /// Creates a loop.
    ///
    /// - Parameters:
    ///   - settings: The settings.
    ///   - limits: The least and the greatest action.
    ///   - samplingTime: Seconds between calls.
    ///   - start: The action in force before the first call.
    public init(settings: PIDSettings, limits: ClosedRange<Double>, samplingTime: Double, start: Double = 0) {
        self.settings = settings
        self.limits = limits
        self.samplingTime = samplingTime
        self.start = min(max(start, limits.lowerBound), limits.upperBound)
        integral = self.start
        applied = self.start
    }

    /// The action for a target and a measurement; where one of them is missing, the action stays, and so does the integral.
    ///
    /// - Parameters:
    ///   - target: What the measurement should be.
    ///   - measurement: What it is; `NaN` where it was not measured.
    ///   - reach: The least and the greatest action that the actuator can come to until the next call, within `limits`;
    ///     `limits` where `nil`. What is wanted beyond is forgotten as what is beyond the limits.
    /// - Returns: The action.
    public mutating func update(target: Double, measurement: Double, reach: ClosedRange<Double>? = nil) -> Double {
        let reach = reach?.clamped(to: limits) ?? limits
        let error = target - measurement
        guard !error.isNaN else {
            // A change since before the gap is none of one period.
            lastMeasurement = nil
            applied = min(max(applied, reach.lowerBound), reach.upperBound)
            return applied
        }
        // Backward difference behind a first-order filter of Td·share.
        let filter = settings.derivativeTime * settings.filterShare
        let change = (measurement - (lastMeasurement ?? measurement)) / samplingTime
        derivative += samplingTime / (samplingTime + filter) * (change - derivative)
        lastMeasurement = measurement
        let proportional = settings.gain * (settings.targetWeight * target - measurement)
        if startIsPending {
            // With b < 1 the integral carries the rest of the target from the start.
            integral = start + settings.gain * (1 - settings.targetWeight) * measurement
            startIsPending = false
        }
        let wanted = proportional + integral - settings.gain * settings.derivativeTime * derivative
        applied = min(max(wanted, reach.lowerBound), reach.upperBound)
        integral += settings.gain * samplingTime / settings.integralTime * error
        if wanted != applied {
            // Back-calculation: forget the excess over a tracking time of √(Ti·Td), or Ti without derivative.
            let tracking =
                settings.derivativeTime > 0
                ? (settings.integralTime * settings.derivativeTime).squareRoot() : settings.integralTime
            integral += min(1, samplingTime / tracking) * (applied - wanted)
        }
        return applied
    }
}
