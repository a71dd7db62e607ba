// The kernel of rollout.cpp, included once for each width of vector unit: WIDTH floats a vector, at most TILE rows of
// two vectors in registers, ROOT the square root of a vector. Candidates are lanes; a row is one number of every lane.

#include "lanes.h"

constexpr int LANES = 2 * WIDTH;

// N rows of two vectors that stay in registers.
template <int N>
struct Tile {
    Vector row[N][2];

    CT_MEMBER_INLINE void set(const float *values) {
#pragma GCC unroll 16
        for (int j = 0; j < N; j++) row[j][0] = row[j][1] = splat(values[j]);
    }

    CT_MEMBER_INLINE void clear() {
#pragma GCC unroll 16
        for (int j = 0; j < N; j++) row[j][0] = row[j][1] = Vector{};
    }

    CT_MEMBER_INLINE void read(const float *from) {
#pragma GCC unroll 16
        for (int j = 0; j < N; j++) {
            row[j][0] = load(from + j * LANES);
            row[j][1] = load(from + j * LANES + WIDTH);
        }
    }

    CT_MEMBER_INLINE void write(float *to) const {
#pragma GCC unroll 16
        for (int j = 0; j < N; j++) {
            store(to + j * LANES, row[j][0]);
            store(to + j * LANES + WIDTH, row[j][1]);
        }
    }

    // row[j] += sum over k of factors[k * down + j * along] times row k of x.
    CT_MEMBER_INLINE void add(const float *x, int rows, const float *factors, long down, long along) {
        for (int k = 0; k < rows; k++) {
            Vector a = load(x), b = load(x + WIDTH);
#pragma GCC unroll 16
            for (int j = 0; j < N; j++) {
                Vector factor = splat(factors[j * along]);
                row[j][0] += factor * a;
                row[j][1] += factor * b;
            }
            x += LANES;
            factors += down;
        }
    }
};

// Covers `count` rows by tiles about as large as each other.
template <class Body>
CT_LANE_INLINE void tiles(int count, Body &&body) {
    int first = 0;
    for (int left = (count + TILE - 1) / TILE; left > 0; left--) {
        int size = (count - first + left - 1) / left;
        switch (size) {
#define CT_TILE(N) case N: if constexpr (N <= TILE) body(std::integral_constant<int, N>(), first); break;
            CT_TILE(1) CT_TILE(2) CT_TILE(3) CT_TILE(4) CT_TILE(5) CT_TILE(6)
            CT_TILE(7) CT_TILE(8) CT_TILE(9) CT_TILE(10) CT_TILE(11) CT_TILE(12)
#undef CT_TILE
        }
        first += size;
    }
}

#include "rollout_lanes.h"

// What a block of candidates computes in.
struct Memory {
    float *actions;   // [step, action], normalised
    float *states;    // [step + 1 or 2, member, width]
    float *bent;      // [hidden]
    float *slopes;    // [step, member, hidden], only for gradients
    float *readings;  // [step or 1, member, output]
    float *whitened;  // [step, feature], only for gradients
    float *outputs;   // [step, output]
    float *spreads;   // [step, output]
    float *novelty;   // [step]
    float *back;      // adjoints: [member, columns], [member, width], [output], [feature], [step, action], seeds
    long count;

    Memory(const RolloutLayout &s, bool derives, float *base) {
        long at = 0;
        auto rows = [&](long n) { float *start = base + at; at += n * LANES; return start; };
        long kept = derives ? s.steps : 1;
        actions = rows(s.steps * s.actions);
        states = rows((kept + 1) * s.members * s.width);
        bent = rows(s.hidden);
        slopes = rows(derives ? kept * s.members * s.hidden : 0);
        readings = rows(kept * s.members * s.outputs);
        whitened = rows(derives ? kept * s.features : 0);
        outputs = rows(s.steps * s.outputs);
        spreads = rows(s.steps * s.outputs);
        novelty = rows(s.steps);
        back = rows(
            derives ? s.members * (s.columns + s.width) + s.outputs + s.features
                          + static_cast<long>(s.steps) * (s.actions + s.outputs + 2)
                    : 0);
        count = at;
    }
};

template <bool DERIVES>
static void forward(const RolloutJob &job, const RolloutLayout &s, const Memory &memory, int first) {
    const float *w = job.weights, *now = job.situation;
    const int D = s.width, H = s.hidden, A = s.actions, O = s.outputs, columns = s.columns, steps = s.steps;
    const bool judges = DERIVES || job.novelty != nullptr, compares = judges || job.spread != nullptr;
    into_lanes(job.actions, steps * A, first, job.candidates, memory.actions);
    for (int step = 0; step < steps; step++) {
        for (int a = 0; a < A; a++) {
            float *u = memory.actions + (step * A + a) * LANES;
            Vector mean = splat(w[s.actionMean + a]), factor = splat(w[s.actionFactor + a]);
            store(u, (load(u) - mean) * factor);
            store(u + WIDTH, (load(u + WIDTH) - mean) * factor);
        }
    }
    const long span = static_cast<long>(s.members) * D * LANES;
    for (int i = 0; i < s.members * D; i++) {
        store(memory.states + i * LANES, splat(now[s.start + i]));
        store(memory.states + i * LANES + WIDTH, splat(now[s.start + i]));
    }
    for (int step = 0; step < steps; step++) {
        const float *u = memory.actions + step * A * LANES;
        const float *after = memory.actions + (step + 1 < steps ? step + 1 : step) * A * LANES;
        const float *before = memory.states + (DERIVES ? step : step % 2) * span;
        float *next = memory.states + (DERIVES ? step + 1 : (step + 1) % 2) * span;
        float *readings = memory.readings + (DERIVES ? static_cast<long>(step) * s.members * O * LANES : 0);
        Vector worst[2] = {};
        if (judges) {
            const float *shared = now + s.whitenDrive + static_cast<long>(step) * s.features;
            Vector sum[2] = {};
            tiles(s.features, [&](auto n, int j) __attribute__((always_inline)) {
                Tile<decltype(n)::value> tile;
                tile.set(shared + j);
                tile.add(before, D, w + s.whitenState + j, s.features, 1);
                tile.add(u, A, w + s.whitenActions + j, s.features, 1);
                if constexpr (DERIVES) tile.write(memory.whitened + (static_cast<long>(step) * s.features + j) * LANES);
#pragma GCC unroll 16
                for (int i = 0; i < decltype(n)::value; i++) {
                    sum[0] += tile.row[i][0] * tile.row[i][0];
                    sum[1] += tile.row[i][1] * tile.row[i][1];
                }
            });
            float factor = w[s.noveltyFactor] * w[s.noveltyFactor];
            worst[0] = sum[0] * factor;
            worst[1] = sum[1] * factor;
        }
        for (int m = 0; m < s.members; m++) {
            const float *z = before + static_cast<long>(m) * D * LANES;
            float *to = next + static_cast<long>(m) * D * LANES;
            const float *drive = now + s.drive + (static_cast<long>(step) * s.members + m) * columns;
            const float *state = w + s.state + static_cast<long>(m) * D * columns;
            const float *input = w + s.input + static_cast<long>(m) * A * columns;
            const float *correction = w + s.correction + static_cast<long>(m) * H * D;
            const float *lead = w + s.leadInput + static_cast<long>(m) * A * D;
            const float *leadDrive = now + s.leadDrive + (static_cast<long>(step) * s.members + m) * D;
            float *slopes = memory.slopes + (DERIVES ? (static_cast<long>(step) * s.members + m) * H * LANES : 0);
            tiles(H, [&](auto n, int j) __attribute__((always_inline)) {
                constexpr int N = decltype(n)::value;
                Tile<N> tile;
                tile.set(drive + D + j);
                tile.add(z, D, state + D + j, columns, 1);
                tile.add(u, A, input + D + j, columns, 1);
                if (s.cubic) {
                    const Vector edge = splat(3.f);
#pragma GCC unroll 16
                    for (int i = 0; i < N; i++) {
#pragma GCC unroll 2
                        for (int v = 0; v < 2; v++) {
                            Vector x = tile.row[i][v], held = at_least(at_most(x, edge), -edge);
                            if constexpr (DERIVES) {
                                Vector slope = 3.f * held * held;
                                store(slopes + (j + i) * LANES + v * WIDTH, (x > edge) | (x < -edge) ? Vector{} : slope);
                            }
                            tile.row[i][v] = held * held * held;
                        }
                    }
                } else {
#pragma GCC unroll 16
                    for (int i = 0; i < N; i++) {
#pragma GCC unroll 2
                        for (int v = 0; v < 2; v++) {
                            Vector x = hyperbolic(tile.row[i][v]);
                            if constexpr (DERIVES) store(slopes + (j + i) * LANES + v * WIDTH, 1.f - x * x);
                            tile.row[i][v] = x;
                        }
                    }
                }
                tile.write(memory.bent + j * LANES);
            });
            tiles(D, [&](auto n, int j) __attribute__((always_inline)) {
                Tile<decltype(n)::value> tile;
                tile.set(drive + j);
                tile.add(z, D, state + j, columns, 1);
                tile.add(u, A, input + j, columns, 1);
                tile.add(memory.bent, H, correction + j, D, 1);
                if (s.lead) {
                    Tile<decltype(n)::value> known;
                    known.set(leadDrive + j);
#pragma GCC unroll 16
                    for (int i = 0; i < decltype(n)::value; i++) {
                        tile.row[i][0] += known.row[i][0];
                        tile.row[i][1] += known.row[i][1];
                    }
                    tile.add(after, A, lead + j, D, 1);
                }
                tile.write(to + j * LANES);
            });
            tiles(O, [&](auto n, int j) __attribute__((always_inline)) {
                Tile<decltype(n)::value> tile;
                tile.set(w + s.readoutOffset + m * O + j);
                tile.add(to, D, w + s.readout + static_cast<long>(m) * D * O + j, O, 1);
                tile.write(readings + (m * O + j) * LANES);
            });
        }
        const float share = 1.f / static_cast<float>(s.members);
        for (int o = 0; o < O; o++) {
            for (int v = 0; v < 2; v++) {
                const float *reading = readings + o * LANES + v * WIDTH;
                Vector mean = {};
                for (int m = 0; m < s.members; m++) mean += load(reading + m * O * LANES);
                mean *= share;
                store(
                    memory.outputs + (step * O + o) * LANES + v * WIDTH,
                    mean * w[s.outputScale + o] + w[s.outputMean + o]);
                if (!compares) continue;
                Vector square = {};
                if (s.members > 1) {
                    for (int m = 0; m < s.members; m++) {
                        Vector apart = load(reading + m * O * LANES) - mean;
                        square += apart * apart;
                    }
                    square = square * (1.f / static_cast<float>(s.members - 1)) + 1e-12f;
                }
                if (job.spread) {
                    store(memory.spreads + (step * O + o) * LANES + v * WIDTH, ROOT(square) * w[s.outputScale + o]);
                }
                if (judges) {
                    float factor = now[s.spreadFactor + step * O + o];
                    Vector judged = square * (factor * factor);
                    worst[v] = judged > worst[v] || judged != judged ? judged : worst[v];  // NaN stays
                }
            }
        }
        if (judges) {
            store(memory.novelty + step * LANES, ROOT(worst[0]));
            store(memory.novelty + step * LANES + WIDTH, ROOT(worst[1]));
        }
    }
    if (s.adapted) {
        // What adapting to the record adds: affine in the actions up to each step.
        for (int step = 0; step < steps; step++) {
            tiles(O, [&](auto n, int j) __attribute__((always_inline)) {
                Tile<decltype(n)::value> tile, added;
                float *to = memory.outputs + (step * O + j) * LANES;
                tile.read(to);
                added.set(now + s.changeOffset + step * O + j);
                added.add(memory.actions, (step + 1) * A, now + s.changeSlope + step * O + j, static_cast<long>(steps) * O, 1);
#pragma GCC unroll 16
                for (int i = 0; i < decltype(n)::value; i++) {
                    tile.row[i][0] += added.row[i][0];
                    tile.row[i][1] += added.row[i][1];
                }
                tile.write(to);
            });
        }
    }
}

#include "rollout_reverse.h"

// One block of candidates.
static void block(const RolloutJob &job, const RolloutLayout &s, int index) {
    const int first = index * LANES;
    const bool derives = job.outputSeeds != nullptr;
    Memory memory(s, derives, rollout_memory(Memory(s, derives, nullptr).count));
    if (derives) {
        forward<true>(job, s, memory, first);
        reverse(job, s, memory, first);
        return;
    }
    forward<false>(job, s, memory, first);
    from_lanes(memory.outputs, s.steps * s.outputs, first, job.candidates, job.outputs);
    if (job.spread) from_lanes(memory.spreads, s.steps * s.outputs, first, job.candidates, job.spread);
    if (job.novelty) from_lanes(memory.novelty, s.steps, first, job.candidates, job.novelty);
}

// Multiplications and additions a second of one core at most: as many independent chains as fit the registers.
static double peak(double seconds) {
    constexpr int ROUNDS = 20000;
    float kept[TILE * LANES] __attribute__((aligned(64)));
    for (int i = 0; i < TILE * LANES; i++) kept[i] = 0.001f * static_cast<float>(i);
    __asm__ volatile("" : : "r"(kept) : "memory");  // What the chains start from is not known to be alike.
    Tile<TILE> tile;
    for (int j = 0; j < TILE; j++) {
        tile.row[j][0] = load(kept + j * LANES);
        tile.row[j][1] = load(kept + j * LANES + WIDTH);
    }
    Vector factor = splat(0.999f), addend = splat(0.001f);
    double best = 0;
    for (auto begin = std::chrono::steady_clock::now();;) {
        auto start = std::chrono::steady_clock::now();
        for (int i = 0; i < ROUNDS; i++) {
#pragma GCC unroll 16
            for (int j = 0; j < TILE; j++) {
                tile.row[j][0] = tile.row[j][0] * factor + addend;
                tile.row[j][1] = tile.row[j][1] * factor + addend;
            }
        }
        auto end = std::chrono::steady_clock::now();
        double taken = std::chrono::duration<double>(end - start).count();
        best = std::max(best, 2.0 * ROUNDS * TILE * LANES / taken);
        if (std::chrono::duration<double>(end - begin).count() >= seconds) break;
    }
    tile.write(kept);
    __asm__ volatile("" : : "r"(kept) : "memory");  // No chain is without a reader.
    return best;
}
