import Foundation

/// What the programs that the worlds follow do, as `Fixtures/worlds/make.py` has written it down.
struct WorldReference: Decodable {
    struct Rooms: Decodable {
        struct Case: Decodable {
            let blocks: [Double]
            let start: [Double]
            let actions: [[Double]]
            let states: [[Double]]
        }
        let cases: [Case]
        let leak: [[Double]]
    }
    struct Rate: Decodable {
        let state: [Double]
        let force: Double
        let rate: [Double]
    }
    struct Walk: Decodable {
        let start: [Double]
        let actions: [[Double]]
        let states: [[Double]]
    }
    let rooms: Rooms
    let cartPole: [Rate]
    let pointMaze: Walk
    let driving: Walk
    enum CodingKeys: String, CodingKey {
        case driving
        case rooms = "two_rooms"
        case cartPole = "cart_pole"
        case pointMaze = "point_maze"
    }

    static func load() throws -> WorldReference {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: root.appendingPathComponent("Fixtures/worlds/reference.json"))
        return try JSONDecoder().decode(WorldReference.self, from: data)
    }
}
