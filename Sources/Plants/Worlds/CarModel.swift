/// The dynamic bicycle model of a racing car of 1:43; see `Driving`.
///
/// A. Liniger, A. Domahidi and M. Morari, "Optimization-based autonomous racing of 1:43 scale RC cars", Optimal Control
/// Applications and Methods 2015, arXiv:1711.07300, with the parameters of the authors' code (alexliniger/MPCC,
/// `getModelParams.m`, the model of ORCA):
///
///     ẋ = v_x·cos φ − v_y·sin φ,     ẏ = v_x·sin φ + v_y·cos φ,     φ̇ = ω
///     v̇_x = (F_rx − F_fy·sin δ)/m + v_y·ω
///     v̇_y = (F_ry + F_fy·cos δ)/m − v_x·ω
///     ω̇ = (F_fy·l_f·cos δ − F_ry·l_r)/I_z
///     F_y = D·sin(C·atan(B·α)),      F_rx = (C_m1 − C_m2·v_x)·d − C_r0 − C_r2·v_x²
///
/// The slip angle α of a wheel is the angle between where it points and where it goes.
struct CarModel: Sendable, Hashable {
    /// kg, and kg·m².
    var mass = 0.041
    var inertia = 27.8e-6
    /// How far the axles are before and behind the centre of mass, m.
    static let (front, rear) = (0.029, 0.033)
    /// Grip on the road, as a part of the published one, and beside it.
    var grip = 1.0
    /// Rolling resistance, as a multiple of the published one.
    var drag = 1.0

    /// x, y, φ, v_x, v_y, ω.
    struct State: Sendable, Hashable {
        var place: SIMD2<Double>
        var heading: Double
        var velocity: SIMD2<Double>
        var turn: Double
    }

    /// The rate of change of a state, packed as `pack` does.
    func derivative(_ s: SIMD8<Double>, throttle: Double, steering: Double) -> SIMD8<Double> {
        // Between the stages of a step the car may seem to roll backwards.
        let (heading, vx, vy, turn) = (s[2], max(s[3], 0), s[4], s[5])
        let (c, sn) = (cosine(steering), sine(steering))
        let front = vy + turn * Self.front
        // Below 0.3 m/s the slip goes to 0 with the speed, where the published formula divides by it.
        let slow = 0.3
        let frontSlip = arctangent((vx * sn - front * c) / max(vx * c + front * sn, slow))
        let rearSlip = arctangent((turn * Self.rear - vy) / max(vx, slow))
        let frontForce = grip * 0.192 * sine(1.2 * arctangent(2.579 * frontSlip))
        let rearForce = grip * 0.1737 * sine(1.2691 * arctangent(3.3852 * rearSlip))
        let push = (0.287 - 0.0545 * vx) * throttle - drag * (0.0518 + 0.00035 * vx * vx)
        let (ch, sh) = (cosine(heading), sine(heading))
        return SIMD8(
            vx * ch - vy * sh, vx * sh + vy * ch, turn, (push - frontForce * sn) / mass + vy * turn,
            (rearForce + frontForce * c) / mass - vx * turn,
            (frontForce * Self.front * c - rearForce * Self.rear) / inertia, 0, 0)
    }

    /// The state after a time, by classical Runge–Kutta steps of 0.01 s or less. The car does not roll backwards.
    func step(_ state: State, throttle: Double, steering: Double, seconds: Double) -> State {
        let count = (seconds / 0.01).rounded(.up)
        let h = seconds / count
        var s = SIMD8(
            state.place.x, state.place.y, state.heading, state.velocity.x, state.velocity.y, state.turn, 0, 0)
        for _ in 0..<Int(count) {
            let a = derivative(s, throttle: throttle, steering: steering)
            let b = derivative(s + h / 2 * a, throttle: throttle, steering: steering)
            let c = derivative(s + h / 2 * b, throttle: throttle, steering: steering)
            let d = derivative(s + h * c, throttle: throttle, steering: steering)
            s += h / 6 * (a + 2 * b + 2 * c + d)
            s[3] = max(s[3], 0)
        }
        return State(place: SIMD2(s[0], s[1]), heading: s[2], velocity: SIMD2(s[3], s[4]), turn: s[5])
    }
}
