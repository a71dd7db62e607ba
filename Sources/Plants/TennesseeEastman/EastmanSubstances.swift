/// The physical properties of the substances A to H as Downs and Vogel publish them, in their units: temperatures in
/// °C, pressures in mmHg, amounts in lb-mol, volumes in ft³, energies in 10⁶ Btu.
struct EastmanSubstances: Sendable {
    /// Molar masses, lb/lb-mol.
    let molarMass = Components(a: 2.0, b: 25.4, c: 28.0, d: 32.0, e: 46.0, f: 48.0, g: 62.0, h: 76.0)

    /// Heat of the liquid of each substance against its temperature, 10⁶ Btu/lb-mol.
    let liquid: SubstanceHeat
    /// Heat of the vapour of each substance against its temperature, with the heat of vaporisation.
    let vapour: SubstanceHeat

    /// Antoine's equation of the substances that condense, D to H: `ln p = a + b/(T + c)`, p in mmHg.
    private let antoineA = Components(a: 0, b: 0, c: 0, d: 15.92, e: 16.35, f: 16.35, g: 16.43, h: 17.21)
    private let antoineB = Components(a: 0, b: 0, c: 0, d: -1444.0, e: -2114.0, f: -2114.0, g: -2748.0, h: -3318.0)
    private let antoineC = Components(a: 1, b: 1, c: 1, d: 259.0, e: 265.5, f: 265.5, g: 232.9, h: 249.6)

    /// Density of each liquid, lb/ft³: a parabola of the temperature.
    private let densityConstant = Components(a: 1.0, b: 1.0, c: 1.0, d: 23.3, e: 33.9, f: 32.8, g: 49.9, h: 50.5)
    private let densityLinear = Components(a: 0, b: 0, c: 0, d: -0.07, e: -0.0957, f: -0.0995, g: -0.0191, h: -0.0541)
    private let densityQuadratic = Components(
        a: 0, b: 0, c: 0, d: -0.0002, e: -0.000152, f: -0.000233, g: -0.000425, h: -0.00015)

    /// The gas constant in units of heat, 10⁶ Btu/(lb-mol·K).
    static let gasHeat = 3.57696e-6
    /// 0 °C in kelvin.
    static let kelvin = 273.15

    init() {
        liquid = SubstanceHeat(
            constant: Components(repeating: 0),
            first: Components(
                a: 1e-6, b: 1e-6, c: 1e-6, d: 0.96e-6, e: 0.573e-6, f: 0.652e-6, g: 0.515e-6, h: 0.471e-6),
            second: Components(
                a: 0, b: 0, c: 0, d: 8.7e-9, e: 2.41e-9, f: 2.18e-9, g: 5.65e-10, h: 8.7e-10),
            third: Components(
                a: 0, b: 0, c: 0, d: 4.81e-11, e: 1.82e-11, f: 1.94e-11, g: 3.82e-12, h: 2.62e-12),
            molarMass: molarMass)
        vapour = SubstanceHeat(
            constant: Components(
                a: 1e-6, b: 1e-6, c: 1e-6, d: 86.7e-6, e: 160e-6, f: 160e-6, g: 225e-6, h: 209e-6),
            first: Components(
                a: 3.411e-6, b: 0.3799e-6, c: 0.2491e-6, d: 0.3567e-6, e: 0.3463e-6, f: 0.393e-6, g: 0.17e-6,
                h: 0.15e-6),
            second: Components(
                a: 7.18e-10, b: 1.08e-9, c: 1.36e-11, d: 8.51e-10, e: 8.96e-10, f: 1.02e-9, g: 0, h: 0),
            third: Components(
                a: 6e-13, b: -3.98e-13, c: -3.93e-14, d: -3.12e-13, e: -3.27e-13, f: -3.12e-13, g: 0, h: 0),
            molarMass: molarMass)
    }

    /// The volume of a mole of an ideal liquid mixture, ft³/lb-mol.
    @inline(__always)
    func molarVolume<S: EquationScalar>(_ fractions: Components<S>, temperature t: S) -> S {
        var volume: S = fractions.a * molarMass.a
        volume += fractions.b * molarMass.b
        volume += fractions.c * molarMass.c
        volume += fractions.d * molarMass.d / density(densityConstant.d, densityLinear.d, densityQuadratic.d, t)
        volume += fractions.e * molarMass.e / density(densityConstant.e, densityLinear.e, densityQuadratic.e, t)
        volume += fractions.f * molarMass.f / density(densityConstant.f, densityLinear.f, densityQuadratic.f, t)
        volume += fractions.g * molarMass.g / density(densityConstant.g, densityLinear.g, densityQuadratic.g, t)
        volume += fractions.h * molarMass.h / density(densityConstant.h, densityLinear.h, densityQuadratic.h, t)
        return volume
    }

    @inline(__always)
    private func density<S: EquationScalar>(_ constant: Double, _ linear: Double, _ quadratic: Double, _ t: S) -> S {
        constant + (linear + quadratic * t) * t
    }

    /// The partial pressures over an ideal liquid by Raoult's law, mmHg; none of the gases A to C.
    @inline(__always)
    func partialPressures<S: EquationScalar>(_ fractions: Components<S>, temperature t: S) -> Components<S> {
        func over(_ fraction: S, _ a: Double, _ b: Double, _ c: Double) -> S { exp(a + b / (t + c)) * fraction }
        return Components(
            a: S(0), b: S(0), c: S(0), d: over(fractions.d, antoineA.d, antoineB.d, antoineC.d),
            e: over(fractions.e, antoineA.e, antoineB.e, antoineC.e),
            f: over(fractions.f, antoineA.f, antoineB.f, antoineC.f),
            g: over(fractions.g, antoineA.g, antoineB.g, antoineC.g),
            h: over(fractions.h, antoineA.h, antoineB.h, antoineC.h))
    }
}

/// The heat of each substance as a cubic of the temperature in °C: per pound and °F as published, per mole and °C here.
struct SubstanceHeat: Sendable {
    private let constant: Components<Double>
    private let linear: Components<Double>
    private let quadratic: Components<Double>
    private let cubic: Components<Double>

    /// From the constant, in 10⁶ Btu/lb, and the heat capacity `first + second·T + third·T²`, in 10⁶ Btu/(lb·°F).
    init(
        constant: Components<Double>, first: Components<Double>, second: Components<Double>,
        third: Components<Double>, molarMass: Components<Double>
    ) {
        self.constant = constant.combined(with: molarMass, *)
        linear = first.combined(with: molarMass) { $0 * $1 * 1.8 }
        quadratic = second.combined(with: molarMass) { $0 * $1 * 1.8 / 2 }
        cubic = third.combined(with: molarMass) { $0 * $1 * 1.8 / 3 }
    }

    /// The heat of a mole of a mixture.
    @inline(__always)
    func mixture<S: EquationScalar>(_ fractions: Components<S>) -> HeatCurve<S> {
        HeatCurve(
            constant: fractions.total(weighted: constant), linear: fractions.total(weighted: linear),
            quadratic: fractions.total(weighted: quadratic), cubic: fractions.total(weighted: cubic))
    }
}

/// The heat of a mole of a mixture as a cubic of its temperature in °C, 10⁶ Btu/lb-mol.
struct HeatCurve<S: EquationScalar> {
    var constant: S
    var linear: S
    var quadratic: S
    var cubic: S

    /// The heat at a temperature.
    @inline(__always)
    func heat(at t: S) -> S { constant + t * (linear + t * (quadratic + t * cubic)) }

    /// The internal energy of a vapour with this enthalpy: less `R·T` per mole.
    @inline(__always)
    var internalEnergy: HeatCurve {
        HeatCurve(
            constant: constant - EastmanSubstances.gasHeat * EastmanSubstances.kelvin,
            linear: linear - EastmanSubstances.gasHeat, quadratic: quadratic, cubic: cubic)
    }

    /// The temperature at which a mole holds a heat, by Newton's method.
    ///
    /// The iteration runs on plain numbers; one more step with derivatives at its end makes those of the temperature
    /// exact, by the implicit function theorem.
    @inline(__always)
    func temperature(holding heat: S, near guess: Double) -> S {
        let (c1, c2, c3) = (linear.value, quadratic.value, cubic.value)
        let target = heat.value - constant.value
        var t = guess
        for _ in 0..<50 {
            let change = (target - t * (c1 + t * (c2 + t * c3))) / (c1 + t * (2 * c2 + t * (3 * c3)))
            t += change
            if !(abs(change) > 1e-7) { break }
        }
        let slope = c1 + t * (2 * c2 + t * (3 * c3))
        let reached: S = constant + (linear + (quadratic + cubic * t) * t) * t
        return t + (heat - reached) / slope
    }
}
