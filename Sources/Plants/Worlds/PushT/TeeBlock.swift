/// The block of Push-T: a bar and a stem, with the mass and the moment of inertia of the original environment.
///
/// With a scale of s, the bar is 4·s long and s thick and its upper edge lies at the origin of the block; the stem hangs
/// below it, s wide and 3·s long, so that the whole is 4·s high. y points down as in pictures. The original computes
/// the moment of inertia from the bar for both parts, about the block's origin, and gives each of them the mass of the
/// whole; so does this, for the sake of comparison.
struct TeeBlock: Sendable, Hashable {
    /// The length s of which all others are multiples, px.
    let scale: Double
    /// The bar and the stem in the block's coordinates.
    let boxes: [Box]
    /// The centre of mass in the block's coordinates.
    let center: Planar
    /// One over the mass.
    let inverseMass: Double
    /// One over the moment of inertia about the centre of mass.
    let inverseMoment: Double

    /// Creates a block of unit mass.
    init(scale: Double = 30, mass: Double = 1) {
        self.scale = scale
        boxes = [
            Box(low: Planar(-2 * scale, 0), high: Planar(2 * scale, scale)),
            Box(low: Planar(-scale / 2, scale), high: Planar(scale / 2, 4 * scale)),
        ]
        // The mean of the centres of both boxes.
        center = Planar(0, 1.5 * scale)
        inverseMass = 1 / mass
        // Twice the moment of the bar about the origin: (16·s² + s²)/12 + (s/2)² = 5·s²/3.
        inverseMoment = 1 / (mass * 10 * scale * scale / 3)
    }
}
