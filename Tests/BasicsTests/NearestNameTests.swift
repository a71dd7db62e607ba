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

    @Test("Whether a near name was meant is asked, before all that there are is listed")
    func words() {
        let names = ["depth", "width"]
        #expect(nearestNameQuestion(to: "depht", among: names) == "did you mean depth?")
        #expect(nearestNameQuestion(to: "depht", among: names, isQuoted: true) == "did you mean 'depth'?")
        #expect(nearestNameQuestion(to: "zebra crossing", among: names) == nil)
        #expect(nearestNameRemedy(to: "depht", among: names) == "did you mean depth? known are depth, width")
        #expect(
            nearestNameRemedy(to: "depht", among: names, isQuoted: true, lead: "there are")
                == "did you mean 'depth'? there are depth, width")
        #expect(nearestNameRemedy(to: "zebra crossing", among: names) == "known are depth, width")
    }
}
