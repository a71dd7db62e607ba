/// A part of a page. All text given to its factories is escaped.
public struct Block: Sendable {
    let html: String

    /// A section's heading.
    public static func heading(_ text: String) -> Block { Block(html: "<h2>\(escaped(text))</h2>") }

    /// A paragraph of plain text.
    public static func paragraph(_ text: String) -> Block { Block(html: "<p>\(escaped(text))</p>") }

    /// A list of plain sentences.
    public static func list(_ items: [String]) -> Block {
        Block(html: "<ul>" + items.map { "<li>\(escaped($0))</li>" }.joined() + "</ul>")
    }

    /// Links to other pages, each with what is there.
    public static func links(_ items: [(href: String, text: String, note: String)]) -> Block {
        Block(
            html: "<ul>"
                + items.map {
                    "<li><a href=\"\(escaped($0.href))\">\(escaped($0.text))</a>: \(escaped($0.note))</li>"
                }.joined() + "</ul>")
    }

    /// A chart.
    public static func figure(_ figure: Figure) -> Block { Block(html: figure.html) }

    /// Figures side by side where the page is wide enough.
    public static func grid(_ figures: [Figure]) -> Block {
        Block(html: "<div class=\"grid\">\n" + figures.map(\.html).joined(separator: "\n") + "\n</div>")
    }

    /// Key figures as cards.
    public static func cards(_ figures: [KeyFigure]) -> Block {
        Block(html: "<dl class=\"cards\">" + figures.map(\.html).joined() + "</dl>")
    }

    /// A table of numbers.
    public static func table(_ table: Table) -> Block { Block(html: table.html) }

    /// A box that asks for attention.
    public static func notice(_ kind: Notice, title: String, _ text: String) -> Block {
        Block(
            html: "<div class=\"notice \(kind.rawValue)\" role=\"note\"><strong>\(kind.sign) \(escaped(title))</strong>"
                + "<p>\(escaped(text))</p></div>")
    }

    /// Text as a machine wrote it.
    public static func code(_ text: String) -> Block {
        Block(html: "<pre tabindex=\"0\"><code>\(escaped(text))</code></pre>")
    }

    /// Blocks that are folded away until asked for.
    public static func details(_ summary: String, _ blocks: [Block], isOpen: Bool = false) -> Block {
        let state = isOpen ? " open=\"open\"" : ""
        let inside = blocks.map(\.html).joined(separator: "\n")
        return Block(html: "<details\(state)><summary>\(escaped(summary))</summary>\n\(inside)\n</details>")
    }
}

/// The kinds of boxes.
public enum Notice: String, Sendable {
    /// Something to know.
    case note
    /// All is well.
    case success
    /// Something to look at.
    case warning
    /// Something that failed or was refused.
    case failure

    /// A sign beside the colour, so that the kind does not depend on it.
    var sign: String {
        switch self {
        case .note: "ℹ"
        case .success: "✓"
        case .warning: "⚠"
        case .failure: "✕"
        }
    }
}

/// One number that a page should be remembered by.
public struct KeyFigure: Sendable {
    /// What it is.
    public var label: String
    /// The value with its unit.
    public var value: String
    /// A comparison or a limit; empty for none.
    public var note: String
    /// How it is to be taken; `nil` for neutral.
    public var verdict: Notice?

    /// Creates a key figure.
    public init(_ label: String, _ value: String, note: String = "", verdict: Notice? = nil) {
        self.label = label
        self.value = value
        self.note = note
        self.verdict = verdict
    }

    fileprivate var html: String {
        let small = note.isEmpty ? "" : "<dd class=\"small\">\(escaped(note))</dd>"
        let sign = verdict.map { "<span class=\"sign\">\($0.sign)</span> " } ?? ""
        return "<div class=\"card \(verdict?.rawValue ?? "plain")\"><dt>\(escaped(label))</dt>"
            + "<dd>\(sign)\(escaped(value))</dd>\(small)</div>"
    }
}
