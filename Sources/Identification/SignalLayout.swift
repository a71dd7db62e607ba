import Basics
public import Episodes

/// Which channels a reference model predicts and which it is driven by.
public struct SignalLayout: Sendable, Equatable, Codable {
    /// Names of the predicted channels.
    public var outputs: [String]
    /// Names of the driving channels: actions, then disturbances.
    public var inputs: [String]

    /// Creates a layout from names.
    public init(outputs: [String], inputs: [String]) {
        self.outputs = outputs
        self.inputs = inputs
    }

    /// Creates the layout that the roles of the channels tell.
    public init(channels: [Channel]) {
        outputs = channels.filter { $0.role == .observation }.map(\.name)
        let actions = channels.filter { $0.role == .action }
        let disturbances = channels.filter { $0.role == .disturbance }
        inputs = (actions + disturbances).map(\.name)
    }

    /// The outputs `[time, output]` and inputs `[time, input]` of an episode.
    ///
    /// - Throws: `ForesightError.data` when the episode lacks a channel.
    func record(_ episode: Episode) throws -> SignalRecord {
        SignalRecord(
            name: episode.name,
            outputs: try rows(of: outputs, in: episode),
            inputs: try rows(of: inputs, in: episode),
            count: episode.count)
    }

    private func rows(of names: [String], in episode: Episode) throws -> [Double] {
        let indices = try names.map { name in
            guard let index = episode.channelIndex(name) else {
                let near = nearestName(to: name, among: episode.channels.map(\.name))
                throw ForesightError.data(
                    "episode \(episode.name) has no channel “\(name)”",
                    remedy: near.map { "did you mean “\($0)”?" } ?? "give every episode the same channels")
            }
            return index
        }
        var result = [Double]()
        result.reserveCapacity(episode.count * indices.count)
        for time in 0..<episode.count {
            for index in indices { result.append(episode[time, index]) }
        }
        return result
    }
}

/// The signals of one episode, apart by direction.
struct SignalRecord {
    var name: String
    /// `[time, output]`.
    var outputs: [Double]
    /// `[time, input]`.
    var inputs: [Double]
    var count: Int
}
