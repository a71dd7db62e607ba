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
