// What kernels whose lanes are candidates or windows share, included once for each width of vector unit: WIDTH floats a vector.

using Vector = float __attribute__((vector_size(4 * WIDTH)));

CT_LANE_INLINE Vector load(const float *from) { return *reinterpret_cast<const Vector *>(from); }
CT_LANE_INLINE void store(float *to, Vector value) { *reinterpret_cast<Vector *>(to) = value; }
CT_LANE_INLINE Vector splat(float value) { return value - Vector{}; }

#include "edges.h"

// Rational in x, fitted by least squares of the relative error on [-8.2, 8.2], beyond which tanh is 1 to a float;
// wrong by less than 4e-7.
CT_LANE_INLINE Vector hyperbolic(Vector x) {
    x = at_least(at_most(x, splat(8.2f)), splat(-8.2f));
    Vector s = x * x;
    Vector p = 1.4840540352167864e-08f * s + 2.163726276194211e-05f;
    Vector q = 8.370597015527892e-07f * s + 0.00033864399301819503f;
    p = p * s + 0.003556685522198677f;
    q = q * s + 0.02610828472541809f;
    p = p * s + 0.13432122766971588f;
    q = q * s + 0.4676544666290283f;
    p = p * s + 1.f;
    q = q * s + 1.f;
    return quotient(x * p, q);
}
