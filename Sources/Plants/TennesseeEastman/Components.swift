/// One value for each of the eight substances of the Tennessee Eastman process, A to H.
struct Components<S: Sendable>: Sendable {
    var a: S
    var b: S
    var c: S
    var d: S
    var e: S
    var f: S
    var g: S
    var h: S
}

extension Components {
    /// The same value for each.
    @inline(__always)
    init(repeating value: S) {
        self.init(a: value, b: value, c: value, d: value, e: value, f: value, g: value, h: value)
    }

    /// Values made of two, substance by substance.
    func combined(with other: Components, _ make: (S, S) -> S) -> Components {
        Components(
            a: make(a, other.a), b: make(b, other.b), c: make(c, other.c), d: make(d, other.d), e: make(e, other.e),
            f: make(f, other.f), g: make(g, other.g), h: make(h, other.h))
    }
}

extension Components where S: EquationScalar {

    /// Eight values in order.
    @inline(__always)
    init(_ values: [S], from start: Int) {
        self.init(
            a: values[start], b: values[start + 1], c: values[start + 2], d: values[start + 3], e: values[start + 4],
            f: values[start + 5], g: values[start + 6], h: values[start + 7])
    }

    /// The sum over all substances.
    @inline(__always)
    var total: S {
        let (gases, first, second): (S, S, S) = (a + b + c, d + e + f, g + h)
        return gases + first + second
    }

    /// The sum over all substances, each weighted with a property of its own.
    @inline(__always)
    func total(weighted weights: Components<Double>) -> S {
        var sum: S = a * weights.a
        sum += b * weights.b
        sum += c * weights.c
        sum += d * weights.d
        sum += e * weights.e
        sum += f * weights.f
        sum += g * weights.g
        sum += h * weights.h
        return sum
    }

    /// The sum, substance by substance.
    @inline(__always)
    static func + (left: Components, right: Components) -> Components {
        Components(
            a: left.a + right.a, b: left.b + right.b, c: left.c + right.c, d: left.d + right.d, e: left.e + right.e,
            f: left.f + right.f, g: left.g + right.g, h: left.h + right.h)
    }

    /// The difference, substance by substance.
    @inline(__always)
    static func - (left: Components, right: Components) -> Components {
        Components(
            a: left.a - right.a, b: left.b - right.b, c: left.c - right.c, d: left.d - right.d, e: left.e - right.e,
            f: left.f - right.f, g: left.g - right.g, h: left.h - right.h)
    }

    /// The product, substance by substance.
    @inline(__always)
    static func * (left: Components, right: Components) -> Components {
        Components(
            a: left.a * right.a, b: left.b * right.b, c: left.c * right.c, d: left.d * right.d, e: left.e * right.e,
            f: left.f * right.f, g: left.g * right.g, h: left.h * right.h)
    }

    /// All values times the same.
    @inline(__always)
    static func * (left: Components, right: S) -> Components {
        Components(
            a: left.a * right, b: left.b * right, c: left.c * right, d: left.d * right, e: left.e * right,
            f: left.f * right, g: left.g * right, h: left.h * right)
    }

    /// All values divided by the same.
    @inline(__always)
    static func / (left: Components, right: S) -> Components { left * (1 / right) }

    /// Writes the values, each divided by `divisor`, in order.
    @inline(__always)
    func write(into values: inout [S], at start: Int, dividedBy divisor: Double) {
        values[start] = a / divisor
        values[start + 1] = b / divisor
        values[start + 2] = c / divisor
        values[start + 3] = d / divisor
        values[start + 4] = e / divisor
        values[start + 5] = f / divisor
        values[start + 6] = g / divisor
        values[start + 7] = h / divisor
    }
}
