import Basics
import Episodes
import Foundation
import Monitoring
import Reports
import WorldModels

/// What a watch came to.
struct WatchSummary {
    var run: WatchRun
    var reference: SurpriseReference
    /// The accepted false alarms, as they were typed.
    var rate: String
    var model: ModelDescription

    /// Names of all channels, outputs first.
    var names: [String] { reference.channels }
    /// The number of events.
    var events: Int { run.records.reduce(0) { $0 + $1.events.count } }
    /// Rows with a score.
    var judged: Int { run.records.reduce(0) { $0 + $1.judged } }
    /// Seconds with a score.
    var seconds: Double { Double(judged) * reference.rowTime }
    /// Seconds inside events.
    private var alarmed: Double {
        run.records.flatMap(\.events).reduce(0) { $0 + $1.duration + reference.rowTime }
    }

    /// The last lines for people.
    func text(report: String?) -> String {
        let rows = run.records.reduce(0) { $0 + $1.watched }
        guard judged > 0 else {
            let least = period(Double(model.window) * model.stepTime)
            return "nothing could be judged: in \(counted(rows, "row")) no stretch without a pause has the "
                + "\(model.window) steps (\(least)) of history that predictions start from; give a longer record, or bridge "
                + "its pauses by --resample \(figure(model.samplingTime))"
        }
        var parts = ["\(counted(events, "event")) in \(period(seconds)), with \(rate) false alarms accepted"]
        if events > 0 { parts[0] += "; \(NumberText.percent(min(1, alarmed / seconds))) of the time inside events" }
        if let report { parts.append("page with plots: \(report)") }
        return parts.joined(separator: "\n\n")
    }

    /// All of it for machines.
    func json(report: String?) -> JSONValue {
        let all = run.records.flatMap { record in
            record.events.map { JSONValue.object(WatchWords.json($0, record.episode, names)) }
        }
        return [
            "event": .string("summary"), "events": .array(all), "judged_rows": .integer(judged),
            "seconds": .number(seconds), "false_alarms": .string(rate),
            "threshold_score": .number(run.limit), "reference_hours": .number(reference.hours),
            "is_left_out": .bool(reference.isLeftOut),
            "silent_channels": .array(reference.silent.map { .string($0) }),
            "report": report.map { .string($0) } ?? .null,
        ]
    }
}
