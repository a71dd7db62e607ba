public import Episodes

/// A car on a curved road: the dynamic bicycle model with Pacejka tyres, in the coordinates of the road.
///
///     dn/dt = v·sin μ + w·cos μ,     dμ/dt = r − κ·(v·cos μ − w·sin μ)/(1 − κ·n)
///     dv/dt = (Fx − Ff·sin δ)/m + w·r
///     dw/dt = (Fr + Ff·cos δ)/m − v·r
///     dr/dt = (Ff·lf·cos δ − Fr·lr)/Iz
///     Ff, Fr = D·sin(C·atan(B·α)),     Fx = (Cm1 − Cm2·v)·d − Cr0 − Cr2·v²
///     αf = δ − atan((w + lf·r)/v),     αr = atan((lr·r − w)/v)
///
/// n is the distance of the centre of mass to the left of the middle of the lane, m; μ the heading against the road, rad;
/// v and w the speeds forwards and to the left, m/s; r the rate of turning, rad/s. d is the throttle, −1…1, with brakes
/// below 0; δ the angle of the front wheels, rad. κ, the curvature of the road, 1/m, left is positive, is a disturbance
/// that the car sees: it is an output, too.
///
/// A. Liniger, A. Domahidi and M. Morari, "Optimization-based autonomous racing of 1:43 scale RC cars", Optimal Control
/// Applications and Methods 2015, arXiv:1711.07300, with the full-size parameters of the authors' code (alexliniger/MPCC,
/// `getModelParams.m`, model 2): m = 1573 kg, Iz = 2873 kg·m², lf = lr = 1.35 m, B = 13, C = 2, D = 1.2 times the weight
/// on the axle, Cm1 = 17303 N, Cm2 = 175 N·s/m, Cr0 = 120 N, Cr2 = ½·1.225·0.35·2.5 N·s²/m². Rear wheels drive and brake.
/// Below 1 m/s slip goes to 0 with the speed, where the published formula divides by it: the angle between the front wheels
/// and their way is αf = atan((v·sin δ − (w + lf·r)·cos δ)/(v·cos δ + (w + lf·r)·sin δ)), and both divisors are 1 m/s at
/// least.
///
/// `grip` is how much of its friction the busier axle uses: |Ff|/D in front, √(Fr² + Fx²)/D at the rear. The tyres' formula
/// knows nothing of it: beyond 1 a real tyre would not give what the equations take, and full throttle asks for up to 1.8.
public struct Vehicle: EquationPlant, Hashable {
    /// Seconds between samples.
    public var samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise

    /// Creates the car.
    ///
    /// - Parameters:
    ///   - samplingTime: Seconds between samples; 0.05 s by default, as in the published controller.
    ///   - noise: Gaussian noise of 2 cm, 2 mrad, 5 cm/s, 5 mrad/s, 0.01 and 1e-4/m by default: our choice.
    public init(
        samplingTime: Double = 0.05,
        noise: SensorNoise = SensorNoise(standardDeviation: [0.02, 0.002, 0.05, 0.005, 0.01, 1e-4])
    ) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.samplingTime = samplingTime
        self.noise = noise
    }

    /// The name by which commands know the plant.
    public var name: String { "vehicle" }
    /// The names of the states: those of the equations, then the inputs in force, which the grip answers at once.
    public let stateNames = ["n", "mu", "v", "w", "r", "throttle", "steering", "kappa"]
    /// The measured channels. The limits are ours: a lane of 3.5 m with a car of 1.8 m in it, and the circle of friction.
    public let outputChannels = [
        Channel(name: "deviation", unit: "m", role: .observation, lowerLimit: -0.85, upperLimit: 0.85),
        Channel(name: "heading", unit: "rad", role: .observation),
        Channel(name: "speed", unit: "m/s", role: .observation, lowerLimit: 0, upperLimit: 40),
        Channel(name: "yaw", unit: "rad/s", role: .observation),
        Channel(name: "grip", role: .observation, upperLimit: 1),
        Channel(name: "curvature", unit: "1/m", role: .observation),
    ]
    /// Throttle and steering, with the limits and, per second, the rates of the published controller (`getMPC_vars.m`).
    public let actionChannels = [
        Channel(name: "throttle", role: .action, lowerLimit: -1, upperLimit: 1, rateLimit: 5),
        Channel(name: "steering", unit: "rad", role: .action, lowerLimit: -0.5, upperLimit: 0.5, rateLimit: 1),
    ]
    /// What acts on the plant without being decided: the curvature of the road.
    public let disturbanceChannels = [Channel(name: "kappa", unit: "1/m", role: .disturbance)]
    /// In the middle of the lane at 20 m/s.
    public let initialState = [0.0, 0, 20, 0, 0, 0.0242, 0, 0]
    /// The throttle that holds 20 m/s on a straight road.
    public let restAction = [0.0242, 0]
    /// A straight road.
    public let nominalDisturbance = [0.0]

    /// The grip answers throttle and steering at once.
    public var remembersInput: Bool { true }
    /// Sub-steps of at most 6.25 ms: a second of hard cornering is then exact to 1e-5.
    public var subSteps: Int { max(1, Int((samplingTime / 0.00625).rounded(.up))) }
    /// Nothing that a supervisor could do by holding a wheel at its stop; a controller has to steer.
    public var knownResponse: KnownResponse? {
        KnownResponse(gains: DenseMatrix(rows: 6, columns: 2), timeConstant: 1)
    }
    /// What is added to a driver's throttle and steering to learn from.
    public var explorationRanges: [ClosedRange<Double>]? { [-0.3...0.3, -0.02...0.02] }

    /// The same plant with another sampling time.
    public func resampled(every seconds: Double) -> Vehicle? { Vehicle(samplingTime: seconds, noise: noise) }

    /// The forces of the tyres, N: sideways in front and at the rear, forwards. `wheel` is the sine and cosine of the steering.
    @inline(__always)
    private func forces<S: EquationScalar>(
        _ state: [S], _ input: [S], wheel: (sine: S, cosine: S)
    ) -> (front: S, rear: S, drive: S) {
        // Within a step, brakes may take the speed below 0 before the car is held at it.
        let forwards = maximum(state[2], S(0))
        let frontSideways = state[3] + state[4] * axle
        let across = forwards * wheel.sine - frontSideways * wheel.cosine
        let along = forwards * wheel.cosine + frontSideways * wheel.sine
        let frontSlip = atan(across / maximum(along, S(1)))
        let rearSlip = atan((state[4] * axle - state[3]) / maximum(forwards, S(1)))
        let front = sin(atan(frontSlip * 13) * 2) * friction
        let rear = sin(atan(rearSlip * 13) * 2) * friction
        let push = (17303 - state[2] * 175) * input[0]
        return (front, rear, push - 120 - state[2] * state[2] * air)
    }

    /// The rate of change of the state, per second.
    public func derivative<S: EquationScalar>(_ state: [S], input: [S], into rates: inout [S]) {
        let (forwards, sideways, turn, curvature) = (maximum(state[2], S(0)), state[3], state[4], input[2])
        let (sine, cosine) = (sin(state[1]), cos(state[1]))
        let (sineWheel, cosineWheel) = (sin(input[1]), cos(input[1]))
        let force = forces(state, input, wheel: (sineWheel, cosineWheel))
        let along = (forwards * cosine - sideways * sine) / maximum(1 - curvature * state[0], S(0.1))
        let frontSide = force.front * cosineWheel
        rates[0] = forwards * sine + sideways * cosine
        rates[1] = turn - curvature * along
        rates[2] = (force.drive - force.front * sineWheel) / mass + sideways * turn
        rates[3] = (force.rear + frontSide) / mass - forwards * turn
        rates[4] = (frontSide - force.rear) * (axle / 2873)
    }

    /// The true outputs.
    public func outputs<S: EquationScalar>(_ state: [S], input: [S], into outputs: inout [S]) {
        let force = forces(state, input, wheel: (sin(input[1]), cos(input[1])))
        let rear = sqrt(force.rear * force.rear + force.drive * force.drive)
        let front = maximum(force.front, -force.front)
        outputs[0] = state[0]
        outputs[1] = state[1]
        outputs[2] = state[2]
        outputs[3] = state[4]
        outputs[4] = maximum(front, rear) / friction
        outputs[5] = input[2]
    }

    /// The brakes stop the car; they do not turn it back.
    public func physical(_ state: inout [Double]) { state[2] = max(state[2], 0) }
}

/// kg.
private let mass = 1573.0
/// From the centre of mass to either axle, m.
private let axle = 1.35
/// Of either axle, which carries half of the weight, N.
private let friction = 0.5 * mass * 9.81 * 1.2
/// Drag, N·s²/m².
private let air = 0.5 * 1.225 * 0.35 * 2.5
