import Basics
import Testing
import _TestSupport

@testable import Benchmarking

@Suite("Tests by ranks")
struct RankTestsTests {
    /// Hamilton's depression scale before and after, the example of R's `wilcox.test`.
    private static let before = [1.83, 0.50, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.30]
    private static let after = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29]
    private static let tied: ([Double], [Double]) = (
        [3, 1, 4, 1, 5, 9, 2, 6, 5, 3, 5, 8], [2, 7, 1, 8, 2, 8, 1, 8, 2, 8, 4, 5]
    )
    private static let many = (tenths(80, 37, 11, 0, 101), tenths(80, 53, 7, 3, 97))
    private static let untied = (
        tenths(30, 37, 11, 0, 101).enumerated().map { $0.element + Double($0.offset) / 1000 }, tenths(30, 53, 7, 3, 97)
    )

    /// A polynomial of whole numbers modulo another, in tenths.
    private static func tenths(_ count: Int, _ a: Int, _ b: Int, _ c: Int, _ modulus: Int) -> [Double] {
        (0..<count).map { index -> Double in
            let value = (a * index * index + b * index + c) % modulus
            return Double(value) / 10
        }
    }

    @Test(
        "The signed-rank test gives the p-values of scipy.stats.wilcoxon 1.17, exact without ties and else the normal ones",
        arguments: [
            ((before, after), 0.01953125), (tied, 0.4684936659857403), (many, 0.0796369142309708),
            (untied, 0.02884396445006132), (([2, 2, 3, 5, 1], [2, 3, 3, 1, 0]), 0.2071080891212626),
        ] as [(([Double], [Double]), Double)])
    func signedRank(pairs: ([Double], [Double]), p: Double) {
        #expect(isClose(RankTests.signedRank(pairs.0, pairs.1), p, within: 1e-9))
    }

    @Test("Of n pairs that all point one way p is 2 to the minus n, and without a difference 1")
    func extremes() {
        let values = (1...10).map(Double.init)
        #expect(RankTests.signedRank(values, [Double](repeating: 0, count: 10)) == 1.0 / 1024)
        #expect(RankTests.signedRank([Double](repeating: 0, count: 10), values) == 1)
        #expect(RankTests.signedRank(values, values) == 1)
        #expect(RankTests.signedRank([], []) == 1)
        #expect(RankTests.signedRank([.infinity], [.infinity]) == 1)
        let (lost, kept) = (values + [.infinity], [Double](repeating: 0, count: 10) + [.infinity])
        #expect(RankTests.signedRank(lost, kept) < 0.01)
    }

    @Test(
        "The area is that of sklearn.metrics.roc_auc_score, ties counting half",
        arguments: [
            ((before, after), 0.7160493827160495), (tied, 0.48263888888888895), (many, 0.556171875),
            (([1, 2], [3, 4, 5]), 0), (([1, 1], [1]), 0.5),
        ] as [(([Double], [Double]), Double)])
    func area(values: ([Double], [Double]), area: Double) {
        #expect(isClose(RankTests.area(values.0, values.1), area, within: 1e-12))
    }

    @Test("An interval of 95 % holds the true area in about so many samples")
    func interval() {
        var generator = SeededGenerator(seed: 3)
        var hits = 0
        for _ in 0..<60 {
            // Pairs share a part, so that their values go together: 1 of mean difference at a deviation of √2 of each.
            let shared = (0..<40).map { _ in generator.normal() }
            let greater = shared.map { $0 + 1 + generator.normal() }
            let less = shared.map { $0 + generator.normal() }
            let interval = RankTests.interval(greater, less, draws: 200, using: &generator)
            // Φ(1 / √(2 + 2)) = Φ(0.5).
            if interval.contains(0.6914624612740131) { hits += 1 }
            #expect(interval.contains(RankTests.area(greater, less)))
        }
        #expect((51...60).contains(hits), "\(hits) of 60")
    }

    @Test("An interval over models holds what models come to on average, which that of one of them over pairs does not")
    func models() throws {
        var generator = SeededGenerator(seed: 4)
        var (hits, own) = (0, 0)
        for _ in 0..<60 {
            // Models differ by 0.6 in what they make of the difference of 1; pairs are the same for all.
            let shared = (0..<40).map { _ in generator.normal() }
            let models = (0..<3).map { _ -> (greater: [Double], less: [Double]) in
                let shift = 1 + 0.6 * generator.normal()
                let greater = shared.map { $0 + shift + generator.normal() }
                return (greater, shared.map { $0 + generator.normal() })
            }
            let found = try #require(RankTests.mean(ofModels: models, draws: 80, using: &generator))
            let areas = models.map { RankTests.area($0.greater, $0.less) }
            let sum = areas.reduce(0, +)
            #expect(isClose(found.area, sum / 3, within: 1e-12) && found.interval.contains(found.area))
            let one = models[try #require(areas.firstIndex(of: areas.sorted()[1]))]
            // Φ(1 / √(4 + 0.6²)).
            let truth = 0.6839997895923268
            if found.interval.contains(truth) { hits += 1 }
            if RankTests.interval(one.greater, one.less, draws: 80, using: &generator).contains(truth) { own += 1 }
        }
        #expect((50...60).contains(hits) && own < 50, "\(hits) and \(own) of 60")
    }

    @Test("Of one model nothing tells how models differ, and of models that never err the interval has no width")
    func alike() throws {
        var generator = SeededGenerator(seed: 1)
        let one = RankTests.mean(ofModels: [([2, 3], [1, 0])], using: &generator)
        let none = RankTests.mean(ofModels: [([], []), ([], [])], using: &generator)
        #expect(one?.area == nil && none?.area == nil)
        let same = try #require(RankTests.mean(ofModels: [([2, 3], [1, 0]), ([5, 9], [1, 2])], using: &generator))
        #expect(same.area == 1 && same.interval == 1...1)
    }

    @Test("The share of pairs counts those whose first value is the greater one")
    func share() {
        #expect(RankTests.share([2, 1, 3, 3], [1, 2, 3, 1]) == 0.625)
    }
}
