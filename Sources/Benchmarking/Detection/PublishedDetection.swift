/// Published figures that detection stands beside, with where they were read.
public enum PublishedDetection {
    /// One row of the leaderboard of SKAB.
    public struct Row: Sendable {
        /// The method.
        public var system: String
        /// F1, 0 to 1.
        public var f1: Double
        /// The share of normal rows with alarm.
        public var falseAlarms: Double
        /// The share of anomalous rows without.
        public var missed: Double
    }

    /// Where the leaderboard was read.
    public static let skabSource =
        "leaderboard of github.com/waico/SKAB (outlier detection, rows behind the first 400), as other projects quote it"

    /// The leaderboard. For all but LSTM-VAE and MSCRED, F1, false alarms and missed rows agree with each other on the
    /// 23 801 rows behind the first 400 of each record, of which 12 771 are anomalous. The README of an earlier commit
    /// (80bac4a) has other figures: Conv-AE 0.79, 13.69 % and 17.77 %, MSET 0.73, T-squared+Q 0.67.
    public static let skab: [Row] = [
        Row(system: "Conv-AE", f1: 0.78, falseAlarms: 0.1355, missed: 0.2802),
        Row(system: "MSET", f1: 0.78, falseAlarms: 0.3973, missed: 0.1413),
        Row(system: "T-squared+Q (PCA)", f1: 0.76, falseAlarms: 0.2662, missed: 0.2492),
        Row(system: "LSTM-AE", f1: 0.74, falseAlarms: 0.2996, missed: 0.2592),
        Row(system: "T-squared", f1: 0.66, falseAlarms: 0.1921, missed: 0.4260),
        Row(system: "LSTM-VAE", f1: 0.56, falseAlarms: 0.0913, missed: 0.5503),
        Row(system: "Vanilla LSTM", f1: 0.54, falseAlarms: 0.1254, missed: 0.5953),
        Row(system: "Vanilla AE", f1: 0.39, falseAlarms: 0.0259, missed: 0.7515),
        Row(system: "MSCRED", f1: 0.36, falseAlarms: 0.4994, missed: 0.6988),
        Row(system: "Isolation forest", f1: 0.29, falseAlarms: 0.0256, missed: 0.8289),
    ]
}
