/// What keeps a model that is trained on from forgetting.
struct OldDataGuard: Sendable, Equatable {
    /// Whether the model was trained before: then its scales and gains are not measured anew.
    var isContinued = false
    /// What old data weigh in the loss, relative to new ones; 0 without protection.
    var keep = 0.0
    /// The greatest left-out free-run error on old data that an epoch may have to be kept, normalised units.
    var limit = Double.infinity

    /// Starts that judge each part, of the limit and of every epoch: the same, so that they can be compared.
    static let starts = 150

    /// How many windows of a batch are of the old data, the first part of two.
    func oldWindows(of batch: Int, parts: [[Int]]) -> Int {
        guard parts.count > 1, keep > 0, !parts[0].isEmpty else { return 0 }
        let wanted = Int((Double(batch) * keep / (1 + keep)).rounded())
        return parts[1].isEmpty ? batch : min(max(1, wanted), batch - 1)
    }
}
