import Basics

extension ControlTask {
    /// A summer day in an office: from six in the morning to six in the evening at 25 °C, within a comfort band and a limit on
    /// the electric power.
    ///
    /// `23 <= zone <= 26.5` and `power <= 2` bind: low speed is allowed at any hour, high speed only for a part of the time,
    /// so that a hot afternoon has to be prepared for. A deviation of 1 K or a power of 2 kW costs 1 a step. Weather and timetable are
    /// those of a typical summer day of the record (Atlanta): two harmonics of its temperature, its people by the hour, the
    /// sun that the fit found; around them wander 1.5 K over four hours, 0.7 people over an hour and 0.2 kW over half an
    /// hour. They are announced, as a forecast has them. Band, limit and wandering are ours. The thermostat drives the hour before.
    public static func building(_ plant: Building = Building()) -> ControlTask {
        var task = ControlTask(
            name: plant.name, plant: plant, steps: Int((43_200 / plant.samplingTime).rounded()),
            targets: [
                Target(output: 0, schedule: [Setpoint(from: 0, 25)], scale: 1, band: 1.5, settlingTime: 3600),
                Target(output: 1, schedule: [Setpoint(from: 0, 0)], scale: 2, band: 10, settlingTime: 86_400),
            ], moveWeight: 0.1,
            limits: [OutputLimit(output: 0, lower: 23, upper: 26.5), OutputLimit(output: 1, upper: 2)],
            warmUpSteps: Int((3600 / plant.samplingTime).rounded()))
        task.disturbances = .summerDay
        task.declaredSafeAction = [0.7]
        task.customary = [
            NamedController("staged thermostat", StagedThermostat()),
            NamedController("proportional thermostat", ProportionalThermostat()),
        ]
        task.isHeldByCustomary = true
        task.announcementLead = 0
        return task
    }

    /// A throttle that is pushed and pulled: fan speeds of 4250, 4850, 4300 and 4950 rpm for four seconds each.
    ///
    /// `HPC_margin >= 11`, `LPC_margin >= 8` and `T4 <= 1778` bind, and so do `N1 <= 5080` and `N2 <= 14600`. The margins are those
    /// that the published tool designs for; the temperature is 40 °R and the speeds are 1 % above the greatest published
    /// point, which is ours. A deviation of 200 rpm costs 1 a step. The heat of the fuel wanders by 1 % over ten seconds. The
    /// governor runs the engine for the second before. Safe to hold are 1 kg/s: from rest at any fan speed they cross no limit.
    public static func turbofan(_ plant: Turbofan = Turbofan()) -> ControlTask {
        let speeds = [4250.0, 4850, 4300, 4950]
        var task = ControlTask(
            name: plant.name, plant: plant, steps: Int((16 / plant.samplingTime).rounded()),
            targets: [
                Target(
                    output: 0, schedule: speeds.enumerated().map { Setpoint(from: 4 * Double($0), $1) }, scale: 200,
                    band: 40, settlingTime: 1.5)
            ], moveWeight: 0.5,
            limits: [
                OutputLimit(output: 0, upper: 5080), OutputLimit(output: 1, upper: 14_600),
                OutputLimit(output: 4, upper: 1778), OutputLimit(output: 5, lower: 11),
                OutputLimit(output: 6, lower: 8),
            ], warmUpSteps: Int((1 / plant.samplingTime).rounded()))
        task.disturbances = DisturbanceModel([.init(standardDeviation: 0.01, timeConstant: 10)])
        task.declaredSafeAction = [1]
        task.customary = [NamedController("min–max governor", FuelGovernor(for: plant))]
        task.isHeldByCustomary = true
        return task
    }

    /// Four hours of a production line, as chance has it: ten parts more than were asked for, with buffers that neither run
    /// empty nor over.
    ///
    /// `buffer1 >= 1`, `buffer1 <= 39` and the same for the second buffer stand for starvation and overflow, which may be for a
    /// twentieth of the time: which machine fails when, nobody knows. Deviations of the
    /// surplus by 20 parts and of a buffer by 20 from its half cost 1 and 0.25 a step. The demand wanders by 0.5 parts a
    /// minute over half an hour around 6.5. The customary policy runs the line for the half hour before. Demand, limits and weights
    /// are ours.
    public static func productionLine(_ plant: ProductionLine = ProductionLine()) -> ControlTask {
        func target(_ output: Int, _ value: Double, _ scale: Double, _ band: Double) -> Target {
            Target(
                output: output, schedule: [Setpoint(from: 0, value)], scale: scale, band: band, settlingTime: 1800)
        }
        var task = ControlTask(
            name: plant.name, plant: plant, steps: Int((14_400 / plant.samplingTime).rounded()),
            targets: [target(2, 10, 20, 30), target(0, 20, 40, 30), target(1, 20, 40, 30)], moveWeight: 0.02,
            limits: [OutputLimit(output: 0, lower: 1, upper: 39), OutputLimit(output: 1, lower: 1, upper: 39)],
            warmUpSteps: Int((1800 / plant.samplingTime).rounded()))
        task.disturbances = DisturbanceModel([
            .init(standardDeviation: 0.5, timeConstant: 1800), .init(standardDeviation: 1, timeConstant: 1),
        ])
        task.limitShare = 0.05
        task.declaredSafeAction = plant.restAction
        task.customary = [NamedController("hedging points", HedgingPolicy())]
        task.isHeldByCustomary = true
        return task
    }
}

extension DisturbanceModel {
    /// A typical summer day of the record that `Building` is fitted to, from five in the morning on: the temperature outdoors over
    /// its mean, the people and the sun of the zone, and how they wander.
    public static let summerDay: DisturbanceModel = {
        let hours: [(Double, Double)] = [
            (0, -2.6), (2, -4.1), (4, -5.1), (6, -4.8), (8, -2.7), (10, 0.6),
            (12, 3.9), (14, 5.7), (16, 5.4), (18, 3.6), (20, 1.3), (22, -0.8),
        ]
        let outdoor = DailyCurve(hours.map { .init($0.0, $0.1) }, startHour: 5)
        let people = DailyCurve.steps(
            [(5, 1), (7, 7), (11, 4), (12, 7), (16, 2), (17, 1), (21, 0)].map { .init($0.0, $0.1) }, startHour: 5)
        let light: [(Double, Double)] = [
            (5.05, 0), (7.1, 0.79), (9.15, 1.38), (11.2, 1.59), (13.25, 1.38), (15.3, 0.79), (17.35, 0),
        ]
        let sun = DailyCurve(light.map { .init($0.0, $0.1) }, startHour: 5)
        return DisturbanceModel(
            [
                .init(standardDeviation: 1.5, timeConstant: 14_400), .init(standardDeviation: 0.7, timeConstant: 3600),
                .init(standardDeviation: 0.2, timeConstant: 1800),
            ], daily: [outdoor, people, sun])
    }()
}
