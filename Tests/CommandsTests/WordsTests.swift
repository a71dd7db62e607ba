import Testing

@testable import Commands

@Suite("Numbers in words")
struct WordsTests {
    @Test(
        "A share that is not all or none does not look like it",
        arguments: [
            (1, "100 %"), (0, "0 %"), (0.5, "50 %"), (0.994, "99 %"), (0.996, "99.6 %"), (0.99996, "99.996 %"),
            (0.004, "0.4 %"), (0.00001, "0.001 %"), (.nan, "– %"),
        ] as [(Double, String)])
    func shares(share: Double, words: String) { #expect(wholePercent(share) == words) }
}
