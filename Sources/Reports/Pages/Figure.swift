/// A chart with its caption and legend, ready for a page.
public struct Figure: Sendable {
    /// The heading above.
    public var title: String
    /// What to see in it, one or two sentences below the heading; empty for none.
    public var note: String
    let legend: [LegendEntry]
    let svg: String

    init(title: String, note: String, legend: [LegendEntry], svg: String) {
        self.title = title
        self.note = note
        self.legend = legend
        self.svg = svg
    }

    /// Creates a figure of a chart.
    public init(_ chart: Chart, title: String? = nil, note: String = "") {
        self.init(title: title ?? chart.title, note: note, legend: chart.legend, svg: chart.svg())
    }

    var html: String {
        let caption = note.isEmpty ? "" : "<p class=\"caption\">\(escaped(note))</p>"
        let entries = legend.map(\.html).joined()
        let list = entries.isEmpty ? "" : "<ul class=\"legend\">\(entries)</ul>"
        return "<figure><figcaption><h3>\(escaped(title))</h3>\(caption)\(list)</figcaption>\n\(svg)\n</figure>"
    }
}
