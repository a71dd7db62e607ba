import Basics

/// Two rooms and the wall between them, with doors: what `TwoRooms` and `Wall` share.
///
/// Coordinates are those of the pictures: the first to the right, the second to the bottom.
struct RoomPlan: Sendable, Hashable {
    /// An opening of the wall: its middle along the wall, and how far it reaches to each side.
    struct Door: Sendable, Hashable {
        var middle: Double
        var reach: Double
    }

    /// The floor, walls taken out.
    let inside: Rectangle
    /// Whether the wall goes from top to bottom.
    let isVertical: Bool
    /// Where the wall lies, across it.
    let wall: ClosedRange<Double>
    /// The doors, as far as they lie inside.
    let doors: [ClosedRange<Double>]
    /// The parts of the wall that doors leave.
    let pieces: [Rectangle]
    /// The agent's disc among the walls.
    let motion: DiscMotion

    init(inside: Rectangle, isVertical: Bool, wall: ClosedRange<Double>, doors: [Door], radius: Double) {
        self.inside = inside
        self.isVertical = isVertical
        self.wall = wall
        let axis = isVertical ? 1 : 0
        let (start, end) = (inside.low[axis], inside.high[axis])
        self.doors = doors.compactMap { door in
            let (from, to) = (max(door.middle - door.reach, start), min(door.middle + door.reach, end))
            return from < to ? from...to : nil
        }
        var pieces: [Rectangle] = []
        var next = start
        func close(until stop: Double) {
            guard stop > next else { return }
            pieces.append(isVertical ? Rectangle(x: wall, y: next...stop) : Rectangle(x: next...stop, y: wall))
        }
        for door in self.doors.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            close(until: door.lowerBound)
            next = max(next, door.upperBound)
        }
        close(until: end)
        self.pieces = pieces
        motion = DiscMotion(obstacles: pieces + inside.surroundings, radius: radius)
    }

    /// The widest door, in units of the world; 0 where there is none.
    var widestDoor: Double { doors.map { $0.upperBound - $0.lowerBound }.max() ?? 0 }
    /// The middle of the wall, across it.
    var middle: Double { (wall.lowerBound + wall.upperBound) / 2 }

    /// The room of a place: −1 left of or above the middle of the wall, 1 beyond.
    func room(of place: SIMD2<Double>) -> Int { place[isVertical ? 0 : 1] < middle ? -1 : 1 }

    /// A place where the disc touches nothing, in either room and not in a door.
    func draw(using generator: inout SeededGenerator) -> SIMD2<Double> {
        let radius = motion.radius
        let across = isVertical ? 0 : 1
        let (low, high) = (inside.low + radius, inside.high - radius)
        let before = max(wall.lowerBound - radius - low[across], 0)
        let after = max(high[across] - wall.upperBound - radius, 0)
        var place = SIMD2<Double>()
        let at = generator.uniform() * (before + after)
        place[across] = at < before ? low[across] + at : wall.upperBound + radius + at - before
        place[1 - across] = generator.uniform(in: low[1 - across]...high[1 - across])
        return place
    }

    /// The direction towards a place, through the nearest door that the disc fits through where it lies in the other
    /// room; a unit vector, or shorter where the place is nearer than a stride.
    func direction(from place: SIMD2<Double>, to target: SIMD2<Double>, stride: Double) -> SIMD2<Double> {
        var next = target
        if room(of: place) != room(of: target) {
            let (across, along) = isVertical ? (0, 1) : (1, 0)
            var best = Double.infinity
            for door in doors where door.upperBound - door.lowerBound > 2 * motion.radius {
                var way = SIMD2<Double>()
                way[across] = middle
                way[along] = (door.lowerBound + door.upperBound) / 2
                let away = way - place
                let distance = (away * away).sum()
                guard distance < best else { continue }
                best = distance
                // Once the disc is in the opening, on to the far side of the wall.
                let room = Double(room(of: target))
                let isAligned = abs(away[along]) < (door.upperBound - door.lowerBound) / 2 - motion.radius
                if isAligned { way[across] += room * ((wall.upperBound - wall.lowerBound) / 2 + motion.radius) }
                next = way
            }
        }
        let away = next - place
        let distance = (away * away).sum().squareRoot()
        return distance > 0 ? away / max(distance, stride) : .zero
    }
}
