/// Finds the pairs of shapes that may touch, in the order in which Chipmunk finds them.
///
/// Impulses are found in this order, and where a block is squeezed between the disc and a wall the order decides. The
/// engine keeps a tree of bounds that are a little larger than the shapes. A shape that leaves its bounds gets new
/// ones, moves in the tree and looks for its partners again, walls first; all others go through the partners of before,
/// the latest first. Only the disc and the two boxes of the block move, so that the tree has a node with two leaves
/// beside a third one; walls are visited in the order of a tree that never changes.
struct ContactSearch: Sendable, Hashable {
    /// A list of up to 16 small numbers, the latest first.
    struct Numbers: Sendable, Hashable {
        private(set) var bits: UInt64 = 0
        private(set) var count = 0

        mutating func insert(_ number: Int) {
            bits = bits << 4 | UInt64(number)
            count += 1
        }

        mutating func remove(_ number: Int) {
            let old = self
            self = Numbers()
            for place in (0..<old.count).reversed() where old[place] != number { insert(old[place]) }
        }

        subscript(_ place: Int) -> Int { Int(bits >> UInt64(4 * place) & 15) }
    }

    /// Upright bounds.
    struct Bounds: Sendable, Hashable {
        var low: Planar
        var high: Planar

        func touches(_ other: Bounds) -> Bool {
            low.x <= other.high.x && other.low.x <= high.x && low.y <= other.high.y && other.low.y <= high.y
        }

        func holds(_ other: Bounds) -> Bool {
            low.x <= other.low.x && high.x >= other.high.x && low.y <= other.low.y && high.y >= other.high.y
        }

        var area: Double { (high.x - low.x) * (high.y - low.y) }

        func mergedArea(_ other: Bounds) -> Double {
            let span = pointwiseMax(high, other.high) - pointwiseMin(low, other.low)
            return span.x * span.y
        }

        func farness(_ other: Bounds) -> Double {
            let apart = low + high - other.low - other.high
            return abs(apart.x) + abs(apart.y)
        }

        /// A tenth larger to each side, or as far as the shape comes in 0.1 s.
        func grown(_ velocity: Planar) -> Bounds {
            // As all of the engine's constants in single precision.
            let part = Double(0.1 as Float)
            let (margin, way) = ((high - low) * part, velocity * part)
            return Bounds(low: low + pointwiseMin(-margin, way), high: high + pointwiseMax(margin, way))
        }
    }

    /// The shapes that move: the disc is 0, the boxes follow.
    static let disc = 0
    /// The walls in the order of their tree.
    private static let wallOrder = [3, 2, 1, 0]

    private var bounds: [Bounds]
    /// The leaf beside the node, whether it comes first, and the leaves of the node.
    private var outer = 0
    private var isOuterFirst = false
    private var inner = (first: 0, second: 0)
    /// The partners of each shape: walls as 0…3, others 4 higher than here; 8 more where the partner does the looking.
    private var partners = [Numbers](repeating: Numbers(), count: 3)
    private var isNew = [false, false, false]

    /// Begins with the shapes at rest where the original environment creates them.
    init(_ start: [Bounds], walls: [WallSegment]) {
        bounds = start.map { $0.grown(.zero) }
        // The first box is put before the disc, the second one where the tree grows least.
        insert(2, first: 1, second: ContactSearch.disc)
        isNew = [false, true, false]
        var ignored = Numbers()
        look(1, walls: walls, found: &ignored)
        isNew = [false, false, true]
        look(2, walls: walls, found: &ignored)
    }

    static func == (one: ContactSearch, other: ContactSearch) -> Bool {
        one.bounds == other.bounds && one.partners == other.partners && one.outer == other.outer
            && one.isOuterFirst == other.isOuterFirst && one.inner == other.inner
    }

    func hash(into hasher: inout Hasher) {
        hasher.combine(bounds)
        hasher.combine(partners)
    }

    /// Finds the pairs that may touch.
    ///
    /// - Parameters:
    ///   - disc: The bounds of the disc.
    ///   - boxes: Those of the block's boxes.
    ///   - velocities: Of the disc and of the block, px/s.
    ///   - walls: The walls.
    /// - Returns: The pairs, the last one first: a box with the disc as 0 or 1, with wall w as 2·(1 + w) more.
    mutating func pairs(
        disc: Bounds, boxes: (Bounds, Bounds), velocities: (disc: Planar, block: Planar), walls: [WallSegment]
    ) -> Numbers {
        update(1, boxes.0, velocities.block)
        update(2, boxes.1, velocities.block)
        update(ContactSearch.disc, disc, velocities.disc)
        var found = Numbers()
        if isOuterFirst { look(outer, walls: walls, found: &found) }
        look(inner.first, walls: walls, found: &found)
        look(inner.second, walls: walls, found: &found)
        if !isOuterFirst { look(outer, walls: walls, found: &found) }
        return found
    }

    /// Gives a shape that has left its bounds new ones and a new place in the tree.
    private mutating func update(_ shape: Int, _ now: Bounds, _ velocity: Planar) {
        isNew[shape] = !bounds[shape].holds(now)
        guard isNew[shape] else { return }
        bounds[shape] = now.grown(velocity)
        if shape == outer {
            insert(shape, first: inner.first, second: inner.second)
        } else {
            let sibling = shape == inner.first ? inner.second : inner.first
            insert(shape, first: isOuterFirst ? outer : sibling, second: isOuterFirst ? sibling : outer)
        }
        let old = partners[shape]
        for place in 0..<old.count where old[place] & 7 >= 4 {
            let other = (old[place] & 7) - 4
            partners[other].remove(shape + 4)
            partners[other].remove(shape + 4 + 8)
        }
        partners[shape] = Numbers()
    }

    /// Puts a shape beside that of two others with which the bounds grow least.
    private mutating func insert(_ shape: Int, first: Int, second: Int) {
        let (new, a, b) = (bounds[shape], bounds[first], bounds[second])
        var (costA, costB) = (b.area + a.mergedArea(new), a.area + b.mergedArea(new))
        if costA == costB { (costA, costB) = (a.farness(new), b.farness(new)) }
        isOuterFirst = costB < costA
        outer = isOuterFirst ? first : second
        inner = (shape, isOuterFirst ? second : first)
    }

    /// Finds the partners of a shape.
    private mutating func look(_ shape: Int, walls: [WallSegment], found: inout Numbers) {
        guard isNew[shape] else {
            let known = partners[shape]
            for place in 0..<known.count where known[place] < 8 { note(shape, known[place], &found) }
            return
        }
        if shape != ContactSearch.disc {
            for wall in ContactSearch.wallOrder where bounds[shape].touches(walls[wall].bounds) {
                partners[shape].insert(wall)
                note(shape, wall, &found)
            }
        }
        if shape == outer {
            meet(shape, inner.first, isFirst: isOuterFirst, &found)
            meet(shape, inner.second, isFirst: isOuterFirst, &found)
        } else {
            let isFirst = shape == inner.first
            meet(shape, isFirst ? inner.second : inner.first, isFirst: isFirst, &found)
            meet(shape, outer, isFirst: !isOuterFirst, &found)
        }
    }

    /// Makes two shapes partners if their bounds overlap; the one that comes second in the tree does the looking.
    private mutating func meet(_ shape: Int, _ other: Int, isFirst: Bool, _ found: inout Numbers) {
        guard shape == ContactSearch.disc || other == ContactSearch.disc, bounds[shape].touches(bounds[other]) else {
            return
        }
        if isFirst {
            partners[shape].insert(other + 4 + 8)
            partners[other].insert(shape + 4)
        } else {
            if !isNew[other] {
                partners[other].insert(shape + 4 + 8)
                partners[shape].insert(other + 4)
            }
            note(shape, other + 4, &found)
        }
    }

    /// Notes a pair of a box and a wall or the disc.
    private func note(_ shape: Int, _ partner: Int, _ found: inout Numbers) {
        if partner < 4 {
            found.insert(shape - 1 + 2 * (1 + partner))
        } else {
            found.insert(max(shape, partner - 4) - 1)
        }
    }
}
