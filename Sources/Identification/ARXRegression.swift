import Basics

/// The normal equations of an ARX model of the greatest order, from which every smaller one is read off.
///
/// Regressors are `[1, y_{t−1}, u_{t−d}, y_{t−2}, u_{t−d−1}, …]`, so the equations of a smaller order are a leading part
/// of those of the greatest: the data are walked through once for all candidates, and all candidates are fitted on the
/// same rows. Rows with a missing sample are left out.
struct ARXRegression {
    let layout: SignalLayout
    let maximumOrder: Int
    let inputDelay: Int
    let outputScaling: Standardisation
    let inputScaling: Standardisation
    /// Training signals, standardised, missing samples still missing.
    let records: [SignalRecord]
    /// The mean of φφᵀ over the rows used.
    let gram: RealMatrix
    /// The mean of φyᵀ over the rows used.
    let cross: RealMatrix
    /// The number of complete rows.
    let rows: Int

    /// Accumulates the normal equations; the order is lowered until enough complete rows are left.
    ///
    /// - Throws: `ForesightError.data` when even order 1 has too few complete rows.
    init(_ physical: [SignalRecord], layout: SignalLayout, maximumOrder: Int, inputDelay: Int) throws {
        let (outputs, inputs) = (layout.outputs.count, layout.inputs.count)
        let outputScaling = Standardisation(columns: outputs, records: physical.map(\.outputs))
        let inputScaling = Standardisation(columns: inputs, records: physical.map(\.inputs))
        let records = physical.map {
            SignalRecord(
                name: $0.name, outputs: outputScaling.standardised($0.outputs),
                inputs: inputScaling.standardised($0.inputs), count: $0.count)
        }
        var order = maximumOrder
        while true {
            let width = 1 + order * (outputs + inputs)
            var sums = NormalEquations(regressors: width, targets: outputs)
            for record in records { sums.add(record, outputs, inputs, order: order, delay: inputDelay) }
            // A regression needs more equations than unknowns; small orders are better than none.
            if sums.rows >= 2 * width || (order == 1 && sums.rows >= width) {
                self.layout = layout
                self.maximumOrder = order
                self.inputDelay = inputDelay
                self.outputScaling = outputScaling
                self.inputScaling = inputScaling
                self.records = records
                rows = sums.rows
                (gram, cross) = sums.means
                return
            }
            guard order > 1 else {
                throw Self.tooFew(sums.rows, needed: width, of: physical, layout)
            }
            order -= 1
        }
    }

    /// Says how many rows are complete, how many that has to be, and which channel stands in the way where one does.
    private static func tooFew(
        _ complete: Int, needed: Int, of records: [SignalRecord], _ layout: SignalLayout
    ) -> ForesightError {
        let total = records.reduce(0) { $0 + $1.count }
        func missing(_ names: [String], _ signals: (SignalRecord) -> [Double]) -> [(name: String, count: Int)] {
            names.enumerated().map { column, name in
                let count = records.reduce(0) { sum, record in
                    let values = signals(record)
                    return sum + stride(from: column, to: values.count, by: names.count).count { !values[$0].isFinite }
                }
                return (name, count)
            }
        }
        let all = missing(layout.outputs, \.outputs) + missing(layout.inputs, \.inputs)
        var remedy = "give longer episodes or fewer channels"
        if let worst = all.max(by: { $0.count < $1.count }), 2 * worst.count > total {
            remedy =
                "leave out \(worst.name), which is missing in \(worst.count) rows, or bring all channels to one rate by --resample"
        }
        return .data(
            "\(complete) complete rows of \(total) are too few for a linear model with \(needed) coefficients per output",
            remedy: remedy)
    }

    /// Fits an order with a ridge penalty per sample; `nil` when the equations are singular.
    ///
    /// `(Φᵀ Φ / N + λ I) Θ = Φᵀ Y / N + λ Θ₀`, the intercept not penalised. With `towardsPersistence`, `Θ₀` is
    /// `y_t = y_{t−1}` instead of zero, which suits fast sampling.
    func fit(order: Int, ridge: Double, towardsPersistence: Bool = false) -> ARXModel? {
        precondition((1...maximumOrder).contains(order), "order \(order) of at most \(maximumOrder)")
        let outputs = layout.outputs.count
        let width = 1 + order * (outputs + layout.inputs.count)
        var left = gram.leading(rows: width, columns: width)
        var right = cross.leading(rows: width, columns: outputs)
        for row in 0..<width { left[row, row] += row == 0 ? 1e-12 : ridge }
        if towardsPersistence {
            for output in 0..<outputs { right[1 + output, output] += ridge }
        }
        guard let parameters = solvePositiveDefinite(left, right) else { return nil }
        return ARXModel(
            layout: layout, order: order, inputDelay: inputDelay, ridge: ridge, outputScaling: outputScaling,
            inputScaling: inputScaling, parameters: parameters)
    }
}

/// Sums of φφᵀ and φyᵀ.
struct NormalEquations {
    let regressors: Int
    let targets: Int
    private(set) var rows = 0
    private var gram: [Double]
    private var cross: [Double]

    init(regressors: Int, targets: Int) {
        self.regressors = regressors
        self.targets = targets
        gram = [Double](repeating: 0, count: regressors * regressors)
        cross = [Double](repeating: 0, count: regressors * targets)
    }

    /// Adds one row.
    mutating func add(_ regressor: UnsafeBufferPointer<Double>, _ target: UnsafeBufferPointer<Double>) {
        rows += 1
        gram.withUnsafeMutableBufferPointer { gram in
            for row in 0..<regressors {
                let value = regressor[row]
                // The lower triangle is enough.
                for column in 0...row { gram[row * regressors + column] += value * regressor[column] }
            }
        }
        cross.withUnsafeMutableBufferPointer { cross in
            for row in 0..<regressors {
                for column in 0..<targets { cross[row * targets + column] += regressor[row] * target[column] }
            }
        }
    }

    /// Adds every complete row of an episode to the equations of an ARX model.
    mutating func add(_ record: SignalRecord, _ outputs: Int, _ inputs: Int, order: Int, delay: Int) {
        var phi = [Double](repeating: 1, count: regressors)
        let first = order + max(0, delay - 1)
        guard record.count > first else { return }
        for time in first..<record.count {
            var position = 1
            for lag in 1...order {
                for output in 0..<outputs {
                    phi[position] = record.outputs[(time - lag) * outputs + output]
                    position += 1
                }
                for input in 0..<inputs {
                    phi[position] = record.inputs[(time - delay - lag + 1) * inputs + input]
                    position += 1
                }
            }
            let target = record.outputs[(time * outputs)..<((time + 1) * outputs)]
            guard phi.allSatisfy(\.isFinite), target.allSatisfy(\.isFinite) else { continue }
            phi.withUnsafeBufferPointer { phi in
                target.withUnsafeBufferPointer { target in add(phi, target) }
            }
        }
    }

    /// The symmetric mean of φφᵀ and the mean of φyᵀ.
    var means: (gram: RealMatrix, cross: RealMatrix) {
        let scale = 1 / Double(max(1, rows))
        var full = RealMatrix(rows: regressors, columns: regressors)
        for row in 0..<regressors {
            for column in 0...row {
                full[row, column] = gram[row * regressors + column] * scale
                full[column, row] = full[row, column]
            }
        }
        return (full, RealMatrix(rows: regressors, columns: targets, elements: cross.map { $0 * scale }))
    }
}
