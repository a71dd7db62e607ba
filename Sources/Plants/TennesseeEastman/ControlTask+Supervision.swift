import Episodes

extension ControlTask {
    /// The Tennessee Eastman process to be run for as little money as its limits allow: nothing is to be followed, and the
    /// PI loops hold the plant.
    ///
    /// The limits are the published ones of normal operation, and the 5 mol% that G in the product may vary by. As in the
    /// other task of the process the feed of A and C wanders by 0.2 mol% of A and cooling water by 0.5 °C, and so does what a feed
    /// brings of B, by 0.02 mol%.
    public static func tennesseeEastmanSupervision(
        _ plant: SupervisedTennesseeEastman = SupervisedTennesseeEastman(), hours: Double = 48
    ) -> ControlTask {
        var task = ControlTask(
            name: plant.name, plant: plant, steps: Int((hours * 3600 / plant.samplingTime).rounded()), targets: [],
            moveWeight: 0, limits: plant.outputLimits)
        let wandering: [TennesseeEastman.Disturbance: (Double, Double)] = [
            .feedCShareOfA: (0.2, 3600), .feedCShareOfB: (0.02, 6 * 3600), .reactorWaterTemperature: (0.5, 1800),
            .condenserWaterTemperature: (0.5, 1800),
        ]
        task.disturbances = DisturbanceModel(
            TennesseeEastman.Disturbance.allCases.map { quantity in
                let (spread, time) = wandering[quantity] ?? (0, 3600)
                return .init(standardDeviation: spread, timeConstant: time)
            })
        task.declaredSafeAction = plant.restAction
        task.customary = [NamedController("PI loops", ConstantController(plant.restAction))]
        task.isHeldByCustomary = true
        return task
    }
}
