extension EastmanPoint {
    /// Writes the rates of change of the fifty states, per second.
    @inline(__always)
    func writeRates(_ state: [S], input: [S], into rates: inout [S]) {
        let hour = 3600.0
        let effluents = effluent.components
        let feeds = reactorFeed.components
        let recycles = recycle.components

        (feeds - effluents + reacted).write(into: &rates, at: EastmanProcess.Part.reactor, dividedBy: hour)
        rates[8] = (reactorFeed.heat - effluent.heat + reactionHeat + reactorCooling) / hour

        (effluents - recycles - purge.components - underflow.components)
            .write(into: &rates, at: EastmanProcess.Part.separator, dividedBy: hour)
        // As published, the recycle leaves the separator with the work of the compressor in it.
        rates[17] =
            (effluent.heat - recycle.heat - purge.heat - underflow.heat + condenserCooling) / hour

        (stripped - product.components).write(into: &rates, at: EastmanProcess.Part.stripper, dividedBy: hour)
        rates[26] = (feedC.heat + underflow.heat - overhead.heat - product.heat + steamHeat) / hour

        (feedD.components + feedE.components + feedA.components + overhead.components + recycles - feeds)
            .write(into: &rates, at: EastmanProcess.Part.feedZone, dividedBy: hour)
        rates[35] =
            (feedD.heat + feedE.heat + feedA.heat + overhead.heat + recycle.heat - reactorFeed.heat) / hour

        // Cooling water: flows in gallons per minute, 500.53 lb/h each; what the jackets hold in lb.
        let valves = EastmanProcess.Part.valves
        let water = { (which: TennesseeEastman.Disturbance) in input[12 + which.rawValue] }
        rates[36] =
            (state[valves + 9] * (10 * 500.53) * (water(.reactorWaterTemperature) - state[36])
                - reactorCooling * (1e6 / 1.8)) / (7060 * hour)
        rates[37] =
            (state[valves + 10] * (12 * 500.53) * (water(.condenserWaterTemperature) - state[37])
                - condenserCooling * (1e6 / 1.8)) / (11138 * hour)

        for (number, lag) in TennesseeEastman.valveLags.enumerated() {
            rates[valves + number] = (input[number] - state[valves + number]) / lag
        }
    }

    /// Why the process is shut down, if it is. What is not a number is within no limit.
    @inline(__always)
    var shutdown: TennesseeEastman.Shutdown? {
        let cubicFeet = 35.3145
        guard Self.gauge(reactor.pressure.value) <= 3000 else { return .reactorPressure }
        guard (2...24).contains(reactor.liquidVolume.value / cubicFeet) else { return .reactorLevel }
        guard reactor.temperature.value <= 175 else { return .reactorTemperature }
        guard (1...12).contains(separator.liquidVolume.value / cubicFeet) else { return .separatorLevel }
        guard (1...8).contains(stripperVolume.value / cubicFeet) else { return .stripperLevel }
        return nil
    }

    /// kPa gauge for mmHg absolute.
    private static func gauge(_ pressure: Double) -> Double { (pressure - 760) / 760 * 101.325 }

    /// Writes the 41 measurements, the analyses as they are at this moment.
    @inline(__always)
    func writeMeasurements(_ data: EastmanSubstances, into outputs: inout [S]) {
        // lb-mol/h to thousand standard cubic metres per hour; lb to kg; ft³ to m³.
        let (gas, mass, volume) = (0.359 / 35.3145, 0.454, 1 / 35.3145)
        let molarMass = data.molarMass
        outputs[0] = feedA.flow * gas
        outputs[1] = feedD.flow * feedD.fractions.total(weighted: molarMass) * mass
        outputs[2] = feedE.flow * feedE.fractions.total(weighted: molarMass) * mass
        outputs[3] = feedC.flow * gas
        outputs[4] = recycle.flow * gas
        outputs[5] = reactorFeed.flow * gas
        outputs[6] = (reactor.pressure - 760) * (101.325 / 760)
        outputs[7] = (reactor.liquidVolume - 84.6) * (100 / 666.7)
        outputs[8] = reactor.temperature
        outputs[9] = purge.flow * gas
        outputs[10] = separator.temperature
        outputs[11] = (separator.liquidVolume - 27.5) * (100 / 290.0)
        outputs[12] = (separator.pressure - 760) * (101.325 / 760)
        outputs[13] = underflow.flow * separator.molarVolume * volume
        outputs[14] = (stripperVolume - 78.25) * (100 / 156.5)
        outputs[15] = (feedPressure - 760) * (101.325 / 760)
        outputs[16] = product.flow * stripperMolarVolume * volume
        outputs[17] = stripperTemperature
        outputs[18] = steamHeat * (1040 * 0.454)
        outputs[19] = compressorWork * 293.07
        outputs[20] = reactorWater
        outputs[21] = condenserWater
        let (feed, vapour, liquid) = (reactorFeed.fractions, separator.vapour, stripperFractions)
        outputs[22] = feed.a * 100
        outputs[23] = feed.b * 100
        outputs[24] = feed.c * 100
        outputs[25] = feed.d * 100
        outputs[26] = feed.e * 100
        outputs[27] = feed.f * 100
        outputs[28] = vapour.a * 100
        outputs[29] = vapour.b * 100
        outputs[30] = vapour.c * 100
        outputs[31] = vapour.d * 100
        outputs[32] = vapour.e * 100
        outputs[33] = vapour.f * 100
        outputs[34] = vapour.g * 100
        outputs[35] = vapour.h * 100
        outputs[36] = liquid.d * 100
        outputs[37] = liquid.e * 100
        outputs[38] = liquid.f * 100
        outputs[39] = liquid.g * 100
        outputs[40] = liquid.h * 100
    }
}
