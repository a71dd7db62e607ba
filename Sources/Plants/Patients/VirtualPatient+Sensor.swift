extension SensorNoise {
    /// A Dexcom sensor of glucose in mg/dL, by the figures of simglucose: errors that wander from one quarter of an hour
    /// to the next with a spread of 11.7 mg/dL, on a scale of 39 to 600.
    public static let dexcom = SensorNoise(
        drift: SensorDrift(
            correlation: 0.7, gamma: -0.5444, delta: 1.6898, lambda: 15.9574, xi: -5.47, interval: 900),
        scale: 39...600)
}

extension VirtualPatient {
    /// The steps of the pump: those of the basal rate and of what a bolus brings in one sampling period.
    public func delivered(_ action: [Double]) -> [Double] { [pump.delivered(action[0], over: samplingTime)] }
}
