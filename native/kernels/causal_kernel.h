// The kernel of causal.cpp, included once for each width of vector unit: WIDTH floats a vector, at most TILE rows of two
// vectors in registers, SUM the sum of a vector's lanes, HALF whether products may take bfloat16 (2: in the processor's tiles).
// Rows are tokens, and the columns of a product are lanes.

using Vector = float __attribute__((vector_size(4 * WIDTH)));
using Loose = float __attribute__((vector_size(4 * WIDTH), aligned(4), may_alias));
constexpr int LANES = 2 * WIDTH;

CT_LANE_INLINE Vector load(const float *from) { return *reinterpret_cast<const Loose *>(from); }
CT_LANE_INLINE void store(float *to, Vector value) { *reinterpret_cast<Loose *>(to) = value; }
CT_LANE_INLINE Vector splat(float value) { return value - Vector{}; }

// Two vectors of a row as what products take.
CT_LANE_INLINE void put(float *to, Vector a, Vector b) {
    store(to, a);
    store(to + WIDTH, b);
}
CT_LANE_INLINE void put(float *to, Vector a) { store(to, a); }
#if HALF
CT_LANE_INLINE void put(Brief *to, Vector a, Vector b) {
    __m512bh both = _mm512_cvtne2ps_pbh((__m512)b, (__m512)a);
    __builtin_memcpy(to, &both, sizeof both);
}
CT_LANE_INLINE void put(Brief *to, Vector a) {
    __m256bh one = _mm512_cvtneps_pbh((__m512)a);
    __builtin_memcpy(to, &one, sizeof one);
}
#endif

#include "bends.h"

CT_LANE_INLINE Vector silu(Vector x) { return x / (1.f + exponential(-x)); }

// sum[j] += row j of a, at `stride` from each other, times the panel b: `depth` rows of LANES.
template <int N>
CT_LANE_INLINE void accumulate(Vector (&sum)[N][2], const float *a, long stride, const float *b, int depth) {
    const float *rows[(N + 2) / 3];
#pragma GCC unroll 4
    for (int i = 0; i < (N + 2) / 3; i++) rows[i] = a + 3 * i * stride;
#pragma GCC unroll 4
    for (int k = 0; k < depth; k++) {
        Vector low = load(b + static_cast<long>(k) * LANES), high = load(b + static_cast<long>(k) * LANES + WIDTH);
#pragma GCC unroll 16
        for (int j = 0; j < N; j++) {
            Vector factor = splat(rows[j / 3][(j % 3) * stride + k]);
            sum[j][0] += factor * low;
            sum[j][1] += factor * high;
        }
    }
}

#if HALF
// The same for pairs of bfloat16, which are summed up in float.
template <int N>
CT_LANE_INLINE void accumulate(Vector (&sum)[N][2], const Brief *a, long stride, const Brief *b, int depth) {
    using Pair = int32_t __attribute__((may_alias));
    const Pair *rows[(N + 2) / 3];
    const long pairs = stride / 2;
#pragma GCC unroll 4
    for (int i = 0; i < (N + 2) / 3; i++) rows[i] = reinterpret_cast<const Pair *>(a + 3 * i * stride);
    const int count = (depth + 1) / 2;
#pragma GCC unroll 4
    for (int k = 0; k < count; k++) {
        __m512bh low = (__m512bh)_mm512_loadu_si512(b + static_cast<long>(k) * 2 * LANES);
        __m512bh high = (__m512bh)_mm512_loadu_si512(b + static_cast<long>(k) * 2 * LANES + LANES);
#pragma GCC unroll 16
        for (int j = 0; j < N; j++) {
            __m512bh factor = (__m512bh)_mm512_set1_epi32(rows[j / 3][(j % 3) * pairs + k]);
            sum[j][0] = (Vector)_mm512_dpbf16_ps((__m512)sum[j][0], factor, low);
            sum[j][1] = (Vector)_mm512_dpbf16_ps((__m512)sum[j][1], factor, high);
        }
    }
}
#endif

// N rows times a panel plus its offset, into rows of LANES.
template <class In, int N>
static __attribute__((noinline)) void tile(
    const In *a, long stride, const In *panel, int depth, const float *offset, float *to) {
    Vector sum[N][2];
#pragma GCC unroll 16
    for (int j = 0; j < N; j++) sum[j][0] = load(offset), sum[j][1] = load(offset + WIDTH);
    accumulate<N>(sum, a, stride, panel, depth);
#pragma GCC unroll 16
    for (int j = 0; j < N; j++) store(to + j * LANES, sum[j][0]), store(to + j * LANES + WIDTH, sum[j][1]);
}

#if HALF == 2
// BLOCK rows times a panel plus its offset, into rows of LANES, by the matrix unit: four tiles of sums, each 16 × 16, two of
// rows and two of the panel, 32 numbers deep. What lies behind a row's numbers is not looked at; rows that nobody asked for are
// computed and forgotten.
constexpr int BLOCK = 32;
static __attribute__((noinline)) void tiles(
    const Brief *a, long stride, const Brief *panel, int depth, const float *offset, float *to) {
    alignas(64) Brief rest[BLOCK * 32];
    for (int row = 0; row < BLOCK; row++) put(to + row * LANES, load(offset), load(offset + WIDTH));
    constexpr long line = sizeof(float) * LANES, half = 16 * LANES;
    // Not every compiler knows that tiles are read from memory.
    asm volatile("" ::: "memory");
    _tile_loadd(0, to, line);
    _tile_loadd(1, to + WIDTH, line);
    _tile_loadd(2, to + half, line);
    _tile_loadd(3, to + half + WIDTH, line);
    for (int k = 0; k < depth; k += 32, panel += 32 * LANES) {
        const Brief *from = a + k;
        long each = stride;
        if (k + 32 > depth) {
            std::memset(rest, 0, sizeof rest);
            for (int row = 0; row < BLOCK; row++) {
                std::memcpy(rest + row * 32, from + row * stride, sizeof(Brief) * static_cast<size_t>(depth - k));
            }
            from = rest, each = 32;
            asm volatile("" ::: "memory");
        }
        const long bytes = static_cast<long>(sizeof(Brief)) * each;
        _tile_loadd(4, from, bytes);
        _tile_loadd(5, from + 16 * each, bytes);
        _tile_loadd(6, panel, line);
        _tile_loadd(7, panel + LANES, line);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, to, line);
    _tile_stored(1, to + WIDTH, line);
    _tile_stored(2, to + half, line);
    _tile_stored(3, to + half + WIDTH, line);
    asm volatile("" ::: "memory");
}

// As below. Panels are read from the second cache in each block of rows.
template <class Done>
static inline void product(const Brief *a, long stride, int rows, const Matrix &matrix, Done &&done) {
    const long size = static_cast<long>(LANES) * matrix.depth<Brief>();
    const Brief *panel = matrix.panels<Brief>();
    alignas(64) float sums[BLOCK * LANES];
    for (int column = 0; column < matrix.outputs; column += LANES, panel += size) {
        for (int first = 0; first < rows; first += BLOCK) {
            tiles(a + first * stride, stride, panel, matrix.inputs, matrix.offset + column, sums);
            for (int j = 0; j < std::min(BLOCK, rows - first); j++) {
                done(first + j, column, load(sums + j * LANES), load(sums + j * LANES + WIDTH));
            }
        }
    }
}

// What tiles are: eight of 16 rows of 64 bytes. It lasts as long as this lives.
struct Tiles {
    Tiles() {
        struct alignas(64) Layout {
            uint8_t palette = 1, start = 0, nothing[14] = {};
            uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
            uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
        };
        static const Layout layout;
        _tile_loadconfig(&layout);
    }
    ~Tiles() { _tile_release(); }
};
#endif

// Rows of `a` times a matrix, plus its offset: done(row, column, two vectors) for each row and panel of columns. Rows are
// covered by tiles about as large as each other.
template <class In, class Done>
static inline void product(const In *a, long stride, int rows, const Matrix &matrix, Done &&done) {
    const long size = static_cast<long>(LANES) * matrix.depth<In>();
    const In *panel = matrix.panels<In>();
    alignas(64) float sums[TILE * LANES];
    for (int column = 0; column < matrix.outputs; column += LANES, panel += size) {
        const float *offset = matrix.offset + column;
        // Memory brings the next panel while this one is used.
        const char *coming = reinterpret_cast<const char *>(panel + size);
        const bool isLast = column + LANES >= matrix.outputs;
        const long share = isLast ? 0 : static_cast<long>(sizeof(In)) * size / ((rows + TILE - 1) / TILE);
        int first = 0;
        for (int left = (rows + TILE - 1) / TILE; left > 0; left--) {
            const int count = (rows - first + left - 1) / left;
            const In *from = a + first * stride;
            for (long at = 0; at < share; at += 64) __builtin_prefetch(coming + at, 0, 2);
            coming += share;
            switch (count) {
#define CT_TILE(N) case N: if constexpr (N <= TILE) tile<In, N>(from, stride, panel, matrix.inputs, offset, sums); break;
                CT_TILE(1) CT_TILE(2) CT_TILE(3) CT_TILE(4) CT_TILE(5) CT_TILE(6)
                CT_TILE(7) CT_TILE(8) CT_TILE(9) CT_TILE(10) CT_TILE(11) CT_TILE(12)
#undef CT_TILE
            }
            for (int j = 0; j < count; j++) {
                done(first + j, column, load(sums + j * LANES), load(sums + j * LANES + WIDTH));
            }
            first += count;
        }
    }
}

// A row of numbers of what products take, with nothing where a pair of the last would be half.
template <class In>
CT_LANE_INLINE void take(const float *from, int count, In *to) {
    int i = 0;
    for (; i + WIDTH <= count; i += WIDTH) put(to + i, load(from + i));
    for (; i < count; i++) to[i] = brief<In>(from[i]);
    if (count % 2) to[count] = In{};
}

// The mean of a row, and 1 / the root of its variance and epsilon.
CT_LANE_INLINE void moments(const float *x, int count, float epsilon, float &mean, float &factor) {
    Vector sums = Vector{};
    float sum = 0;
    int i = 0;
    for (; i + WIDTH <= count; i += WIDTH) sums += load(x + i);
    for (; i < count; i++) sum += x[i];
    mean = (sum + SUM(sums)) / static_cast<float>(count);
    Vector squares = Vector{};
    float square = 0;
    for (i = 0; i + WIDTH <= count; i += WIDTH) {
        Vector d = load(x + i) - mean;
        squares += d * d;
    }
    for (; i < count; i++) square += (x[i] - mean) * (x[i] - mean);
    factor = 1.f / __builtin_sqrtf((square + SUM(squares)) / static_cast<float>(count) + epsilon);
}

// norm(x) gain + offset; x and to may be the same.
CT_LANE_INLINE void normalise(const float *x, int count, float epsilon, const float *gain, float more, const float *offset, float *to) {
    float mean, factor;
    moments(x, count, epsilon, mean, factor);
    int i = 0;
    for (; i + WIDTH <= count; i += WIDTH) {
        store(to + i, (load(x + i) - mean) * factor * (load(gain + i) + more) + load(offset + i));
    }
    for (; i < count; i++) to[i] = (x[i] - mean) * factor * (gain[i] + more) + offset[i];
}

CT_LANE_INLINE float dot(const float *a, const float *b, int count) {
    Vector sums = Vector{};
    float sum = 0;
    int i = 0;
    for (; i + WIDTH <= count; i += WIDTH) sums += load(a + i) * load(b + i);
    for (; i < count; i++) sum += a[i] * b[i];
    return sum + SUM(sums);
}

// One query against keys and values, all heads: keys[j] and, after as many numbers as all heads have, values.
template <class In>
static inline void attend(const CausalSizes &s, const float *query, const float *const *keys, int count, In *to) {
    const int inner = s.inner(), size = s.headSize;
    const float scale = 1.f / __builtin_sqrtf(static_cast<float>(size));
    alignas(64) float shares[MOST_HISTORY + 16];
    for (int head = 0; head < s.heads; head++) {
        const int at = head * size;
        float greatest = -INFINITY;
        for (int j = 0; j < count; j++) {
            shares[j] = scale * dot(query + at, keys[j] + at, size);
            greatest = std::max(greatest, shares[j]);
        }
        for (int j = 0; j < count; j += WIDTH) store(shares + j, exponential(load(shares + j) - greatest));
        float sum = 0;
        for (int j = 0; j < count; j++) sum += shares[j];
        const float whole = 1.f / sum;
        int i = 0;
        for (; i + WIDTH <= size; i += WIDTH) {
            Vector mixed = Vector{};
            for (int j = 0; j < count; j++) mixed += shares[j] * load(keys[j] + inner + at + i);
            put(to + at + i, mixed * whole);
        }
        for (; i < size; i++) {
            float mixed = 0;
            for (int j = 0; j < count; j++) mixed += shares[j] * keys[j][inner + at + i];
            to[at + i] = brief<In>(mixed * whole);
        }
    }
    if (inner % 2) to[inner] = In{};
}

// The conditions of the newest actions of candidates: their modulations in all blocks, into their places of the run.
template <class In>
static void condition(const CausalModel &m, const CausalStep &step, int first, int n, CausalScratch<In> &scratch) {
    const CausalSizes &s = m.sizes;
    float *raw = scratch.numbers, *smooth = raw + n * padded(s.actions), *wide = smooth + n * padded(s.smoothed);
    float *encoded = wide + n * padded(s.expanded);
    const long rawStride = padded(s.actions), smoothStride = padded(s.smoothed), wideStride = padded(s.expanded);
    for (int c = 0; c < n; c++) take(step.actions + (first + c) * step.actionStride, s.actions, raw + c * rawStride);
    product(raw, rawStride, n, m.smooth, [&](int row, int column, Vector a, Vector b) {
        put(smooth + row * smoothStride + column, a, b);
    });
    product(smooth, smoothStride, n, m.expand, [&](int row, int column, Vector a, Vector b) {
        put(wide + row * wideStride + column, silu(a), silu(b));
    });
    const long encodedStride = padded(s.width), stride = padded(s.hidden);
    product(wide, wideStride, n, m.encode, [&](int row, int column, Vector a, Vector b) {
        put(encoded + row * encodedStride + column, a, b);
    });
    In *conditions = scratch.normal;
    if (m.hasCondition) {
        product(encoded, encodedStride, n, m.condition, [&](int row, int column, Vector a, Vector b) {
            put(conditions + row * stride + column, silu(a), silu(b));
        });
    } else {
        for (int c = 0; c < n; c++) {
            for (int i = 0; i < s.hidden; i += LANES) {
                const float *from = encoded + c * encodedStride + i;
                put(conditions + c * stride + i, silu(load(from)), silu(load(from + WIDTH)));
            }
        }
    }
    const long wholeStride = padded(6 * s.hidden * s.depth);
    float *modulations = step.modulations[step.tokens - 1] + first * wholeStride;
    product(conditions, stride, n, m.modulation, [&](int row, int column, Vector a, Vector b) {
        put(modulations + row * wholeStride + column, a, b);
    });
}

// A group of candidates through one step.
template <class In>
static void group(const CausalModel &m, const CausalStep &step, int first, int n) {
    const CausalSizes &s = m.sizes;
    const int T = step.tokens, rows = T * n;
    CausalScratch<In> scratch(s, rows);
    const int E = s.hidden, inner = s.inner();
    const long hiddenStride = padded(E), innerStride = padded(inner), pairStride = padded(2 * inner);
    const long feedStride = padded(std::max(s.feed, s.projector)), wholeStride = padded(6 * E * s.depth);
    const long widthStride = padded(s.width);
    float *x = scratch.tokens, *line = scratch.line;

    for (int c = 0; c < n; c++) {
        __builtin_memcpy(step.rows[T - 1] + (first + c) * widthStride, step.z + (first + c) * step.zStride, sizeof(float) * static_cast<size_t>(s.width));
    }
    condition(m, step, first, n, scratch);
    if (!step.out && !step.keeps) return;

    // Tokens: representations and their places.
    for (int t = 0; t < T; t++) {
        const float *place = m.positions + (step.past + t) * widthStride;
        for (int c = 0; c < n; c++) {
            const float *z = step.rows[t] + (first + c) * widthStride;
            float *to = m.hasInput ? line : x + (t * n + c) * hiddenStride;
            for (int i = 0; i < s.width; i++) to[i] = z[i] + place[i];
            if (m.hasInput) take(line, s.width, scratch.inputs + (t * n + c) * widthStride);
        }
    }
    if (m.hasInput) {
        product(scratch.inputs, widthStride, rows, m.input, [&](int row, int column, Vector a, Vector b) {
            put(x + row * hiddenStride + column, a, b);
        });
    }
    auto modulation = [&](int row, int block, int part) {
        return step.modulations[row / n] + (first + row % n) * wholeStride + (6 * block + part) * E;
    };
    // From tokens to what a branch sees, rows from `begin` on.
    auto prepare = [&](int begin, int block, int part, const float *gain, const float *offset) {
        for (int row = begin; row < rows; row++) {
            normalise(x + row * hiddenStride, E, s.plainEpsilon, modulation(row, block, part + 1), 1.f, modulation(row, block, part), line);
            normalise(line, E, s.epsilon, gain, 0.f, offset, line);
            take(line, E, scratch.normal + row * hiddenStride);
        }
    };
    // Adds a branch's product to the tokens, rows from `begin` on.
    auto add = [&](int begin, int block, int part, const In *from, long stride, const Matrix &matrix) {
        product(from + begin * stride, stride, rows - begin, matrix, [&](int row, int column, Vector a, Vector b) {
            float *to = x + (begin + row) * hiddenStride + column;
            const float *gate = modulation(begin + row, block, part) + column;
            store(to, load(to) + load(gate) * a);
            store(to + WIDTH, load(to + WIDTH) + load(gate + WIDTH) * b);
        });
    };

    for (int block = 0; block < s.depth; block++) {
        const CausalBlock &weights = m.blocks[static_cast<size_t>(block)];
        // Of the last block only the last token is read; of the others there only keys and values count.
        const bool last = block == s.depth - 1;
        const int begin = last ? rows - n : 0;
        prepare(0, block, 0, weights.attentionGain, weights.attentionOffset);
        product(scratch.normal, hiddenStride, rows, weights.pair, [&](int row, int column, Vector a, Vector b) {
            put(scratch.pairs + row * pairStride + column, a, b);
        });
        if (step.keeps) {
            for (int c = 0; c < n; c++) {
                __builtin_memcpy(step.cache(block, step.past) + (first + c) * pairStride, scratch.pairs + c * pairStride, sizeof(float) * static_cast<size_t>(pairStride));
            }
        }
        if (last && !step.out) return;
        product(scratch.normal + begin * hiddenStride, hiddenStride, rows - begin, weights.query, [&](int row, int column, Vector a, Vector b) {
            put(scratch.queries + (begin + row) * innerStride + column, a, b);
        });
        for (int row = begin; row < rows; row++) {
            const int t = row / n, c = row % n;
            const float *keys[MOST_HISTORY];
            for (int j = 0; j < step.past; j++) keys[j] = step.cache(block, j) + (first + c) * pairStride;
            for (int j = 0; j <= t; j++) keys[step.past + j] = scratch.pairs + (j * n + c) * pairStride;
            attend(s, scratch.queries + row * innerStride, keys, step.past + t + 1, scratch.mixed + row * innerStride);
        }
        add(begin, block, 2, scratch.mixed, innerStride, weights.merge);
        prepare(begin, block, 3, weights.mlpGain, weights.mlpOffset);
        product(scratch.normal + begin * hiddenStride, hiddenStride, rows - begin, weights.up, [&](int row, int column, Vector a, Vector b) {
            put(scratch.wide + (begin + row) * feedStride + column, gelu(a), gelu(b));
        });
        add(begin, block, 5, scratch.wide, feedStride, weights.down);
    }

    // The last tokens' prediction.
    const long outputStride = padded(s.output);
    for (int c = 0; c < n; c++) {
        normalise(x + (rows - n + c) * hiddenStride, E, s.epsilon, m.normGain, 0.f, m.normOffset, line);
        if (m.hasOutput || m.hasProjector) {
            take(line, E, scratch.normal + c * hiddenStride);
        } else {
            __builtin_memcpy(step.out + static_cast<long>(first + c) * s.width, line, sizeof(float) * static_cast<size_t>(s.width));
        }
    }
    const In *tokens = scratch.normal;
    long stride = hiddenStride;
    auto answer = [&](const Matrix &matrix) {
        product(tokens, stride, n, matrix, [&](int row, int column, Vector a, Vector b) {
            put(x + row * widthStride + column, a, b);
        });
        for (int c = 0; c < n; c++) {
            __builtin_memcpy(step.out + static_cast<long>(first + c) * s.width, x + c * widthStride, sizeof(float) * static_cast<size_t>(s.width));
        }
    };
    if (m.hasOutput && !m.hasProjector) return answer(m.output);
    if (m.hasOutput) {
        product(tokens, stride, n, m.output, [&](int row, int column, Vector a, Vector b) {
            put(scratch.inputs + row * outputStride + column, a, b);
        });
        tokens = scratch.inputs, stride = outputStride;
    }
    if (m.hasProjector) {
        product(tokens, stride, n, m.project, [&](int row, int column, Vector a, Vector b) {
            put(scratch.wide + row * feedStride + column, gelu(a), gelu(b));
        });
        tokens = scratch.wide, stride = feedStride;
        answer(m.answer);
    }
}

static void step(const CausalModel &m, const CausalStep &step, int first, int n) {
#if HALF
    if (m.isBrief) {
#if HALF == 2
        Tiles tiles;
#endif
        return group<Brief>(m, step, first, n);
    }
#endif
    group<float>(m, step, first, n);
}
