import Episodes

extension ControlRecord {
    /// The same episode with other actions from the first decision on; sensors show the truth there, since nobody looks at them.
    ///
    /// - Parameters:
    ///   - solution: What is done instead, and what comes of it.
    ///   - plant: The plant of the episode.
    /// - Returns: The episode.
    public func with(_ solution: FullHorizonOptimum.Solution, on plant: any Plant) -> ControlRecord {
        let (rows, width) = (plant.outputChannels.count, plant.actionChannels.count)
        var record = self
        (record.actions, record.outputs, record.states) = (solution.actions, solution.outputs, solution.states)
        let seen = plant.outputs(of: startState) + solution.outputs
        let steps = solution.actions.count / width
        var values = Array(log.values.prefix(warmUpSteps * (rows + width)))
        for step in 0..<steps {
            values += seen[step * rows..<(step + 1) * rows]
            values += solution.actions[step * width..<(step + 1) * width]
        }
        record.log = Episode(
            name: log.name, channels: log.channels, samplingTime: log.samplingTime, values: values)
        return record
    }
}
