// The kernel of causal.cpp, included by units.h once for each width of vector unit. Rows are tokens, and the columns of a
// product are lanes.

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

#include "causal_products.h"

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
