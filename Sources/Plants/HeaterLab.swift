public import Episodes

/// The Temperature Control Lab: two heaters and two sensors on a board, by energy balances with convection, radiation,
/// exchange between the heaters, and a lag from heater to sensor.
///
///     m·cp·dTH1/dt = U·A·(Ta − TH1) + ε·σ·A·(Ta⁴ − TH1⁴) + E + α1·Q1
///     m·cp·dTH2/dt = U·A·(Ta − TH2) + ε·σ·A·(Ta⁴ − TH2⁴) − E + α2·Q2
///     τ·dTC1/dt = TH1 − TC1,  τ·dTC2/dt = TH2 − TC2
///     E = Us·As·(TH2 − TH1) + ε·σ·As·(TH2⁴ − TH1⁴)
///
/// after J. D. Hedengren, "TCLab Higher Order Models", https://apmonitor.com/pdc/index.php/Main/TCLabHigherOrder, and
/// J. Park et al., "Benchmark temperature microcontroller for process dynamics and control", Computers & Chemical
/// Engineering 2020, https://doi.org/10.1016/j.compchemeng.2020.106736. Temperatures are in °C (in kelvin inside the
/// radiation terms), heaters in %. The ambient temperature is a disturbance. States: TH1, TH2, TC1, TC2.
public struct HeaterLab: SmoothPlant, Hashable {
    /// The constants of the energy balances.
    public var parameters: Parameters
    /// Seconds between samples.
    public var samplingTime: Double
    /// What the sensors add to the true outputs.
    public var noise: SensorNoise
    /// Whether the heaters are behind relays, which are on or off and keep either for half a minute.
    public var isSwitched = false

    /// The lab with its heaters behind relays.
    public static func switched(samplingTime: Double = 10) -> HeaterLab {
        var lab = HeaterLab(samplingTime: samplingTime)
        lab.isSwitched = true
        return lab
    }

    /// Creates the lab.
    ///
    /// - Parameters:
    ///   - parameters: The constants of the energy balances.
    ///   - samplingTime: Seconds between samples; the heaters need about two minutes, so that 10 s suffices to control.
    ///   - noise: Gaussian noise of 0.1 °C by default; `converterNoise` has the steps of the real converter.
    public init(
        parameters: Parameters = .published, samplingTime: Double = 10,
        noise: SensorNoise = SensorNoise(standardDeviation: [0.1])
    ) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.parameters = parameters
        self.samplingTime = samplingTime
        self.noise = noise
    }

    /// A TMP36 (10 mV/°C) read through a ten-bit converter of 3.3 V: steps of 0.3223 °C.
    public static let converterNoise = SensorNoise(standardDeviation: [0.1], quantum: [3.3 / 1024 / 0.01])

    /// The name by which commands know the plant.
    public var name: String { isSwitched ? "heater-switches" : "heater-lab" }
    /// The names of the states, in the order of the state vector.
    public let stateNames = ["TH1", "TH2", "TC1", "TC2"]
    /// The states that are measured, in the order of the output channels.
    public let outputStates = [2, 3]
    /// The measured channels, with the limits of safe operation.
    public let outputChannels = ["T1", "T2"].map {
        Channel(name: $0, unit: "°C", role: .observation, lowerLimit: 0, upperLimit: 65)
    }
    /// The action channels, with the limits of the actuators.
    public var actionChannels: [Channel] { isSwitched ? Self.relays : Self.heaters }
    private static let heaters = ["Q1", "Q2"].map {
        Channel(name: $0, unit: "%", role: .action, lowerLimit: 0, upperLimit: 100)
    }
    private static let relays = ["Q1", "Q2"].map {
        Channel(
            name: $0, unit: "%", role: .action, lowerLimit: 0, upperLimit: 100, values: [0, 100], dwell: 30)
    }
    /// What acts on the plant without being decided.
    public let disturbanceChannels = [Channel(name: "Ta", unit: "°C", role: .disturbance)]
    /// Where a simulation starts unless told otherwise.
    public var initialState: [Double] { [Double](repeating: parameters.ambient, count: 4) }
    /// The action that leaves the plant at rest.
    public let restAction = [0.0, 0.0]
    /// The disturbances on an ordinary day.
    public var nominalDisturbance: [Double] { [parameters.ambient] }

    /// Sub-steps of at most 5 s, a quarter of the shortest time constant: one sampling period of 10 s is then exact to
    /// about 1e-4 °C. Shorter ones where parameters make sensors or heaters faster than those of the board.
    public var subSteps: Int {
        let p = parameters
        let capacity = p.mass * p.heatCapacity
        let heater = capacity / (p.convection * p.area)
        // All that a heater gives away, W/K: to the air and, twice for their difference, to the other; radiation as at 100 °C.
        let radiation = 4 * p.emissivity * stefanBoltzmann * cube(373.15)
        let given = (p.convection + radiation) * p.area + 2 * (p.exchange + radiation) * p.exchangeArea
        let step = min(5, 0.5 * p.sensorLag, 0.1 * heater, 0.5 * capacity / given)
        return max(1, Int(min(samplingTime / step, 1e5).rounded(.up)))
    }

    /// The same plant with another sampling time.
    public func resampled(every seconds: Double) -> HeaterLab? {
        var copy = self
        copy.samplingTime = seconds
        return copy
    }

    /// The rate of change of the state, per second.
    public func derivative(_ state: SIMD4<Double>, input: SIMD4<Double>) -> SIMD4<Double> {
        let p = parameters
        let k1 = state[0] + kelvin
        let k2 = state[1] + kelvin
        let ka = input[2] + kelvin
        let f1 = fourth(k1)
        let f2 = fourth(k2)
        let fa = fourth(ka)
        let emission = p.emissivity * stefanBoltzmann
        let exchange = p.exchange * p.exchangeArea * (k2 - k1) + emission * p.exchangeArea * (f2 - f1)
        let loss1 = p.convection * p.area * (ka - k1) + emission * p.area * (fa - f1)
        let loss2 = p.convection * p.area * (ka - k2) + emission * p.area * (fa - f2)
        let capacity = 1 / (p.mass * p.heatCapacity)
        let lag = 1 / p.sensorLag
        return SIMD4(
            (loss1 + exchange + p.power1 * input[0]) * capacity,
            (loss2 - exchange + p.power2 * input[1]) * capacity,
            (state[0] - state[2]) * lag,
            (state[1] - state[3]) * lag)
    }

    /// Vector–Jacobian products of `derivative` with respect to state and input.
    public func derivativePullback(
        _ state: SIMD4<Double>, input: SIMD4<Double>, cotangent: SIMD4<Double>
    ) -> (state: SIMD4<Double>, input: SIMD4<Double>) {
        let p = parameters
        let capacity = 1 / (p.mass * p.heatCapacity)
        let lag = 1 / p.sensorLag
        let emission = 4 * p.emissivity * stefanBoltzmann
        let radiation1 = emission * cube(state[0] + kelvin)
        let radiation2 = emission * cube(state[1] + kelvin)
        let c1 = cotangent[0] * capacity
        let c2 = cotangent[1] * capacity
        let exchange1 = p.exchangeArea * (p.exchange + radiation1)
        let exchange2 = p.exchangeArea * (p.exchange + radiation2)
        let loss1 = p.area * (p.convection + radiation1)
        let loss2 = p.area * (p.convection + radiation2)
        let ambient = p.area * (p.convection + emission * cube(input[2] + kelvin))
        let back = SIMD4(
            -c1 * (loss1 + exchange1) + c2 * exchange1 + cotangent[2] * lag,
            c1 * exchange2 - c2 * (loss2 + exchange2) + cotangent[3] * lag,
            -cotangent[2] * lag,
            -cotangent[3] * lag)
        return (back, SIMD4(c1 * p.power1, c2 * p.power2, (c1 + c2) * ambient, 0))
    }
}

/// 0 °C in kelvin.
private let kelvin = 273.15
/// The Stefan–Boltzmann constant in W/m²K⁴, rounded as in the published model.
private let stefanBoltzmann = 5.67e-8

@inline(__always)
private func fourth(_ x: Double) -> Double { (x * x) * (x * x) }

@inline(__always)
private func cube(_ x: Double) -> Double { x * x * x }
