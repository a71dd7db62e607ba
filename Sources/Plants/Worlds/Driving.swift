public import Basics
public import Episodes

/// A car of 1:43 on a closed track, seen from above: the racing car of Liniger, Domahidi and Morari.
///
/// The equations and the parameters are published (`CarModel`); the track is ours: once around a square of 3.2 m. The
/// car slides when it is driven harder than its tyres hold, more so on the grass, which also slows it down, and it stops
/// at the fence around the square. The camera goes with the car, its nose to the top, or shows the whole square.
///
/// Where it differs: below 0.3 m/s the slip of the tyres goes to 0 with the speed, where the published formula divides
/// by it, and the car does not roll backwards, so that it can start from rest and come to rest. Throttle and steering are
/// set, not their rates.
public struct Driving: GuidedWorld, Hashable {
    private var table: FactorTable
    private var model: CarModel
    private var look: Look
    private var car: CarModel.State

    private struct Look: Sendable, Hashable {
        var car: Colour
        var road: Colour
        var line: Colour
        var grass: Colour
        var fence: Colour
        var window: Colour
        var half: Double
        var isAbove: Bool
        var span: Double
    }

    /// The car at rest on the centre line.
    public init() {
        let table = FactorTable(Self.standardFactors)
        self.table = table
        model = Self.model(table)
        look = Self.look(table)
        let (place, direction) = RaceTrack.shared.ahead(of: SIMD2(1, 0), by: 0)
        car = CarModel.State(
            place: place, heading: arctangent(direction.y, direction.x), velocity: .zero, turn: 0)
    }

    /// The name by which commands know the world.
    public var name: String { "driving" }
    /// Seconds between two steps, two of the published 0.02 s.
    public var samplingTime: Double { 0.04 }
    /// The actions: the duty cycle of the motor, and the angle of the front wheels, rad, to the left.
    public var actionChannels: [Channel] {
        [
            Channel(name: "throttle", role: .action, lowerLimit: -0.1, upperLimit: 1),
            Channel(name: "steering", unit: "rad", role: .action, lowerLimit: -0.35, upperLimit: 0.35),
        ]
    }
    /// The names of the numbers of `state`.
    public var stateNames: [String] { ["x", "y", "heading", "vx", "vy", "turn"] }
    /// Those of `stateNames` that are directions.
    public var angleNames: [String] { ["heading"] }
    /// The place of the car, m from the middle of the square, its heading, rad, its velocity forwards and to the left,
    /// m/s, and how fast it turns, rad/s. Headings go on beyond a turn.
    public var state: [Double] {
        [car.place.x, car.place.y, car.heading, car.velocity.x, car.velocity.y, car.turn]
    }
    /// The names of the numbers of `proprioception`.
    public var proprioceptionNames: [String] { ["vx", "vy", "turn"] }
    /// What the car senses of its motion; where it is has to be seen.
    public var proprioception: [Double] { [car.velocity.x, car.velocity.y, car.turn] }
    /// What can differ.
    public var factors: [WorldFactor] { table.factors }
    /// The values of the factors in this world, in their order.
    public var factorValues: [Double] { table.values }

    /// The same world with other values of factors.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist or a value beyond its range.
    public func varied(_ values: [String: Double]) throws -> Driving {
        var copy = self
        copy.table = try table.varied(values, in: name)
        copy.model = Self.model(copy.table)
        copy.look = Self.look(copy.table)
        return copy
    }

    /// Moves the car onto the road, roughly along it, at up to 1.5 m/s.
    public mutating func reset(using generator: inout SeededGenerator) {
        let track = RaceTrack.shared
        let start = track.line[Int(generator.uniform() * Double(track.line.count))]
        let (place, direction) = track.ahead(of: start, by: 0)
        let aside = generator.uniform(in: -0.6...0.6) * look.half
        car.place = place + aside * SIMD2(-direction.y, direction.x)
        car.heading = arctangent(direction.y, direction.x) + generator.uniform(in: -0.2...0.2)
        car.velocity = SIMD2(generator.uniform(in: 0...1.5), 0)
        car.turn = 0
    }

    /// Moves the car to a state `[x, y, heading, vx, vy, turn]`.
    public mutating func restore(_ state: [Double]) {
        precondition(state.count == 6, "a state of driving has 6 numbers, not \(state.count)")
        car = CarModel.State(
            place: SIMD2(state[0], state[1]), heading: state[2], velocity: SIMD2(state[3], state[4]), turn: state[5])
    }

    /// Goes one step on under an action `[throttle, steering]`.
    public mutating func step(_ action: [Double]) {
        let throttle = limited(action, 0, count: 2, low: -0.1, high: 1)
        let steering = limited(action, 1, count: 2, low: -0.35, high: 0.35)
        var model = model
        if RaceTrack.shared.distance(car.place) > look.half {
            model.grip *= table["grass_grip"]
            model.drag *= 2
        }
        car = model.step(car, throttle: throttle, steering: steering, seconds: samplingTime)
        // The fence: whoever runs into it stops.
        let most = SIMD2(repeating: RaceTrack.reach - 0.05)
        let within = car.place.clamped(lowerBound: -most, upperBound: most)
        if within != car.place {
            car.place = within
            car.velocity = .zero
            car.turn = 0
        }
    }

    /// Draws what the camera sees.
    public func render(into frame: inout Frame) {
        // The camera looks a quarter of its span ahead of the car.
        let heading = look.isAbove ? Double.pi / 2 : car.heading
        let forward = SIMD2(cosine(heading), sine(heading))
        let middle = look.isAbove ? .zero : car.place + 0.25 * look.span * forward
        let view = Viewport(centre: .zero, size: SIMD2(look.span, look.span), isUpward: true)
        frame.draw(view) { canvas in
            drawGround(canvas, middle: middle, forward: forward)
            // In the frame of the camera, whose second axis is forward.
            let right = SIMD2(forward.y, -forward.x)
            let away = car.place - middle
            let centre = SIMD2((away * right).sum(), (away * forward).sum())
            let angle = car.heading - heading + Double.pi / 2
            let nose = SIMD2(cosine(angle), sine(angle))
            let size = look.isAbove ? 2.0 : 1
            canvas.box(centre, halfSize: size * SIMD2(0.055, 0.028), angle: angle, look.car)
            canvas.box(
                centre + size * 0.015 * nose, halfSize: size * SIMD2(0.012, 0.022), angle: angle, look.window)
        }
    }

    /// Grass, road, edges and dashes, pixel by pixel from the map of the track.
    private func drawGround(_ canvas: Canvas, middle: SIMD2<Double>, forward: SIMD2<Double>) {
        let pixel = 1 / canvas.scale
        let ahead = SIMD2<Float>(forward)
        let right = SIMD2(ahead.y, -ahead.x)
        let (half, soft) = (Float(look.half), canvas.scale)
        let (road, line, grass) = (look.road.levels, look.line.levels, look.grass.levels)
        let fence = look.fence.levels
        let reach = Float(RaceTrack.reach)
        // Where nothing but grass or road is seen.
        let (beside, within, dashed) = (half + 0.012 + pixel, half - 0.012 - pixel, 0.01 + pixel)
        RaceTrack.shared.withMap { map in
            for row in 0..<canvas.height {
                let up = (Float(canvas.height) / 2 - Float(row) - 0.5) * pixel
                var spot = SIMD2<Float>(middle) + up * ahead - (Float(canvas.width) / 2 - 0.5) * pixel * right
                var target = canvas.pixels + row * canvas.width * 3
                for _ in 0..<canvas.width {
                    var colour = fence
                    if abs(spot.x) <= reach && abs(spot.y) <= reach {
                        let found = map.look(spot)
                        let away = abs(found[0])
                        if away > beside {
                            colour = grass * (1 + 0.25 * found[2])
                        } else if away < within && away > dashed {
                            colour = road
                        } else {
                            // How much of the pixel lies on the road, on its edge of 2.4 cm, on a dash of its middle.
                            let onRoad = share((half - away) * soft + 0.5)
                            let onEdge = share((0.012 - abs(half - away)) * soft + 0.5)
                            let onDash = share((0.01 - away) * soft + 0.5) * share(found[1] * 4)
                            colour = grass * (1 + 0.25 * found[2])
                            colour += (road - colour) * onRoad
                            colour += (line - colour) * max(onEdge, onDash)
                        }
                    }
                    target[0] = level(colour[0])
                    target[1] = level(colour[1])
                    target[2] = level(colour[2])
                    target += 3
                    spot += pixel * right
                }
            }
        }
    }

    /// Where on the road to drive and how fast: the offset from the centre line to the left, m, and the speed, m/s.
    public func drawTarget(using generator: inout SeededGenerator) -> [Double] {
        [generator.uniform(in: -0.5...0.5) * look.half, generator.uniform(in: 0.5...1.5)]
    }

    /// Pure pursuit of a point ahead on the road (R. C. Coulter, "Implementation of the pure pursuit path tracking
    /// algorithm", CMU-RI-TR-92-01) and a proportional controller of the speed.
    public func guidance(toward target: [Double]) -> [Double] {
        let speed = car.velocity.x
        let (place, direction) = RaceTrack.shared.ahead(of: car.place, by: 0.2 + 0.12 * speed)
        let away = place + target[0] * SIMD2(-direction.y, direction.x) - car.place
        let (c, s) = (cosine(car.heading), sine(car.heading))
        let left = away.y * c - away.x * s
        let curvature = 2 * left / max((away * away).sum(), 1e-4)
        let steering = arctangent((CarModel.front + CarModel.rear) * curvature)
        let holding = (0.0518 + 0.00035 * speed * speed) / max(0.287 - 0.0545 * speed, 0.05)
        let throttle = holding + (target[1] - speed)
        return [min(max(throttle, -0.1), 1), min(max(steering, -0.35), 0.35)]
    }

    /// At the wanted speed near the wanted offset.
    public func isNear(_ target: [Double]) -> Bool {
        let (place, direction) = RaceTrack.shared.ahead(of: car.place, by: 0)
        let away = car.place - place
        let aside = (away * SIMD2(-direction.y, direction.x)).sum()
        return abs(aside - target[0]) < 0.03 && abs(car.velocity.x - target[1]) < 0.1
    }

    /// Whether the middle of the car is on the road.
    public var isOnRoad: Bool { RaceTrack.shared.distance(car.place) <= look.half }

    private static func model(_ table: FactorTable) -> CarModel {
        let mass = table["car_mass"]
        // The inertia grows with the mass, as for the same car loaded evenly.
        return CarModel(mass: mass, inertia: 27.8e-6 * mass / 0.041, grip: table["grip"], drag: table["drag"])
    }

    private static func look(_ table: FactorTable) -> Look {
        let isAbove = table["camera"] == 1
        return Look(
            car: table.colour("car"), road: table.colour("road"), line: table.colour("line"),
            grass: table.colour("grass"), fence: Colour(90, 60, 40).lit(by: table["light"]),
            window: Colour(30, 30, 40).lit(by: table["light"]), half: table["road_width"] / 2, isAbove: isAbove,
            span: isAbove ? 2 * RaceTrack.reach : table["camera_span"])
    }

    private static let standardFactors: [WorldFactor] =
        WorldFactor.colour("car", 220, 40, 40, of: "the car")
        + WorldFactor.colour("road", 95, 95, 100, of: "the road")
        + WorldFactor.colour("line", 240, 240, 240, of: "the lines of the road")
        + WorldFactor.colour("grass", 70, 130, 60, of: "the grass")
        + [
            .light,
            WorldFactor("camera", 0, in: 0...1, isWhole: true, meaning: "0 for one that goes with the car, 1 for all"),
            WorldFactor("camera_span", 1, in: 0.7...1.6, meaning: "what the camera of the car sees, m"),
            WorldFactor("road_width", 0.37, in: 0.25...0.5, kind: .layout, meaning: "width of the road, m"),
            WorldFactor("grip", 1, in: 0.3...1.3, kind: .motion, meaning: "grip of the tyres, 1 as published"),
            WorldFactor(
                "grass_grip", 0.5, in: 0.1...1, kind: .motion, meaning: "part of the grip that is left on the grass"),
            WorldFactor("drag", 1, in: 0.5...2, kind: .motion, meaning: "rolling resistance, 1 as published"),
            WorldFactor("car_mass", 0.041, in: 0.03...0.08, kind: .motion, meaning: "mass of the car, kg"),
        ]
}

/// A share within 0…1.
@inline(__always)
private func share(_ value: Float) -> Float { value < 0 ? 0 : (value > 1 ? 1 : value) }

/// A level of a pixel, of a value that is not negative.
///
/// Beside 2²³ a number of single precision has the nearest whole number as its last bits, which is faster to get than a
/// conversion that looks for overflow.
@inline(__always)
private func level(_ value: Float) -> UInt8 { UInt8(truncatingIfNeeded: (min(value, 255) + 0x1p23).bitPattern) }

extension Colour {
    /// The colour as numbers to compute with.
    fileprivate var levels: SIMD4<Float> { SIMD4(Float(red), Float(green), Float(blue), 0) }
}
