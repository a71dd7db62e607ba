import Basics

@testable import Reports

/// One page with every figure and block on believable data, for tests of structure and for looking at.
enum Gallery {
    static var page: Page {
        Page(
            title: "Evaluation of tclab-2026 on energy_balance_mimo.csv",
            lead: "Free-run prediction from 60 s of history, 300 s ahead, 48 starts.",
            blocks: overview + evaluation + model + planning + control, footer: "foresight 0.1.0 · foresight evaluate")
    }

    static let name = #"T<1> & "zone" 'A'"#

    private static var overview: [Block] {
        var table = Table(
            "Channels",
            columns: [
                .text("Channel"), .text("Role"), .number("Least", unit: "°C"), .number("Greatest", unit: "°C"),
                .number("Mean"), .number("Missing", unit: "%"),
            ])
        table.add([name, "observation", "20.9", "54.1", "41.27", "0.0"])
        table.add(["Q1", "action", "0.0", "100.0", "48.10", "0.0"], isEmphasised: true)
        return [
            .cards([
                KeyFigure("T1, 300 s ahead", "0.42 °C", note: "linear model 0.97 °C", verdict: .success),
                KeyFigure("T2, 300 s ahead", "0.61 °C", note: "linear model 0.80 °C", verdict: .success),
                KeyFigure("Coverage of 90 % bands", "84.1 %", note: "promised 90 %", verdict: .warning),
                KeyFigure("Violations", "3", note: "2.1 °C at worst", verdict: .failure),
                KeyFigure("One prediction", "184 µs"),
            ]),
            .notice(
                .warning, title: "Q2 never moved",
                "Its effect can't be learned from this log; add records in which it moves."),
            .notice(.failure, title: "Refused", "The state is out of distribution."), .table(table),
        ]
    }

    static func wave(_ count: Int, seed: UInt64, noise: Double, level: Double = 40) -> [Double] {
        var generator = SeededGenerator(seed: seed)
        var value = level
        var target = level
        return (0..<count).map { index in
            if index % 60 == 0 { target = level + generator.uniform(in: -8...8) }
            value += 0.05 * (target - value)
            return value + noise * generator.normal()
        }
    }

    static var prediction: Figure {
        let truth = wave(360, seed: 1, noise: 0.1)
        var trace = PredictionTrace(
            name: name, unit: "°C", time: (0..<360).map { Double($0 - 60) }, truth: truth,
            predictedTime: (0..<300).map(Double.init),
            predicted: truth[60...].enumerated().map { $1 + 0.002 * Double($0) })
        trace.truth[200] = .nan
        trace.lower = trace.predicted.enumerated().map { $1 - 0.3 - 0.004 * Double($0) }
        trace.upper = trace.predicted.enumerated().map { $1 + 0.3 + 0.004 * Double($0) }
        trace.comparisons = [
            ("linear model", trace.predicted.enumerated().map { $1 - 0.01 * Double($0) }),
            ("persistence", trace.predicted.map { _ in truth[59] }),
        ]
        var input = PredictionTrace(
            name: "Q1", unit: "%", time: trace.time, truth: (0..<360).map { Double(($0 / 60 * 37) % 100) })
        input.isInput = true
        return Figures.prediction(
            title: "Free run over 300 s", note: "The model sees measurements only up to 0.", traces: [trace, input])
    }

    private static var evaluation: [Block] {
        let seconds = (1...300).map(Double.init)
        let errors = ["T1", name].enumerated().map { index, channel in
            HorizonError(
                name: channel, unit: "°C", seconds: seconds,
                model: seconds.map { 0.5 * (1 - 1 / (1 + $0 / 90)) + 0.02 * Double(index) },
                linear: seconds.map { 1.2 * (1 - 1 / (1 + $0 / 120)) },
                persistence: seconds.map { 9 * (1 - 1 / (1 + $0 / 150)) })
        }
        var generator = SeededGenerator(seed: 5)
        let correlation = [1.0] + (1...40).map { 0.25 / Double($0) + 0.05 * generator.normal() }
        let measured = wave(300, seed: 4, noise: 0.01, level: 0.9).map { min(1, 0.88 + ($0 - 0.9) / 80) }
        return [
            .heading("Prediction"), .figure(prediction), .heading("How far ahead"),
            .grid(Figures.errorAgainstHorizon(errors)),
            .grid([
                Figures.residualAutocorrelation(
                    name: "T1", autocorrelation: correlation, bound: 0.08, samplingTime: 1),
                Figures.coverage(
                    seconds: seconds, channels: [("T1", measured), (name, measured.map { $0 - 0.03 })], nominal: 0.9,
                    accepted: 0.85...0.95),
                Figures.calibration([(0.5, 0.47), (0.8, 0.79), (0.9, 0.91), (0.95, 0.96)]),
                Figures.histogram(
                    title: "Errors 300 s ahead", label: "error", unit: "°C",
                    values: (0..<2000).map { _ in generator.normal() }, references: [.moment(0, label: "")]),
            ]),
        ]
    }

    private static var model: [Block] {
        let epochs = (1...80).map(Double.init)
        return [
            .heading("Model"),
            .grid([
                Figures.trainingCurves(
                    title: "Training",
                    curves: [
                        ("prediction", epochs, epochs.map { 2 / $0 }),
                        ("SIGReg", epochs, epochs.map { 0.3 / $0 + 0.02 }),
                        ("free-run validation", epochs, epochs.map { 1 / $0 + 0.05 + 0.0004 * $0 }),
                    ], best: 61),
                Figures.latentSpectrum((0..<32).map { 3 / Double(1 + $0 * $0) }, effectiveRank: 5.2),
                Figures.eigenvalues(
                    title: "Modes of the transition",
                    groups: [
                        ("model", (0..<12).map { (0.99 - 0.06 * Double($0), $0 % 2 == 0 ? 0.1 : -0.1) }),
                        ("linear model", [(0.97, 0), (0.6, 0.3), (0.6, -0.3)]),
                    ]),
                HeatMap(
                    title: "Gain of each action", rows: ["T1", "T2"], columns: ["Q1", "Q2", "ambient"],
                    values: [0.61, 0.12, 1, 0.08, .nan, 0.98], unit: "°C/%"
                ).figure(note: "Steady-state change per unit."),
            ]), .details("Configuration", [.code("model:\n  horizon: 32 # <steps> & more\n")], isOpen: true),
            .list(["One sentence.", "Another with <markup> & \"quotes\"."]), .paragraph("A paragraph."),
        ]
    }

    static var plan: Figure {
        let time = (0...60).map { Double($0) * 5 }
        let path = time.map { 45 + 9 * (1 - 1 / (1 + $0 / 60)) }
        var output = PlanTrace(name: "T1", unit: "°C", time: time, predicted: path)
        output.pastTime = (-24...0).map { Double($0) * 5 }
        output.past = output.pastTime.map { 45 + 0.01 * $0 }
        output.lower = [path.enumerated().map { $1 - 0.2 - 0.02 * Double($0) }]
        output.upper = [path.enumerated().map { $1 + 0.2 + 0.02 * Double($0) }]
        output.target = 51.5...53.5
        output.limits = [LimitMark(55, label: "always(T1 <= 55)")]
        output.tightest = (300, path[60] + 1.4, 55, "margin 1.1 °C at 300 s")
        output.alternatives = [
            ("turned down: violates T1 <= 55", path.map { $0 * 1.02 }),
            ("turned down: cost 1.31 ×", path.map { $0 * 0.98 }),
        ]
        var action = ActionTrace(
            name: "Q1", unit: "%", time: Array(time.dropLast()), planned: (0..<60).map { 90 - Double($0) })
        action.pastTime = Array(output.pastTime.dropLast())
        action.past = action.pastTime.map { _ in 40 }
        action.limits = [LimitMark(100, label: "Q1 <= 100")]
        return Figures.plan(
            title: "Plan", note: "Certified: all guardrails hold at the band's edge.", outputs: [output],
            actions: [action])
    }

    private static var planning: [Block] { [.heading("Plan"), .figure(plan)] }

    private static var control: [Block] {
        let time = (0..<900).map(Double.init)
        var output = ControlTrace(
            name: "T1", unit: "°C", time: time,
            runs: [
                ("foresight", wave(900, seed: 8, noise: 0.05)), ("exact dynamics", wave(900, seed: 9, noise: 0.05)),
                ("PID", wave(900, seed: 10, noise: 0.05)),
            ])
        output.targets = [(0, 38...42), (450, 43...45)]
        output.limits = [LimitMark(50, label: "T1 <= 50")]
        let action = ControlTrace(
            name: "Q1", unit: "%", time: time,
            runs: [("foresight", time.map { Double((Int($0) / 30 * 31) % 100) })], isAction: true)
        return [
            .heading("Closed loop"), .figure(Figures.closedLoop(title: "Episode 1", traces: [output, action])),
            .grid([
                Figures.comparison(
                    title: "Cost", label: "cost", unit: nil,
                    values: [("foresight", 1.08), ("exact", 1), ("PID", 1.9)], limit: LimitMark(1.15, label: "≤ 1.15")),
                Figures.recording(
                    title: "Record", time: time,
                    channels: [
                        ("T1", "°C", false, wave(900, seed: 3, noise: 0.3)),
                        ("Q1", "%", true, time.map { Double((Int($0) / 90 * 31) % 100) }),
                    ], gaps: [200...260]),
            ]),
        ]
    }
}
