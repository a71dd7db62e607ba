/// The decentralised control that literature compares with: PI loops and cascades from single measurements to single
/// valves, with the settings of the closed-loop program of E. L. Russell, L. H. Chiang and R. D. Braatz, "Data-driven
/// Methods for Fault Detection and Diagnosis in Chemical Processes", Springer 2000, after P. R. Lyman and C. Georgakis,
/// "Plant-wide control of the Tennessee Eastman problem", Computers & Chemical Engineering 1995,
/// https://doi.org/10.1016/0098-1354(94)00057-U.
///
/// Loops on analyses act when there are new ones, all others at every call. They are tuned for a call every 3 s: at the
/// proportional gains of the flow loops, longer periods lose the process within hours. Targets are the references of the
/// measurements, those of the base case where none is given.
public struct EastmanControl: Controller {
    private let samplingTime: Double
    private var loops = EastmanLoops<RealNumber>()
    private var agitator = TennesseeEastman.baseValves[11]

    /// Creates the control for a plant with a sampling time in seconds.
    public init(samplingTime: Double) {
        precondition(samplingTime > 0, "the sampling time \(samplingTime) s is not positive")
        self.samplingTime = samplingTime
    }

    /// Starts anew with the targets of the base case and the given valves in force.
    public mutating func reset(action: [Double]) {
        loops = EastmanLoops(valves: action[..<11].map(RealNumber.init))
        agitator = action[11]
    }

    /// The valves from now on.
    public mutating func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        for index in EastmanLoop.free {
            let loop = EastmanLoop.all[index]
            loops.targets[index] = RealNumber(reference[loop.output] ?? loop.target)
        }
        loops.act(
            on: observations.map(RealNumber.init), period: samplingTime,
            isDue: (isDue(every: 360, at: time), isDue(every: 900, at: time)))
        return loops.valves.map(\.value) + [agitator]
    }

    /// Whether a multiple of a period is reached at a call.
    private func isDue(every period: Double, at time: Double) -> Bool {
        let now = (time / period + 1e-9).rounded(.down)
        let before = ((time - samplingTime) / period + 1e-9).rounded(.down)
        return now > before
    }
}
