import Testing

@testable import WorldModels

@Suite("Judging structures by left-out parts")
struct JudgementTests {
    @Test("A gain on all parts counts, one on a single part does not")
    func chance() {
        let old = Judgement([1, 1.2, 0.9, 1.1, 1])
        #expect(Judgement(old.errors.map { 0.9 * $0 }).isBetter(than: old, by: 0.05))
        #expect(!Judgement(old.errors.map { 0.9 * $0 }).isBetter(than: old, by: 0.15))
        // The error over all parts falls by a tenth, but four of five parts are predicted worse.
        let lucky = Judgement([1.02, 0.1, 0.92, 1.12, 1.02])
        #expect(lucky.error < 0.95 * old.error)
        #expect(!lucky.isBetter(than: old, by: 0.03))
    }

    @Test("What halves the error of the part in which something happens counts, unless the others pay for it")
    func overflow() {
        let old = Judgement([0.03, 0.08, 0.04, 0.04, 0.4])
        let better = Judgement([0.033, 0.085, 0.044, 0.042, 0.2])
        #expect(better.error < old.error * 2 / 3 && better.isBetter(than: old, by: 0.03))
        // By a quarter it may be chance.
        #expect(!Judgement([0.033, 0.085, 0.044, 0.042, 0.3]).isBetter(than: old, by: 0.03))
        #expect(!Judgement([0.05, 0.12, 0.06, 0.06, 0.2]).isBetter(than: old, by: 0.03))
    }

    @Test("A part in which nothing happens has no say")
    func quiet() {
        let old = Judgement([1e-4, 1, 1, 1, 1])
        // A hundredth of next to nothing is no gain, a hundred times of it no loss.
        #expect(!Judgement([1e-6, 0.99, 0.99, 0.99, 0.99]).isBetter(than: old, by: 0.03))
        #expect(Judgement([1e-2, 0.8, 0.8, 0.8, 0.8]).isBetter(than: old, by: 0.03))
    }

    @Test("What runs away is never better, and anything is better than that")
    func infinite() {
        #expect(!Judgement([1, .infinity]).isBetter(than: Judgement([2, 2]), by: 0.03))
        #expect(Judgement([2, 2]).isBetter(than: Judgement([1, .infinity]), by: 0.03))
        #expect(Judgement([]).error == .infinity)
    }
}
