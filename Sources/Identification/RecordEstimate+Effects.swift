extension RecordEstimate {
    /// What one unit of each input held for one step adds to the predictions, row-major `[step, output, input]`, physical
    /// units: with it the change is affine in the inputs.
    public func impulses(horizon: Int) -> [Double] {
        let now = Self.impulses(adapted, horizon)
        return zip(now, Self.impulses(model, horizon)).map { weight * ($0 - $1) }
    }

    /// The response to an input held for one step, row-major `[step, output, input]`, physical units.
    static func impulses(_ model: ARXModel, _ horizon: Int) -> [Double] {
        let (width, count) = (model.layout.outputs.count, model.layout.inputs.count)
        var free = model
        for output in 0..<width { free.parameters[0, output] = 0 }
        let rest = [Double](repeating: 0, count: model.order * width)
        var result = [Double](repeating: 0, count: horizon * width * count)
        for input in 0..<count {
            var driven = [Double](repeating: 0, count: (model.order - 1 + horizon) * count)
            driven[(model.order - 1) * count + input] = 1
            for (index, value) in free.freeRun(rest, driven, horizon: horizon).enumerated() {
                result[index * count + input] =
                    value * model.outputScaling.scale[index % width] / model.inputScaling.scale[input]
            }
        }
        return result
    }

    /// By which factor each input, held to the end of a horizon, moves each output beside the training record, with the
    /// weight w: `[output][input]`; 1 where nothing differs or the input moves nothing.
    public func gains(horizon: Int) -> [[Double]] {
        let (change, plain) = (impulses(horizon: horizon), Self.impulses(model, horizon))
        let (moved, usual) = (held(change, horizon), held(plain, horizon))
        return zip(moved, usual).map { moved, usual in
            zip(moved, usual).map { abs($1) > 1e-12 ? 1 + $0 / $1 : 1 }
        }
    }

    /// How far each input, held over a horizon, moves each output in the training record's model, `[output][input]`, in
    /// standard deviations of the output for one of the input.
    public func reach(horizon: Int) -> [[Double]] {
        held(Self.impulses(model, horizon), horizon).enumerated().map { output, row in
            row.enumerated().map { input, value in
                value * model.inputScaling.scale[input] / model.outputScaling.scale[output]
            }
        }
    }

    /// The sums of impulses `[step, output, input]` over the steps: `[output][input]`.
    private func held(_ impulses: [Double], _ horizon: Int) -> [[Double]] {
        let (width, count) = (model.layout.outputs.count, model.layout.inputs.count)
        return (0..<width).map { output in
            (0..<count).map { input in
                var sum = 0.0
                for step in 0..<horizon { sum += impulses[(step * width + output) * count + input] }
                return sum
            }
        }
    }
}
