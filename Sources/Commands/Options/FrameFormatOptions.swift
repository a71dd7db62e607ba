import ArgumentParser
import Basics
import Episodes

/// How pictures are written; the commands that write them have these.
struct FrameFormatOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            How pictures are stored: npz (a NumPy archive), hdf5 (as LeWorldModel and stable-worldmodel), minari (a \
            folder of Minari), png or jpeg (a folder, a file for each row), mp4 (a folder, a film for each episode). \
            By default the ending says it; a folder holds png.
            """, valueName: "format"))
    var format: FrameFormat?

    @Option(
        help: ArgumentHelp("Packs the pictures of an HDF5 file, 1 (fast) to 9 (small); 0 does not.", valueName: "level")
    )
    var gzip = 0

    @Option(help: ArgumentHelp("Quality of JPEG, 1 to 100; 95 by default.", valueName: "number"))
    var quality: Int?

    /// The format for a path.
    ///
    /// - Throws: `ForesightError.usage` for an unknown ending, or a number beyond its limits.
    func format(for path: String) throws -> FrameFormat {
        guard (0...9).contains(gzip) else {
            throw ForesightError.usage("--gzip \(gzip) is not 0 to 9", remedy: "choose 1 for speed, 9 for size")
        }
        if let quality, !(1...100).contains(quality) {
            throw ForesightError.usage("--quality \(quality) is not 1 to 100", remedy: "choose 95")
        }
        let chosen = try format ?? FrameFormat(writing: path)
        guard gzip == 0 || chosen == .hdf5 || chosen == .minari else {
            throw ForesightError.usage(
                "--gzip packs HDF5 files, \(path) is \(chosen.rawValue)", remedy: "leave it out, or write .h5")
        }
        guard quality == nil || chosen == .jpeg else {
            throw ForesightError.usage(
                "--quality is that of JPEG, \(path) is \(chosen.rawValue)",
                remedy: "leave it out, or give --format jpeg")
        }
        return chosen
    }
}
