extension HeaterLab: ParametricPlant {
    /// The names of `Parameters` that can change while the lab runs.
    public var parameterNames: [String] {
        ["convection", "exchange", "mass", "emissivity", "power1", "power2", "sensorLag"]
    }

    /// Those that rates are divided by.
    public var positiveParameters: Set<String> { ["mass", "sensorLag"] }

    /// The same lab with one parameter multiplied by a factor.
    public func multiplying(_ parameter: String, by factor: Double) -> HeaterLab? {
        var copy = self
        switch parameter {
        case "convection": copy.parameters.convection *= factor
        case "exchange": copy.parameters.exchange *= factor
        case "mass": copy.parameters.mass *= factor
        case "emissivity": copy.parameters.emissivity *= factor
        case "power1": copy.parameters.power1 *= factor
        case "power2": copy.parameters.power2 *= factor
        case "sensorLag": copy.parameters.sensorLag *= factor
        default: return nil
        }
        return copy
    }
}
