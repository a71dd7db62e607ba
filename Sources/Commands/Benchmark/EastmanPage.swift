import Basics
import Benchmarking
import Episodes
import Plants
import Reports

/// The page of `benchmark eastman`.
enum EastmanPage {
    static func page(_ plan: EastmanProtocol, _ episodes: [EastmanEpisode], started: String) -> Page {
        let pairs = EastmanText.pairs(episodes)
        var blocks: [Block] = [.cards(cards(pairs)), .table(costs(pairs)), .table(kept(pairs))]
        blocks += [.list(EastmanText.remarks(episodes))]
        blocks += pairs.prefix(4).map { .figure(drawing($0)) }
        if pairs.count > 4 {
            blocks.append(.details("The other episodes", pairs.dropFirst(4).map { .figure(drawing($0)) }))
        }
        blocks += [
            .heading("How it was made"),
            .paragraph(
                EastmanText.heading(plan)
                    + ". The targets of seven loops are moved every quarter of an hour, so that the predicted "
                    + "operating cost is low: flows of purge and product, work of the compressor and steam as they are metered, and "
                    + "the last analyses, by the prices of Downs and Vogel. Guardrails: "
                    + plan.task.guardrails.joined(separator: "; ") + "."),
            .paragraph(
                "Costs in the table are those of the true state, means over the hours that the process ran. What is beyond a limit is "
                    + "counted in samples of 3 min of the true measurements. Where a state is unlike the log, planning is refused and "
                    + "the loops go on at the targets in force, the purge opened while the pressure is high."),
        ]
        return Page(
            title: "The Tennessee Eastman process for little money",
            lead:
                "From a log to \(EastmanText.number(plan.episodeHours)) h in closed loop under each disturbance, beside the PI loops alone.",
            blocks: blocks, footer: "foresight benchmark eastman \(Version.foresight), \(started)")
    }

    private static func cards(_ pairs: [EastmanText.Pair]) -> [KeyFigure] {
        guard !pairs.isEmpty else { return [] }
        let held = pairs.filter(\.loops.ranOn)
        let kept = held.count(where: \.own.ranOn)
        let both = pairs.filter { $0.own.ranOn && $0.loops.ranOn }
        let cheaper = both.count { $0.own.cost < $0.loops.cost }
        let (own, loops) = (both.reduce(0) { $0 + $1.own.cost }, both.reduce(0) { $0 + $1.loops.cost })
        return [
            KeyFigure(
                "runs on where the PI loops do", "\(kept) of \(held.count)",
                verdict: kept == held.count ? .success : .failure),
            KeyFigure(
                "at lower cost", "\(cheaper) of \(both.count)", verdict: cheaper == both.count ? .success : .warning),
            KeyFigure(
                "mean cost", loops > 0 ? NumberText.percent(1 - own / loops, decimals: 1) : "–",
                note: "less than the PI loops"),
        ]
    }

    private static func costs(_ pairs: [EastmanText.Pair]) -> Table {
        table(
            "What it cost, and how long the process ran, with the same noise and disturbances; the last day tells what is not "
                + "saved by letting B gather.", EastmanText.costs, pairs, EastmanText.costCells)
    }

    private static func kept(_ pairs: [EastmanText.Pair]) -> Table {
        table(
            "What was kept: samples beyond a limit, flow of the product against that of the PI loops, G and H in it in mol%, hours in "
                + "which flow or G was further than 5 % from the base case. Cost per hour is at this production.",
            EastmanText.kept, pairs, EastmanText.keptCells)
    }

    private static func table(
        _ caption: String, _ columns: [String], _ pairs: [EastmanText.Pair], _ cells: (EastmanText.Pair) -> [String]
    ) -> Table {
        var table = Table(
            caption, columns: columns.enumerated().map { $0.offset == 0 ? .text($0.element) : .number($0.element) })
        for pair in pairs { table.add([EastmanText.name(pair, among: pairs)] + cells(pair)) }
        return table
    }

    /// Cost and pressure of both, and the targets that were moved.
    private static func drawing(_ pair: EastmanText.Pair) -> Figure {
        let (own, loops) = pair
        func lines(_ values: (EastmanEpisode.Trace) -> [Double]) -> [ChartLayer] {
            [
                .line(own.row.label, x: own.trace.time, y: values(own.trace), ink: .blue),
                .line(loops.row.label, x: loops.trace.time, y: values(loops.trace), ink: .muted),
            ]
        }
        let plant = SupervisedTennesseeEastman()
        let moved = plant.actionChannels.enumerated().map { index, channel -> ChartLayer in
            let (low, high) = (channel.lowerLimit ?? 0, channel.upperLimit ?? 1)
            return .line(
                channel.name, x: own.trace.time, y: own.trace.targets.map { 100 * ($0[index] - low) / (high - low) },
                ink: index < 6 ? .series(index) : .muted)
        }
        let name = own.fault == 0 ? "No disturbance" : "Disturbance \(own.fault): \(EastmanProtocol.names[own.fault])"
        let limit = plant.outputChannels[1].upperLimit ?? 0
        return Figure(
            Chart(
                title: "\(name), seed \(own.seed)", description: EastmanText.line(own),
                x: ChartAxis("time", unit: "h"),
                panels: [
                    ChartPanel(ChartAxis("cost", unit: "$/h"), layers: lines(\.cost), height: 150),
                    ChartPanel(
                        ChartAxis("pressure", unit: "kPa"), layers: lines(\.pressure),
                        references: [.level(limit, label: "≤ \(EastmanText.number(limit))", ink: .danger)], height: 130),
                    ChartPanel(ChartAxis("targets", unit: "% of range"), layers: moved, height: 150),
                ], width: 720))
    }
}
