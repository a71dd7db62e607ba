/// A number as files of a run keep it: as itself, and as a word where JSON has no number for it, so that an error beyond all numbers is
/// read as one.
struct KeptNumber: Sendable, Codable, Equatable {
    var value: Double

    init(_ value: Double) { self.value = value }

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let number = try? container.decode(Double.self) {
            value = number
            return
        }
        switch try container.decode(String.self) {
        case "inf": value = .infinity
        case "-inf": value = -.infinity
        default: value = .nan
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if value.isFinite {
            try container.encode(value)
        } else {
            try container.encode(value.isNaN ? "nan" : value > 0 ? "inf" : "-inf")
        }
    }
}

extension [Double] {
    /// The numbers as files keep them.
    var kept: [KeptNumber] { map { KeptNumber($0) } }
}

extension [KeptNumber] {
    /// The numbers that were kept.
    var numbers: [Double] { map(\.value) }
}
