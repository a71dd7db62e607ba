extension PlantPicture {
    /// Three machines with a buffer between each two, and what is finished over what was asked for.
    static let productionLine = PlantPicture(
        height: 226, needs: ["buffer1", "buffer2", "surplus", "speed1", "speed2", "speed3"]
    ) { sketch, scene in
        let count = Double(scene.time.count)
        for (number, x) in [(1, 50.0), (2, 290.0), (3, 530.0)] {
            let speed = scene.share("speed\(number)")
            let up = scene.signal("up\(number)").map { Motion($0.values) } ?? 1
            sketch.rectangle("vessel", x: Motion(x), y: 70, width: 110, height: 96, radius: 8)
            // Down as soon as most of the sample was.
            sketch.rectangle(
                "fill green", x: Motion(x), y: 70, width: 110, height: 96, radius: 8,
                opacity: up.map { $0 > 0.5 ? 0.25 : 0 })
            sketch.rectangle(
                "fill danger", x: Motion(x), y: 70, width: 110, height: 96, radius: 8,
                opacity: up.map { $0 > 0.5 ? 0 : 0.55 })
            sketch.circle("vessel", x: Motion(x + 55), y: 112, radius: 27)
            let turn = Motion(
                zip(speed.values, up.values.count > 1 ? up.values : speed.values.map { _ in 1 }).map { $0 * min(1, $1) }
            )
            sketch.wheel(
                "ink foreground", x: x + 55, y: 112, radius: 24, strokes: 3,
                turned: turn.accumulated(times: 5400 / count))
            sketch.text("machine \(number)", x: x + 55, y: 60, look: "paneltitle")
            sketch.readout(scene.texts("speed\(number)", decimals: 2), x: x + 55, y: 158)
        }
        for (name, x) in [("buffer1", 180.0), ("buffer2", 420.0)] {
            let level = scene.share(name, of: 0...40)
            sketch.flow("muted", "M\(pixel(x - 20)),118h20M\(pixel(x + 90)),118h20", 0.6)
            sketch.rectangle("vessel", x: Motion(x), y: 50, width: 90, height: 130)
            sketch.rectangle(
                "fill sky soft", x: Motion(x + 1), y: level.map { 180 - 130 * $0 }, width: 88,
                height: level.map { 130 * $0 })
            sketch.mark(scene.signal(name), of: 0...40, x: x, y: 50, width: 90, height: 130)
            sketch.text(name, x: x + 45, y: 40, look: "paneltitle")
            sketch.readout(scene.texts(name, decimals: 0), x: x + 45, y: 200)
        }
        if scene.signal("wear") != nil {
            let wear = scene.share("wear", of: 0...2)
            sketch.rectangle("vessel", x: 300, y: 176, width: 90, height: 10)
            sketch.rectangle("fill orange", x: 300, y: 176, width: wear.map { 90 * $0 }, height: 10)
            sketch.text("wear", x: 345, y: 202, look: "tick")
        }
        if let care = scene.signal("maintenance") {
            let on = Motion(care.values.map { $0 > 0.5 ? 1 : 0 })
            sketch.rectangle("fill orange", x: 302, y: 12, width: 86, height: 24, radius: 12, opacity: on)
            sketch.text("maintenance", x: 345, y: 29, look: "tick")
        }
        let range = -60.0...60.0
        let surplus = scene.share("surplus", of: range)
        sketch.flow("muted", "M640,118h30", 0.6)
        sketch.rectangle("vessel", x: 670, y: 50, width: 70, height: 130)
        sketch.rectangle(
            "fill green soft", x: 671, y: surplus.map { 180 - 130 * max(0.5, $0) }, width: 68,
            height: surplus.map { 130 * max(0, $0 - 0.5) })
        sketch.rectangle("fill danger soft", x: 671, y: 115, width: 68, height: surplus.map { 130 * max(0, 0.5 - $0) })
        sketch.path("ink muted", "M664,115h82", width: 1.5)
        sketch.mark(scene.signal("surplus"), of: range, x: 670, y: 50, width: 70, height: 130)
        sketch.text("surplus", x: 705, y: 40, look: "paneltitle")
        sketch.readout(scene.texts("surplus", decimals: 0), x: 705, y: 200)
    }

    /// An engine cut open, with the surge margins of its compressors as dials.
    static let turbofan = PlantPicture(
        height: 276, needs: ["N1", "N2", "T4", "HPC_margin", "LPC_margin", "fuel"]
    ) { sketch, scene in
        let count = Double(scene.time.count)
        let (fan, core) = (scene.share("N1", of: 0...5080), scene.share("N2", of: 0...14_600))
        sketch.path("vessel", "M70,50Q250,10 420,74L540,112V152L420,190Q250,254 70,214Q92,132 70,50Z")
        sketch.path("vessel", "M200,96Q300,84 380,104L500,118V146L380,160Q300,180 200,168Z")
        sketch.flow("sky", "M20,70H150Q300,60 420,92H560", fan, width: 3)
        sketch.flow("sky", "M20,194H150Q300,204 420,172H560", fan, width: 3)
        let heat = scene.share("T4", of: 1400...1800)
        sketch.flow("vermilion", "M430,132H640", heat.map { 0.25 + 0.75 * $0 }, width: 12)
        let fuel = scene.share("fuel")
        sketch.circle("fill orange", x: 350, y: 114, radius: fuel.map { 5 + 9 * $0 })
        sketch.circle("fill orange", x: 350, y: 150, radius: fuel.map { 5 + 9 * $0 })
        sketch.circle("fill danger", x: 350, y: 132, radius: fuel.map { 4 + 8 * $0 }, opacity: heat)
        // Blades seen from the side pass as strokes that wander across.
        for (speed, left, top, tall, strokes, turns) in [
            (fan, 96.0, 60.0, 144.0, 3, 5400.0), (core, 214, 98, 68, 4, 9000), (core, 400, 110, 44, 2, 9000),
        ] {
            let angle = speed.accumulated(times: turns / count)
            for stroke in 0..<strokes {
                let place = Motion(
                    angle.values.map { left + 22 + 20 * cosine(degrees: $0 + 180 * Double(stroke) / Double(strokes)) })
                sketch.polyline("ink foreground", [(place, Motion(top)), (place, Motion(top + tall))], width: 2.5)
            }
        }
        sketch.path("ink foreground", "M84,132H470", width: 4)
        sketch.text("fan", x: 118, y: 250)
        sketch.readout(scene.texts("N1", decimals: 0), x: 118, y: 268)
        sketch.text("core", x: 240, y: 250)
        sketch.readout(scene.texts("N2", decimals: 0), x: 240, y: 268)
        sketch.text("fuel", x: 350, y: 250)
        sketch.readout(scene.texts("fuel", decimals: 2), x: 350, y: 268)
        sketch.text("T4", x: 470, y: 250)
        sketch.readout(scene.texts("T4", decimals: 0), x: 470, y: 268)
        for (name, y, text) in [("HPC_margin", 96.0, "surge margin, high"), ("LPC_margin", 226.0, "surge margin, low")]
        {
            sketch.dial(scene.signal(name), of: 0...40, x: 710, y: y, radius: 62, text: text)
            sketch.readout(scene.texts(name, decimals: 1), x: 710, y: y + 20)
        }
    }

    /// Two genes that repress each other, and the two inducers that keep them from it.
    static let geneSwitch = PlantPicture(height: 232, needs: ["LacI", "TetR", "aTc", "IPTG"]) { sketch, scene in
        let proteins = [("LacI", 250.0, 2000.0, "blue"), ("TetR", 550.0, 800.0, "green")]
        for (name, x, most, look) in proteins {
            let signal = scene.signal(name)
            func radius(_ value: Double) -> Double { 66 * (max(0, value) / most).squareRoot() }
            sketch.circle("vessel", x: Motion(x), y: 116, radius: 70)
            sketch.circle("fill \(look) soft", x: Motion(x), y: 116, radius: Motion(signal?.values ?? [0]).map(radius))
            for limit in [signal?.upper, signal?.lower].compactMap({ $0 }) {
                sketch.circle("ink danger dashed", x: Motion(x), y: 116, radius: Motion(radius(limit)))
            }
            if let targets = signal?.targets, !targets.isEmpty {
                sketch.circle("ink green", x: Motion(x), y: 116, radius: Motion(targets).map(radius))
            }
            sketch.text(name, x: x, y: 110, look: "paneltitle")
            sketch.readout(scene.texts(name, decimals: 0), x: x, y: 130)
            sketch.path("ink \(look)", "M\(pixel(x - 70)),210h140", width: 8)
            sketch.text("gene of \(name)", x: x, y: 228, look: "tick")
        }
        // Each represses the other, as strongly as it is there.
        let (lac, tet) = (scene.share("LacI", of: 0...1200), scene.share("TetR", of: 0...500))
        sketch.path("ink blue", "M326,100H470M470,86V114", width: 4, opacity: lac.map { 0.15 + 0.85 * $0 })
        sketch.path("ink green", "M474,140H330M330,126V154", width: 4, opacity: tet.map { 0.15 + 0.85 * $0 })
        for (name, x, look) in [("IPTG", 90.0, "purple"), ("aTc", 710.0, "orange")] {
            let dose = scene.share(name)
            sketch.rectangle("vessel", x: Motion(x - 20), y: 60, width: 40, height: 110, radius: 8)
            sketch.rectangle(
                "fill \(look) soft", x: Motion(x - 18), y: dose.map { 168 - 106 * $0 }, width: 36,
                height: dose.map { 106 * $0 })
            sketch.text(name, x: x, y: 46, look: "paneltitle")
            sketch.readout(scene.texts(name, decimals: name == "aTc" ? 0 : 2), x: x, y: 192)
            let isLeft = x < 400
            sketch.flow(look, isLeft ? "M112,116H176" : "M688,116H624", dose)
        }
    }
}

extension Sketch {
    /// A half-round dial with a needle, and the part that a guardrail forbids in red.
    mutating func dial(
        _ signal: EpisodeScene.Signal?, of range: ClosedRange<Double>, x: Double, y: Double, radius: Double,
        text: String
    ) {
        guard let signal else { return }
        func angle(_ value: Double) -> Double {
            180 * min(1, max(0, (value - range.lowerBound) / (range.upperBound - range.lowerBound)))
        }
        func rim(_ degrees: Double, _ part: Double = 1) -> String {
            "\(pixel(x - part * radius * cosine(degrees: degrees))),\(pixel(y - part * radius * sine(degrees: degrees)))"
        }
        func arc(_ from: Double, _ to: Double) -> String {
            "M\(rim(from))A\(pixel(radius)),\(pixel(radius)) 0 0 1 \(rim(to))"
        }
        path("pipe", arc(0, 180), width: 9)
        if let lower = signal.lower { path("ink danger", arc(0, angle(lower)), width: 9) }
        if let upper = signal.upper { path("ink danger", arc(angle(upper), 180), width: 9) }
        group(turned: Motion(signal.values.map(angle)), x: x, y: y) {
            $0.path("ink foreground", "M\(pixel(x)),\(pixel(y))H\(pixel(x - 0.86 * radius))", width: 3)
        }
        circle("fill foreground", x: Motion(x), y: Motion(y), radius: 4)
        self.text(text, x: x, y: y - radius - 12, look: "tick")
    }
}
