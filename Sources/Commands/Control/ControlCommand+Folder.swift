import Basics
import Episodes
import Foundation
import Plants
import Records
import Reports

extension ControlCommand {
    /// The file of a run folder that holds the results.
    static let resultName = "control.json"

    /// Fills the run folder and returns the path of the page.
    func write(_ outcome: ControlOutcome) throws -> String {
        let folder = try output.folder(
            task: "control", configuration: outcome.scenario.task.name, seed: planning.seed, existing: .reused)
        let provenance = try Provenance(
            command: Provenance.commandLine,
            seeds: ["search": planning.seed, "first_episode": firstEpisode])
        let isAgain = folder.has(Self.resultName)
        try provenance.save(in: folder)
        try folder.write(ControlJSON.value(outcome, report: nil), to: Self.resultName)
        try folder.write(ControlPage.page(outcome, started: provenance.started).html, to: "report.html")
        if isAgain { try Self.removeLogs(in: folder.file("logs"), except: Set(outcome.results[0].records.keys)) }
        try writeLogs(of: outcome, to: folder)
        return folder.file("report.html")
    }

    /// What the sensors showed under the model's planner, as logs that a model can be trained on.
    private func writeLogs(of outcome: ControlOutcome, to folder: RunFolder) throws {
        let logs = folder.file("logs")
        try Folder.create(logs)
        let records = outcome.results[0].records.sorted { $0.key < $1.key }
        for (seed, record) in records { try LogWriter.writeCSV(record.log, to: "\(logs)/\(seed).csv") }
        if let log = records.first?.value.log {
            try ChannelsFile.write(
                log.channels, remark: "Channels of \(outcome.scenario.task.plant.name) in closed loop.",
                to: "\(logs)/channels.yaml")
        }
    }

    /// Removes the logs of an earlier run: whoever learns from the folder learns from all that is in it. Only files go that are called
    /// after a seed, as this command calls them; what is called otherwise was put there by somebody.
    ///
    /// - Parameters:
    ///   - folder: The folder of logs.
    ///   - seeds: Those that this run has.
    /// - Throws: `ForesightError.failure` for one that cannot be removed.
    static func removeLogs(in folder: String, except seeds: Set<UInt64>) throws {
        for name in Folder.names(in: folder) where name.hasSuffix(".csv") {
            let (stem, path) = (String(name.dropLast(4)), "\(folder)/\(name)")
            guard let seed = UInt64(stem), "\(seed)" == stem, !seeds.contains(seed), !Folder.exists(path) else {
                continue
            }
            do { try FileManager.default.removeItem(atPath: path) } catch {
                throw ForesightError.failure(
                    "\(path), of an earlier run, cannot be removed: \(error.localizedDescription)",
                    remedy: "remove it, or name another folder by --out")
            }
        }
    }
}
