extension ChartReference {
    /// Values on the vertical axis that should be in view.
    var levels: [Double] {
        switch place {
        case .level(let value): [value]
        case .range(let low, let high): [low, high]
        case .moment, .span: []
        }
    }

    /// Values on the horizontal axis that should be in view.
    var positions: [Double] {
        switch place {
        case .level, .range: []
        case .moment(let value): [value]
        case .span(let low, let high): [low, high]
        }
    }
}

/// Draws limits, targets and moments inside a panel.
struct ReferenceMarks {
    let x: Scale
    let y: Scale
    let width: Double
    let height: Double

    func area(_ reference: ChartReference) -> String {
        switch reference.place {
        case .range(let low, let high):
            // Out of view: its label says where it is.
            guard !(y(low) < 0 || y(high) > height) else { return "" }
            let top = min(max(0, y(high)), height)
            let base = min(max(0, y(low)), height)
            return rectangle(reference, 0, top, width, base - top)
        case .span(let low, let high):
            return rectangle(reference, x(low), 0, max(1, x(high) - x(low)), height)
        case .level, .moment: return ""
        }
    }

    private func rectangle(_ reference: ChartReference, _ x: Double, _ y: Double, _ w: Double, _ h: Double) -> String {
        guard x.isFinite, y.isFinite, w.isFinite, h.isFinite else { return "" }
        return "<rect class=\"zone \(reference.ink.rawValue)\" x=\"\(pixel(x))\" y=\"\(pixel(y))\" "
            + "width=\"\(pixel(w))\" height=\"\(pixel(max(1, h)))\"/>"
    }

    func line(_ reference: ChartReference) -> String {
        switch reference.place {
        case .level(let value):
            let place = y(value)
            guard place.isFinite else { return "" }
            return path(reference, "M0,\(pixel(place))H\(pixel(width))")
        case .moment(let value):
            let place = x(value)
            guard place.isFinite else { return "" }
            return path(reference, "M\(pixel(place)),0V\(pixel(height))")
        case .range, .span: return ""
        }
    }

    private func path(_ reference: ChartReference, _ data: String) -> String {
        "<path class=\"ink \(reference.ink.rawValue) \(reference.dash.rawValue)\" stroke-width=\"1.4\" d=\"\(data)\"/>"
    }

    /// The labels of all references, moved apart where they would overlap.
    func labels(_ references: [ChartReference]) -> [String] {
        var taken: [Double] = []
        return references.compactMap { reference in
            guard !reference.label.isEmpty else { return nil }
            switch reference.place {
            case .level(let value): return edgeLabel(reference, y(value), &taken)
            case .range(let low, let high):
                if y(low) < 0 { return edgeLabel(reference, -1, &taken) }
                if y(high) > height { return edgeLabel(reference, height + 1, &taken) }
                // The middle of the zone, or of what of it is in view.
                let middle = (min(max(0, y(high)), height) + min(max(0, y(low)), height)) / 2
                return edgeLabel(reference, min(middle + 9, height), &taken)
            case .moment(let value): return topLabel(reference, x(value))
            case .span(let low, let high): return topLabel(reference, (x(low) + x(high)) / 2)
            }
        }
    }

    private func edgeLabel(_ reference: ChartReference, _ line: Double, _ taken: inout [Double]) -> String? {
        guard line.isFinite else { return nil }
        // Out of view: the label stays at the edge with an arrow, so that a limit never vanishes silently.
        let arrow = line < 0 ? " ↑" : line > height ? " ↓" : ""
        // Above the line where there is room, else below it: never across.
        var baseline = line < 19 ? max(line, 0) + 15 : min(line - 5, height - 5)
        while let other = taken.first(where: { ($0 - baseline).magnitude < 16 }) {
            baseline = other + 17
            if baseline > height - 3 { break }
        }
        taken.append(baseline)
        return label(reference.label + arrow, reference.ink, 6, baseline, "start")
    }

    private func topLabel(_ reference: ChartReference, _ place: Double) -> String? {
        guard place.isFinite, place >= -1, place <= width + 1 else { return nil }
        // Text on the side of the line that has room.
        let isLate = place > width * 0.75
        return label(reference.label, reference.ink, isLate ? place - 5 : place + 5, 15, isLate ? "end" : "start")
    }

    private func label(_ text: String, _ ink: Ink, _ x: Double, _ y: Double, _ anchor: String) -> String {
        "<text class=\"note \(ink.rawValue)\" x=\"\(pixel(x))\" y=\"\(pixel(y))\" text-anchor=\"\(anchor)\">"
            + "\(escaped(text))</text>"
    }
}
