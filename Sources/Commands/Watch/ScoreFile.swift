import Basics
import Foundation
import Monitoring
import Records
import WorldModels

/// `scores.csv` of a run folder: the score of each row, there as soon as it is known.
///
/// A watch goes on where the file cannot be written any more, and says why at its end.
final class ScoreFile {
    /// The name of the file.
    static let name = "scores.csv"

    /// The run folder.
    let folder: RunFolder
    /// Why scores are missing; `nil` where none are.
    private(set) var fault: (any Error)?
    private let file: AppendedText

    /// Begins the file.
    ///
    /// - Throws: `ForesightError.failure` with path and cause.
    init(in folder: RunFolder, storage: some FileStorage = DiskStorage()) throws {
        self.folder = folder
        file = try AppendedText(
            path: folder.file(Self.name), head: "episode,time [s],score,part\n", storage: storage)
    }

    /// Appends rows of a record.
    func append(_ samples: [ModelWatch.Sample], of record: Int) {
        guard fault == nil, !samples.isEmpty else { return }
        var text = ""
        for sample in samples {
            let score = sample.surprise.map { String(format: "%.4f", $0.score) } ?? ""
            text += "\(record),\(String(format: "%.10g", sample.time)),\(score),\(sample.surprise?.part ?? "")\n"
        }
        do { try file.append(text) } catch { fault = error }
    }
}
