// The page of a benchmark: what benchmarks.json says, for people.
//
//     bench-page BENCHMARKS.JSON PAGE.HTML

import Basics
import Foundation
import Reports

/// A duration in the unit that suits it.
func duration(_ seconds: Double?) -> String { seconds.map { NumberText.duration($0) } ?? "–" }

func number(_ value: Double?, digits: Int = 3) -> String {
    value.map { NumberText.significant($0, digits: digits) } ?? "–"
}

func percent(_ value: Double?) -> String { value.map { NumberText.percent($0, decimals: 0) } ?? "–" }

/// Both ends; a dash for none.
func interval(_ ends: JSONValue?) -> String {
    guard let low = ends?[0]?.double, let high = ends?[1]?.double else { return "–" }
    return "\(number(low))–\(number(high))"
}

/// All comparisons, in the order of their names.
func comparisons(_ results: JSONValue) -> Table {
    var table = Table(
        "Comparisons, in turns: medians, and the median of the ratios with its quartiles",
        columns: [
            .text("what"), .text("beside"), .number("threads"), .number("ours"), .number("theirs"),
            .number("ratio (quartiles)"), .number("floor (of ours)"), .text(""),
        ])
    for (name, entry) in (results["comparisons"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
        let isDisturbed = entry["disturbed"]?.bool == true
        table.add(
            [
                entry["what"]?.string ?? name, entry["peer"]?.string ?? "",
                entry["threads"]?.int.map { "\($0)" } ?? "", duration(entry["ours"]?.double),
                duration(entry["theirs"]?.double),
                "\(number(entry["ratio"]?.double)) (\(number(entry["spread"]?[0]?.double))–"
                    + "\(number(entry["spread"]?[1]?.double)))",
                "\(duration(entry["roofline"]?["floor"]?.double)) (\(percent(entry["roofline"]?["share"]?.double)))",
                isDisturbed ? "disturbed" : "",
            ], isEmphasised: !isDisturbed)
    }
    return table
}

/// Control in closed loop: how long decisions take at their worst, and what they cost; `nil` where none was compared.
func control(_ results: JSONValue) -> Table? {
    let entries = (results["comparisons"]?.object ?? [:]).filter {
        $0.value["cost_ratio"] != nil && $0.value["certified"] != nil
    }
    guard !entries.isEmpty else { return nil }
    var table = Table(
        "Control in closed loop, ours and theirs",
        columns: [
            .text("comparison"), .number("95 %"), .number("theirs"), .number("worst"), .number("theirs"),
            .number("cost, ours / theirs"), .number("at most"), .number("certified"),
        ])
    for (name, entry) in entries.sorted(by: { $0.key < $1.key }) {
        table.add([
            name, duration(entry["ours_p95"]?.double), duration(entry["theirs_p95"]?.double),
            duration(entry["ours_worst"]?.double), duration(entry["theirs_worst"]?.double),
            number(entry["cost_ratio"]?.double, digits: 5), number(entry["worst_cost_ratio"]?.double, digits: 5),
            percent(entry["certified"]?.double),
        ])
    }
    return table
}

func page(_ results: JSONValue) -> Page {
    let machine = results["machine"]
    var blocks: [Block] = []
    let all = results["comparisons"]?.object ?? [:]
    if all.values.contains(where: { $0["disturbed"]?.bool == true }) {
        blocks.append(
            .notice(
                .warning, title: "Disturbed", "Other programs used the processor: nothing follows from what is marked.")
        )
    }
    for (name, reason) in (results["failed"]?.object ?? [:]).sorted(by: { $0.key < $1.key }) {
        blocks.append(.notice(.warning, title: "Failed: \(name)", reason.string ?? ""))
    }
    var cards: [KeyFigure] = []
    if let rollout = results["rollout"] {
        cards.append(
            KeyFigure(
                "rollout alone", duration(rollout["seconds"]?.double),
                note: "\(percent(rollout["share"]?.double)) of the peak in multiplications and additions"))
    }
    if let deadline = results["deadline"] {
        cards.append(
            KeyFigure(
                "deadline kept", NumberText.percent(deadline["kept"]?.double ?? .nan, decimals: 2),
                note: "\(duration(deadline["deadline"]?.double)), "
                    + "\(number(deadline["plans"]?.double, digits: 5)) plans, worst "
                    + duration(deadline["worst"]?.double),
                verdict: (deadline["kept"]?.double ?? 0) >= 0.999 ? .success : .failure))
    }
    if let growth = results["growth"] {
        cards.append(
            KeyFigure(
                "growth", duration(growth["seconds_each"]?.double),
                note: "a candidate's step, \(percent(growth["worst_residual"]?.double)) off at most"))
    }
    if !cards.isEmpty { blocks.append(.cards(cards)) }
    blocks.append(.table(comparisons(results)))
    blocks.append(
        .paragraph(
            "The floor is the least time that the multiplications and additions, counted by the code itself, and the bytes that "
                + "have to be moved can take on this machine. Activations, roots and divisions are not in it."))
    if let table = control(results) { blocks.append(.table(table)) }
    if let deadline = results["deadline"] {
        var table = Table(
            "Plans under a deadline, the other cores busy",
            columns: [
                .text("asked for"), .number("deadline"), .number("kept"), .number("half"), .number("95 %"),
                .number("99 %"),
                .number("worst"), .number("late"), .number("of them interrupted"),
            ])
        for way in deadline["ways"]?.array ?? [deadline] {
            let (plans, kept) = (way["plans"]?.double ?? 0, way["kept"]?.double ?? 0)
            table.add(
                [way["way"]?.string ?? "", duration(way["deadline"]?.double), NumberText.percent(kept, decimals: 2)]
                    + ["p50", "p95", "p99", "worst"].map { duration(way[$0]?.double) }
                    + [(1 - kept) * plans, way["late_and_taken"]?.double ?? 0].map { "\(Int($0.rounded()))" })
        }
        blocks.append(.table(table))
    }
    if let points = results["growth"]?["points"]?.array {
        var table = Table(
            "Growth", columns: [.number("candidates × steps"), .number("a plan"), .number("the line")])
        let (fixed, each) = (results["growth"]?["seconds_fixed"]?.double, results["growth"]?["seconds_each"]?.double)
        for point in points {
            let size = point["size"]?.double ?? .nan
            let line = (fixed ?? 0) + (each ?? 0) * size
            table.add([number(size, digits: 6), duration(point["seconds"]?.double), duration(line)])
        }
        blocks.append(.table(table))
    }
    if let runs = results["growth_train"]?["runs"]?.object {
        var table = Table(
            "Training on ten times the data, once through it: medians of turns in random order, the quartiles of their "
                + "ratios, and the values between which their true median lies with 95 %",
            columns: [
                .text("data"), .number("MB"), .number("an epoch"), .number("ratio (quartiles)"),
                .number("median, 95 %"), .number("turns"), .number("the whole run"), .number("MB of memory"),
            ])
        for (name, run) in runs.sorted(by: { $0.key > $1.key }) {
            let quartiles = "\(number(run["spread"]?[0]?.double))–\(number(run["spread"]?[1]?.double))"
            let turns = run["turns"]?.int.map { "\($0)" } ?? ""
            let told = ["\(number(run["ratio"]?.double)) (\(quartiles))", interval(run["interval_95"]), turns]
            for (place, size) in (run["sizes"]?.array ?? []).enumerated() {
                let data = [name, number(size["bytes"]?.double.map { $0 / 1e6 }), duration(size["epoch"]?.double)]
                let rest = [duration(size["run"]?.double), number(size["memory"]?.double.map { $0 / 1e6 })]
                // Of both sizes together.
                table.add(data + (place == 0 ? told : ["", "", ""]) + rest)
            }
        }
        blocks.append(.table(table))
    }
    if let memory = results["csv"]?["memory"]?.object, let bytes = results["csv"]?["bytes"]?.double {
        var table = Table(
            "Memory for reading \(number(bytes / 1e9)) GB of CSV, of which the samples are "
                + "\(number((results["csv"]?["samples"]?.double ?? .nan) / 1e9)) GB",
            columns: [.text("reader"), .number("GB at most")])
        for (name, most) in memory.sorted(by: { $0.key < $1.key }) {
            table.add([name, number(most.double.map { $0 / 1e9 })])
        }
        blocks.append(.table(table))
    }
    let peak = (machine?["peak"]?.double ?? .nan) / 1e9
    let lead =
        "\(machine?["processor"]?.string ?? ""), \(machine?["cores"]?.int.map { "\($0)" } ?? "–") cores, \(machine?["lanes"]?.string ?? ""): "
        + "\(number(peak)) GFLOP/s a core, \(number((machine?["bandwidth"]?.double ?? .nan) / 1e9)) GB/s."
    return Page(title: "Speed", lead: lead, blocks: blocks, footer: "make bench")
}

do {
    let arguments = Array(CommandLine.arguments.dropFirst())
    guard arguments.count == 2 else {
        throw ForesightError.usage("bench-page needs two files", remedy: "bench-page BENCHMARKS.JSON PAGE.HTML")
    }
    let data = try Data(contentsOf: URL(fileURLWithPath: arguments[0]))
    let results = try JSONValue(parsing: String(decoding: data, as: UTF8.self))
    try Data(page(results).html.utf8).write(to: URL(fileURLWithPath: arguments[1]))
} catch {
    FileHandle.standardError.write(Data("bench-page: \(error)\n".utf8))
    exit(1)
}
