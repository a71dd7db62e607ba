import Foundation

@testable import Plants

/// Episodes and a picture of another program's world, as a script in `Fixtures/worlds` has recorded them.
struct RecordedEpisodes: Decodable {
    struct Episode: Decodable {
        /// What an action means, and factors, of Push-T.
        let relative: Bool?
        let friction: Double?
        let glide: Double?
        let start: [Double]
        let actions: [[Double]]
        let states: [[Double]]
        /// Steps in which the block moves, of Push-T.
        let moved: Int?
        /// Steps that end beyond the limit of the wrist, of the reacher.
        let limited: Int?
    }
    struct Picture: Decodable {
        let state: [Double]
        let side: Int
        let pixels: Data

        /// The mean difference of a picture from this one, over all pixels and colours.
        func difference(from frame: Frame) -> Double {
            precondition(frame.pixels.count == pixels.count)
            let sum = zip(frame.pixels, pixels).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            return Double(sum) / Double(pixels.count)
        }
    }
    /// The steps after which states were recorded.
    let marks: [Int]
    let episodes: [Episode]
    let picture: Picture

    static func load(_ name: String) throws -> RecordedEpisodes {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appendingPathComponent("Fixtures/worlds/\(name).json"))
        return try JSONDecoder().decode(RecordedEpisodes.self, from: data)
    }
}
