import Episodes
import WorldModels

/// What is said of outputs that are missing where a history begins.
enum HistoryGaps {
    /// One sentence for each.
    static func words(_ gaps: [(output: Int, measured: Int, steps: Int)], _ model: ModelDescription) -> [String] {
        gaps.map { gap in
            "\(model.outputs[gap.output].name) was measured in \(gap.measured) of the last \(counted(gap.steps, "step")) and is "
                + "missing where the history begins: what is predicted of it is less sure than its bands say"
        }
    }
}
