import Basics
import Testing

@Suite("Median")
struct MedianTests {
    @Test("The median is the value in the middle, or the mean of the two there; what is no number is the greatest")
    func middle() {
        #expect(median([3, 1, 2]) == 2)
        #expect(median([4, 1, 2, 3]) == 2.5)
        #expect(median([.nan, 1, 2]) == 2)
        #expect(median([7]) == 7)
        #expect(median([]).isNaN)
    }
}
