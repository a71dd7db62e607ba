import Basics
import Episodes
import Foundation
import Records
import Reports

extension InspectCommand {
    /// The format of what is named, where it is a data set of pictures; `nil` for logs.
    ///
    /// - Throws: `ForesightError.usage` where pictures stand among other things.
    func frameFormat(_ paths: [String]) throws -> FrameFormat? {
        let formats = paths.map { FrameFormat.of($0) }
        guard let index = formats.firstIndex(where: { $0 != nil }), let format = formats[index] else {
            if let pixels {
                throw ForesightError.usage(
                    "--pixels \(pixels) is for recorded pictures, and none are named",
                    remedy: "leave it out, or name an .h5 or .npz file with pictures")
            }
            return nil
        }
        guard paths.count == 1 else {
            throw ForesightError.usage(
                "\(paths[index]) holds pictures, and \(counted(paths.count - 1, "other")) is named with it",
                remedy: "inspect one data set of pictures at a time")
        }
        return format
    }

    /// Shows a data set of pictures.
    func showFrames(_ path: String, _ format: FrameFormat) throws {
        let dataset = try format.open(path, reading: FrameReading(pixels: pixels))
        let words = FrameInspectionWords(
            dataset: dataset, format: format, inspection: try FrameInspection(dataset))
        var report: String?
        if !noReport {
            let name = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
            let folder = try output.folder(task: "inspect", configuration: name, existing: .reused)
            // Data sets of many gigabytes are named in the command; digests of them would take minutes.
            let isSmall = Folder.exists(path) ? false : try MappedFile(path: path).count < 1 << 28
            let provenance = try Provenance(
                command: Provenance.commandLine, seeds: [:],
                inputs: isSmall ? [path] : [])
            try provenance.save(in: folder)
            try folder.write(words.json(report: nil), to: "inspection.json")
            try folder.write(words.page(title: name, started: provenance.started).html, to: "report.html")
            report = folder.file("report.html")
        }
        talking.report(words.json(report: report), text: words.text(report: report))
    }
}
