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
        _ episodes: [Episode], layout: SignalLayout, orders: [Int], ridges: [Double]
    ) -> [ARXModel] {
        guard let greatest = orders.max(), let records = try? episodes.map({ try layout.record($0) }),
            let regression = try? ARXRegression(records, layout: layout, maximumOrder: greatest, inputDelay: 1)
        else { return [] }
        return orders.filter { $0 <= regression.maximumOrder }.flatMap { order in
            ridges.compactMap { regression.fit(order: order, ridge: $0) }
        }
    }
}
