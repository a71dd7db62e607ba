import Basics
public import Episodes

/// What is at hand of the data that a model was trained on.
public enum OldExperience: Sendable {
    /// The logs themselves.
    case log([Episode])
    /// Stretches that the model folder kept.
    case rehearsal(RehearsalSet)
    /// Nothing.
    case nothing

    /// What it is, in a few words.
    public var words: String {
        switch self {
        case .log(let episodes):
            "the old log, \(episodes.reduce(0) { $0 + $1.count }) samples"
        case .rehearsal(let set): "\(set.windows) stretches of the old log that the model folder keeps"
        case .nothing: "nothing"
        }
    }
}

extension TrainingData {
    /// Old and new data of a model as one table, the old rows first, in the model's units.
    ///
    /// Members leave out of the old log what they left out when the model was trained, and of the new one a part each.
    ///
    /// - Throws: `ForesightError.data` when a log lacks a channel of the model or is sampled at another rate.
    init(continuing description: ModelDescription, old: OldExperience, new episodes: [Episode]) throws {
        try description.check(samplingOf: episodes)
        let (stride, members) = (description.stride, description.architecture.members)
        let windowLength = (description.window + description.horizon) * stride
        let fresh = try SignalTable(episodes, scaling: description.scaling, stride: stride)
        let freshFolds = Folds(episodes, windowLength: windowLength, count: members)
        let before: (table: SignalTable, folds: Folds, episodes: [Episode])?
        switch old {
        case .log(let episodes):
            try description.check(samplingOf: episodes)
            before = (
                try SignalTable(episodes, scaling: description.scaling, stride: stride),
                Folds(episodes, windowLength: windowLength, count: members), episodes
            )
        case .rehearsal(let set):
            before = (
                set.table(outputs: description.outputs.count, inputs: description.inputs.count),
                set.layout(members: members, stride: stride, windowLength: windowLength / stride), []
            )
        case .nothing: before = nil
        }
        guard let before else {
            self.init(
                table: fresh, folds: freshFolds, scaling: description.scaling, episodes: episodes, stride: stride,
                oldSegments: 0)
            return
        }
        self.init(
            table: SignalTable(before.table, followedBy: fresh), folds: Folds(before.folds, freshFolds),
            scaling: description.scaling, episodes: before.episodes + episodes, stride: stride,
            oldSegments: before.table.segments.count)
    }
}
