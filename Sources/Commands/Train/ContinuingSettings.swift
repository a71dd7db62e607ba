import Basics
import WorldModels

/// What a training goes on from, and how much it keeps of it.
struct ContinuingSettings: ConfigurationSection, Equatable {
    /// What keeps the model from forgetting.
    enum Protection: String, Sendable, Codable, CaseIterable, ConfigurationValue {
        /// The old log where it is at hand, else what the model folder keeps of it.
        case auto
        /// The old log.
        case log
        /// The stretches that the model folder keeps.
        case rehearsal
        /// Nothing: it learns from the new data alone.
        case none
    }

    /// The model folder, or its run folder; empty for a training from the beginning.
    var from = ""
    /// Logs that the model was trained on.
    var oldLogs: [String] = []
    /// Old logs to compare on that it was not trained on.
    var oldTests: [String] = []
    var protect = Protection.auto
    var keep = 1.0
    var tolerance = 0.05

    static let fields: [ConfigurationField<ContinuingSettings>] = [
        .value("from", \.from, "The model that training goes on from, as --from; empty begins anew."),
        .value("old_logs", \.oldLogs, "Logs that it was trained on, as --old-log; found by themselves where they are."),
        .value("old_tests", \.oldTests, "Old logs to compare on that it was not trained on, as --old-test."),
        .value(
            "protect", \.protect,
            "What keeps it from forgetting; auto is the log where it is at hand, else what the folder keeps."),
        .value("keep", \.keep, "What old data weigh at first, relative to new ones.", limit: .between(0.01, 1000)),
        .value(
            "tolerance", \.tolerance, "By what fraction the left-out error on old data may grow.",
            limit: .between(0, 10)),
    ]

    /// What training is told.
    var options: ContinuationOptions {
        protect == .none
            ? ContinuationOptions(keep: 0, tolerance: nil) : ContinuationOptions(keep: keep, tolerance: tolerance)
    }
}
