import Planning

extension HistoryEstimator: StateEstimator {}
