import Basics
import Episodes
import Foundation

/// The small YAML file beside a log that says what its channels are, so that no flags are needed.
enum ChannelsFile {
    /// Where the file of a log stands: `heater.channels.yaml` beside `heater.csv`.
    static func path(of log: String) -> String {
        let url = URL(fileURLWithPath: log)
        let name = url.deletingPathExtension().lastPathComponent + ".channels.yaml"
        return folder(of: log) + name
    }

    /// The file that belongs to the logs, or `nil`: of each log its own, else `channels.yaml` in its folder.
    ///
    /// - Throws: `ForesightError.usage` when logs have files that differ.
    static func beside(_ logs: [String]) throws -> String? {
        var found: (path: String, text: String)?
        var lacking: String?
        for log in logs {
            let candidates = [path(of: log), folder(of: log) + "channels.yaml"]
            guard let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
                lacking = lacking ?? log
                continue
            }
            if path == found?.path { continue }
            let text = try InputFile.text(path)
            if let found, found.text != text {
                throw ForesightError.usage(
                    "\(found.path) and \(path) say different things about the channels",
                    remedy: "name one of them by --channels")
            }
            if found == nil { found = (path, text) }
        }
        if let found, let lacking {
            throw ForesightError.usage(
                "\(found.path) describes some logs, but not \(lacking)",
                remedy: "use it for all by --channels \(found.path), or leave it by --channels none")
        }
        return found?.path
    }

    /// Writes what is known about channels.
    ///
    /// - Throws: `ForesightError.failure` when the file cannot be saved.
    static func write(_ channels: [Channel], remark: String, to path: String) throws {
        var schema = LogSchema()
        schema.channels = channels.map { channel in
            var settings = ChannelSettings(name: channel.name, role: channel.role, unit: channel.unit)
            if channel.lowerLimit != nil || channel.upperLimit != nil {
                settings.limits = [channel.lowerLimit, channel.upperLimit]
            }
            settings.rate = channel.rateLimit.map { ChangeRate(perSecond: $0) }
            settings.values = channel.values ?? []
            settings.dwell = channel.dwell
            return settings
        }
        try AtomicFile.write("# \(remark)\n" + text(schema.channels), to: path)
    }

    /// Only what is known, so that the file stays short enough to be edited.
    private static func text(_ channels: [ChannelSettings]) -> String {
        var lines = ["channels:"]
        for channel in channels {
            lines.append("  - name: \(channel.name.yaml)")
            if let role = channel.role { lines.append("    role: \(role.yaml)") }
            if let unit = channel.unit { lines.append("    unit: \(unit.yaml)") }
            if !channel.limits.isEmpty { lines.append("    limits: \(channel.limits.yaml)") }
            if let rate = channel.rate { lines.append("    rate: \(rate.yaml)") }
            if !channel.values.isEmpty { lines.append("    values: \(channel.values.yaml)") }
            if let dwell = channel.dwell { lines.append("    dwell: \(dwell.yaml)") }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func folder(of log: String) -> String {
        log.lastIndex(of: "/").map { String(log[...$0]) } ?? ""
    }
}
