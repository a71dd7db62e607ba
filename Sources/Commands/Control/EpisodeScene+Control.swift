import Episodes
import Plants
import Reports

extension EpisodeScene {
    /// What happened in an episode of a closed loop, with what was asked in it.
    ///
    /// - Parameters:
    ///   - task: The task.
    ///   - outputs: The true outputs, row-major `[step, output]`.
    ///   - actions: The applied actions, row-major `[step, action]`.
    ///   - disturbances: What came from outside, row-major `[step, disturbance]`; empty where nobody wrote it down.
    ///   - marks: The limits that guardrails set.
    init(
        of task: ControlTask, outputs: [Double], actions: [Double], disturbances: [Double], marks: ObjectiveMarks
    ) {
        let (plant, steps) = (task.plant, task.steps)
        func column(_ values: [Double], _ index: Int, of width: Int) -> [Double] {
            (0..<steps).map { values[$0 * width + index] }
        }
        func signals(_ channels: [Channel], _ role: Signal.Role, _ values: [Double]) -> [Signal] {
            guard values.count == steps * channels.count else { return [] }
            return channels.enumerated().map { index, channel in
                var range: ClosedRange<Double>?
                if let low = channel.lowerLimit, let high = channel.upperLimit, low < high { range = low...high }
                return Signal(
                    channel.name, unit: channel.unit, role: role, range: range,
                    values: column(values, index, of: channels.count))
            }
        }
        let references = (0..<steps).map { task.reference(at: $0) }
        let measured = signals(plant.outputChannels, .output, outputs).enumerated().map { index, signal -> Signal in
            var signal = signal
            let limits = marks.limits(of: signal.name, unit: signal.unit)
            signal.upper = limits.filter(\.isUpper).map(\.value).min()
            signal.lower = limits.filter { !$0.isUpper }.map(\.value).max()
            let targets = references.compactMap { $0[index] }
            if targets.count == steps { signal.targets = targets }
            return signal
        }
        self.init(
            plant: plant.name, time: (1...steps).map { Double($0) * plant.samplingTime },
            signals: measured + signals(plant.actionChannels, .action, actions)
                + signals(plant.disturbanceChannels, .disturbance, disturbances))
    }
}
