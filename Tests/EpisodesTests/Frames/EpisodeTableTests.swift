import Basics
import Testing

@testable import Episodes

@Suite("Where episodes stand in arrays of rows")
struct EpisodeTableTests {
    private func table(_ lengths: [Int], _ offsets: [Int]) throws -> EpisodeTable {
        try EpisodeTable(lengths: lengths, offsets: offsets, rows: 12, source: "a.h5")
    }

    @Test(
        "Episodes that share rows are refused with both and the rows",
        arguments: [
            ([6, 5], [0, 5], "episodes 0 and 1 share the rows 5 to 5"),
            ([4, 8], [8, 1], "episodes 0 and 1 share the rows 8 to 8"),
            ([3, 3, 3], [0, 6, 6], "episodes 1 and 2 share the rows 6 to 8"),
            ([10, 2, 3], [0, 10, 2], "episodes 0 and 2 share the rows 2 to 4"),
        ])
    func shared(lengths: [Int], offsets: [Int], words: String) {
        let error = #expect(throws: ForesightError.self) { try table(lengths, offsets) }
        #expect(error?.code == .data)
        #expect(error?.message == "a.h5: \(words), so that what is held out would be learned from")
        #expect(error?.remedy == "write ep_offset and ep_len so that a row belongs to one episode")
    }

    @Test(
        "Any order, gaps, and episodes without a row are not",
        arguments: [
            ([6, 6], [0, 6]), ([6, 6], [6, 0]), ([2, 2, 2], [9, 0, 4]), ([6, 0, 6], [0, 3, 6]),
            ([0, 12, 0], [0, 0, 12]),
        ])
    func apart(lengths: [Int], offsets: [Int]) throws {
        let table = try table(lengths, offsets)
        #expect(table.lengths == lengths && table.offsets == offsets)
    }
}
