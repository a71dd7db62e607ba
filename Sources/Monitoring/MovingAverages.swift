/// Moving averages of the watched vectors of one run of rows.
struct VectorAverages {
    /// `[vector · weights + weight][channel]`; empty before the first row.
    private(set) var values: [[Double]]

    init(vectors: Int) {
        values = [[Double]](repeating: [], count: vectors * SurpriseReference.weights.count)
    }

    /// Takes up a row and tells the squared distance of each average; `NaN` where nothing of the vector is known.
    mutating func distances(_ vectors: [[Double]], metrics: [ShrunkMetric]) -> [Double] {
        let weights = SurpriseReference.weights
        var result = [Double](repeating: .nan, count: values.count)
        for (vector, row) in vectors.enumerated() {
            guard row.contains(where: \.isFinite), let centred = metrics[vector].centred(row) else { continue }
            for (index, weight) in weights.enumerated() {
                let place = vector * weights.count + index
                if values[place].isEmpty { values[place] = [Double](repeating: 0, count: centred.count) }
                for channel in centred.indices {
                    values[place][channel] += weight * (centred[channel] - values[place][channel])
                }
                result[place] = metrics[vector].distance(values[place])
            }
        }
        return result
    }
}

/// Moving averages of the surprise of each vector.
struct ScatterAverages {
    private var values: [Double]

    init(vectors: Int) {
        values = [Double](repeating: 0, count: vectors * (SurpriseReference.weights.count - 1))
    }

    /// Takes up the surprises of the average charts, of which the first of each vector is the vector itself.
    ///
    /// - Returns: The averages; `NaN` where the vector is missing.
    mutating func step(_ surprises: [Double?]) -> [Double] {
        let weights = SurpriseReference.weights
        return values.indices.map { place in
            let (vector, index) = place.quotientAndRemainder(dividingBy: weights.count - 1)
            guard let surprise = surprises[vector * weights.count] else { return .nan }
            values[place] += weights[index + 1] * (min(surprise, SurpriseReference.cap) - values[place])
            return values[place]
        }
    }
}
