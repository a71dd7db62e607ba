import Basics
import Episodes
import Foundation
import Objectives
import WorldModels

extension LogOptionsGroup {
    /// Reads logs with the channels of a model, which says the roles.
    ///
    /// Where columns have other names than the model's channels, a file of channels beside the logs says so, or the
    /// configuration that the model was trained with, or `--observations T1=Temperature`.
    ///
    /// - Parameters:
    ///   - logs: Files, folders and patterns.
    ///   - model: The model's channels.
    ///   - path: The model's folder, or the run folder it is in.
    ///   - talk: Hears what was read and assumed.
    ///   - isPart: Whether the logs are parts of longer ones, in which a channel may have no value.
    /// - Returns: The episodes, with what was found out while reading.
    /// - Throws: `ForesightError` for logs that cannot be read, lack a channel or have it in another unit, and for options
    ///   that name channels which the model does not have.
    func load(
        _ logs: [String], for model: ModelDescription, at path: String, talk: Talk, isPart: Bool = false
    ) throws -> LoadedLog {
        let base = try base(logs, of: model, at: path, talk: talk)
        try Self.check(try schema(for: logs, base: base, talk: talk), model)
        let log = try load(logs, base: base, talk: talk, isPart: isPart)
        try checkUnits(of: log, model)
        return log
    }

    /// Checks that a log is in the units that a model knows.
    ///
    /// - Throws: `ForesightError.data` for a channel that is not.
    func checkUnits(of log: LoadedLog, _ model: ModelDescription) throws {
        for channel in model.outputs + model.inputs {
            guard let unit = channel.unit else { continue }
            // What the model was trained on says nothing of the units of another log.
            let heading = channels == nil ? log.headingUnits[channel.name] : nil
            let other = heading.flatMap { ObjectiveGrammar.unitsDiffer($0, unit) ? $0 : nil }
            let stated = log.channels.first { $0.name == channel.name }?.unit
            guard let found = other ?? stated, found != unit else { continue }
            throw ForesightError.data(
                "\(channel.name) is in \(found) in the log, the model knows it in \(unit)",
                remedy: "state scale, offset and unit in a file of channels (--channels FILE)")
        }
    }

    /// Reads the logs that a model was trained on as they were read then: what is typed is meant for others.
    ///
    /// - Throws: `ForesightError.data` for logs that cannot be read any more.
    static func load(_ logs: [String], asTrained schema: LogSchema, for model: ModelDescription) throws -> LoadedLog {
        var schema = schema
        schema.assignRoles(of: model)
        return try EpisodeLoader(schema: schema).load(logs)
    }

    /// How logs of a model are read: with its channels and roles, and what is typed.
    ///
    /// - Throws: `ForesightError` for options that name channels which the model does not have.
    func schema(_ logs: [String], of model: ModelDescription, at path: String, talk: Talk) throws -> LogSchema {
        let schema = try schema(for: logs, base: base(logs, of: model, at: path, talk: talk), talk: talk)
        try Self.check(schema, model)
        return schema
    }

    /// The channels of a model, under the names that logs have for them.
    private func base(_ logs: [String], of model: ModelDescription, at path: String, talk: Talk) throws -> LogSchema {
        guard !logs.isEmpty else {
            throw ForesightError.usage("no log is named", remedy: "name a log that the model was not trained on")
        }
        var base = try channelsFile(for: logs, talk: talk)
        if base.channels.isEmpty && channels == nil, let trained = Self.trainedSchema(path) { base = trained }
        base.assignRoles(of: model)
        return base
    }

    /// How the logs were read that the model was trained on; `nil` where the model stands alone.
    private static func trainedSchema(_ path: String) -> LogSchema? {
        let parent = URL(fileURLWithPath: path).deletingLastPathComponent().path
        return [path, parent].lazy.map { "\($0)/\(TrainSession.configurationName)" }
            .first { FileManager.default.fileExists(atPath: $0) }
            .flatMap { try? TrainConfiguration.load(file: $0, overrides: []).schema }
    }

    /// Options may rename channels; they cannot give the model other ones.
    private static func check(_ schema: LogSchema, _ model: ModelDescription) throws {
        let known = model.outputs + model.inputs
        for channel in schema.channels {
            guard let role = channel.role else { continue }
            guard let own = known.first(where: { $0.name == channel.name }) else {
                let names = known.map(\.name)
                let near = nearestNameQuestion(to: channel.name, among: names)
                throw ForesightError.usage(
                    "the model has no channel \(channel.name)",
                    remedy: near ?? "its channels are \(names.joined(separator: ", "))")
            }
            guard own.role == role else {
                throw ForesightError.usage(
                    "\(own.name) is of role \(own.role.rawValue) in the model, not \(role.rawValue)",
                    remedy: "leave the roles to the model")
            }
        }
    }
}

extension LogSchema {
    /// Gives the model's channels their roles and takes all others out.
    fileprivate mutating func assignRoles(of model: ModelDescription) {
        let known = model.outputs + model.inputs
        channels.removeAll { channel in !known.contains { $0.name == channel.name } }
        for channel in known {
            if let index = channels.firstIndex(where: { $0.name == channel.name }) {
                channels[index].role = channel.role
            } else {
                channels.append(ChannelSettings(name: channel.name, role: channel.role))
            }
        }
    }
}
