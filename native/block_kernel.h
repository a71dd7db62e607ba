// The passes of block_passes.h, included by units.h once for each width of vector unit.

using Vector = float __attribute__((vector_size(4 * WIDTH)));
using Loose = float __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
using Bits = uint32_t __attribute__((vector_size(4 * WIDTH)));
using Halves = uint16_t __attribute__((vector_size(2 * WIDTH)));
using LooseHalves = uint16_t __attribute__((vector_size(2 * WIDTH), aligned(2), may_alias));
using Whole = std::integral_constant<int, WIDTH>;

CT_LANE_INLINE Vector splat(float value) { return value - Vector{}; }

#include "bends.h"

// A vector from memory, or as many numbers as are left and zeros.
CT_LANE_INLINE Vector get(const float *from, Whole) { return *reinterpret_cast<const Loose *>(from); }
CT_LANE_INLINE Vector get(const Brief *from, Whole) {
    Halves halves = *reinterpret_cast<const LooseHalves *>(from);
    return __builtin_bit_cast(Vector, __builtin_convertvector(halves, Bits) << 16);
}
template <class In>
CT_LANE_INLINE Vector get(const In *from, int count) {
    In some[WIDTH] = {};
    for (int i = 0; i < count; i++) some[i] = from[i];
    return get(some, Whole());
}

CT_LANE_INLINE void put(float *to, Vector value, Whole) { *reinterpret_cast<Loose *>(to) = value; }
CT_LANE_INLINE void put(Brief *to, Vector value, Whole) {
#if HALF
    __m256bh halves = _mm512_cvtneps_pbh((__m512)value);
    __builtin_memcpy(to, &halves, sizeof halves);
#else
    // To the nearest, halves to even; what is no number stays none.
    Bits bits = __builtin_bit_cast(Bits, value);
    Bits rounded = (bits + 0x7fff + ((bits >> 16) & 1)) >> 16;
    rounded = value != value ? Bits{} + 0x7fc0 : rounded;
    *reinterpret_cast<LooseHalves *>(to) = __builtin_convertvector(rounded, Halves);
#endif
}
template <class Out>
CT_LANE_INLINE void put(Out *to, Vector value, int count) {
    Out some[WIDTH];
    put(some, value, Whole());
    for (int i = 0; i < count; i++) to[i] = some[i];
}

// body(place, how many) for whole vectors of a row and what is left of it.
template <class Body>
CT_LANE_INLINE void each(int count, Body &&body) {
    int i = 0;
    for (; i + WIDTH <= count; i += WIDTH) body(i, Whole());
    if (i < count) body(i, count - i);
}

// value in the first lanes, another in those behind.
CT_LANE_INLINE Vector first(Vector value, int count, float other) {
    using Places = int32_t __attribute__((vector_size(4 * WIDTH)));
    Places places;
    for (int i = 0; i < WIDTH; i++) places[i] = i;
    return places < count ? value : splat(other);
}
CT_LANE_INLINE Vector first(Vector value, int count) { return first(value, count, 0); }
CT_LANE_INLINE Vector first(Vector value, Whole) { return value; }

template <class Count>
CT_LANE_INLINE void add_to(float *sums, int i, Vector value, Count n) { put(sums + i, get(sums + i, n) + value, n); }

// Mean and 1 / deviation of a row whose sum is known.
CT_LANE_INLINE void measure(const Norm &norm, const float *x, float sum, float *moments) {
    const float mean = sum / static_cast<float>(norm.width);
    Vector squares = Vector{};
    each(norm.width, [&](int i, auto n) {
        Vector d = first(get(x + i, n) - mean, n);
        squares += d * d;
    });
    moments[0] = mean;
    moments[1] = 1.f / __builtin_sqrtf(SUM(squares) / static_cast<float>(norm.width) + norm.epsilon);
}

template <class Out>
CT_LANE_INLINE void apply(const Norm &norm, const float *x, const float *moments, Out *to) {
    const float mean = moments[0], factor = moments[1];
    each(norm.width, [&](int i, auto n) {
        put(to + i, (get(x + i, n) - mean) * factor * get(norm.gain + i, n) + get(norm.offset + i, n), n);
    });
}

template <class In>
static void norm(const Norm &norm, const float *x, long rows, float *moments, In *to) {
    for (long row = 0; row < rows; row++, x += norm.width, to += norm.width, moments += 2) {
        Vector sums = Vector{};
        each(norm.width, [&](int i, auto n) { sums += get(x + i, n); });
        measure(norm, x, SUM(sums), moments);
        apply(norm, x, moments, to);
    }
}

template <class In, class Out>
static void add(
    const Norm &norm, const float *x, const In *branch, const float *bias, long rows, float *y, float *moments, Out *to) {
    const int width = norm.width;
    for (long row = 0; row < rows; row++, x += width, branch += width, y += width, to += width, moments += 2) {
        Vector sums = Vector{};
        each(width, [&](int i, auto n) {
            Vector value = get(x + i, n) + (get(branch + i, n) + get(bias + i, n));
            put(y + i, value, n);
            sums += value;
        });
        measure(norm, y, SUM(sums), moments);
        apply(norm, y, moments, to);
    }
}

template <class In>
static void again(const Norm &norm, const float *x, const float *moments, long rows, In *to) {
    for (long row = 0; row < rows; row++) apply(norm, x + row * norm.width, moments + 2 * row, to + row * norm.width);
}

// With x̂ = (x − mean) r and g = slope · gain: dx = r (g − mean(g) − x̂ mean(g x̂)).
template <class Slope, class In>
static void norm_back(
    const Norm &norm, const Slope *slope, const float *x, const float *moments, const float *base, long rows, float *dx,
    In *brief, const Sums &sums) {
    const int width = norm.width;
    for (long row = 0; row < rows; row++, x += width, slope += width, dx += width, moments += 2) {
        const float mean = moments[0], factor = moments[1];
        Vector plain = Vector{}, along = Vector{};
        each(width, [&](int i, auto n) {
            Vector d = get(slope + i, n), unit = first((get(x + i, n) - mean) * factor, n), g = d * get(norm.gain + i, n);
            plain += g, along += g * unit;
            add_to(sums.gain, i, d * unit, n);
            add_to(sums.offset, i, d, n);
        });
        const float a = SUM(plain) / static_cast<float>(width), b = SUM(along) / static_cast<float>(width);
        each(width, [&](int i, auto n) {
            Vector unit = (get(x + i, n) - mean) * factor, g = get(slope + i, n) * get(norm.gain + i, n);
            Vector value = factor * (g - a - unit * b);
            if (base) value += get(base + i, n);
            put(dx + i, value, n);
            if (brief) put(brief + i, value, n);
            if (sums.columns) add_to(sums.columns, i, value, n);
        });
        if (base) base += width;
        if (brief) brief += width;
    }
}

template <class In>
static void gelu_rows(const In *raw, const float *bias, long rows, int width, In *to) {
    for (long row = 0; row < rows; row++, raw += width, to += width) {
        each(width, [&](int i, auto n) { put(to + i, gelu(get(raw + i, n) + get(bias + i, n)), n); });
    }
}

// The slope of x Φ(x) is Φ(x) + x φ(x).
template <class In>
static void gelu_back(const In *raw, const float *bias, long rows, int width, In *bent, In *slope, float *columns) {
    for (long row = 0; row < rows; row++, raw += width, bent += width, slope += width) {
        each(width, [&](int i, auto n) {
            Vector x = get(raw + i, n) + get(bias + i, n);
            Vector share = 0.5f * error_function(0.70710678118654752f * x) + 0.5f;
            Vector density = 0.39894228040143268f * exponential(-0.5f * x * x);
            Vector d = get(slope + i, n) * (share + x * density);
            put(bent + i, x * share, n);
            put(slope + i, d, n);
            add_to(columns, i, d, n);
        });
    }
}

template <class In>
static void shorten(const float *from, long rows, int width, In *to, float *columns) {
    for (long row = 0; row < rows; row++, from += width, to += width) {
        each(width, [&](int i, auto n) {
            Vector value = get(from + i, n);
            put(to + i, value, n);
            add_to(columns, i, value, n);
        });
    }
}

template <class In>
static void plus(const In *from, long count, In *to) {
    each(static_cast<int>(count), [&](int i, auto n) { put(to + i, get(to + i, n) + get(from + i, n), n); });
}

template <class In>
static void pile(const In *part, long count, bool is_first, float *to) {
    long i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        Vector value = get(part + i, Whole());
        put(to + i, is_first ? value : get(to + i, Whole()) + value, Whole());
    }
    if (i < count) {
        const int left = static_cast<int>(count - i);
        put(to + i, is_first ? get(part + i, left) : get(to + i, left) + get(part + i, left), left);
    }
}

#include "block_attention.h"

template <class In>
constexpr Passes<In> table = {
    norm<In>, add<In, In>, add<In, float>, again<In>, norm_back<In, In>, norm_back<float, In>, gelu_rows<In>, gelu_back<In>,
    shorten<In>, plus<In>, pile<In>, attend<In>, attend_back<In>,
};
