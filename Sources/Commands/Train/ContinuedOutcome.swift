import Basics
import Episodes
import Reports
import WorldModels

/// What became of a model that was trained on: its errors before and after, on old and on new data.
struct ContinuedOutcome {
    /// The model before, as it was named.
    var from: String
    /// What it learned from besides the new data.
    var old: String
    /// What Gauss–Newton came to, in a line.
    var fit: String?
    /// The errors, part by part.
    var parts: [ContinuationErrors]
    var outputs: [Channel]
    /// What the settings say.
    var settings: ContinuingSettings

    /// By how much the error on old data grew where it grew most, as a fraction; `nil` without old data.
    var oldGrowth: Double? { parts.filter(\.isOld).map { $0.together.after / $0.together.before - 1 }.max() }

    /// Whether more was forgotten than is tolerated.
    var isForgetful: Bool { (oldGrowth ?? 0) > settings.tolerance }

    /// Whether new data stayed as badly predicted as they were, and far worse than old ones: no model does both.
    var isUnmoved: Bool {
        let (old, new) = (parts.filter(\.isOld), parts.filter { !$0.isOld })
        guard !new.isEmpty, let known = old.map(\.together.before).max() else { return false }
        return new.allSatisfy { $0.together.after > 0.95 * $0.together.before && $0.together.before > 2 * known }
    }

    /// What there is to say about forgetting, and about learning nothing, in a sentence.
    var verdict: String {
        guard isUnmoved, !isForgetful else { return retention }
        return "LEARNED NOTHING NEW: what predicts the new data better predicts the old ones worse than is allowed; "
            + "where the plant has changed for good, say so with continuing.protect=none, or allow more with "
            + "continuing.tolerance"
    }

    private var retention: String {
        guard let growth = oldGrowth else {
            return "nothing says what it forgot: no old data are at hand; name some with --old-log or --old-test"
        }
        let (amount, limit) = (
            NumberText.percent(abs(growth), decimals: 1), NumberText.percent(settings.tolerance, decimals: 0)
        )
        guard isForgetful else {
            return growth > 0
                ? "the error on old data grew by \(amount), within the \(limit) that are allowed"
                : "the error on old data did not grow (\(amount) less)"
        }
        let next =
            settings.protect == .none
            ? "leave out continuing.protect=none"
            : "let old data weigh more with --keep \(NumberText.significant(3 * settings.keep)), or name the old log with "
                + "--old-log"
        return "FORGOT: the error on old data grew by \(amount), more than \(limit); \(next)"
    }

    private var columns: [String] { outputs.map { $0.name + ($0.unit.map { " [\($0)]" } ?? "") } }

    private func row(_ part: ContinuationErrors) -> [String] {
        func both(_ before: Double, _ after: Double) -> String {
            "\(NumberText.significant(before)) → \(NumberText.significant(after))"
        }
        let ratio = part.together.after / part.together.before - 1
        return [part.part] + zip(part.before, part.after).map(both)
            + [
                both(part.together.before, part.together.after),
                "\(ratio < 0 ? "−" : "+")\(NumberText.percent(abs(ratio), decimals: 1))", "\(part.windows)",
            ]
    }

    /// For a terminal.
    var text: String {
        var table = TextTable(
            [("free-run error, before → after", .left)] + columns.map { ($0, .right) }
                + [("all, in spreads", .right), ("change", .right), ("windows", .right)])
        for part in parts { table.add(row(part)) }
        return [table.text(), verdict].joined(separator: "\n")
    }

    /// For the page of the run.
    var blocks: [Block] {
        var table = Table(
            "Free-run errors before → after, over all steps of the horizon; 'left out' is what each member did not learn from.",
            columns: [.text("data")] + columns.map { .text($0) }
                + [.text("all, in spreads"), .text("change"), .number("windows")])
        for part in parts { table.add(row(part), isEmphasised: part.isOld && isForgetful) }
        return [
            .heading("What it learned, and what it kept"),
            .paragraph(
                "Trained on from \(from), with \(old)."
                    + (fit.map { " \($0.prefix(1).uppercased())\($0.dropFirst())." } ?? "")),
            .table(table), .paragraph(verdict.prefix(1).uppercased() + verdict.dropFirst() + "."),
        ]
    }

    var json: JSONValue {
        let rows = parts.map { part -> JSONValue in
            [
                "data": .string(part.part), "old": .bool(part.isOld), "windows": .integer(part.windows),
                "before": .number(part.together.before), "after": .number(part.together.after),
                "channels": .object(
                    Dictionary(
                        outputs.indices.map { index -> (String, JSONValue) in
                            (
                                outputs[index].name,
                                ["before": .number(part.before[index]), "after": .number(part.after[index])]
                            )
                        }, uniquingKeysWith: { first, _ in first })),
            ]
        }
        return [
            "from": .string(from), "with": .string(old), "parts": .array(rows), "forgot": .bool(isForgetful),
            "learned": .bool(!isUnmoved),
            "old_growth": oldGrowth.map { .number($0) } ?? .null, "verdict": .string(verdict),
        ]
    }
}
