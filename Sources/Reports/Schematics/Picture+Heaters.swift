extension PlantPicture {
    /// Two heaters side by side, each with its sensor, that warm each other.
    static let heaterLab = PlantPicture(height: 236, needs: ["T1", "T2", "Q1", "Q2"]) { sketch, scene in
        sketch.rectangle("vessel", x: 190, y: 150, width: 420, height: 62, radius: 8)
        sketch.text("each heater warms the other", x: 400, y: 226)
        for (number, x) in [(1, 230.0), (2, 450.0)] {
            let heat = scene.share("Q\(number)")
            let warmth = scene.share("T\(number)", of: 20...60)
            // A transistor on the board that is cold grey, then glows.
            sketch.rectangle("vessel", x: Motion(x), y: 84, width: 120, height: 96, radius: 8)
            sketch.rectangle(
                "fill danger", x: Motion(x), y: 84, width: 120, height: 96, radius: 8, opacity: warmth.map { 0.8 * $0 })
            for fin in 0..<5 {
                let place = x + 16 + 22 * Double(fin)
                sketch.path("ink muted", "M\(pixel(place)),84V62", width: 5)
                // What rises from it, the higher the more heat goes in.
                let rise = heat.map { 58 - 46 * $0 }
                sketch.polyline("ink vermilion", [(Motion(place), 58), (Motion(place), rise)], width: 3)
            }
            sketch.rectangle("vessel", x: Motion(x + 12), y: 190, width: 96, height: 12)
            sketch.rectangle("fill vermilion", x: Motion(x + 12), y: 190, width: heat.map { 96 * $0 }, height: 12)
            sketch.text("heater \(number)", x: x + 60, y: 110, look: "paneltitle")
            sketch.readout(scene.texts("T\(number)", decimals: 1), x: x + 60, y: 136)
            sketch.readout(scene.texts("Q\(number)", decimals: 0), x: x + 60, y: 162)
        }
        for (number, x, side) in [(1, 150.0, -1.0), (2, 650.0, 1.0)] {
            let range = 20.0...60.0
            let level = scene.share("T\(number)", of: range)
            sketch.circle("fill danger", x: Motion(x), y: 202, radius: 13)
            sketch.rectangle("vessel", x: Motion(x - 7), y: 24, width: 14, height: 170, radius: 6)
            sketch.rectangle(
                "fill danger", x: Motion(x - 4), y: level.map { 194 - 166 * $0 }, width: 8,
                height: level.map { 166 * $0 + 4 })
            sketch.mark(scene.signal("T\(number)"), of: range, x: x - 12, y: 28, width: 24, height: 166)
            for value in [20.0, 40, 60] {
                sketch.text(
                    trimmed(value, decimals: 0), x: x + 24 * side, y: 198 - 166 * (value - 20) / 40, look: "tick",
                    anchor: side < 0 ? "end" : "start")
            }
            sketch.text("T\(number) °C", x: x, y: 14, look: "tick")
        }
    }

    /// A zone with its people under the sun, and a heat pump that cools it.
    static let building = PlantPicture(height: 262, needs: ["zone", "power", "stage"]) { sketch, scene in
        let (count, zone) = (scene.time.count, scene.share("zone", of: 22...28))
        let run = Motion(scene.time.indices.map { Double($0) / Double(max(1, count - 1)) })
        if scene.signal("sun") != nil {
            let light = scene.share("sun", of: 0...1.8)
            sketch.group(movedBy: run.map { 70 + 660 * $0 }, run.map { 96 - 70 * sine(degrees: 180 * $0) }) { sun in
                sun.circle("fill orange", x: 0, y: 0, radius: 15, opacity: light.map { 0.15 + 0.85 * $0 })
                for ray in 0..<8 {
                    let (across, up) = (cosine(degrees: 45 * Double(ray)), sine(degrees: 45 * Double(ray)))
                    sun.path(
                        "ink orange",
                        "M\(pixel(20 * across)),\(pixel(20 * up))L\(pixel(29 * across)),\(pixel(29 * up))",
                        width: 3, opacity: light)
                }
            }
            sketch.text("sun", x: 60, y: 190, anchor: "start")
            sketch.readout(scene.texts("sun", decimals: 1), x: 130, y: 190, anchor: "start")
        }
        if scene.signal("outdoor") != nil {
            sketch.text("outdoors", x: 60, y: 210, anchor: "start")
            sketch.readout(scene.texts("outdoor", decimals: 1), x: 130, y: 210, anchor: "start")
        }
        sketch.path("vessel", "M216,112L380,60L544,112Z")
        sketch.rectangle("vessel", x: 236, y: 112, width: 288, height: 128)
        sketch.rectangle("fill blue", x: 236, y: 112, width: 288, height: 128, opacity: zone.map { 0.5 - 0.9 * $0 })
        sketch.rectangle(
            "fill danger", x: 236, y: 112, width: 288, height: 128, opacity: zone.map { 1.2 * ($0 - 0.45) })
        sketch.text("zone", x: 380, y: 136, look: "paneltitle")
        sketch.readout(scene.texts("zone", decimals: 1), x: 380, y: 156)
        if let people = scene.signal("people") {
            for person in 0..<8 {
                let x = 264 + 33 * Double(person)
                let there = Motion(people.values.map { min(1, max(0, $0 - Double(person))) })
                sketch.circle("fill foreground", x: Motion(x), y: 200, radius: 6, opacity: there)
                sketch.rectangle(
                    "fill foreground", x: Motion(x - 7), y: 208, width: 14, height: 26, radius: 6, opacity: there)
            }
        }
        let stage = scene.share("stage", of: 0...2)
        sketch.flow("blue", "M600,176H530", stage, width: 8)
        sketch.rectangle("vessel", x: 600, y: 140, width: 100, height: 100, radius: 6)
        sketch.circle("vessel", x: 650, y: 190, radius: 38)
        sketch.wheel(
            "ink blue", x: 650, y: 190, radius: 34, strokes: 2, turned: stage.accumulated(times: 9000 / Double(count)))
        sketch.text("heat pump", x: 650, y: 128, look: "paneltitle")
        sketch.readout(scene.texts("power", decimals: 2), x: 650, y: 258)
    }

    /// A patient who eats, measured and treated.
    static let patient = PlantPicture(height: 222, needs: ["glucose"]) { sketch, scene in
        let range = 40.0...260.0
        let level = scene.share("glucose", of: range)
        // The body fills as the glucose of its blood does.
        sketch.circle("vessel", x: 400, y: 34, radius: 22)
        sketch.path(
            "vessel",
            "M366,64H434Q452,64 452,84V140H434V92H430V214H404V146H396V214H370V92H366V140H348V84Q348,64 366,64Z")
        sketch.rectangle("vessel", x: 500, y: 30, width: 34, height: 170, radius: 6)
        sketch.rectangle(
            "fill danger soft", x: 502, y: level.map { 198 - 166 * $0 }, width: 30, height: level.map { 166 * $0 })
        sketch.mark(scene.signal("glucose"), of: range, x: 500, y: 32, width: 34, height: 166)
        for value in [70.0, 120, 180, 250] {
            sketch.text(
                trimmed(value, decimals: 0), x: 550, y: 202 - 166 * (value - 40) / 220, look: "tick", anchor: "start")
        }
        sketch.text("glucose", x: 517, y: 20)
        sketch.readout(scene.motion("glucose").values.map { NumberText.fixed($0, decimals: 0) }, x: 400, y: 104)
        if let meal = scene.signal("meal") {
            let eaten = Motion(meal.values.map { $0 > 0 ? 1 : 0 })
            sketch.circle("vessel", x: 210, y: 120, radius: 44)
            sketch.circle("fill orange", x: 210, y: 120, radius: 34, opacity: eaten)
            sketch.flow("orange", "M256,120H344", eaten, width: 6)
            sketch.text("meals", x: 210, y: 186)
        }
        if scene.signal("insulin") != nil {
            let insulin = scene.share("insulin")
            sketch.flow("purple", "M640,120H456", insulin.map { min(1, 10 * $0) }, width: 4)
            sketch.rectangle("vessel", x: 640, y: 84, width: 80, height: 72, radius: 10)
            sketch.text("insulin", x: 680, y: 112, look: "paneltitle")
            sketch.readout(scene.texts("insulin", decimals: 2), x: 680, y: 136)
        }
    }
}
