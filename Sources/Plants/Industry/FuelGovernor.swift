/// A min–max fuel governor: a proportional–integral loop on the fan speed between an acceleration and a deceleration
/// schedule; a baseline for `Turbofan`.
///
///     Wf = max(r_min·Ps3, min(r_max(N1)·Ps3, Wf_top, K·(e + ∫e/Ti)))
///
/// The ratio of fuel to the pressure behind the compressor is the customary quantity of such schedules (L. C. Jaw and
/// J. D. Mattingly, "Aircraft Engine Controls", AIAA 2009). The acceleration schedule is made as the published tool makes its own, from the engine's model: the ratio at which
/// the high-pressure compressor would have its least margin, with some in hand. The deceleration limit is a part of the
/// ratio at rest. The integral stops while a schedule is in force. The integral time is the time constant of the published
/// model at 20 200 lbf; the gain is the one of four that cost least on three episodes that no comparison has, without a limit
/// crossed.
public struct FuelGovernor: Controller, Hashable {
    /// K, kg/s per rpm.
    public var gain: Double
    /// Ti, s.
    public var integralTime: Double
    /// The least margin of the high-pressure compressor that the acceleration schedule is made for, %.
    public var leastMargin: Double
    /// The least ratio as a part of that at rest.
    public var leastRatio: Double
    /// The hottest turbine that the acceleration schedule is made for, K.
    public var hottest: Double
    private let samplingTime: Double
    private let range: ClosedRange<Double>
    private var integral: Double
    private var fuel: Double

    /// Creates a governor of an engine.
    public init(
        for engine: Turbofan = Turbofan(), gain: Double = 0.0008, integralTime: Double = 0.18,
        leastMargin: Double = 12.5, leastRatio: Double = 0.8, hottest: Double = 1760
    ) {
        self.gain = gain
        self.integralTime = integralTime
        self.leastMargin = leastMargin
        self.leastRatio = leastRatio
        self.hottest = hottest
        samplingTime = engine.samplingTime
        range = engine.actionRange(0)
        integral = engine.restAction[0]
        fuel = integral
    }

    /// Starts anew from the fuel in force.
    public mutating func reset(action: [Double]) {
        integral = action[0]
        fuel = action[0]
    }

    /// The least and the greatest ratio of fuel to pressure at a fan speed, kg/s per kPa.
    ///
    /// - Parameter fan: The fan speed, rpm.
    /// - Returns: The deceleration and the acceleration limit.
    public func ratios(at fan: Double) -> ClosedRange<Double> {
        let section = TurbofanSection(at: RealNumber(fan))
        let (fuel, pressure) = (section.trim(2).value, section.trim(10).value)
        let margin = (section.trim(16).value - leastMargin) / -section.slope(18).value
        let heat = (hottest * 1.8 - section.trim(13).value) / section.slope(15).value
        let added = max(0, min(margin, heat))
        let scale = Turbofan.Units.pound / Turbofan.Units.psi
        let top = (fuel + added) / (pressure + section.slope(12).value * added) * scale
        let low = leastRatio * fuel / pressure * scale
        return min(low, top)...top
    }

    /// The fuel, kg/s; where a speed or the pressure was not measured, that of before.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        let (fan, pressure) = (observations[0], observations[2])
        let error = (reference[0] ?? fan) - fan
        guard !error.isNaN, !pressure.isNaN else { return [fuel] }
        let wanted = gain * error + integral
        let ratios = ratios(at: fan)
        let limited = max(ratios.lowerBound * pressure, min(ratios.upperBound * pressure, wanted))
        fuel = min(max(limited, range.lowerBound), range.upperBound)
        let step = gain * samplingTime / integralTime * error
        // While a schedule is in force the integral goes only the way that leads back.
        if fuel == wanted || (fuel < wanted) == (step < 0) { integral += step }
        integral = min(max(integral, range.lowerBound), range.upperBound)
        return [fuel]
    }
}
