/// How a plant is drawn: a schematic above its gauges. A plant without one has its gauges alone.
struct PlantPicture: Sendable {
    /// Height of the schematic; it is 800 wide.
    let height: Double
    /// The signals that it cannot do without.
    let needs: [String]
    /// Draws it.
    let draw: @Sendable (inout Sketch, EpisodeScene) -> Void

    /// The picture of a scene's plant; `nil` where there is none, or where the scene lacks what it shows.
    static func of(_ scene: EpisodeScene) -> PlantPicture? {
        let picture: PlantPicture
        switch scene.plant {
        case "heater-lab", "heater-switches": picture = .heaterLab
        case "four-tank": picture = .fourTank
        case "cstr", "cstr-constrained": picture = .reactor
        case "boiler-turbine": picture = .boilerTurbine
        case "vehicle": picture = .vehicle
        case "building": picture = .building
        case "production-line": picture = .productionLine
        case "turbofan": picture = .turbofan
        case "gene-switch": picture = .geneSwitch
        case let name where name.hasPrefix("patient-"): picture = .patient
        default: return nil
        }
        return picture.needs.allSatisfy { scene.signal($0) != nil } ? picture : nil
    }
}

extension EpisodeScene {
    /// The values of a signal that a picture needs.
    func motion(_ name: String) -> Motion { Motion(signal(name)?.values ?? [0]) }

    /// The values of a signal as shares of a range, from 0 to 1.
    func share(_ name: String, of range: ClosedRange<Double>? = nil) -> Motion {
        guard let signal = signal(name) else { return 0 }
        let range = range ?? signal.range
        return Motion(signal.values).map {
            min(1, max(0, ($0 - range.lowerBound) / (range.upperBound - range.lowerBound)))
        }
    }

    /// The values of a signal as text.
    func texts(_ name: String, decimals: Int) -> [String] {
        guard let signal = signal(name) else { return [] }
        let unit = signal.unit.map { $0.isEmpty ? "" : "\u{202F}\($0)" } ?? ""
        return signal.values.map { NumberText.fixed($0, decimals: decimals) + unit }
    }
}
