extension ControlTask {
    /// The cost of an episode, as `score` has it, and its gradients.
    ///
    /// - Parameters:
    ///   - outputs: True outputs, row-major `[step, output]`.
    ///   - actions: Actions, row-major `[step, action]`.
    ///   - startAction: The actions before the first.
    /// - Returns: The cost, its gradient with respect to the outputs and that with respect to the actions, of their shapes.
    func costGradient(
        outputs: [Double], actions: [Double], startAction: [Double]
    ) -> (cost: Double, outputs: [Double], actions: [Double]) {
        let (rows, width) = (plant.outputChannels.count, plant.actionChannels.count)
        let ranges = (0..<width).map { plant.actionRange($0) }
        var cost = 0.0
        var (slopes, pushes) = (
            [Double](repeating: 0, count: outputs.count), [Double](repeating: 0, count: actions.count)
        )
        for step in freeSteps..<max(freeSteps, steps) {
            let values = reference(at: step)
            for target in targets {
                guard let wanted = values[target.output] else { continue }
                let place = step * rows + target.output
                let error = (outputs[place] - wanted) / target.scale
                cost += error * error
                slopes[place] += 2 * error / target.scale
            }
            for index in 0..<width {
                let (place, range) = (step * width + index, ranges[index])
                let span = range.upperBound - range.lowerBound
                let move = (actions[place] - (step > 0 ? actions[place - width] : startAction[index])) / span
                cost += moveWeight * move * move
                pushes[place] += 2 * moveWeight * move / span
                if step > 0 { pushes[place - width] -= 2 * moveWeight * move / span }
                let level = (actions[place] - range.lowerBound) / span
                cost += levelWeight * level * level
                pushes[place] += 2 * levelWeight * level / span
            }
        }
        return (cost, slopes, pushes)
    }
}
