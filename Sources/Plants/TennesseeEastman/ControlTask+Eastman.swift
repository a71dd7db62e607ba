import Episodes

extension ControlTask {
    /// The Tennessee Eastman process at targets that change once, while its feed and its cooling water wander.
    ///
    /// After three of twelve hours the reactor's level goes from 75 to 76 %, its temperature from 120.4 to 120.7 °C and B
    /// in the purge from 13.82 to 13.4 mol%. The limits are the published ones of normal operation. The feed of A and C
    /// wanders by 0.2 mol% of A, cooling water by 0.5 °C. The loops of the literature are given the targets as they change;
    /// a planner moves the targets of all eleven loops. Targets, scales, bands and wandering are ours.
    public static func tennesseeEastman(
        _ plant: RegulatedTennesseeEastman = RegulatedTennesseeEastman()
    ) -> ControlTask {
        func target(_ output: Int, _ before: Double, _ after: Double, scale: Double, band: Double) -> Target {
            Target(
                output: output, schedule: [Setpoint(from: 0, before), Setpoint(from: 3 * 3600, after)], scale: scale,
                band: band, settlingTime: 6 * 3600)
        }
        var task = ControlTask(
            name: plant.name, plant: plant, steps: Int((12 * 3600 / plant.samplingTime).rounded()),
            targets: [
                target(7, 75, 76, scale: 1, band: 1.5), target(8, 120.4, 120.7, scale: 0.1, band: 0.15),
                target(29, 13.823, 13.4, scale: 0.2, band: 0.4),
            ], moveWeight: 0.1, limits: plant.outputLimits)
        let wandering: [TennesseeEastman.Disturbance: (Double, Double)] = [
            .feedCShareOfA: (0.2, 3600), .reactorWaterTemperature: (0.5, 1800), .condenserWaterTemperature: (0.5, 1800),
        ]
        task.disturbances = DisturbanceModel(
            TennesseeEastman.Disturbance.allCases.map { quantity in
                let (spread, time) = wandering[quantity] ?? (0, 3600)
                return .init(standardDeviation: spread, timeConstant: time)
            })
        task.declaredSafeAction = plant.restAction
        task.customary = [NamedController("PI loops", EastmanTargets(plant))]
        task.isHeldByCustomary = true
        return task
    }
}

/// Hands references to the loops of the regulated process as they are: what its decentralised control does by itself.
struct EastmanTargets: Controller {
    private let outputs = EastmanLoop.free.map { EastmanLoop.all[$0].output }
    private let base: [Double]

    init(_ plant: RegulatedTennesseeEastman) { base = plant.restAction }

    func action(observations: [Double], reference: [Double?], time: Double) -> [Double] {
        outputs.indices.map { reference[outputs[$0]] ?? base[$0] }
    }

    func reset(action: [Double]) {}
}
