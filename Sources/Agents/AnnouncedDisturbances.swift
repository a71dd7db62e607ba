import Plants

/// The disturbances that a model knows, in its order, as a task announces them.
struct AnnouncedDisturbances {
    /// Where each is among the plant's.
    let places: [Int]
    /// What the plant's are on an ordinary day.
    let nominal: [Double]
    /// Samples that a step of the model covers.
    let stride: Int

    /// Those of a row of the history.
    func past(_ row: Int, in situation: ControlSituation) -> [Double] { chosen(situation.pastDisturbances, row) }

    /// Those in force from now on.
    func now(in situation: ControlSituation) -> [Double] { chosen(situation.forecast, 0) }

    /// Those of the steps of the model ahead, each the mean of the samples that it covers; empty where none is told.
    func ahead(in situation: ControlSituation) -> [Double] {
        let rows = places.isEmpty ? 0 : situation.forecast.count / nominal.count
        return Swift.stride(from: 0, to: rows, by: stride).flatMap { first in
            let covered = (first..<min(rows, first + stride)).map { chosen(situation.forecast, $0) }
            return places.indices.map { place in covered.reduce(0) { $0 + $1[place] } / Double(covered.count) }
        }
    }

    private func chosen(_ rows: [Double], _ row: Int) -> [Double] {
        let start = row * nominal.count
        return places.map { start + $0 < rows.count ? rows[start + $0] : nominal[$0] }
    }
}
