import Episodes
import Plants

/// The heater lab by its published equations, with sensor noise: a plant that is known exactly.
enum SimulatedHeaterLab {
    /// Hours that are learned from, and tested.
    static let (learned, tested) = (8.0, 2.0)

    /// The set; it needs no files.
    static let set = BenchmarkSet(
        "heater_lab", folder: "",
        about:
            "The simulated heater lab: two heaters to two temperatures, a sample every 10 s, noise of 0.1 °C. Learned "
            + "from \(Int(learned)) hours under an exploration policy, tested on \(Int(tested)) other ones after an "
            + "initial window of 20 rows.",
        measures: [
            BenchmarkMeasure(
                "heater_lab", metric: "free-run NRMSE, mean of 2 outputs", unit: "", rule: .normalised(test: "other"))
        ]
    ) { _ in
        let plant = HeaterLab()
        let simulation = LogSimulation(plant: plant, policy: ExplorationPolicy(.mixed, for: plant))
        let training = try simulation.episode(hours: learned, seed: 101, name: "learned")
        return BenchmarkData(
            training: LoadedLog(simulated: training),
            tests: [
                BenchmarkTest(
                    "other", [try simulation.episode(hours: tested, seed: 202, name: "tested")], .record(initial: 20))
            ])
    }
}
