/// The style sheet of pages and charts.
enum PageStyle {
    static let pageLight = "#ffffff"
    static let pageDark = "#0f1419"

    /// The whole sheet.
    static var sheet: String { chartColours + charts + layout }

    /// Colours as custom properties, for light and for dark.
    static var chartColours: String {
        func properties(_ colour: (Ink) -> String) -> String {
            Ink.allCases.map { "--\($0.rawValue):\(colour($0))" }.joined(separator: ";")
        }
        return """
            :root{color-scheme:light dark;--page:\(pageLight);--grid:#e3e6ea;--card:#f5f7f9;--border:#d0d7de;
            \(properties(\.light))}
            @media (prefers-color-scheme:dark){:root{--page:\(pageDark);--grid:#2a323c;--card:#171d24;--border:#343d47;
            \(properties(\.dark))}}

            """
    }

    /// Marks and text of charts. Text grows in user units where the chart shrinks.
    static var charts: String {
        let inks = Ink.allCases.map { ".\($0.rawValue){--ink:var(--\($0.rawValue))}" }.joined()
        return """
            \(inks)
            .ink{fill:none;stroke:var(--ink);stroke-linecap:round;stroke-linejoin:round}
            .dashed{stroke-dasharray:7 5}.dotted{stroke-dasharray:1 5}
            .fill{fill:var(--ink)}.area{fill:var(--ink);fill-opacity:.2}.zone{fill:var(--ink);fill-opacity:.13}
            .gridline{fill:none;stroke:var(--grid);stroke-width:1}.frame{fill:none;stroke:var(--border);stroke-width:1}
            .chart text{font-family:system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;fill:var(--foreground);\
            font-size:12px}
            .chart .tick,.chart .axis{fill:var(--muted)}.chart .middle{dominant-baseline:central}
            .chart .paneltitle{font-weight:600;font-size:13px}
            .chart .note{font-weight:600;paint-order:stroke;stroke:var(--page);stroke-width:4px;\
            stroke-linejoin:round}
            .chart .note.danger{fill:var(--danger)}
            .vessel{fill:var(--card);stroke:var(--muted);stroke-width:2}.pipe{fill:none;stroke:var(--border);\
            stroke-linecap:round;stroke-linejoin:round}.soft{fill-opacity:.6}
            .stream{stroke-dasharray:9 9}.drawing .value{font-weight:600;font-variant-numeric:tabular-nums}\
            .drawing .tick.danger{fill:var(--danger)}
            .drawing.still{display:none}
            @media (prefers-reduced-motion:reduce),print{.drawing.moving{display:none}.drawing.still{display:block}}
            .cursor{stroke:var(--muted);stroke-width:1;stroke-dasharray:2 3}
            @media (max-width:600px){.chart text{font-size:18px}.chart .paneltitle{font-size:19px}\
            .chart .cell{font-size:15px}.grid .chart text{font-size:15px}}

            """
    }

    /// Everything around the charts.
    private static let layout = """
        *{box-sizing:border-box}
        body{margin:0;background:var(--page);color:var(--foreground);\
        font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,sans-serif}
        main{max-width:1040px;margin:0 auto;padding:24px 20px}
        h1{font-size:1.7rem;overflow-wrap:anywhere;line-height:1.25;margin:.2em 0}h2{font-size:1.25rem;margin:2em 0 .5em;\
        border-bottom:1px solid var(--border);padding-bottom:.25em}
        h3{font-size:1rem;margin:0}
        p{max-width:75ch}.lead,.caption,footer{color:var(--muted)}.caption{margin:.2em 0;font-size:.9rem}
        .cards{display:grid;grid-template-columns:repeat(auto-fit,minmax(150px,1fr));gap:12px;margin:16px 0}
        .card{background:var(--card);border:1px solid var(--border);border-left:4px solid var(--border);\
        border-radius:6px;padding:10px 14px}
        .card dt{color:var(--muted);font-size:.85rem}.card dd{margin:0;font-size:1.35rem;font-weight:600;\
        font-variant-numeric:tabular-nums}
        .card dd.small{font-size:.85rem;font-weight:400;color:var(--muted)}
        .card.success{border-left-color:var(--green)}.card.success .sign{color:var(--green)}
        .card.warning{border-left-color:var(--orange)}.card.warning .sign{color:var(--orange)}
        .card.failure{border-left-color:var(--danger)}.card.failure .sign{color:var(--danger)}
        figure{margin:20px 0 8px;padding:0}.chart{display:block;width:100%;height:auto;max-width:800px;margin-top:6px}
        .chart .plot{overflow:hidden}
        .grid{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,400px),1fr));gap:8px 28px}
        .grid figure{margin:10px 0}
        .legend{list-style:none;display:flex;flex-wrap:wrap;gap:2px 18px;margin:6px 0 0;padding:0;font-size:.9rem}
        .legend li{display:flex;align-items:center;gap:7px}.key{flex:none}
        .readout{min-height:1.4em;line-height:1.4;font-size:.85rem;color:var(--muted);font-variant-numeric:tabular-nums}
        .scroll{overflow-x:auto;margin:14px 0}
        table{border-collapse:collapse;font-size:.92rem;font-variant-numeric:tabular-nums}
        caption{text-align:left;color:var(--muted);padding-bottom:4px}
        caption span{display:inline-block;position:sticky;left:0;max-width:min(100%,calc(100vw - 40px))}
        th,td{padding:5px 14px 5px 0;border-bottom:1px solid var(--grid);text-align:left;vertical-align:top}
        thead th{border-bottom:1px solid var(--border)}tbody th{font-weight:500}
        .number{text-align:right;white-space:nowrap}.unit{color:var(--muted);font-weight:400}
        tr.strong{font-weight:700}tr.strong th{font-weight:700}
        .notice{border:1px solid var(--border);border-left:4px solid var(--blue);border-radius:6px;\
        background:var(--card);padding:10px 14px;margin:14px 0}.notice p{margin:.2em 0 0}
        .notice.success{border-left-color:var(--green)}.notice.warning{border-left-color:var(--orange)}
        .notice.failure{border-left-color:var(--danger)}
        pre{background:var(--card);border:1px solid var(--border);border-radius:6px;padding:12px;overflow-x:auto;\
        font-size:.85rem}
        details{margin:14px 0}summary{cursor:pointer;font-weight:600}
        footer{max-width:1040px;margin:0 auto;padding:16px 20px 32px;font-size:.85rem}
        @media print{.readout{display:none}figure,.notice,.card{break-inside:avoid}}
        """
}
