import Foundation

/// The optimal trajectories of pc-gym's tasks, as stored.
struct PCGymOptimum: Decodable {
    /// One task: the return, actions and states.
    struct Task: Decodable {
        let total: Double
        let u: [[Double]]
        let x: [[Double]]
        enum CodingKeys: String, CodingKey {
            case u, x
            case total = "return_"
        }
    }
    let cstr: Task
    let fourTank: Task
    enum CodingKeys: String, CodingKey {
        case cstr
        case fourTank = "four_tank"
    }

    static func stored() throws -> PCGymOptimum {
        try JSONDecoder().decode(PCGymOptimum.self, from: RecordedData.data("pcgym/pcgym_full_horizon.json"))
    }
}
