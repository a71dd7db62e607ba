import Testing

@testable import Reports

@Suite("Ready-made figures")
struct FigureTests {
    @Test("The unit of time suits the span")
    func timeUnits() {
        #expect(TimeUnit(span: 60).name == "s" && TimeUnit(span: 600).name == "min")
        #expect(TimeUnit(span: 36_000).name == "h" && TimeUnit(span: 864_000).name == "d")
        #expect(TimeUnit(of: [[-60, 0], [.nan, 540]]).name == "min")
    }

    @Test("A plan names its limits, its tightest margin and the alternatives")
    func plan() {
        let figure = Gallery.plan
        let structure = Structure(figure.svg)
        #expect(structure.fault == nil)
        #expect(structure.text.contains("always(T1 <= 55)") && structure.text.contains("now"))
        let names = figure.legend.map(\.name)
        #expect(names.contains("margin 1.1 °C at 300 s") && names.contains("turned down: cost 1.31 ×"))
        #expect(names.contains("90 % band"))
    }

    @Test("A free run has what is left of each channel below it, and no line for a band that is not there")
    func freeRun() throws {
        let traces = [
            FreeRunTrace(
                name: "T1", unit: "°C", measured: [1, 2, .nan, 4], predicted: [1.5, 2, 3, 3],
                halfWidths: [0.5, 0.5, 0.5, 0.5]),
            FreeRunTrace(name: "T2", unit: nil, measured: [0, 0, 0, 0], predicted: [0, 1, 0, 1]),
        ]
        let figure = Figures.freeRun(title: "run", time: [600, 1200, 1800, 2400], traces: traces)
        let structure = Structure(figure.svg)
        #expect(structure.fault == nil)
        #expect(figure.legend.map(\.name) == ["90 % band", "measured", "model", "error"])
        let plots = structure.elements.filter { $0.attributes["class"] == "plot" }.map(\.attributes)
        #expect(plots.compactMap { $0["data-label"] } == ["T1", "error of T1", "T2", "error of T2"])
        // The errors of T1 are 0.5, 0 and −1; time is shown in minutes from the first sample to the last.
        for plot in plots {
            let span = (plot["data-x"] ?? "").split(separator: " ").compactMap { Double($0) }
            #expect(span == [10, 40], "\(plot["data-x"] ?? "nothing")")
        }
        let range = (plots[1]["data-y"] ?? "").split(separator: " ").compactMap { Double($0) }
        #expect(range.count == 2 && range[0] <= -1 && range[1] >= 0.5)
    }

    @Test("A closed loop lists the controllers in their order, the first drawn on top")
    func closedLoop() throws {
        let trace = ControlTrace(
            name: "T1", unit: "°C", time: [0, 1],
            runs: [("foresight", [1, 2]), ("PID", [2, 3])])
        let figure = Figures.closedLoop(title: "run", traces: [trace])
        #expect(figure.legend.map(\.name) == ["foresight", "PID"])
        let drawn = Structure(figure.svg).elements.compactMap { $0.attributes["data-name"] }
        #expect(drawn == ["PID", "foresight"])
    }

    @Test("The action of a plan of one step is drawn to its end")
    func oneStep() {
        #expect(Figures.held([0], until: 10) == [0, 10] && Figures.held([0, 2], until: 10) == [0, 2, 4])
        #expect(Figures.held([0], until: nil) == [0, 1] && Figures.held([], until: 10).isEmpty)
    }

    @Test("Targets at some times are drawn in these, what begins after the end not at all")
    func timedTargets() {
        let targets = [
            TimedTarget(times: 0...1, range: 5...5), TimedTarget(times: 2...Double.infinity, range: 7...7),
            TimedTarget(times: 1...3, range: 1...2), TimedTarget(times: 2...2, range: 6...6),
            TimedTarget(times: 3...3, range: 1...2), TimedTarget(times: 9...20, range: 8...8),
        ]
        var trace = ControlTrace(name: "T1", unit: nil, time: [1, 2, 3, 4], runs: [("model", [1, 2, 3, 4])])
        trace.timed = targets
        var plan = PlanTrace(name: "T1", unit: nil, time: [0, 1, 2, 3, 4], predicted: [0, 1, 2, 3, 4])
        plan.timed = targets
        for figure in [
            Figures.closedLoop(title: "run", traces: [trace]),
            Figures.plan(title: "plan", outputs: [plan], actions: []),
        ] {
            let structure = Structure(figure.svg)
            #expect(structure.fault == nil)
            let drawn = structure.elements.compactMap { $0.attributes["data-name"] }
            #expect(drawn.count { $0 == "target" } == 2)
            #expect(drawn.count { $0 == "target at one time" } == 1)
            #expect(drawn.count { $0 == "target band at one time" } == 1)
            #expect(structure.elements.count { $0.attributes["class"] == "area green" } == 1)
        }
    }

    @Test("Targets of actions are drawn as those of outputs")
    func actionTargets() {
        var action = ActionTrace(name: "Q1", unit: nil, time: [0, 1, 2, 3], planned: [1, 2, 3, 4])
        action.target = 2...3
        action.reference = [1, 1, 2, 2]
        action.timed = [
            TimedTarget(times: 2...Double.infinity, range: 7...7), TimedTarget(times: 9...20, range: 8...8),
        ]
        let plan = PlanTrace(name: "T1", unit: nil, time: [0, 1, 2, 3, 4], predicted: [0, 1, 2, 3, 4])
        let structure = Structure(Figures.plan(title: "plan", outputs: [plan], actions: [action]).svg)
        #expect(structure.fault == nil)
        let drawn = structure.elements.compactMap { $0.attributes["data-name"] }
        #expect(drawn.count { $0 == "target" } == 1 && drawn.count { $0 == "reference" } == 1)
        #expect(structure.count("rect", style: "zone") == 1)
    }

    @Test("Bars of a histogram add up to the number of known values")
    func histogram() throws {
        let figure = Figures.histogram(
            title: "h", label: "e", unit: nil, values: [0, 0, 1, 2, 3, .nan, 3], bins: 4)
        let structure = Structure(figure.svg)
        let bars = try #require(structure.elements.first { $0.attributes["class"] == "fill blue" }?.attributes["d"])
        #expect(bars.split(separator: "Z").count == 4)
        #expect(structure.elements.first?.attributes["aria-label"]?.contains("6 values") == true)
    }

    @Test("The eigenvalue plot has equal axes and shows the whole circle and every eigenvalue")
    func eigenvalues() throws {
        let figure = Figures.eigenvalues(title: "modes", groups: [("model", [(1.5, 0), (0.2, -0.4)])])
        let plot = try #require(Structure(figure.svg).elements.first { $0.attributes["class"] == "plot" }?.attributes)
        #expect(plot["width"] == plot["height"])
        #expect(plot["data-x"] == plot["data-y"])
        let reach = try #require(plot["data-x"]?.split(separator: " ").last.flatMap { Double($0) })
        #expect((reach - 1.65).magnitude < 1e-9)
    }

    @Test("A collapsed spectrum with zeros is drawn without them")
    func collapsed() {
        let figure = Figures.latentSpectrum([2, 1e-30, 0, 0], effectiveRank: 1)
        #expect(Structure(figure.svg).fault == nil)
        #expect(figure.note == "Effective rank 1.0 of 4.")
        #expect(!figure.svg.contains("nan"))
    }

    @Test("A long record stays small: 100,000 samples give less than 100 kB")
    func size() {
        let values = (0..<100_000).map { Double($0 % 977) + ($0 == 12_345 ? 5000 : 0) }
        let time = values.indices.map(Double.init)
        let figure = Figures.recording(title: "long", time: time, channels: [("T1", "°C", false, values)])
        #expect(figure.svg.utf8.count < 100_000)
        let range = Structure(figure.svg).elements.compactMap { $0.attributes["data-y"] }.first ?? ""
        #expect(range.split(separator: " ").last.flatMap { Double($0) } ?? 0 > 5000)
    }
}
