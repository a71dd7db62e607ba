/// The equations of a cart-pole; see `CartPole`.
struct CartPoleSystem: Sendable, Hashable {
    let cart: Double
    let pole: Double
    /// Half of the length of the pole.
    let half: Double
    let gravity: Double
    let cartFriction: Double
    let poleFriction: Double
    let rail: Double

    init(_ table: FactorTable) {
        cart = table["cart_mass"]
        pole = table["pole_mass"]
        half = table["pole_half"]
        gravity = table["gravity"]
        cartFriction = table["cart_friction"]
        poleFriction = table["pole_friction"]
        rail = table["rail_length"]
    }

    /// The rate of change of x, ẋ, θ, θ̇.
    func derivative(_ state: SIMD4<Double>, force: Double) -> SIMD4<Double> {
        let (s, c) = (sine(state[2]), cosine(state[2]))
        let total = cart + pole
        let drag = state[1] == 0 ? 0 : (state[1] > 0 ? cartFriction : -cartFriction)
        let common = (force + pole * half * state[3] * state[3] * s - drag) / total
        let turning =
            (gravity * s - c * common - poleFriction * state[3] / (pole * half))
            / (half * (4.0 / 3 - pole * c * c / total))
        return SIMD4(state[1], common - pole * half * turning * c / total, state[3], turning)
    }

    /// One classical Runge–Kutta step, and the stop at the end of the rail.
    func step(_ state: SIMD4<Double>, force: Double, samplingTime h: Double) -> SIMD4<Double> {
        let a = derivative(state, force: force)
        let b = derivative(state + h / 2 * a, force: force)
        let c = derivative(state + h / 2 * b, force: force)
        let d = derivative(state + h * c, force: force)
        var next = state + h / 6 * (a + 2 * b + 2 * c + d)
        if abs(next[0]) > rail {
            next[0] = next[0] > 0 ? rail : -rail
            if next[0] * next[1] > 0 {
                // The blow goes through the joint: the angular momentum about it, m·l·cos θ·ẋ + 4/3·m·l²·θ̇, stays.
                next[3] += 0.75 * cosine(next[2]) * next[1] / half
                next[1] = 0
            }
        }
        return next
    }

    /// Kinetic and potential energy, J, 0 for a pole that lies level with the joint at rest.
    func energy(_ state: SIMD4<Double>) -> Double {
        let (s, c) = (state[1], state[3])
        return 0.5 * (cart + pole) * s * s + pole * half * s * c * cosine(state[2])
            + 2.0 / 3 * pole * half * half * c * c + pole * gravity * half * cosine(state[2])
    }

    /// The gains of the discrete linear-quadratic regulator around upright for weights 1, 0.1, 10, 0.1 of the state and
    /// 0.01 of the force, by the Riccati recursion (Bertsekas, "Dynamic Programming and Optimal Control", volume 1, 4.1).
    func regulatorGains(samplingTime: Double) -> SIMD4<Double> {
        // The linearisation by central differences, columns of ∂next/∂state and ∂next/∂force.
        let delta = 1e-5
        func slope(_ change: SIMD4<Double>, _ force: Double) -> SIMD4<Double> {
            let ahead = frictionless.step(delta * change, force: delta * force, samplingTime: samplingTime)
            let behind = frictionless.step(-delta * change, force: -delta * force, samplingTime: samplingTime)
            return (ahead - behind) / (2 * delta)
        }
        let a = (0..<4).map { index in
            var unit = SIMD4<Double>()
            unit[index] = 1
            return slope(unit, 0)
        }
        let b = slope(.zero, 1)
        let weights = [1.0, 0.1, 10, 0.1]
        var gains = SIMD4<Double>()
        // P by columns; it is symmetric.
        var p = (0..<4).map { index in
            var column = SIMD4<Double>()
            column[index] = weights[index]
            return column
        }
        func times(_ v: SIMD4<Double>) -> SIMD4<Double> { p[0] * v[0] + p[1] * v[1] + p[2] * v[2] + p[3] * v[3] }
        for _ in 0..<5000 {
            let pb = times(b)
            let inner = 0.01 + (b * pb).sum()
            let last = gains
            for column in 0..<4 { gains[column] = (a[column] * pb).sum() / inner }
            // Each by itself: those of the place grow from nothing long after those of the angle stand.
            if (0..<4).allSatisfy({ abs(gains[$0] - last[$0]) <= 1e-6 * abs(gains[$0]) }) { break }
            // P ← Q + Aᵀ·P·(A − B·K)
            let closed = (0..<4).map { times(a[$0] - b * gains[$0]) }
            p = (0..<4).map { column in
                var next = SIMD4<Double>()
                for row in 0..<4 { next[row] = (a[row] * closed[column]).sum() }
                next[column] += weights[column]
                return next
            }
        }
        return gains
    }

    /// The same without friction, whose jump at rest has no slope, and far from the ends of the rail.
    private var frictionless: CartPoleSystem {
        CartPoleSystem(
            cart: cart, pole: pole, half: half, gravity: gravity, cartFriction: 0, poleFriction: 0, rail: .infinity)
    }

    private init(
        cart: Double, pole: Double, half: Double, gravity: Double, cartFriction: Double, poleFriction: Double,
        rail: Double
    ) {
        self.cart = cart
        self.pole = pole
        self.half = half
        self.gravity = gravity
        self.cartFriction = cartFriction
        self.poleFriction = poleFriction
        self.rail = rail
    }
}
