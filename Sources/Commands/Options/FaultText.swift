import Basics
import Plants

/// Faults as they are typed: `stuck:Q1@5min`, `drift:T1:0.5/min@5min`, `change:convection:0.7@5min`.
enum FaultText {
    /// The fault.
    ///
    /// - Throws: `ForesightError.usage` that says what is wrong with the text.
    static func fault(_ text: String) throws -> PlantFault {
        let sides = text.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        let parts = (sides.first ?? "").split(separator: ":", omittingEmptySubsequences: false).map(String.init)
        guard sides.count == 2, parts.count >= 2, !parts[1].isEmpty else { throw form(text) }
        let start = sides[1] == "0" ? 0 : try DurationText.seconds(sides[1], option: "--fault")
        switch (parts[0], parts.count) {
        case ("stuck", 2): return PlantFault(.stuck(parts[1]), start: start)
        case ("drift", 3): return PlantFault(.drift(parts[1], rate: try rate(parts[2], text)), start: start)
        case ("change", 3):
            guard let factor = Double(parts[2]), factor.isFinite, factor >= 0 else { throw form(text) }
            return PlantFault(.change(parts[1], factor: factor), start: start)
        default: throw form(text)
        }
    }

    /// A rate per second; per another time where that is written behind a slash.
    private static func rate(_ text: String, _ whole: String) throws -> Double {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let units = ["s": 1.0, "min": 60, "h": 3600]
        guard let value = Double(parts[0]), value.isFinite, value != 0, parts.count <= 2,
            let seconds = parts.count == 2 ? units[String(parts[1])] : 1
        else { throw form(whole) }
        return value / seconds
    }

    private static func form(_ text: String) -> ForesightError {
        .usage(
            "--fault '\(text)' cannot be read",
            remedy: "write stuck:CHANNEL@TIME, drift:CHANNEL:RATE@TIME such as drift:T1:0.5/min@5min, or "
                + "change:PARAMETER:FACTOR@TIME")
    }
}
