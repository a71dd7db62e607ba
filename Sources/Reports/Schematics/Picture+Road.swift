extension PlantPicture {
    /// The road of the whole episode from above with the car on it, and beside it the lane as the car meets it.
    static let vehicle = PlantPicture(height: 300, needs: ["deviation", "heading", "speed", "curvature"]) {
        sketch, scene in
        let road = RoadCourse(scene)
        road.drawMap(on: &sketch, x: 20, y: 30, width: 460, height: 250)
        road.drawLane(on: &sketch, scene, x: 510, y: 24, width: 270, height: 264)
        sketch.text("the road from above", x: 20, y: 16, look: "paneltitle", anchor: "start")
        sketch.text("the lane ahead", x: 510, y: 16, look: "paneltitle", anchor: "start")
        sketch.readout(scene.texts("speed", decimals: 1), x: 770, y: 16, anchor: "end")
    }
}

/// The middle of a road, from the curvature that a car met at its speed.
private struct RoadCourse {
    /// Metres along the road, and the middle with its direction there, `[frame]`.
    private(set) var arc: [Double] = [0]
    private(set) var x: [Double] = [0]
    private(set) var y: [Double] = [0]
    private(set) var direction: [Double] = [0]
    private let deviation: [Double]
    private let heading: [Double]
    private let isBeyond: [Bool]

    init(_ scene: EpisodeScene) {
        let (speed, curvature) = (scene.motion("speed").values, scene.motion("curvature").values)
        deviation = scene.motion("deviation").values
        heading = scene.motion("heading").values
        isBeyond = scene.signal("deviation")?.isBeyond ?? []
        for frame in 1..<scene.time.count {
            let run = 0.5 * (speed[frame] + speed[frame - 1]) * (scene.time[frame] - scene.time[frame - 1])
            let bend = 0.5 * (curvature[frame] + curvature[frame - 1]) * run
            let middle = direction[frame - 1] + 0.5 * bend
            arc.append(arc[frame - 1] + run)
            direction.append(direction[frame - 1] + bend)
            x.append(x[frame - 1] + run * cosine(radians: middle))
            y.append(y[frame - 1] + run * sine(radians: middle))
        }
    }

    /// The middle of the road at a distance along it; straight on beyond its ends.
    private func place(at distance: Double) -> (x: Double, y: Double, direction: Double) {
        let last = arc.count - 1
        let after = arc.firstIndex { $0 > distance } ?? last
        let before = max(0, after == 0 ? 0 : distance >= arc[last] ? last : after - 1)
        let rest = distance - arc[before]
        let next = min(last, before + 1)
        let bend = next > before ? (direction[next] - direction[before]) * rest / max(1e-9, arc[next] - arc[before]) : 0
        let heading = direction[before] + (distance < 0 || distance > arc[last] ? 0 : 0.5 * bend)
        return (x[before] + rest * cosine(radians: heading), y[before] + rest * sine(radians: heading), heading)
    }

    func drawMap(on sketch: inout Sketch, x left: Double, y top: Double, width: Double, height: Double) {
        let (lowX, highX) = (x.min() ?? 0, x.max() ?? 1)
        let (lowY, highY) = (y.min() ?? 0, y.max() ?? 1)
        let scale = min(width / max(highX - lowX, 1), height / max(highY - lowY, 1))
        let (offX, offY) = (
            left + 0.5 * (width - scale * (highX - lowX)), top + 0.5 * (height + scale * (highY - lowY))
        )
        func pixels(_ frame: Int) -> (Double, Double) {
            (offX + scale * (x[frame] - lowX), offY - scale * (y[frame] - lowY))
        }
        let course = "M" + x.indices.map { "\(pixel(pixels($0).0)),\(pixel(pixels($0).1))" }.joined(separator: "L")
        sketch.path("pipe", course, width: 12)
        sketch.path("ink muted dotted", course, width: 1.5)
        for frame in isBeyond.indices where isBeyond[frame] {
            sketch.circle("fill danger", x: Motion(pixels(frame).0), y: Motion(pixels(frame).1), radius: 3.5)
        }
        sketch.group(movedBy: Motion(x.indices.map { pixels($0).0 }), Motion(x.indices.map { pixels($0).1 })) { spot in
            let angle = Motion(direction.indices.map { -(direction[$0] + heading[$0]) * 180 / .pi })
            spot.group(turned: angle, x: 0, y: 0) { $0.path("fill blue", "M-8,-5H5L10,0L5,5H-8Z") }
        }
        let metres = 50.0
        sketch.path("ink foreground", "M\(pixel(left)),\(pixel(top + height))h\(pixel(metres * scale))", width: 2)
        sketch.text("50 m", x: left + metres * scale + 8, y: top + height + 4, look: "tick", anchor: "start")
    }

    /// The road in the coordinates of the car, which stays where it is and looks up.
    func drawLane(
        on sketch: inout Sketch, _ scene: EpisodeScene, x: Double, y: Double, width: Double, height: Double
    ) {
        let scale = 15.0
        let (middle, foot) = (width / 2, height - 70)
        let distances = stride(from: -6.0, through: 15, by: 3).map { $0 }
        func line(_ side: Double) -> [(x: Motion, y: Motion)] {
            distances.map { distance in
                let points = arc.indices.map { frame -> (Double, Double) in
                    let (here, there) = (place(at: arc[frame]), place(at: arc[frame] + distance))
                    let angle = direction[frame] + heading[frame]
                    let (ahead, aside) = (cosine(radians: angle), sine(radians: angle))
                    let carX = here.x - deviation[frame] * sine(radians: direction[frame])
                    let carY = here.y + deviation[frame] * cosine(radians: direction[frame])
                    let edgeX = there.x - side * sine(radians: there.direction) - carX
                    let edgeY = there.y + side * cosine(radians: there.direction) - carY
                    return (
                        middle - scale * (edgeY * ahead - edgeX * aside), foot - scale * (edgeX * ahead + edgeY * aside)
                    )
                }
                return (Motion(points.map(\.0)), Motion(points.map(\.1)))
            }
        }
        sketch.rectangle("vessel", x: Motion(x), y: Motion(y), width: Motion(width), height: Motion(height))
        sketch.window(x: x, y: y, width: width, height: height) { view in
            view.polyline("ink foreground", line(1.75), width: 4)
            view.polyline("ink foreground", line(-1.75), width: 4)
            view.polyline("ink muted dashed", line(0), width: 2)
            let limits = scene.signal("deviation").map { [$0.lower, $0.upper].compactMap { $0 } } ?? []
            for limit in limits { view.polyline("ink danger dashed", line(limit), width: 2) }
            view.rectangle(
                "fill blue soft", x: Motion(middle - 0.9 * scale), y: Motion(foot - 2.2 * scale),
                width: Motion(1.8 * scale),
                height: Motion(4.4 * scale), radius: 7)
            view.circle("fill foreground", x: Motion(middle), y: Motion(foot), radius: 3)
        }
    }
}
