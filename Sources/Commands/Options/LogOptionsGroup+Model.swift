import Basics
import Episodes
import WorldModels

extension LogOptionsGroup {
    /// Reads logs as the channels of a model.
    ///
    /// A file of channels beside the logs says where the channels stand; their roles are those of the model.
    ///
    /// - Parameters:
    ///   - logs: Files, folders and patterns.
    ///   - model: What the model says about itself.
    ///   - talk: Hears what was read, what was left out, and what was assumed.
    /// - Returns: Episodes of the model's channels.
    /// - Throws: `ForesightError.data` when a channel is missing or in another unit, or the sampling time is another.
    func load(_ logs: [String], for model: ModelDescription, talk: Talk) throws -> LoadedLog {
        var schema = try schema(for: logs, talk: talk)
        let wanted = model.outputs + model.inputs
        for index in schema.channels.indices {
            schema.channels[index].role = wanted.first { $0.name == schema.channels[index].name }?.role
        }
        for channel in wanted where !schema.channels.contains(where: { $0.name == channel.name }) {
            schema.channels.append(ChannelSettings(name: channel.name, role: channel.role))
        }
        let log = try load(logs, base: schema, talk: talk)
        for channel in log.channels {
            guard let known = wanted.first(where: { $0.name == channel.name })?.unit, let unit = channel.unit,
                known != unit
            else { continue }
            throw ForesightError.data(
                "channel \(channel.name) is in \(unit) in the log and in \(known) in the model",
                remedy: "bring it there with scale and offset in a file for --channels")
        }
        guard abs(log.samplingTime / model.samplingTime - 1) <= 0.02 else {
            throw ForesightError.data(
                "the log is sampled every \(period(log.samplingTime)), the model's logs every "
                    + period(model.samplingTime),
                remedy: "bring it there with --resample \(figure(model.samplingTime))")
        }
        return log
    }
}
