import Basics

/// Writes episodes as logs that `LogFile` reads back, to the last bit.
public enum LogWriter {
    /// Text with a column `time (s)` and one for each channel, units in brackets; missing samples are empty.
    public static func csv(_ episode: Episode) -> String {
        let heads =
            ["time (s)"]
            + episode.channels.map { channel in
                quoted(channel.unit.map { "\(channel.name) (\($0))" } ?? channel.name)
            }
        var text = heads.joined(separator: ",") + "\n"
        text.reserveCapacity(episode.values.count * 12)
        for row in 0..<episode.count {
            text += number(episode.startTime + Double(row) * episode.samplingTime)
            for column in episode.channels.indices {
                text += ","
                let value = episode[row, column]
                if value.isFinite { text += number(value) }
            }
            text += "\n"
        }
        return text
    }

    /// Writes an episode as CSV.
    ///
    /// - Throws: `ForesightError.failure` when the file cannot be saved.
    public static func writeCSV(_ episode: Episode, to path: String) throws {
        try AtomicFile.write(csv(episode), to: path)
    }

    /// A NumPy archive with `time` in seconds and an array of doubles for each channel, missing samples NaN.
    public static func npz(_ episode: Episode) -> [UInt8] {
        let time = (0..<episode.count).map { episode.startTime + Double($0) * episode.samplingTime }
        var archive = ZipWriter()
        archive.add("time.npy", NPYArray(shape: [episode.count], values: time).encoded())
        for (index, channel) in episode.channels.enumerated() {
            archive.add(
                channel.name + ".npy", NPYArray(shape: [episode.count], values: episode.column(index)).encoded())
        }
        return archive.finished()
    }

    /// Writes an episode as a NumPy archive.
    ///
    /// - Throws: `ForesightError.failure` when the file cannot be saved.
    public static func writeNPZ(_ episode: Episode, to path: String) throws {
        try AtomicFile.write(npz(episode), to: path)
    }

    /// The shortest text that reads back as the same number.
    private static func number(_ value: Double) -> String {
        let text = "\(value)"
        return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
    }

    private static func quoted(_ text: String) -> String {
        guard text.contains(where: { ",\"\n\r;\t".contains($0) }) else { return text }
        return "\"" + text.map { $0 == "\"" ? "\"\"" : String($0) }.joined() + "\""
    }
}

/// Puts files into a ZIP archive, stored without packing.
struct ZipWriter {
    private var bytes: [UInt8] = []
    private var directory: [UInt8] = []
    private var count = 0

    mutating func add(_ name: String, _ content: [UInt8]) {
        let offset = bytes.count
        let checksum = Zip.checksum(content)
        var common: [UInt8] = []
        // Version 2.0, names in UTF-8, stored, 1 January 1980: a date would make equal content differ.
        for (value, width) in [
            (20, 2), (0x0800, 2), (0, 2), (0, 2), (0x21, 2), (Int(checksum), 4), (content.count, 4),
            (content.count, 4), (name.utf8.count, 2), (0, 2),
        ] {
            ZipWriter.append(value, width, to: &common)
        }
        ZipWriter.append(0x0403_4B50, 4, to: &bytes)
        bytes += common
        bytes += name.utf8
        bytes += content
        ZipWriter.append(0x0201_4B50, 4, to: &directory)
        ZipWriter.append(20, 2, to: &directory)
        directory += common
        for (value, width) in [(0, 2), (0, 2), (0, 2), (0, 4), (offset, 4)] {
            ZipWriter.append(value, width, to: &directory)
        }
        directory += name.utf8
        count += 1
    }

    /// The whole archive. Archives beyond 4 GiB would need wider fields.
    func finished() -> [UInt8] {
        precondition(bytes.count < 0xFFFF_FFFF && count < 0xFFFF, "archive of \(bytes.count) bytes is beyond 4 GiB")
        var result = bytes + directory
        for (value, width) in [
            (0x0605_4B50, 4), (0, 2), (0, 2), (count, 2), (count, 2), (directory.count, 4), (bytes.count, 4), (0, 2),
        ] {
            ZipWriter.append(value, width, to: &result)
        }
        return result
    }

    private static func append(_ value: Int, _ width: Int, to bytes: inout [UInt8]) {
        for i in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> (8 * i))) }
    }
}
