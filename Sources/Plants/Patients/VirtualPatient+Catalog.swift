import Basics

extension VirtualPatient {
    /// The names of all patients: those of each group are numbered from 1.
    public static let names = PatientParameters.Group.allCases.flatMap { group in
        (1...PatientParameters.groupSize).map { name(group, $0) }
    }

    /// The longest sampling time of a patient by name, s: what is eaten counts as its mean over a sample, and a meal takes
    /// some ten minutes.
    public static let longestSamplingTime = 600.0

    /// A patient by name.
    ///
    /// - Parameters:
    ///   - name: One of `names`.
    ///   - samplingTime: Seconds between samples, `longestSamplingTime` at most; five minutes where `nil`.
    /// - Returns: The patient.
    /// - Throws: `ForesightError` when no patient has the name, or meals would not be seen at the sampling time.
    public static func named(_ name: String, every samplingTime: Double? = nil) throws -> VirtualPatient {
        for group in PatientParameters.Group.allCases {
            for number in 1...PatientParameters.groupSize where Self.name(group, number) == name {
                if let samplingTime, !(samplingTime > 0 && samplingTime <= longestSamplingTime) {
                    throw ForesightError.usage(
                        "a sampling time of \(samplingTime) s is not between 0 and \(longestSamplingTime) s, "
                            + "within which meals of \(name) are seen",
                        remedy: "choose one that is, such as 300 s")
                }
                let parameters = PatientParameters(group, number)
                return samplingTime.map { VirtualPatient(parameters, samplingTime: $0) } ?? VirtualPatient(parameters)
            }
        }
        throw ForesightError.usage(
            "unknown patient \(name)",
            remedy: "name one such as patient-adult-1, patient-adolescent-4, patient-child-10")
    }
}

extension ControlTask {
    /// A day of meals: glucose within 70 and 180 mg/dL from four in the morning on, never below 70.
    ///
    /// The limits are the range of the consensus on time in range (`GlucoseScore`); deviations from its middle cost by
    /// their squares. Nobody can hold the upper limit after every meal, so it is a band, whose share of the steps is the
    /// time in range, and no limit. Moves cost, so that planners do not dose at every sample. Before the day stand four
    /// hours of the night under the basal rate.
    ///
    /// - Parameters:
    ///   - patient: The patient.
    ///   - announcementLead: By how long meals are announced before they begin, s; 0 as they begin, `nil` not at all.
    /// - Returns: The task.
    public static func dayOfMeals(_ patient: VirtualPatient, announcementLead: Double? = 0) -> ControlTask {
        let range = GlucoseScore.range
        let middle = (range.lowerBound + range.upperBound) / 2
        let half = (range.upperBound - range.lowerBound) / 2
        var task = ControlTask(
            name: patient.name, plant: patient, steps: Int((86_400 / patient.samplingTime).rounded()),
            targets: [
                Target(output: 0, schedule: [Setpoint(from: 0, middle)], scale: half, band: half, settlingTime: 0)
            ],
            moveWeight: 1, limits: [OutputLimit(output: 0, lower: range.lowerBound)],
            warmUpSteps: Int((14_400 / patient.samplingTime).rounded()))
        task.disturbances = DisturbanceModel(meals: .ordinary)
        task.warmUpActions = patient.restAction.map { $0...$0 }
        // No insulin: pumps suspend it before glucose is low, and high glucose takes hours to harm.
        task.declaredSafeAction = [0]
        task.announcementLead = announcementLead
        task.customary = [
            NamedController("basal–bolus", BasalBolusController(for: patient)),
            NamedController("example PID", GlucosePID(for: patient)),
        ]
        return task
    }
}
