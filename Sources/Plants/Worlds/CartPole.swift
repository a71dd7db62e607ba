public import Basics
public import Episodes

/// A pole on a cart that falls unless it is held: the cart-pole of Barto, Sutton and Anderson.
///
/// A. G. Barto, R. S. Sutton and C. W. Anderson, "Neuronlike adaptive elements that can solve difficult learning control
/// problems", IEEE Transactions on Systems, Man, and Cybernetics 1983, https://doi.org/10.1109/TSMC.1983.6313077, with
/// the parameters, the sampling time, the start and the picture of Gymnasium's `CartPole-v1`:
///
///     θ̈ = (g·sin θ − cos θ·c − μ_p·θ̇/(m·l)) / (l·(4/3 − m·cos²θ/(M + m)))
///     ẍ = c − m·l·θ̈·cos θ/(M + m),      c = (F + m·l·θ̇²·sin θ − μ_c·sgn ẋ)/(M + m)
///
/// θ is 0 upright and grows to the right, l is half of the pole. The force is continuous, up to 10 N to either side, and
/// held over 0.02 s.
///
/// Where it differs: the equations are integrated by the fourth-order Runge–Kutta method instead of Euler's, so that the
/// energy holds; the friction of 1983, which Gymnasium leaves out, is a factor that is 0 unless asked for. Nothing ends
/// the episode: the pole swings through below the rail, and where the rail ends the cart stops without rebound while the
/// pole keeps its angular momentum about the joint. The picture is a square around the rail, which ends at ±1.2 m instead
/// of Gymnasium's bound of 2.4 m, so that the pole is a third of the picture.
public struct CartPole: GuidedWorld, Hashable {
    private var table: FactorTable
    private var system: CartPoleSystem
    private var look: Look
    /// x, ẋ, θ, θ̇.
    private var current = SIMD4<Double>()
    /// The gains of `guidance`.
    private var gains: SIMD4<Double>

    private struct Look: Sendable, Hashable {
        var background: Colour
        var cart: Colour
        var pole: Colour
        var axle: Colour
        var rail: Colour
        var width: Double
    }

    /// A cart-pole with everything at its standard value, upright at rest.
    public init() {
        let table = FactorTable(Self.standardFactors)
        self.table = table
        system = CartPoleSystem(table)
        look = Self.look(table)
        gains = system.regulatorGains(samplingTime: 0.02)
    }

    /// The name by which commands know the world.
    public var name: String { "cart-pole" }
    /// Seconds between two steps.
    public var samplingTime: Double { 0.02 }
    /// The action: the force on the cart, N.
    public var actionChannels: [Channel] {
        [Channel(name: "force", unit: "N", role: .action, lowerLimit: -10, upperLimit: 10)]
    }
    /// The names of the numbers of `state`.
    public var stateNames: [String] { ["x", "x_dot", "theta", "theta_dot"] }
    /// Those of `stateNames` that are directions.
    public var angleNames: [String] { ["theta"] }
    /// Where the cart is, m, and how fast, m/s; the angle of the pole from upright, rad, and how fast, rad/s. Angles go
    /// on beyond a turn.
    public var state: [Double] { [current[0], current[1], current[2], current[3]] }
    /// The names of the numbers of `proprioception`: none, since the pole is what has to be seen.
    public var proprioceptionNames: [String] { [] }
    /// Empty.
    public var proprioception: [Double] { [] }
    /// What can differ.
    public var factors: [WorldFactor] { table.factors }
    /// The values of the factors in this world, in their order.
    public var factorValues: [Double] { table.values }

    /// The same world with other values of factors.
    ///
    /// - Throws: `ForesightError.usage` for a factor that does not exist or a value beyond its range.
    public func varied(_ values: [String: Double]) throws -> CartPole {
        var copy = self
        copy.table = try table.varied(values, in: name)
        copy.system = CartPoleSystem(copy.table)
        copy.look = Self.look(copy.table)
        copy.gains = copy.system.regulatorGains(samplingTime: samplingTime)
        return copy
    }

    /// Moves to a state each of whose numbers is uniform within ±0.05, as in Gymnasium.
    public mutating func reset(using generator: inout SeededGenerator) {
        for index in 0..<4 { current[index] = generator.uniform(in: -0.05...0.05) }
    }

    /// Moves to a state `[x, x_dot, theta, theta_dot]`.
    public mutating func restore(_ state: [Double]) {
        precondition(state.count == 4, "a state of a cart-pole has 4 numbers, not \(state.count)")
        current = SIMD4(state[0], state[1], state[2], state[3])
    }

    /// Goes one step on under a force `[force]`, N.
    public mutating func step(_ action: [Double]) {
        current = system.step(
            current, force: limited(action, 0, count: 1, low: -10, high: 10), samplingTime: samplingTime)
    }

    /// Draws the rail, the cart and the pole from the side.
    public func render(into frame: inout Frame) {
        let span = 2 * (system.rail + 0.35)
        // The rail lies a quarter below the middle: there is room for the pole above and below it.
        let view = Viewport(centre: SIMD2(0, 0.05 * span), size: SIMD2(span, span), isUpward: true)
        let (x, angle) = (current[0], current[2])
        frame.draw(view) { canvas in
            canvas.clear(look.background)
            canvas.fill(Rectangle(x: (-span)...span, y: -0.02...0.02), look.rail)
            canvas.fill(Rectangle(x: (x - 0.2)...(x + 0.2), y: -0.12...0.12), look.cart)
            let axis = SIMD2(sine(angle), cosine(angle))
            let joint = SIMD2(x, 0.06)
            canvas.box(
                joint + system.half * axis, halfSize: SIMD2(system.half, look.width / 2),
                angle: Double.pi / 2 - angle, look.pole)
            canvas.disc(joint, radius: 0.05, look.axle)
        }
    }

    /// Where the cart is to stand, m: within the middle half of the rail.
    public func drawTarget(using generator: inout SeededGenerator) -> [Double] {
        [generator.uniform(in: (-system.rail / 2)...(system.rail / 2))]
    }

    /// The force of a linear-quadratic regulator around upright, the pole balanced and the cart at the target.
    public func guidance(toward target: [Double]) -> [Double] {
        var error = current
        // From far away it approaches as from half a metre, where the regulator still holds the pole.
        error[0] = min(max(error[0] - target[0], -0.5), 0.5)
        return [min(max(-(gains * error).sum(), -10), 10)]
    }

    /// Upright and slow within 5 cm of the target.
    public func isNear(_ target: [Double]) -> Bool {
        abs(current[0] - target[0]) < 0.05 && abs(current[2]) < 0.05 && abs(current[1]) < 0.1
    }

    private static func look(_ table: FactorTable) -> Look {
        Look(
            background: table.colour("background"), cart: table.colour("cart"), pole: table.colour("pole"),
            axle: Colour(red: 129, green: 132, blue: 203, light: table["light"]), rail: table.colour("rail"),
            width: table["pole_width"])
    }

    private static let standardFactors: [WorldFactor] =
        WorldFactor.colour("cart", 0, 0, 0, of: "the cart")
        + WorldFactor.colour("pole", 202, 152, 101, of: "the pole")
        + WorldFactor.colour("rail", 0, 0, 0, of: "the rail")
        + WorldFactor.colour("background", 255, 255, 255, of: "the background")
        + [
            .light,
            WorldFactor("pole_width", 0.08, in: 0.04...0.2, meaning: "thickness of the pole, m"),
            WorldFactor(
                "rail_length", 1.2, in: 1...2.4, kind: .layout, meaning: "rail to each side, m; the picture shows it"),
            WorldFactor("pole_half", 0.5, in: 0.25...0.8, kind: .layout, meaning: "half of the length of the pole, m"),
            WorldFactor("pole_mass", 0.1, in: 0.05...0.5, kind: .motion, meaning: "mass of the pole, kg"),
            WorldFactor("cart_mass", 1, in: 0.5...2, kind: .motion, meaning: "mass of the cart, kg"),
            WorldFactor("gravity", 9.8, in: 1.6...15, kind: .motion, meaning: "gravity, m/s²"),
            WorldFactor("cart_friction", 0, in: 0...1, kind: .motion, meaning: "friction of the cart, N"),
            WorldFactor("pole_friction", 0, in: 0...0.01, kind: .motion, meaning: "friction of the joint, N·m·s"),
        ]
}
