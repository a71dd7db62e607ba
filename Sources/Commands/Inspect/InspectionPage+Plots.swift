import Episodes
import Reports

extension InspectionPage {
    /// The episodes over time: the longest at once, others folded away.
    static func recordings(_ log: LoadedLog) -> [Block] {
        // Of equal lengths the earlier comes first.
        let order = log.episodes.indices.sorted {
            (log.episodes[$0].count, $1) > (log.episodes[$1].count, $0)
        }
        let shown = order.prefix(openPlots + foldedPlots)
        let names = SourceNames(log)
        var blocks: [Block] = [.heading("Recorded")]
        for (place, index) in shown.enumerated() {
            let episode = log.episodes[index]
            let title = "\(names.short(episode.name)), \(period(episode.duration))"
            let figure = Block.figure(recording(episode, title, hasRoles: log.hasRoles))
            blocks.append(place < openPlots ? figure : .details(title, [figure]))
        }
        if order.count > shown.count {
            blocks.append(.paragraph("\(order.count - shown.count) more episodes, none longer, are not drawn."))
        }
        return blocks
    }

    private static func recording(_ episode: Episode, _ title: String, hasRoles: Bool) -> Figure {
        // Observations first, then what moves them.
        let order = ChannelRole.allCases.flatMap { role in
            episode.channels.indices.filter { episode.channels[$0].role == role }
        }
        return Figures.recording(
            title: title, time: (0..<episode.count).map { Double($0) * episode.samplingTime },
            channels: order.map { index in
                let channel = episode.channels[index]
                return (channel.name, channel.unit, hasRoles && channel.role == .action, episode.column(index))
            })
    }

    /// How often each channel has which value; constant channels have nothing to show.
    static func distributions(_ log: LoadedLog, _ inspection: LogInspection) -> [Block] {
        let figures = inspection.channels.indices.filter {
            inspection.channels[$0].minimum != nil && !inspection.channels[$0].isConstant
        }.map { index -> Figure in
            let channel = inspection.channels[index].channel
            return Figures.histogram(
                title: channel.name, label: channel.name, unit: channel.unit,
                values: log.episodes.flatMap { $0.column(index) })
        }
        if figures.isEmpty { return [] }
        return [
            .heading("Distributions"), figures.count > 12 ? .details("All channels", [.grid(figures)]) : .grid(figures),
        ]
    }

    /// What each file gave.
    static func files(_ log: LoadedLog) -> [Block] {
        let names = SourceNames(log)
        var table = Table(
            "Logs in the order in which they were read.",
            columns: [
                .text("file"), .number("rows"), .number("episodes"), .number("sampled every"), .number("gaps"),
                .text("notes"),
            ])
        for file in log.files {
            table.add([
                names.short(file.source), "\(file.rowCount)", "\(file.episodes.count)",
                period(file.sampling.samplingTime), "\(file.sampling.gaps.count)",
                names.short(file.notes.joined(separator: "; ")),
            ])
        }
        return [.heading("Files"), log.files.count > 20 ? .details("All files", [.table(table)]) : .table(table)]
    }
}
