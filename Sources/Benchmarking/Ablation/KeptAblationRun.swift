/// What came of a training, as a file of a run keeps it.
struct KeptAblationRun: Codable {
    private var values: [KeptNumber]
    private var seconds: Double
    private var structure: String
    private var leftOutError: KeptNumber

    init(_ run: AblationRun) {
        (values, seconds, structure) = (run.values.kept, run.seconds, run.structure)
        leftOutError = KeptNumber(run.leftOutError)
    }

    /// The run that was kept.
    func run(_ part: AblationPart, seed: Int) -> AblationRun {
        AblationRun(
            part: part, seed: seed, values: values.numbers, seconds: seconds, structure: structure,
            leftOutError: leftOutError.value)
    }
}
