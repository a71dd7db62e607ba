extension SupervisedTennesseeEastman {
    /// Prices of the paper for what is lost with the purge, $/kmol, by the measurement of its share: A, C, D, E, F, G, H.
    private static let purgePrices = [28: 2.209, 30: 6.177, 31: 22.06, 32: 14.56, 33: 17.89, 34: 30.44, 35: 22.94]
    /// Prices of what is lost in the product: D, E, F.
    private static let productPrices = [36: 22.06, 37: 14.56, 38: 17.89]
    /// kmol in a kscm of gas, by the units of the flow's measurement, and in a m³ of the product of the base case.
    private static let molar = (gas: 0.454 / (0.359 / 35.3145), product: 9.21)
    /// $/kWh of the compressor's work, $/kg of steam.
    private static let utilities = (work: 0.0536, steam: 0.0318)

    /// The operating cost as it is made up from the 41 measurements, $/h: the formula of Downs and Vogel (1993), purge and
    /// product by flow and last analysis, work and steam as they are metered.
    static func measuredCost(_ measured: [Double]) -> Double {
        let purge = purgePrices.reduce(0) { $0 + $1.value * measured[$1.key] / 100 }
        let product = productPrices.reduce(0) { $0 + $1.value * measured[$1.key] / 100 }
        return molar.gas * measured[9] * purge + molar.product * measured[16] * product
            + utilities.work * measured[19] + utilities.steam * measured[18]
    }

    /// How the cost answers each of the 41 measurements.
    static func costSlopes(_ measured: [Double]) -> [Double] {
        var slopes = [Double](repeating: 0, count: 41)
        for (index, price) in purgePrices {
            slopes[9] += molar.gas * price * measured[index] / 100
            slopes[index] = molar.gas * measured[9] * price / 100
        }
        for (index, price) in productPrices {
            slopes[16] += molar.product * price * measured[index] / 100
            slopes[index] = molar.product * measured[16] * price / 100
        }
        (slopes[19], slopes[18]) = (utilities.work, utilities.steam)
        return slopes
    }
}
