import Basics
import Foundation
import Testing

@testable import Commands

@Suite("Every error ends as one line with its status")
struct EndingTests {
    @Test(
        "The family decides the status",
        arguments: [
            (ForesightError.Code.usage, Int32(64)), (.data, 65), (.failure, 1), (.refused, 2), (.unavailable, 1),
            (.interrupted, 130),
        ]) func status(code: ForesightError.Code, status: Int32)
    {
        let ending = Ending(ForesightError(code, "it broke", remedy: "mend it"))
        #expect(ending.status == status)
        #expect(ending.complaint == ["foresight: it broke; mend it"])
        #expect(ending.output == nil)
    }

    @Test("Line breaks and control characters of names do not tear the line") func oneLine() {
        let ending = Ending(ForesightError.data("a\r\n  b\u{1B}[31m\tc\u{2028}d"))
        #expect(ending.complaint == ["foresight: a b [31m c d"])
    }

    @Test("A caret below a formula becomes a mark in it; the picture stays on demand") func pointed() {
        let error = ForesightError.usage("goal, character 5: wrong\n    T1 = x\n         ^")
        #expect(Ending(error).complaint == ["foresight: goal, character 5: wrong: T1 = ⟨here⟩x"])
        #expect(Ending(error, isVerbose: true).complaint.prefix(3).last == "         ^")
        let end = ForesightError.usage("guardrail, character 3: cut", remedy: "go on?\n    ab\n      ^")
        #expect(Ending(end).complaint == ["foresight: guardrail, character 3: cut; go on? ab⟨here⟩"])
        let other = ForesightError.data("two\nlines ^")
        #expect(Ending(other).complaint == ["foresight: two lines ^"])
    }

    @Test("An error of nobody's is status 1 and asks for a report") func unexpected() {
        struct Odd: Error {}
        let ending = Ending(Odd())
        #expect(ending.status == 1)
        #expect(ending.complaint.count == 1)
        #expect(ending.complaint[0].contains("Odd()"))
        #expect(ending.complaint[0].contains("report"))
    }
}
