public import Planning

extension HistoryEstimator: StateEstimator {}
