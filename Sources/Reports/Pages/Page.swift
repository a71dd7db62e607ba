/// One report as one HTML file that needs nothing else: style, charts and script are inside, nothing is loaded.
///
/// The markup is also well-formed XML.
public struct Page: Sendable {
    /// The title.
    public var title: String
    /// One or two sentences below the title: what was done, with what.
    public var lead: String
    /// The parts from top to bottom.
    public var blocks: [Block]
    /// The last line: version, date, command.
    public var footer: String

    /// Creates a page.
    public init(title: String, lead: String = "", blocks: [Block] = [], footer: String = "") {
        self.title = title
        self.lead = lead
        self.blocks = blocks
        self.footer = footer
    }

    /// The whole file.
    public var html: String {
        """
        <!DOCTYPE html>
        <html lang="en" xmlns="http://www.w3.org/1999/xhtml">
        <head>
        <meta charset="utf-8"/>
        <meta name="viewport" content="width=device-width, initial-scale=1"/>
        <meta name="color-scheme" content="light dark"/>
        <title>\(escaped(title))</title>
        <style>
        \(PageStyle.sheet)
        </style>
        </head>
        <body>
        <main>
        <h1>\(escaped(title))</h1>
        \(lead.isEmpty ? "" : "<p class=\"lead\">\(escaped(lead))</p>")
        \(blocks.map(\.html).joined(separator: "\n"))
        </main>
        <footer>\(escaped(footer))</footer>
        <script>
        \(PageScript.source)
        </script>
        </body>
        </html>

        """
    }
}
