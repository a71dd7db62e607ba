extension PlantPicture {
    /// Two pumps feed a lower tank each, and the upper tank of the other side, which drains into the lower one of its own.
    static let fourTank = PlantPicture(height: 322, needs: ["h1", "h2", "h3", "h4", "v1", "v2"]) { sketch, scene in
        let (wide, tall, height) = (130.0, 104.0, 0.6)
        let places: [(name: String, x: Double, y: Double)] = [
            ("h3", 255, 26), ("h4", 415, 26), ("h1", 255, 160), ("h2", 415, 160),
        ]
        let pumps = [("v1", 170.0), ("v2", 630.0)].map { ($0.0, $0.1, scene.share($0.0)) }
        for (index, (name, x, flow)) in pumps.enumerated() {
            let isLeft = index == 0
            let (near, far) = isLeft ? (282.0, 518.0) : (518.0, 282.0)
            // To the upper tank across, then to the lower one beside it.
            let rail = isLeft ? 8.0 : 15.0
            sketch.flow("sky", "M\(pixel(x)),270V\(pixel(rail))H\(pixel(far))V26", flow)
            sketch.flow("sky", "M\(pixel(x)),270V148H\(pixel(near))V162", flow)
            sketch.circle("vessel", x: Motion(x), y: 286, radius: 19)
            sketch.group(turned: flow.accumulated(times: 3600 / Double(scene.time.count)), x: x, y: 286) {
                $0.path("ink sky", "M\(pixel(x)),272V300M\(pixel(x - 14)),286H\(pixel(x + 14))", width: 4)
            }
            sketch.text("pump \(index + 1)", x: x + (isLeft ? -26 : 26), y: 262, anchor: isLeft ? "end" : "start")
            sketch.readout(
                scene.texts(name, decimals: 1), x: x + (isLeft ? -26 : 26), y: 280, anchor: isLeft ? "end" : "start")
        }
        for place in places {
            let level = scene.share(place.name, of: 0...height)
            let surface = level.map { place.y + tall * (1 - $0) }
            // What runs out below, as fast as the root of the level.
            let middle = place.x + wide / 2
            sketch.flow(
                "sky", "M\(pixel(middle)),\(pixel(place.y + tall))V\(pixel(place.y + tall + 26))",
                level.map { $0.squareRoot() * 0.8 }, width: 5)
            sketch.rectangle(
                "vessel", x: Motion(place.x), y: Motion(place.y), width: Motion(wide), height: Motion(tall))
            sketch.rectangle(
                "fill sky soft", x: Motion(place.x + 1), y: surface, width: Motion(wide - 2),
                height: level.map { tall * $0 })
            sketch.mark(scene.signal(place.name), of: 0...height, x: place.x, y: place.y, width: wide, height: tall)
            sketch.text(place.name, x: middle, y: place.y + 20, look: "paneltitle")
            sketch.readout(scene.texts(place.name, decimals: 2), x: middle, y: place.y + 38)
        }
        sketch.rectangle("fill sky soft", x: 130, y: 306, width: 540, height: 12)
        sketch.path("ink muted", "M130,292V318H670V292", width: 2)
    }

    /// A stirred tank: warm or cold contents in a jacket whose coolant is what is set.
    static let reactor = PlantPicture(height: 262, needs: ["Ca", "T", "Tc"]) { sketch, scene in
        let warmth = scene.share("T", of: 315...345)
        let coolant = scene.share("Tc")
        sketch.flow("muted", "M150,56H352V84", 0.5)
        sketch.text("feed", x: 150, y: 44, anchor: "start")
        sketch.flow("muted", "M486,196H560V216H640", 0.5)
        sketch.text("product", x: 640, y: 236, anchor: "end")
        sketch.flow("blue", "M150,180H300", 0.7)
        sketch.flow("blue", "M500,108H640", 0.7)
        sketch.text("coolant", x: 150, y: 168, anchor: "start")
        sketch.readout(scene.texts("Tc", decimals: 1), x: 150, y: 204, anchor: "start")
        // The jacket, blue where its coolant is cold, red where it is warm.
        sketch.rectangle("vessel", x: 294, y: 70, width: 212, height: 160, radius: 34)
        sketch.rectangle(
            "fill blue", x: 294, y: 70, width: 212, height: 160, radius: 34, opacity: coolant.map { 0.55 * (1 - $0) })
        sketch.rectangle(
            "fill vermilion", x: 294, y: 70, width: 212, height: 160, radius: 34, opacity: coolant.map { 0.5 * $0 })
        sketch.rectangle("vessel", x: 314, y: 70, width: 172, height: 140, radius: 24)
        sketch.rectangle(
            "fill blue", x: 315, y: 92, width: 170, height: 117, radius: 22, opacity: warmth.map { 0.4 * (1 - $0) })
        sketch.rectangle(
            "fill danger", x: 315, y: 92, width: 170, height: 117, radius: 22, opacity: warmth.map { 0.75 * $0 })
        // The fewer of them are left, the more has reacted.
        let left = scene.share("Ca", of: 0.7...1)
        for dot in 0..<24 {
            let (column, row) = (dot % 6, dot / 6)
            let threshold = Double((dot * 7) % 24) / 24
            sketch.circle(
                "fill foreground", x: Motion(334 + 27 * Double(column)), y: Motion(112 + 24 * Double(row)), radius: 3.5,
                opacity: left.map { min(1, max(0.06, 12 * ($0 - threshold))) })
        }
        sketch.text("dots: the part of A that is left", x: 400, y: 248, look: "tick")
        sketch.path("ink foreground", "M400,34V168", width: 3)
        sketch.rectangle("vessel", x: 384, y: 20, width: 32, height: 22, radius: 3)
        let turns = Motion(scene.time.indices.map { (Double($0) * 5400 / Double(scene.time.count)) })
        // Seen from the side, a blade that turns grows and shrinks.
        let span = turns.map { 30 * cosine(degrees: $0) }
        sketch.polyline("ink foreground", [(span.map { 400 - $0 }, 168), (span.map { 400 + $0 }, 168)], width: 6)
        sketch.text("T", x: 540, y: 150, look: "paneltitle", anchor: "start")
        sketch.readout(scene.texts("T", decimals: 1), x: 556, y: 150, anchor: "start")
        sketch.text("Ca", x: 540, y: 172, look: "paneltitle", anchor: "start")
        sketch.readout(scene.texts("Ca", decimals: 3), x: 562, y: 172, anchor: "start")
    }

    /// A drum over a furnace, a turbine behind it.
    static let boilerTurbine = PlantPicture(
        height: 300, needs: ["P", "N", "level", "fuel", "steam", "feedwater"]
    ) { sketch, scene in
        let (fuel, steam, water) = (scene.share("fuel"), scene.share("steam"), scene.share("feedwater"))
        // Steam to the turbine, feedwater to the drum, fuel to the furnace.
        sketch.flow("orange", "M280,60V28H560V96", steam)
        sketch.flow("sky", "M8,112H160", water)
        sketch.flow("vermilion", "M8,262H190", fuel)
        for (name, x, y, flow) in [
            ("feedwater", 8.0, 96.0, water), ("fuel", 8, 246, fuel), ("steam", 420, 18, steam),
        ] {
            sketch.text(name, x: x, y: y, anchor: "start")
            sketch.rectangle("vessel", x: Motion(x + 66), y: Motion(y - 9), width: 34, height: 9)
            sketch.rectangle("fill muted", x: Motion(x + 66), y: Motion(y - 9), width: flow.map { 34 * $0 }, height: 9)
            sketch.readout(scene.texts(name, decimals: 2), x: x + 106, y: y, anchor: "start")
        }
        // The drum, whose level is shown between a metre below and a metre above its middle.
        let (top, tall) = (60.0, 104.0)
        let level = scene.share("level", of: -1...1)
        sketch.rectangle("vessel", x: 160, y: Motion(top), width: 240, height: Motion(tall), radius: 8)
        sketch.rectangle(
            "fill sky soft", x: 161, y: level.map { top + tall * (1 - $0) }, width: 238,
            height: level.map { max(0, tall * $0 - 1) })
        sketch.mark(scene.signal("level"), of: -1...1, x: 160, y: top, width: 240, height: tall)
        sketch.text("level", x: 250, y: 84, look: "paneltitle", anchor: "end")
        sketch.readout(scene.texts("level", decimals: 2), x: 258, y: 84, anchor: "start")
        sketch.text("pressure", x: 250, y: 102, look: "paneltitle", anchor: "end")
        sketch.readout(scene.texts("P", decimals: 0), x: 258, y: 102, anchor: "start")
        for pipe in [210.0, 250, 310, 350] { sketch.path("ink muted", "M\(pixel(pipe)),166V206", width: 4) }
        sketch.path("vessel", "M190,206H370V284H190Z")
        for (index, x) in [222.0, 251, 280, 309, 338].enumerated() {
            let flicker = Motion(
                fuel.values.enumerated().map { frame, value in
                    value * (0.85 + 0.15 * cosine(degrees: Double(frame * 137 + index * 90)))
                })
            let tip = flicker.map { 280 - 100 * $0 }
            sketch.polyline(
                "fill vermilion soft", [(Motion(x - 13), 282), (Motion(x), tip), (Motion(x + 13), 282)], width: 1)
            sketch.polyline(
                "fill orange",
                [(Motion(x - 6), 282), (Motion(x), tip.map { 282 - 0.55 * (282 - $0) }), (Motion(x + 6), 282)],
                width: 1)
        }
        // The turbine, which turns as its power, and the generator.
        let power = scene.share("N", of: 0...160)
        sketch.path("vessel", "M520,96L620,76V196L520,176Z")
        sketch.circle("vessel", x: 570, y: 136, radius: 34)
        sketch.group(turned: power.accumulated(times: 7200 / Double(scene.time.count)), x: 570, y: 136) { wheel in
            for blade in 0..<3 {
                wheel.group(turned: Motion(60 * Double(blade)), x: 570, y: 136) {
                    $0.path("ink foreground", "M570,106V166", width: 3)
                }
            }
        }
        sketch.path("ink foreground", "M620,136H660", width: 5)
        sketch.rectangle("vessel", x: 660, y: 104, width: 96, height: 64, radius: 8)
        sketch.rectangle(
            "fill orange", x: 660, y: 104, width: 96, height: 64, radius: 8, opacity: power.map { 0.6 * $0 })
        sketch.readout(scene.texts("N", decimals: 0), x: 708, y: 141)
        sketch.text("generator", x: 708, y: 188)
        sketch.text("turbine", x: 570, y: 216)
    }
}
