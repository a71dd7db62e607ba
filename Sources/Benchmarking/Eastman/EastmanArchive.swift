import Basics
import Records
import Synchronization

/// Episodes on disk, each with the digest of the words of the protocol that it was made under.
enum EastmanArchive {
    private struct File: Codable {
        var digest: String
        var episode: EastmanEpisode
    }

    /// An episode that was judged under the same words; `nil` where there is none.
    ///
    /// - Throws: `ForesightError.usage` for one that was judged under others; `ForesightError.data` for a file that cannot be read.
    static func read(_ name: String, words: String, in folder: RunFolder) throws -> EastmanEpisode? {
        let place = "episodes/\(name).json"
        guard folder.has(place) else { return nil }
        let path = folder.file(place)
        let file = try JSONText.decode(File.self, from: try InputFile.text(path), source: path)
        guard file.digest == digest(words) else {
            throw ForesightError.usage(
                "\(path) was made under another protocol than the one that is asked for",
                remedy: "name another folder with --out, or repeat the settings of the first run")
        }
        return file.episode
    }

    /// Keeps an episode.
    ///
    /// - Throws: `ForesightError.failure` where the file cannot be written.
    static func write(_ episode: EastmanEpisode, _ name: String, words: String, in folder: RunFolder) throws {
        _ = try folder.subfolder("episodes")
        let file = File(digest: digest(words), episode: episode)
        try folder.write(try JSONText.encode(file, pretty: false) + "\n", to: "episodes/\(name).json")
    }

    private static func digest(_ words: String) -> String { SHA256.hex(of: Array(words.utf8)) }
}

/// Counts from any thread.
final class StepCounter: Sendable {
    private let count = Mutex(0)

    /// The next number, from 1.
    func next() -> Int {
        count.withLock {
            $0 += 1
            return $0
        }
    }
}
