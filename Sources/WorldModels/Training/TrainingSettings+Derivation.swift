import Basics

extension TrainingSettings {
    /// Fills in what is `auto`.
    ///
    /// - Stride, window and horizon come from the time constants of the observations .
    /// - Capacity grows with the number n of windows that do not overlap: `n / 4` free components, at most 8, and `8 + 2n`
    ///   hidden units, at most 32. On a record of a few time constants, anything beyond the linear model's state is
    ///   learned by heart: the free-run error on another record doubles.
    ///
    /// No rule looks at names.
    /// - Returns: The greatest order that the linear start is chosen from: `1 + n / 4`.
    mutating func derive(timing: (stride: Int, window: Int, horizon: Int), samples: Int) -> Int {
        let stride = stride.resolve { timing.stride }
        let window = window.resolve { timing.window }
        let horizon = horizon.resolve { timing.horizon }
        let windows = samples / max(1, stride * (window + horizon))
        free.resolve { min(8, windows / 4) }
        hidden.resolve { min(32, 8 + 2 * windows) }
        return 1 + windows / 4
    }
}

extension TrainingSettings {
    /// Ensemble members, resolved in preparation: one for each fold.
    var memberCount: Int { members.resolved ?? 5 }
}
