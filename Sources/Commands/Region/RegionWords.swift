import Basics
import Reports
import WorldModels

/// What is said of a learned region.
enum RegionWords {
    /// One sentence.
    static func finding(_ region: ImageRegion) -> String {
        let bands = region.bands
        let last = bands.steps - 1
        return "region \(region.name): \(counted(bands.steps, "step")) ahead the sign of the score misjudges "
            + "\(NumberText.percent(bands.error[last], decimals: 1)) of held-out passages, \(bands.inside[last]) of "
            + "\(bands.inside[last] + bands.outside[last]) through it; with a band of "
            + "\(NumberText.significant(bands.guardHalfWidth[last])) at most "
            + "\(NumberText.percent(1 - bands.coverage, decimals: 1)) on either side"
    }

    static func json(_ region: ImageRegion) -> JSONValue {
        let bands = region.bands
        return [
            "name": .string(region.name), "coverage": .number(bands.coverage),
            "guard_half_width": .array(bands.guardHalfWidth.map { .number($0) }),
            "error": .array(bands.error.map { .number($0) }),
            "inside": .array(bands.inside.map { .integer($0) }), "outside": .array(bands.outside.map { .integer($0) }),
        ]
    }
}
