import Foundation
import Testing

@testable import Reports

#if canImport(FoundationXML)
    import FoundationXML
#endif

/// What an XML parser sees.
final class Structure: NSObject, XMLParserDelegate {
    private(set) var elements: [(name: String, attributes: [String: String])] = []
    private(set) var text = ""
    private(set) var fault: String?

    init(_ markup: String) {
        super.init()
        let parser = XMLParser(data: Data(markup.utf8))
        parser.delegate = self
        if !parser.parse() { fault = "\(parser.parserError as (any Error)?) in line \(parser.lineNumber)" }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
        attributes: [String: String]
    ) { elements.append((name, attributes)) }

    func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }

    func count(_ name: String, style: String? = nil) -> Int {
        elements.count { element in
            guard element.name == name else { return false }
            guard let style else { return true }
            return element.attributes["class"]?.split(separator: " ").contains(Substring(style)) == true
        }
    }
}

@Suite("Structure of pages and charts")
struct StructureTests {
    @Test("The page with everything is well-formed and loads nothing")
    func wholePage() throws {
        let html = Gallery.page.html
        let structure = Structure(html.replacingOccurrences(of: "<!DOCTYPE html>", with: ""))
        #expect(structure.fault == nil)
        #expect(structure.count("h1") == 1 && structure.count("h2") == 5)
        #expect(
            structure.count("figure") == structure.elements.count { $0.name == "svg" && $0.attributes["role"] == "img" }
        )
        for (_, attributes) in structure.elements {
            for key in ["src", "href", "xlink:href"] { #expect(attributes[key] == nil) }
        }
        #expect(!html.contains("url(") && !html.contains("@import") && !html.contains("https://"))
        #expect(html.utf8.count < 400_000)
        // To look at it: FORESIGHT_GALLERY=gallery.html swift test --filter wholePage
        if let path = ProcessInfo.processInfo.environment["FORESIGHT_GALLERY"] {
            try Data(html.utf8).write(to: URL(fileURLWithPath: path))
        }
    }

    @Test("Every chart has a title, a description and a spoken label")
    func accessible() {
        let structure = Structure(Gallery.plan.svg)
        #expect(structure.fault == nil)
        #expect(structure.count("title") == 1 && structure.count("desc") == 1)
        #expect(structure.elements.first?.attributes["aria-label"]?.hasPrefix("Plan. Predicted T1") == true)
    }

    @Test(
        "Names with <, & and quotes are escaped wherever they go", arguments: [#"<b>&"'x"#, "]]>", "a\u{0}b\u{1B}[31m"])
    func escaping(name: String) {
        let chart = Chart(
            title: name, description: name, x: ChartAxis(name, unit: name),
            panels: [
                ChartPanel(
                    ChartAxis(name, unit: name), layers: [.line(name, x: [0, 1], y: [0, 1], ink: .blue)],
                    references: [.level(0.5, label: name, ink: .danger)])
            ])
        var table = Table(name, columns: [.text(name), .number(name, unit: name)])
        table.add([name, name])
        let page = Page(
            title: name, lead: name,
            blocks: [
                .heading(name), .paragraph(name), .list([name]), .figure(Figure(chart, note: name)), .table(table),
                .cards([KeyFigure(name, name, note: name)]), .notice(.warning, title: name, name), .code(name),
                .details(name, [.paragraph(name)]),
            ], footer: name)
        let structure = Structure(page.html.replacingOccurrences(of: "<!DOCTYPE html>", with: ""))
        #expect(structure.fault == nil)
        #expect(structure.count("b") == 0)
        let shown = String(
            String.UnicodeScalarView(name.unicodeScalars.map { $0.value < 32 ? "\u{FFFD}" : $0 }))
        #expect(structure.text.contains(shown))
        #expect(structure.elements.contains { $0.attributes["data-name"] == shown })
    }

    @Test("Numbers stand to the right, text to the left, units in the header")
    func table() {
        var table = Table("Errors", columns: [.text("Channel"), .number("RMSE", unit: "°C")])
        table.add(["T1", "0.42"])
        let structure = Structure(table.html)
        #expect(structure.fault == nil)
        #expect(structure.count("td", style: "number") == 1 && structure.count("th", style: "number") == 1)
        #expect(structure.text.contains("RMSE [°C]") && structure.text.contains("0.42"))
    }

    @Test("A missing value breaks the line; a value between two gaps is a dot")
    func breaks() throws {
        let chart = Chart(
            title: "gaps", x: ChartAxis("t"),
            panels: [
                ChartPanel(
                    ChartAxis("y"),
                    layers: [.line("a", x: [0, 1, 2, 3, 4, 5, 6], y: [1, 2, .nan, 3, .nan, 4, 5], ink: .blue)])
            ])
        let structure = Structure(chart.svg())
        let data = try #require(structure.elements.first { $0.attributes["data-name"] == "a" }?.attributes["d"])
        let runs = data.split(separator: "M").map { $0.split(separator: "L") }
        #expect(runs.map(\.count) == [2, 2, 2])
        #expect(runs[1][0] == runs[1][1])
        #expect(!data.contains("nan"))
    }

    @Test("Steps hold each value until the next position")
    func steps() throws {
        let chart = Chart(
            title: "steps", x: ChartAxis("t", range: 0...2),
            panels: [
                ChartPanel(
                    ChartAxis("u", range: 0...1), layers: [.step("u", x: [0, 1, 2], y: [0, 1, 1], ink: .blue)],
                    height: 100)
            ])
        let data = try #require(
            Structure(chart.svg()).elements.first { $0.attributes["data-name"] == "u" }?.attributes["d"])
        let points = data.dropFirst().split(separator: "L").map { $0.split(separator: ",").compactMap { Double($0) } }
        #expect(points.count == 5)
        #expect(points[0][1] == 100 && points[1][1] == 100 && points[2][1] == 0)
        #expect(points[1][0] == points[2][0])
    }

    @Test("A chart without any value says so instead of failing", arguments: [AxisScale.linear, .logarithmic])
    func empty(scale: AxisScale) {
        let layers: [ChartLayer] = [
            .line("a", x: [], y: [], ink: .blue), .line("b", x: [1, 2], y: [.nan, -.infinity], ink: .blue),
            .bars("", x: [], y: [], ink: .blue), .band("c", x: [1], lower: [.nan], upper: [.nan], ink: .blue),
        ]
        let panel = ChartPanel(ChartAxis("y", scale: scale), layers: layers)
        let svg = Chart(title: "empty", x: ChartAxis("x", scale: scale), panels: [panel]).svg()
        #expect(Structure(svg).fault == nil)
        #expect(svg.contains("no data"))
        #expect(!svg.contains("nan") && !svg.contains("inf\""))
    }

    @Test("A limit far from the data stays visible as a label with an arrow, and does not flatten the data")
    func distantLimit() {
        let chart = Chart(
            title: "limit", x: ChartAxis("t"),
            panels: [
                ChartPanel(
                    ChartAxis("y"), layers: [.line("a", x: [0, 1], y: [20, 21], ink: .blue)],
                    references: [
                        .level(400, label: "T1 <= 400", ink: .danger), .level(21.5, label: "near", ink: .danger),
                    ])
            ])
        let structure = Structure(chart.svg())
        #expect(structure.text.contains("T1 <= 400 ↑"))
        #expect(structure.text.contains("near") && !structure.text.contains("near ↑"))
        let plot = structure.elements.first { $0.attributes["data-y"] != nil }
        let range = plot?.attributes["data-y"]?.split(separator: " ").compactMap { Double($0) } ?? []
        #expect(range.count == 2 && range[1] < 23 && range[1] > 21.5)
    }

    @Test("A zone far from the data is a label with an arrow and no strip at the edge; one in view has none")
    func distantZone() {
        func structure(_ low: Double, _ high: Double) -> Structure {
            let panel = ChartPanel(
                ChartAxis("y"), layers: [.line("a", x: [0, 1], y: [20, 21], ink: .blue)],
                references: [.range(low...high, label: "zone", ink: .danger)])
            return Structure(Chart(title: "zone", x: ChartAxis("t"), panels: [panel]).svg())
        }
        func zones(_ structure: Structure) -> Int {
            structure.elements.count { $0.attributes["class"]?.hasPrefix("zone") == true }
        }
        let (above, below, inside, low) = (
            structure(400, 410), structure(-410, -400), structure(20.2, 20.4), structure(10, 20.05)
        )
        #expect(above.text.contains("zone ↑") && zones(above) == 0)
        #expect(below.text.contains("zone ↓") && zones(below) == 0)
        for shown in [inside, low] {
            #expect(zones(shown) == 1 && !shown.text.contains("zone ↑") && !shown.text.contains("zone ↓"))
        }
    }

    @Test("A stand-alone chart carries its colours")
    func standalone() {
        let chart = Chart(
            title: "alone", x: ChartAxis("x"),
            panels: [ChartPanel(ChartAxis("y"), layers: [.line("a", x: [0, 1], y: [0, 1], ink: .blue)])])
        #expect(Structure(chart.svg(standalone: true)).count("style") == 1)
        #expect(!chart.svg().contains("<style>"))
    }

    @Test("Panels that share an axis have the same horizontal scale, and only the last one has its labels")
    func sharedAxis() {
        func panel(_ x: [Double]) -> ChartPanel {
            ChartPanel(ChartAxis("y"), layers: [.line("", x: x, y: x, ink: .blue)])
        }
        let structure = Structure(
            Chart(title: "two", x: ChartAxis("time", unit: "s"), panels: [panel([0, 10]), panel([5, 20])]).svg())
        let domains = structure.elements.compactMap { $0.attributes["data-x"] }
        #expect(domains == ["0.0 20.0", "0.0 20.0"])
        #expect(structure.text.components(separatedBy: "time [s]").count == 2)
    }

    @Test("Errors far below persistence get a logarithmic axis, so that they are seen") func wideErrors() {
        func page(_ persistence: Double) -> String {
            let errors = HorizonError(
                name: "T1", unit: "K", seconds: [1, 2], model: [0.1, 0.2], persistence: [1, persistence])
            return Page(title: "errors", lead: "", blocks: [.grid(Figures.errorAgainstHorizon([errors]))]).html
        }
        #expect(page(5).contains("data-yscale=\"logarithmic\"") == true)
        #expect(page(1.5).contains("data-yscale=\"logarithmic\"") == false)
    }
}
