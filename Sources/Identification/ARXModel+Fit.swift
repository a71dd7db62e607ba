import Basics
public import Episodes

extension ARXModel {
    /// Fits one order with one ridge penalty on episodes of one sampling time; rows with a missing sample are left out.
    ///
    /// - Throws: `ForesightError.data` when there are too few complete rows for this order or a channel is missing.
    public static func fit(
        _ episodes: [Episode], layout: SignalLayout, order: Int, ridge: Double
    ) throws -> ARXModel {
        let records = try episodes.map { try layout.record($0) }
        let regression = try ARXRegression(records, layout: layout, maximumOrder: order, inputDelay: 1)
        guard regression.maximumOrder == order, let model = regression.fit(order: order, ridge: ridge) else {
            throw ForesightError.data(
                "\(regression.rows) complete rows are too few for a linear model of order \(order)",
                remedy: "give longer episodes or a smaller order=")
        }
        return model
    }

    /// Fits several orders with several penalties in one pass over the episodes; those with too few rows are left out.
    public static func fits(
        _ episodes: [Episode], layout: SignalLayout, orders: [Int], ridges: [Double], inputDelay: Int = 1
    ) -> [ARXModel] {
        guard let greatest = orders.max(), let records = try? episodes.map({ try layout.record($0) }),
            let regression = try? ARXRegression(records, layout: layout, maximumOrder: greatest, inputDelay: inputDelay)
        else { return [] }
        return orders.filter { $0 <= regression.maximumOrder }.flatMap { order in
            ridges.compactMap { regression.fit(order: order, ridge: $0) }
        }
    }
}

extension ARXModel {
    /// Fits models in which each output follows from its own past and the inputs: the coefficients of other outputs are
    /// zero. Orders and penalties that some output has too few rows for are left out.
    ///
    /// With many channels and few rows that is what a regression can tell: an output among 41 has one coefficient of its
    /// own in the place of 41.
    public static func fitsAlone(
        _ episodes: [Episode], layout: SignalLayout, orders: [Int], ridges: [Double], inputDelay: Int = 1
    ) -> [ARXModel] {
        let single = layout.outputs.map { output in
            fits(
                episodes, layout: SignalLayout(outputs: [output], inputs: layout.inputs), orders: orders,
                ridges: ridges, inputDelay: inputDelay)
        }
        let first = single.first ?? []
        return first.compactMap { wanted in
            let models = single.compactMap { $0.first { $0.order == wanted.order && $0.ridge == wanted.ridge } }
            return models.count == single.count ? side(models, layout) : nil
        }
    }

    /// Models of one output each, of the same inputs, order and penalty, side by side.
    private static func side(_ models: [ARXModel], _ layout: SignalLayout) -> ARXModel? {
        guard let first = models.first else { return nil }
        let (outputs, inputs) = (layout.outputs.count, layout.inputs.count)
        var parameters = RealMatrix(rows: 1 + first.order * (outputs + inputs), columns: outputs)
        for (output, model) in models.enumerated() {
            parameters[0, output] = model.parameters[0, 0]
            for lag in 0..<first.order {
                let (to, from) = (1 + lag * (outputs + inputs), 1 + lag * (1 + inputs))
                parameters[to + output, output] = model.parameters[from, 0]
                for input in 0..<inputs {
                    parameters[to + outputs + input, output] = model.parameters[from + 1 + input, 0]
                }
            }
        }
        var scaling = first.outputScaling
        scaling.mean = models.flatMap(\.outputScaling.mean)
        scaling.scale = models.flatMap(\.outputScaling.scale)
        return ARXModel(
            layout: layout, order: first.order, inputDelay: first.inputDelay, ridge: first.ridge,
            outputScaling: scaling, inputScaling: first.inputScaling, parameters: parameters)
    }

    /// One model of the equations of several: that of each output from a model of its own.
    ///
    /// - Parameter models: One model for each output, of one layout, one input delay and the same training data.
    /// - Returns: A model of the greatest order; `nil` when the models do not go together.
    public static func joining(_ models: [ARXModel]) -> ARXModel? {
        guard let widest = models.max(by: { $0.order < $1.order }), models.count == widest.layout.outputs.count,
            models.allSatisfy({
                $0.layout == widest.layout && $0.inputDelay == widest.inputDelay
                    && $0.outputScaling == widest.outputScaling && $0.inputScaling == widest.inputScaling
            })
        else { return nil }
        var parameters = RealMatrix(rows: widest.parameters.rows, columns: widest.parameters.columns)
        for (output, model) in models.enumerated() {
            // Lags stand one behind the other, so that a smaller order's are the first ones of a greater one's.
            for row in 0..<model.parameters.rows { parameters[row, output] = model.parameters[row, output] }
        }
        return ARXModel(
            layout: widest.layout, order: widest.order, inputDelay: widest.inputDelay, ridge: widest.ridge,
            outputScaling: widest.outputScaling, inputScaling: widest.inputScaling, parameters: parameters)
    }

    /// Whether parameters and scalings have the sizes that layout and order ask for: not so in a damaged file.
    public var hasConsistentSizes: Bool {
        let (outputs, inputs) = (layout.outputs.count, layout.inputs.count)
        guard (1...512).contains(order), (0...512).contains(inputDelay) else { return false }
        return parameters.isConsistent && parameters.rows == 1 + order * (outputs + inputs)
            && parameters.columns == outputs && outputScaling.covers(outputs) && inputScaling.covers(inputs)
    }
}

extension SubspaceModel {
    /// Whether matrices and scalings have the sizes that layout and order ask for: not so in a damaged file.
    public var hasConsistentSizes: Bool {
        let (outputs, inputs) = (layout.outputs.count, layout.inputs.count)
        guard (1...512).contains(order), (1...512).contains(history) else { return false }
        return [stateMap, transition, readout].allSatisfy(\.isConsistent) && stateMap.rows == order
            && stateMap.columns == history * (outputs + inputs) && transition.rows == 1 + order + inputs
            && transition.columns == order && readout.rows == 1 + order && readout.columns == outputs
            && outputScaling.covers(outputs) && inputScaling.covers(inputs)
    }
}

extension RealMatrix {
    var isConsistent: Bool {
        (0...1_000_000).contains(rows) && (0...1_000_000).contains(columns) && elements.count == rows * columns
            && elements.allSatisfy(\.isFinite)
    }
}

extension Standardisation {
    fileprivate func covers(_ count: Int) -> Bool {
        mean.count == count && scale.count == count && mean.allSatisfy(\.isFinite)
            && scale.allSatisfy { $0.isFinite && $0 > 0 }
    }
}
