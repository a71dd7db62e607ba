/// Everything that follows from the state and the inputs of the Tennessee Eastman process at one moment: temperatures
/// and pressures, the flows between the vessels, and the heat that is exchanged.
///
/// The streams have their numbers from the flow sheet: 1 feed of A, 2 of D, 3 of E, 4 of A and C to the stripper, 5 the
/// stripper's overhead, 6 the reactor's feed, 7 its effluent, 8 the recycle, 9 the purge, 10 the separator's liquid, 11
/// the product. After Downs and Vogel, Computers & Chemical Engineering 1993; energies in 10⁶ Btu, flows in lb-mol/h.
struct EastmanPoint<S: EquationScalar> {
    let reactor: EastmanVessel<S>
    let separator: EastmanVessel<S>
    /// Mole fractions, temperature in °C, volume in ft³ and molar volume of the stripper's liquid.
    let stripperFractions: Components<S>
    let stripperTemperature: S
    let stripperVolume: S
    let stripperMolarVolume: S
    /// Pressure of the vapour above the reactor's feed, which is also that of the stripper, mmHg absolute.
    let feedPressure: S

    let feedA: EastmanStream<S>
    let feedD: EastmanStream<S>
    let feedE: EastmanStream<S>
    let feedC: EastmanStream<S>
    let overhead: EastmanStream<S>
    let reactorFeed: EastmanStream<S>
    let effluent: EastmanStream<S>
    let recycle: EastmanStream<S>
    let purge: EastmanStream<S>
    let underflow: EastmanStream<S>
    let product: EastmanStream<S>
    /// What falls through the stripper's packing, lb-mol/h.
    let stripped: Components<S>

    /// What the reactions make of each substance, lb-mol/h.
    let reacted: Components<S>
    /// Heat of the reactions, 10⁶ Btu/h.
    let reactionHeat: S
    /// Heat that the cooling water of the reactor gives to it, 10⁶ Btu/h: negative.
    let reactorCooling: S
    /// Heat that the cooling water of the condenser gives to the effluent, 10⁶ Btu/h: negative.
    let condenserCooling: S
    /// Heat from the steam of the stripper, 10⁶ Btu/h.
    let steamHeat: S
    /// Work of the compressor, 10⁶ Btu/h.
    let compressorWork: S
    /// Outlet temperatures of the cooling water, °C.
    let reactorWater: S
    let condenserWater: S

    /// Computes everything in the order of the flow sheet.
    @inline(__always)
    init(_ state: [S], input: [S], _ data: EastmanSubstances) {
        let valve = { (number: Int) in state[EastmanProcess.Part.valves + number - 1] }
        let disturbance = { (which: TennesseeEastman.Disturbance) in input[12 + which.rawValue] }

        let reactorWater = state[EastmanProcess.Part.reactorWater]
        let condenserWater = state[EastmanProcess.Part.condenserWater]
        (self.reactorWater, self.condenserWater) = (reactorWater, condenserWater)
        let reactor = EastmanVessel(
            holding: Components(state, from: EastmanProcess.Part.reactor), energy: state[8], volume: 1300, near: 120,
            data)
        let separator = EastmanVessel(
            holding: Components(state, from: EastmanProcess.Part.separator), energy: state[17], volume: 3500,
            near: 80, data)
        self.reactor = reactor
        self.separator = separator

        // The stripper's bottom: all liquid.
        let bottom = Components(state, from: EastmanProcess.Part.stripper)
        let bottomMoles = bottom.total
        let bottomFractions = bottom / bottomMoles
        let bottomHeat = data.liquid.mixture(bottomFractions)
        let bottomTemperature = bottomHeat.temperature(holding: state[26] / bottomMoles, near: 66)
        let bottomMolarVolume = data.molarVolume(bottomFractions, temperature: bottomTemperature)
        stripperFractions = bottomFractions
        stripperTemperature = bottomTemperature
        stripperMolarVolume = bottomMolarVolume
        stripperVolume = bottomMoles * bottomMolarVolume

        // The vapour above the reactor's feed: an ideal gas in 5000 ft³.
        let feedAmounts = Components(state, from: EastmanProcess.Part.feedZone)
        let feedMoles = feedAmounts.total
        let feedFractions = feedAmounts / feedMoles
        let feedHeat = data.vapour.mixture(feedFractions)
        let feedTemperature = feedHeat.internalEnergy.temperature(holding: state[35] / feedMoles, near: 86)
        let feedPressure =
            feedMoles * (EastmanVessel<S>.gasConstant / 5000) * (feedTemperature + EastmanSubstances.kelvin)
        self.feedPressure = feedPressure

        // Reactions 1 A + C + D → G, 2 A + C + E → H, 3 A + E → F, 4 3 D → 2 F: Arrhenius' law with powers of the
        // partial pressures, lb-mol/h.
        let warmth = 1 / (reactor.temperature + EastmanSubstances.kelvin)
        let partial = reactor.partialPressure
        let byproduct =
            exp(53.4060443 - (60000 / 1.987) * warmth) * partial.a * reactor.vapourVolume
        let r3 = byproduct * partial.e
        let r4 = byproduct * 0.767488334 * partial.d
        var r1 = S(0)
        var r2 = S(0)
        if partial.a.value > 0, partial.c.value > 0 {
            let gases = power(partial.a, 1.1544) * power(partial.c, 0.3735) * reactor.vapourVolume
            r1 =
                exp(31.5859536 - (40000 / 1.987) * warmth) * disturbance(.reaction1) / 100 * gases * partial.d
            r2 =
                exp(3.00094014 - (20000 / 1.987) * warmth) * disturbance(.reaction2) / 100 * gases * partial.e
        }
        reacted = Components(
            a: -(r1 + r2 + r3), b: S(0), c: -(r1 + r2), d: -(r1 + 1.5 * r4), e: -(r2 + r3), f: r3 + r4, g: r1, h: r2)
        reactionHeat = r1 * 0.06899381054 + r2 * 0.05

        // Feeds, in proportion to the openings of their valves.
        let none = S(0)
        func feed(_ flow: S, _ fractions: Components<S>, at temperature: S) -> EastmanStream<S> {
            EastmanStream(
                flow: flow, fractions: fractions, enthalpy: data.vapour.mixture(fractions).heat(at: temperature))
        }
        var pure = Components(repeating: none)
        (pure.b, pure.d) = (S(0.0001), S(0.9999))
        let feedD = feed(valve(1) * 4, pure, at: disturbance(.feedDTemperature))
        pure = Components(repeating: none)
        (pure.e, pure.f) = (S(0.9999), S(0.0001))
        let feedE = feed(valve(2) * 4, pure, at: S(45))
        pure = Components(repeating: none)
        (pure.a, pure.b) = (S(0.9999), S(0.0001))
        let feedA = feed(valve(3) * disturbance(.feedAAvailability) / 100, pure, at: S(45))
        pure = Components(repeating: none)
        pure.a = disturbance(.feedCShareOfA) / 100
        pure.b = disturbance(.feedCShareOfB) / 100
        pure.c = 1 - pure.a - pure.b
        let feedC = feed(
            valve(4) * disturbance(.feedCAvailability) * 0.15 + 1e-10, pure, at: disturbance(.feedCTemperature))
        (self.feedA, self.feedD, self.feedE, self.feedC) = (feedA, feedD, feedE, feedC)

        // Gas flows through fixed openings, in proportion to the root of the pressure difference in mass.
        reactorFeed = EastmanStream(
            flow: sqrt(maximum(feedPressure - reactor.pressure, none)) * 1937.6
                / feedFractions.total(weighted: data.molarMass),
            fractions: feedFractions, enthalpy: feedHeat.heat(at: feedTemperature))
        let effluent = EastmanStream(
            flow: sqrt(maximum(reactor.pressure - separator.pressure, none)) * 4574.21
                * (disturbance(.reactorOutflow) / 100) / reactor.vapour.total(weighted: data.molarMass),
            fractions: reactor.vapour, enthalpy: data.vapour.mixture(reactor.vapour).heat(at: reactor.temperature))
        self.effluent = effluent

        // The separator's vapour: purge and compressor.
        let vapourMass = separator.vapour.total(weighted: data.molarMass)
        let vapourEnthalpy = data.vapour.mixture(separator.vapour).heat(at: separator.temperature)
        purge = EastmanStream(
            flow: valve(6) * 0.151169 * sqrt(maximum(separator.pressure - 760, none)) / vapourMass,
            fractions: separator.vapour, enthalpy: vapourEnthalpy)
        let lift = feedPressure - separator.pressure
        let ratio = minimum(maximum(feedPressure / separator.pressure, S(1)), S(1.3))
        let compressed = 280275 + (280275 / 1.197) * (1 - ratio * ratio * ratio)
        let work =
            compressed * (separator.temperature + EastmanSubstances.kelvin) * (1.8e-6 * 1.9872) * lift
            / (vapourMass * separator.pressure)
        compressorWork = work
        let passed = maximum(compressed - valve(5) * 53.349 * sqrt(maximum(lift, none)), S(1e-3))
        let recycled = passed / vapourMass
        recycle = EastmanStream(
            flow: recycled, fractions: separator.vapour, enthalpy: vapourEnthalpy + work / recycled)

        // Liquids, in proportion to the openings of their valves.
        let underflow = EastmanStream(
            flow: valve(7) * 15, fractions: separator.liquid,
            enthalpy: data.liquid.mixture(separator.liquid).heat(at: separator.temperature))
        self.underflow = underflow
        product = EastmanStream(
            flow: valve(8) * 10, fractions: bottomFractions, enthalpy: bottomHeat.heat(at: bottomTemperature))

        // The stripper: the share of each substance that leaves at the top, from gas to liquid and temperature.
        var share = Components(repeating: none)
        (share.a, share.b, share.c) = (S(0.995), S(0.991), S(0.99))
        if underflow.flow.value > 0.1 {
            let factor: S
            if bottomTemperature.value > 170 {
                factor = bottomTemperature - 120.262
            } else if bottomTemperature.value < 5.292 {
                factor = S(0.1)
            } else {
                factor = 363.744 / (177 - bottomTemperature) - 2.22579488
            }
            let stripping = feedC.flow / underflow.flow * factor
            share.d = 8.501 * stripping / (1 + 8.501 * stripping)
            share.e = 11.402 * stripping / (1 + 11.402 * stripping)
            share.f = 11.795 * stripping / (1 + 11.795 * stripping)
            share.g = 0.048 * stripping / (1 + 0.048 * stripping)
            share.h = 0.0242 * stripping / (1 + 0.0242 * stripping)
        } else {
            (share.d, share.e, share.f, share.g, share.h) = (S(0.9999), S(0.999), S(0.999), S(0.99), S(0.98))
        }
        let entering = feedC.components + underflow.components
        let rising = entering * share
        stripped = entering - rising
        let risingFlow = rising.total
        let risingFractions = rising / risingFlow
        overhead = EastmanStream(
            flow: risingFlow, fractions: risingFractions,
            enthalpy: data.vapour.mixture(risingFractions).heat(at: bottomTemperature))

        // Heat exchange. The reactor's coil is bare below a level, and stirring helps.
        let level = reactor.liquidVolume / 7.8
        let wetted = level.value > 50 ? S(1) : level.value < 10 ? none : level * 0.025 - 0.25
        let stirring = (valve(12) + 150) / 100
        let conductance = wetted * (2.75 * stirring - 0.5 * stirring * stirring - 2.5) * 855490e-6
        reactorCooling =
            conductance * (reactorWater - reactor.temperature)
            * (disturbance(.reactorHeatTransfer) / 100)
        let load = effluent.flow / 3528.73
        let square = load * load
        condenserCooling =
            0.404655 * (1 - 1 / (1 + square * square))
            * (condenserWater - reactor.temperature)
            * (disturbance(.condenserHeatTransfer) / 100)
        steamHeat =
            bottomTemperature.value < 100
            ? valve(9) * 0.03e-2 * (disturbance(.steamHeatTransfer) / 100) * (100 - bottomTemperature) : none
    }
}
