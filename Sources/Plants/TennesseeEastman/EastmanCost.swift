extension EastmanProcess {
    /// The operating cost in a state, $/h.
    ///
    /// The paper's prices: what a kmol of each substance is worth where it is lost with the purge, or is D, E or F in
    /// the product; 0.0536 $/kWh of the compressor's work; 0.0318 $/kg of steam.
    func operatingCost(_ state: [Double]) -> Double {
        let point = point(state)
        let price = Components(a: 2.209, b: 0, c: 6.177, d: 22.06, e: 14.56, f: 17.89, g: 30.44, h: 22.94)
        let kilomoles = 0.454
        let purge = point.purge.components.total(weighted: price).value
        let lost = point.product.components
        let product = lost.d.value * price.d + lost.e.value * price.e + lost.f.value * price.f
        let work = point.compressorWork.value * 293.07 * 0.0536
        let steam = point.steamHeat.value * (1040 * 0.454) * 0.0318
        return (purge + product) * kilomoles + work + steam
    }
}
