// Candidates into lanes and back, included by rollout_kernel.h once for each width of vector unit: WIDTH floats a vector, LANES
// candidates a block.

#if CT_SHUFFLES
// Four vectors, each the same four numbers of every fourth candidate from 0, 1, 2 or 3 on, into four numbers of all candidates,
// and back: the transposition of 4 × 4 in each quarter.
CT_LANE_INLINE void transpose(Vector (&x)[4]) {
#if WIDTH == 4
#define CT_EACH(a, b, c, d) a, b, c, d
#elif WIDTH == 8
#define CT_EACH(a, b, c, d) a, b, c, d, a + 4, b + 4, c + 4, d + 4
#else
#define CT_EACH(a, b, c, d) \
    a, b, c, d, a + 4, b + 4, c + 4, d + 4, a + 8, b + 8, c + 8, d + 8, a + 12, b + 12, c + 12, d + 12
#endif
    constexpr int R = WIDTH;  // the second vector's numbers are counted on
    Vector low = __builtin_shufflevector(x[0], x[1], CT_EACH(0, R, 1, R + 1));
    Vector high = __builtin_shufflevector(x[0], x[1], CT_EACH(2, R + 2, 3, R + 3));
    Vector lower = __builtin_shufflevector(x[2], x[3], CT_EACH(0, R, 1, R + 1));
    Vector higher = __builtin_shufflevector(x[2], x[3], CT_EACH(2, R + 2, 3, R + 3));
    x[0] = __builtin_shufflevector(low, lower, CT_EACH(0, 1, R, R + 1));
    x[1] = __builtin_shufflevector(low, lower, CT_EACH(2, 3, R + 2, R + 3));
    x[2] = __builtin_shufflevector(high, higher, CT_EACH(0, 1, R, R + 1));
    x[3] = __builtin_shufflevector(high, higher, CT_EACH(2, 3, R + 2, R + 3));
#undef CT_EACH
}
#endif

// Copies candidates' rows [candidate, length] into lanes [length, lane]; lanes without a candidate repeat the last.
static void into_lanes(const float *from, int length, int first, int candidates, float *to) {
    const float *rows[LANES];
    for (int lane = 0; lane < LANES; lane++) {
        rows[lane] = from + static_cast<long>(first + lane < candidates ? first + lane : candidates - 1) * length;
    }
    int done = 0;
#if CT_SHUFFLES
    for (; done + 4 <= length; done += 4) {
        for (int v = 0; v < LANES; v += WIDTH) {
            Vector x[4];
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) {
                float *quarters = reinterpret_cast<float *>(&x[i]);
#pragma GCC unroll 4
                for (int q = 0; q < WIDTH; q += 4) __builtin_memcpy(quarters + q, rows[v + q + i] + done, 16);
            }
            transpose(x);
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) store(to + (done + i) * LANES + v, x[i]);
        }
    }
#endif
    for (; done < length; done++) {
        for (int lane = 0; lane < LANES; lane++) to[done * LANES + lane] = rows[lane][done];
    }
}

static void from_lanes(const float *from, int length, int first, int candidates, float *to) {
    const int count = candidates - first < LANES ? candidates - first : LANES;
    to += static_cast<long>(first) * length;
    int done = 0;
#if CT_SHUFFLES
    for (; count == LANES && done + 4 <= length; done += 4) {
        for (int v = 0; v < LANES; v += WIDTH) {
            Vector x[4];
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) x[i] = load(from + (done + i) * LANES + v);
            transpose(x);
#pragma GCC unroll 4
            for (int i = 0; i < 4; i++) {
                const float *quarters = reinterpret_cast<const float *>(&x[i]);
#pragma GCC unroll 4
                for (int q = 0; q < WIDTH; q += 4) {
                    __builtin_memcpy(to + static_cast<long>(v + q + i) * length + done, quarters + q, 16);
                }
            }
        }
    }
#endif
    for (int lane = 0; lane < count; lane++) {
        for (int i = done; i < length; i++) to[static_cast<long>(lane) * length + i] = from[i * LANES + lane];
    }
}
