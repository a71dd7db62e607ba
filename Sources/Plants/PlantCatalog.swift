import Basics

/// The plants that commands know by name.
public enum PlantCatalog {
    /// All names.
    public static let names =
        [
            "heater-lab", "heater-switches", "four-tank", "cstr", "cstr-constrained", "boiler-turbine", "vehicle",
            "gene-switch", "building", "turbofan", "production-line", "tennessee-eastman", "double-integrator",
            "two-lags",
        ] + VirtualPatient.names
    /// The same for people to read: of patients who differ in their figures only, the first of each group.
    public static let families = names.filter { !VirtualPatient.names.contains($0) || $0.hasSuffix("-1") }

    /// A plant by name.
    ///
    /// - Parameters:
    ///   - name: One of `names`.
    ///   - samplingTime: Seconds between samples, an hour at most, of a patient ten minutes; the plant's own where `nil`.
    /// - Returns: The plant.
    /// - Throws: `ForesightError` when no plant has the name or the sampling time is not sensible.
    public static func plant(_ name: String, samplingTime: Double? = nil) throws -> any Plant {
        if let samplingTime, !(samplingTime > 0 && samplingTime <= 3600) {
            throw ForesightError.usage(
                "a sampling time of \(samplingTime) s is not between 0 and 3600 s", remedy: "choose one that is")
        }
        switch name {
        case "heater-lab": return samplingTime.map { HeaterLab(samplingTime: $0) } ?? HeaterLab()
        case "heater-switches": return HeaterLab.switched(samplingTime: samplingTime ?? 10)
        case "four-tank": return samplingTime.map { FourTank(samplingTime: $0) } ?? FourTank()
        case "cstr": return CSTR(.tracking, samplingTime: samplingTime)
        case "cstr-constrained": return CSTR(.constrained, samplingTime: samplingTime)
        case "boiler-turbine": return samplingTime.map { BoilerTurbine(samplingTime: $0) } ?? BoilerTurbine()
        case "vehicle": return samplingTime.map { Vehicle(samplingTime: $0) } ?? Vehicle()
        case "gene-switch": return samplingTime.map { GeneSwitch(samplingTime: $0) } ?? GeneSwitch()
        case "building": return samplingTime.map { Building(samplingTime: $0) } ?? Building()
        case "turbofan": return samplingTime.map { Turbofan(samplingTime: $0) } ?? Turbofan()
        case "production-line": return samplingTime.map { ProductionLine(samplingTime: $0) } ?? ProductionLine()
        case "tennessee-eastman":
            return samplingTime.map { RegulatedTennesseeEastman(samplingTime: $0) } ?? RegulatedTennesseeEastman()
        case "double-integrator":
            return samplingTime.map { LinearPlant.doubleIntegrator(samplingTime: $0) } ?? .doubleIntegrator()
        case "two-lags": return samplingTime.map { LinearPlant.twoLags(samplingTime: $0) } ?? .twoLags()
        case _ where VirtualPatient.names.contains(name): return try VirtualPatient.named(name, every: samplingTime)
        default:
            let nearest = nearestName(to: name, among: names).map { "did you mean \($0)? " } ?? ""
            throw ForesightError.usage(
                "unknown plant \(name)",
                remedy: "\(nearest)known are \(families.joined(separator: ", ")) (patients to -10)")
        }
    }
}
