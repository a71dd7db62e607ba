import Basics
import Episodes
import Reports

/// What `inspect` says of a data set of pictures: text, JSON and page.
struct FrameInspectionWords {
    let dataset: any FrameDataset
    let format: FrameFormat
    let inspection: FrameInspection

    private var layout: FrameLayout { dataset.layout }
    private static let heads = ["column", "numbers", "least", "greatest", "mean", "missing"]

    /// One line: how much there is.
    var record: String {
        let lengths = layout.lengths.sorted()
        let (least, greatest) = (lengths.first ?? 0, lengths.last ?? 0)
        let spread = least == greatest ? "each of \(least)" : "of \(least) to \(greatest)"
        return
            "\(counted(layout.lengths.count, "episode")), \(counted(layout.rowCount, "row")) (\(spread)), pictures of "
            + "\(layout.frameSize) pixels, \(size(layout.rowCount * layout.frameSize.byteCount)) unpacked"
    }

    private func size(_ bytes: Int) -> String {
        bytes < 1_000_000
            ? "\(figure(Double(bytes) / 1e3)) kB"
            : bytes < 1_000_000_000 ? "\(figure(Double(bytes) / 1e6)) MB" : "\(figure(Double(bytes) / 1e9)) GB"
    }

    private var rows: [[String]] {
        func number(_ value: Double?) -> String { value.map(figure) ?? "–" }
        let pictures = [
            "pictures", "\(layout.frameSize.byteCount)", "\(inspection.brightness.lowerBound)",
            "\(inspection.brightness.upperBound)", figure(inspection.meanBrightness), "0",
        ]
        return [pictures]
            + inspection.columns.map { column in
                [
                    column.column.name, "\(column.column.width)", number(column.minimum.map(Double.init)),
                    number(column.maximum.map(Double.init)), number(column.mean), "\(column.missing)",
                ]
            }
    }

    /// What is printed.
    func text(report: String?) -> String {
        var table = TextTable(Self.heads.enumerated().map { ($1, $0 == 0 ? .left : .right) })
        for row in rows { table.add(row) }
        var parts = ["\(dataset.source) (\(format.rawValue)): \(record)", table.text()]
        if !dataset.notes.isEmpty {
            parts.append("left out\n" + dataset.notes.map { "  - \($0)" }.joined(separator: "\n"))
        }
        if layout.actionWidth == 0 { parts.append("there are no actions: nothing tells what moves the pictures") }
        if let report { parts.append("page with pictures: \(report)") }
        return parts.joined(separator: "\n\n")
    }

    /// What is printed as JSON.
    func json(report: String?) -> JSONValue {
        func number(_ value: Double?) -> JSONValue { value.map { .number($0) } ?? .null }
        return [
            "frames": .string(dataset.source), "format": .string(format.rawValue),
            "episodes": .integer(layout.lengths.count), "rows": .integer(layout.rowCount),
            "lengths": .array(layout.lengths.map { .integer($0) }),
            "height": .integer(layout.frameSize.height), "width": .integer(layout.frameSize.width),
            "brightness": [
                "minimum": .integer(Int(inspection.brightness.lowerBound)),
                "maximum": .integer(Int(inspection.brightness.upperBound)),
                "mean": .number(inspection.meanBrightness), "frames": .integer(inspection.framesSeen),
            ],
            "columns": .array(
                inspection.columns.map { column in
                    [
                        "name": .string(column.column.name),
                        "shape": .array(column.column.shape.map { .integer($0) }),
                        "minimum": number(column.minimum.map(Double.init)),
                        "maximum": number(column.maximum.map(Double.init)), "mean": number(column.mean),
                        "missing": .integer(column.missing),
                    ]
                }),
            "left_out": .array(dataset.notes.map { .string($0) }),
            "report": report.map { .string($0) } ?? .null,
        ]
    }

    /// The page: the numbers, pictures of some episodes, and the first episode as it moves.
    func page(title: String, started: String) throws -> Page {
        var table = Table(
            "The pictures, of which \(inspection.framesSeen) were looked at, and the columns beside them.",
            columns: Self.heads.enumerated().map { $0 == 0 ? .text($1) : .number($1) })
        for row in rows { table.add(row) }
        var blocks: [Block] = [
            .cards([
                KeyFigure("episodes", "\(layout.lengths.count)"), KeyFigure("rows", "\(layout.rowCount)"),
                KeyFigure("pictures", "\(layout.frameSize)", note: "pixels"),
                KeyFigure("numbers of an action", "\(layout.actionWidth)"),
            ]), .heading("Columns"), .table(table),
        ]
        if !dataset.notes.isEmpty { blocks += [.heading("Left out"), .list(dataset.notes)] }
        blocks += [.heading("Pictures")] + (try pictures())
        return Page(
            title: "What is in \(title)", lead: record, blocks: blocks,
            footer: "foresight inspect \(Version.foresight), \(started)")
    }

    private func pictures() throws -> [Block] {
        let size = layout.frameSize
        let long = layout.lengths.indices.filter { layout.lengths[$0] > 0 }
        guard let first = long.first else { return [.paragraph("There are no rows.")] }
        // Large pictures would make the page heavy.
        let across = max(2, min(8, 1200 / size.width))
        let chosen = (0..<min(6, long.count)).map { long[$0 * long.count / min(6, long.count)] }
        let sheet = ContactSheet(
            try chosen.map { episode in
                let count = min(across, layout.lengths[episode])
                return try (0..<count).map { place in
                    let row = count == 1 ? 0 : place * (layout.lengths[episode] - 1) / (count - 1)
                    return try dataset.frames(episode: episode, rows: row..<row + 1)
                }
            }, width: size.width, height: size.height)
        let shown = min(layout.lengths[first], max(8, min(200, 8_000_000 / size.byteCount)))
        let moving = try dataset.frames(episode: first, rows: 0..<shown)
        let film = AnimatedGIF.encode(
            (0..<shown).map { Array(moving[$0 * size.byteCount..<($0 + 1) * size.byteCount]) }, width: size.width,
            height: size.height, rate: 10)
        let names = chosen.map(String.init).joined(separator: ", ")
        return [
            .picture(
                Picture(
                    sheet.png, title: "Episodes \(names)",
                    note: "One episode a row, from its first picture to its last.", width: min(1000, sheet.width * 2))),
            .picture(
                Picture(
                    film, title: "Episode \(first) as it moves",
                    note: "The first \(counted(shown, "row")), ten a second.", width: max(size.width, 256))),
        ]
    }
}
