import Basics
import Testing

@Suite("Nearest names")
struct NearestNameTests {
    @Test(
        "The name with the fewest edits is found",
        arguments: [
            ("depht", "depth"), ("DEPTH", "depth"), ("dept", "depth"), ("lerning_rate", "learning_rate"),
            ("Q12", "Q1"), ("zebra crossing", nil), ("", nil),
        ])
    func nearest(typed: String, expected: String?) {
        #expect(nearestName(to: typed, among: ["depth", "learning_rate", "width", "Q1"]) == expected)
    }

    @Test("Nothing is near when there are no candidates")
    func none() {
        #expect(nearestName(to: "depth", among: []) == nil)
    }
}
