import ArgumentParser
import Basics
import Episodes
import Records

/// `foresight convert IN OUT`: recorded pictures from one format to another, checked row by row.
struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert",
        abstract: "Turn recorded pictures with actions into another format, and check it.",
        discussion: """
            Reads NumPy archives, HDF5 as LeWorldModel, stable-worldmodel and Minari write it, folders of PNG or JPEG, \
            and folders of films. What was written is read again: numbers of episodes, lengths, offsets and all columns \
            must be equal (as single-precision numbers), pictures too, or within a stated limit where the format loses.

              foresight convert rooms.npz rooms.h5 --gzip 1
              foresight convert pusht.h5 films --format mp4
              foresight convert minari/two-room-v0 rooms.npz
            """)

    @Argument(help: ArgumentHelp("The data set: a file or a folder.", valueName: "in"))
    var input: String

    @Argument(help: ArgumentHelp("What is written: .npz, .h5, or a folder.", valueName: "out"))
    var result: String

    @Option(help: ArgumentHelp("Name of the pictures, where there is more than one array of them.", valueName: "name"))
    var pixels: String?

    @OptionGroup var format: FrameFormatOptions
    @OptionGroup(title: "Output") var talking: TalkOptions

    func run() throws {
        let format = try format.format(for: result)
        let original = try FrameFormat.open(input, reading: FrameReading(pixels: pixels))
        for note in original.notes { talking.talk.warning("\(original.source): \(note)") }
        let layout = original.layout
        let count = layout.lengths.count
        let style = talking.talk.beginWork()
        let writing = ProgressLine("writing", total: count, unit: "episodes", style: style)
        try untilStopped { stopIfAsked in
            try format.write(
                to: result, layout: layout, deflate: self.format.gzip, quality: self.format.quality ?? 95
            ) { writer in
                try writer.append(all: original) { number in
                    writing.update(number)
                    if number < count { try stopIfAsked() }
                }
            }
        }
        writing.finish(count)
        let checking = ProgressLine("checking", total: count, unit: "episodes", style: style)
        let comparison = try FrameComparison(try format.open(result), with: original, format: format) {
            checking.update($0)
        }
        checking.finish(count)
        talking.report(
            [
                "in": .string(input), "out": .string(result), "format": .string(format.rawValue),
                "episodes": .integer(count), "rows": .integer(layout.rowCount),
                "columns": .array(layout.columns.map { .string($0.name) }),
                "mean_difference": .number(comparison.meanDifference),
                "greatest_difference": .integer(comparison.greatestDifference),
                "dropped_actions": .integer(comparison.droppedActions),
            ], text: words(layout, comparison))
    }

    private func words(_ layout: FrameLayout, _ comparison: FrameComparison) -> String {
        var lines = [
            "\(result): \(counted(layout.lengths.count, "episode")), \(counted(layout.rowCount, "row")), pictures of "
                + "\(layout.frameSize) pixels; lengths, offsets and "
                + "\(counted(layout.columns.count, "column")) equal those of \(input)"
        ]
        lines.append(
            comparison.greatestDifference == 0
                ? "all pictures are equal"
                : "pictures differ by \(figure(comparison.meanDifference)) of 255 in the mean, by "
                    + "\(comparison.greatestDifference) at most")
        if comparison.droppedActions > 0 {
            lines.append(
                "Minari has no action beside the last picture of an episode: "
                    + "\(counted(comparison.droppedActions, "action")) are not in it")
        }
        return lines.joined(separator: "\n")
    }
}
