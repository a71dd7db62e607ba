/// A vessel in which vapour and liquid are in equilibrium: the reactor or the separator.
///
/// A, B and C do not condense and fill the vapour as ideal gases; D to H are liquid, and their vapour follows from
/// Antoine's equation and Raoult's law. The published model counts the energy of the liquid only.
struct EastmanVessel<S: EquationScalar> {
    /// Mole fractions of the liquid.
    let liquid: Components<S>
    /// Mole fractions of the vapour.
    let vapour: Components<S>
    /// Partial pressures, mmHg.
    let partialPressure: Components<S>
    /// Pressure, mmHg absolute.
    let pressure: S
    /// Temperature, °C.
    let temperature: S
    /// Volume of the liquid, ft³.
    let liquidVolume: S
    /// Volume of the vapour, ft³.
    let vapourVolume: S
    /// Volume of a mole of the liquid, ft³/lb-mol.
    let molarVolume: S

    /// The gas constant, mmHg·ft³/(lb-mol·K).
    static var gasConstant: Double { 998.9 }

    /// From what a vessel holds: A to C in the vapour and D to H in the liquid, lb-mol, and the energy, 10⁶ Btu.
    @inline(__always)
    init(holding amounts: Components<S>, energy: S, volume: Double, near guess: Double, _ data: EastmanSubstances) {
        let none = S(0)
        let moles = amounts.d + amounts.e + amounts.f + amounts.g + amounts.h
        let share = 1 / moles
        let fractions = Components(
            a: none, b: none, c: none, d: amounts.d * share, e: amounts.e * share, f: amounts.f * share,
            g: amounts.g * share, h: amounts.h * share)
        let t = data.liquid.mixture(fractions).temperature(holding: energy * share, near: guess)
        let perMole = data.molarVolume(fractions, temperature: t)
        let full = moles * perMole
        let room = volume - full
        // Ideal gas: p = n·R·T/V.
        let gas = Self.gasConstant * (t + EastmanSubstances.kelvin) / room
        var partial = data.partialPressures(fractions, temperature: t)
        partial.a = amounts.a * gas
        partial.b = amounts.b * gas
        partial.c = amounts.c * gas
        pressure = partial.total
        vapour = partial / pressure
        liquid = fractions
        partialPressure = partial
        temperature = t
        liquidVolume = full
        vapourVolume = room
        molarVolume = perMole
    }
}

/// What flows in a pipe.
struct EastmanStream<S: EquationScalar> {
    /// lb-mol/h.
    var flow: S
    /// Mole fractions.
    var fractions: Components<S>
    /// Enthalpy, 10⁶ Btu/lb-mol.
    var enthalpy: S

    /// Of each substance, lb-mol/h.
    @inline(__always)
    var components: Components<S> { fractions * flow }
    /// 10⁶ Btu/h.
    @inline(__always)
    var heat: S { enthalpy * flow }
}
