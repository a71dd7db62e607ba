import Episodes
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

    @Test(
        "The time of an event finds its row again, also in a long log",
        arguments: [
            (2500, 10, "41.7 min"), (97_200, 1, "27 h"), (97_215, 1, "97215 s"), (97_215.25, 0.25, "97215.2 s"),
            (0, 1, "0 s"), (-5, 1, "-5 s"), (90, 1, "90 s"),
        ] as [(Double, Double, String)])
    func times(seconds: Double, samplingTime: Double, words: String) {
        let episode = Episode(name: "log", channels: [], samplingTime: samplingTime, values: [])
        #expect(WatchWords.time(seconds, episode) == words)
    }
}
