import Plants

/// Feeds an estimator the rows of a history that it has not seen yet.
final class EstimatorFeed<E: StateEstimator> {
    private var estimator: E
    private let outputs: Int
    private let width: Int
    private let disturbances: Int
    private var fed = 0
    private var lastAction: [Double]?

    /// Feeds rows of `width` values, outputs before actions, with so many disturbances where situations tell them.
    init(_ estimator: E, outputs: Int, width: Int, disturbances: Int = 0) {
        self.estimator = estimator
        self.outputs = outputs
        self.width = width
        self.disturbances = disturbances
    }

    func state(_ situation: ControlSituation) throws -> E.State {
        let rows = situation.history.count / width
        if situation.step == 0 || rows < fed {
            estimator.reset()
            fed = 0
            lastAction = nil
        }
        // Of the row that was seen when the state was last asked for, what was done then is known only now.
        if fed > 0, fed < rows { lastAction = Array(situation.history[(fed - 1) * width + outputs..<fed * width]) }
        while fed < rows {
            let row = Array(situation.history[fed * width..<(fed + 1) * width])
            let action = Array(row[outputs...])
            feed(Array(row[..<outputs]), lastAction ?? action, disturbance(fed, of: situation.pastDisturbances))
            lastAction = action
            fed += 1
        }
        feed(situation.observation, situation.previousAction, disturbance(0, of: situation.forecast))
        fed += 1
        lastAction = situation.previousAction
        return try estimator.state()
    }

    /// A row of what situations tell of disturbances; empty where they do not.
    private func disturbance(_ row: Int, of told: [Double]) -> [Double] {
        let start = row * disturbances
        return start + disturbances <= told.count ? Array(told[start..<start + disturbances]) : []
    }

    private func feed(_ observation: [Double], _ action: [Double], _ disturbance: [Double]) {
        estimator.update(observation: observation, previousAction: action, disturbance: disturbance)
    }
}
