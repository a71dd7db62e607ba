// Nonlinearities by lanes, included once for each width of vector unit behind Vector and splat.

#include "edges.h"

// Rational in x with an error below 5e-7: the one of Eigen's generic_fast_erf_float (MPL2), of which erf is 1 beyond 4.
CT_LANE_INLINE Vector error_function(Vector x) {
    x = at_least(at_most(x, splat(4.f)), splat(-4.f));
    Vector s = x * x;
    Vector p = -2.72614225801306e-10f * s + 2.77068142495902e-08f;
    Vector q = -1.45660718464996e-05f * s - 2.13374055278905e-04f;
    p = p * s - 2.10102402082508e-06f;
    q = q * s - 1.68282697438203e-03f;
    p = p * s - 5.69250639462346e-05f;
    q = q * s - 7.37332916720468e-03f;
    p = p * s - 7.34990630326855e-04f;
    q = q * s - 1.42647390514189e-02f;
    p = p * s - 2.95459980854025e-03f;
    p = p * s - 1.60960333262415e-02f;
    return quotient(x * p, q);
}

// x Φ(x).
CT_LANE_INLINE Vector gelu(Vector x) {
    Vector half = 0.5f * x;
    return half * error_function(0.70710678118654752f * x) + half;
}

// The exponential, wrong by some 2e-7 of it: Cephes' expf, a power of two times a polynomial.
CT_LANE_INLINE Vector exponential(Vector x) {
    using Whole = int32_t __attribute__((vector_size(4 * WIDTH)));
    x = at_least(at_most(x, splat(88.f)), splat(-87.f));
    const Vector magic = splat(12582912.f);  // adds and takes away what leaves whole numbers
    Vector turns = 1.44269504088896341f * x + magic;
    Vector whole = turns - magic;
    x = x - whole * 0.693359375f;
    x = x - whole * -2.12194440e-4f;
    Vector y = 1.9875691500e-4f * x + 1.3981999507e-3f;
    y = y * x + 8.3334519073e-3f;
    y = y * x + 4.1665795894e-2f;
    y = y * x + 1.6666665459e-1f;
    y = y * x + 5.0000001201e-1f;
    y = y * x * x + x + 1.f;
    Whole power = (__builtin_bit_cast(Whole, turns) << 23) + (127 << 23);
    return y * __builtin_bit_cast(Vector, power);
}
