/// The path data of a layer.
struct ChartPaths {
    let x: Scale
    let y: Scale
    let limit: Int

    /// The path of a layer; empty when nothing can be drawn.
    func path(_ layer: ChartLayer) -> String {
        switch layer.shape {
        case .line: line(thinned(layer))
        case .step: line(steps(thinned(layer)))
        case .points: dots(thinned(layer))
        case .bars: bars(layer)
        case .band: band(layer)
        }
    }

    /// Pixels of the samples that are drawn; NaN where the line breaks.
    private func thinned(_ layer: ChartLayer) -> [(Double, Double)] {
        Downsampling.minMax(layer.y, limit: limit).map { (x(layer.x[$0]), y(layer.y[$0])) }
    }

    private func steps(_ points: [(Double, Double)]) -> [(Double, Double)] {
        var result: [(Double, Double)] = []
        for (index, point) in points.enumerated() {
            // Into a gap too the last value is held until the gap begins.
            if index > 0, points[index - 1].1.isFinite, point.0.isFinite {
                result.append((point.0, points[index - 1].1))
            }
            result.append(point)
        }
        return result
    }

    private func line(_ points: [(Double, Double)]) -> String {
        var data = ""
        var isOpen = false
        for (index, point) in points.enumerated() {
            guard point.0.isFinite, point.1.isFinite else {
                isOpen = false
                continue
            }
            data += (isOpen ? "L" : "M") + place(point)
            let next = index + 1 < points.count ? points[index + 1] : (.nan, .nan)
            // A sample between two gaps: a line of no length, which round caps draw as a dot.
            if !isOpen, !(next.0.isFinite && next.1.isFinite) { data += "L" + place(point) }
            isOpen = true
        }
        return data
    }

    private func dots(_ points: [(Double, Double)]) -> String {
        points.filter { $0.0.isFinite && $0.1.isFinite }.map { "M\(place($0))L\(place($0))" }.joined()
    }

    private func bars(_ layer: ChartLayer) -> String {
        let base = y.kind == .linear ? y(min(max(0, y.range.lowerBound), y.range.upperBound)) : y.pixels.from
        let places = layer.x.map { x($0) }
        let gaps = zip(places.dropFirst(), places).map { ($0 - $1).magnitude }.filter { $0 > 0 }
        let width = min(40, 0.8 * (gaps.min() ?? 40))
        return zip(places, layer.y).map { place, value in
            let top = y(value)
            guard place.isFinite, top.isFinite else { return "" }
            return
                "M\(pixel(place - width / 2)),\(pixel(base))V\(pixel(top))H\(pixel(place + width / 2))V\(pixel(base))Z"
        }.joined()
    }

    private func band(_ layer: ChartLayer) -> String {
        let edges = Downsampling.envelope(x: layer.x, lower: layer.lower, upper: layer.y, limit: max(2, limit / 2))
        var data = ""
        var run: [(x: Double, lower: Double, upper: Double)] = []
        func close() {
            if !run.isEmpty {
                let upper = run.map { place(($0.x, $0.upper)) }
                let lower = run.reversed().map { place(($0.x, $0.lower)) }
                data += "M" + (upper + lower).joined(separator: "L") + "Z"
            }
            run = []
        }
        for index in edges.x.indices {
            let point = (x(edges.x[index]), y(edges.lower[index]), y(edges.upper[index]))
            if point.0.isFinite && point.1.isFinite && point.2.isFinite { run.append(point) } else { close() }
        }
        close()
        return data
    }

    private func place(_ point: (Double, Double)) -> String { "\(pixel(point.0)),\(pixel(point.1))" }
}
