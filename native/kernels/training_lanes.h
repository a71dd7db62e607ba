// Vectors of training.cpp, included once for each width of vector unit: WIDTH floats a vector, at most TILE sums of a product
// and ACROSS × ALONG sums of an outer product in registers. Windows are lanes; a row is one number of every lane.

#include "lanes.h"

using Whole = int __attribute__((vector_size(4 * WIDTH)));
constexpr int LANES = WIDTH;

CT_LANE_INLINE float total(Vector x) {
    float sum = 0;
    for (int i = 0; i < WIDTH; i++) sum += x[i];
    return sum;
}

// Sine and cosine to a few units in the last place, by quarters of a turn (Moshier's Cephes); beyond 8192, where a float
// hardly knows the angle, that of 8192.
CT_LANE_INLINE void circle(Vector x, Vector &sine, Vector &cosine) {
    x = at_least(at_most(x, splat(8192.f)), splat(-8192.f));
    Vector turns = (x * 0.63661977236758134f + 12582912.f) - 12582912.f;  // rounded to a whole number
    Whole quarter = __builtin_convertvector(turns, Whole);
    Vector r = ((x - turns * 1.5703125f) - turns * 4.837512969970703125e-4f) - turns * 7.54978995489188216e-8f;
    Vector s = r * r;
    Vector odd = ((-1.9515295891e-4f * s + 8.3321608736e-3f) * s - 1.6666654611e-1f) * s * r + r;
    Vector even = ((2.443315711809948e-5f * s - 1.388731625493765e-3f) * s + 4.166664568298827e-2f) * s * s - 0.5f * s + 1.f;
    Whole swapped = (quarter & 1) != 0;
    Vector first = swapped ? even : odd, second = swapped ? odd : even;
    sine = (quarter & 2) != 0 ? -first : first;
    cosine = ((quarter + 1) & 2) != 0 ? -second : second;
}

// A sum of rows times factors: factors[k * down + j * along] times row k of x, for each row j of the result.
struct Source {
    const float *x;
    int rows;
    const float *factors;
    long down, along;
};

template <int N>
CT_LANE_INLINE void combine_tile(float *to, const float *from, int first, const Source *sources, int count) {
    Vector sum[N];
#pragma GCC unroll 32
    for (int j = 0; j < N; j++) sum[j] = from ? load(from + (first + j) * LANES) : Vector{};
    for (int i = 0; i < count; i++) {
        const float *x = sources[i].x, *factors = sources[i].factors + first * sources[i].along;
        const long down = sources[i].down, along = sources[i].along;
        for (int k = sources[i].rows; k > 0; k--) {
            Vector a = load(x);
#pragma GCC unroll 32
            for (int j = 0; j < N; j++) sum[j] += factors[j * along] * a;
            x += LANES;
            factors += down;
        }
    }
#pragma GCC unroll 32
    for (int j = 0; j < N; j++) store(to + (first + j) * LANES, sum[j]);
}

// to[j] = from[j] + the sources, by tiles about as large as each other; without `from` from nothing. Both may be one.
static void combine(float *to, const float *from, int rows, const Source *sources, int count) {
    int first = 0;
    for (int left = (rows + TILE - 1) / TILE; left > 0; left--) {
        int size = (rows - first + left - 1) / left;
        switch (size) {
#define CT_TILE(N) case N: if constexpr (N <= TILE) combine_tile<N>(to, from, first, sources, count); break;
            CT_TILE(1) CT_TILE(2) CT_TILE(3) CT_TILE(4) CT_TILE(5) CT_TILE(6) CT_TILE(7) CT_TILE(8) CT_TILE(9) CT_TILE(10)
            CT_TILE(11) CT_TILE(12) CT_TILE(13) CT_TILE(14) CT_TILE(15) CT_TILE(16) CT_TILE(17) CT_TILE(18) CT_TILE(19)
            CT_TILE(20)
#undef CT_TILE
        }
        first += size;
    }
}

template <int COUNT>
CT_LANE_INLINE void combine(float *to, const float *from, int rows, const Source (&sources)[COUNT]) {
    combine(to, from, rows, sources, COUNT);
}

// What stands at each of several times: rows, and how many of them lie between two times (0: the same at all times).
struct Series {
    const float *rows;
    long stride;
    int count;
};

template <int A, int B>
CT_LANE_INLINE void outer_tile(float *sums, long width, const float *x, long down, const float *g, long along, int times) {
    Vector sum[A][B];
#pragma GCC unroll 8
    for (int i = 0; i < A; i++) {
#pragma GCC unroll 8
        for (int j = 0; j < B; j++) sum[i][j] = load(sums + (i * width + j) * LANES);
    }
    for (int t = times; t > 0; t--) {
        Vector left[A];
#pragma GCC unroll 8
        for (int i = 0; i < A; i++) left[i] = load(x + i * LANES);
#pragma GCC unroll 8
        for (int j = 0; j < B; j++) {
            Vector right = load(g + j * LANES);
#pragma GCC unroll 8
            for (int i = 0; i < A; i++) sum[i][j] += left[i] * right;
        }
        x += down;
        g += along;
    }
#pragma GCC unroll 8
    for (int i = 0; i < A; i++) {
#pragma GCC unroll 8
        for (int j = 0; j < B; j++) store(sums + (i * width + j) * LANES, sum[i][j]);
    }
}

template <int A>
CT_LANE_INLINE void outer_rows(float *sums, long width, const float *x, long down, const Series &g, int times) {
    int first = 0;
    for (int left = (g.count + ALONG - 1) / ALONG; left > 0; left--) {
        int size = (g.count - first + left - 1) / left;
        const float *from = g.rows + first * LANES;
        float *to = sums + first * LANES;
        switch (size) {
#define CT_TILE(B) case B: if constexpr (B <= ALONG) outer_tile<A, B>(to, width, x, down, from, g.stride * LANES, times); break;
            CT_TILE(1) CT_TILE(2) CT_TILE(3) CT_TILE(4) CT_TILE(5) CT_TILE(6)
#undef CT_TILE
        }
        first += size;
    }
}

// sums[i][j] += over all times x[i] times g[j], lane by lane; rows of sums are `width` long.
static void outer(float *sums, long width, const Series &x, const Series &g, int times) {
    int first = 0;
    for (int left = (x.count + ACROSS - 1) / ACROSS; left > 0; left--) {
        int size = (x.count - first + left - 1) / left;
        float *to = sums + first * width * LANES;
        const float *from = x.rows + first * LANES;
        switch (size) {
#define CT_TILE(A) case A: if constexpr (A <= ACROSS) outer_rows<A>(to, width, from, x.stride * LANES, g, times); break;
            CT_TILE(1) CT_TILE(2) CT_TILE(3) CT_TILE(4)
#undef CT_TILE
        }
        first += size;
    }
}
