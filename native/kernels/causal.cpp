// Rollouts of a causal transformer under actions for planning: LeWM's predictor (arXiv:2603.19312), adaLN-Zero blocks with
// learned positions and a window of rows. All that one step needs of a group of candidates is done in one pass over the
// weights, and only what the prediction reads is computed:
//
//     - the modulations of a row's actions once, for all blocks and for as long as the row stays in the window;
//     - while rows fit into the window, each is one token: keys and values of earlier ones are kept;
//     - once the window moves, places change and all tokens are looked at anew; in the last block, of all but the last
//       token only keys and values.
//
// Products have the weights packed into panels of two vectors of columns, with norm, nonlinearity, gate and residual in the
// same pass over a tile; with bfloat16, products take rounded numbers and sum up in float, and all else is float. A
// candidate's prediction does not depend on its batch, to the bit.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <mutex>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

// The matrix unit of newer processors: the system has to be asked for its registers, as Linux does it.
#if defined(__x86_64__) && defined(__linux__)
#define CT_TILES 1
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif
#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "choice.h"
#include "guard.h"
#include "pool.h"

namespace {
namespace causal {

// bfloat16.
enum Brief : uint16_t {};

// Most rows of a window.
constexpr int MOST_HISTORY = 64;

// Numbers of a row in memory: whole panels of the widest kernel, and an odd number of them, so that the rows of a tile do not
// fall on the same lines of the cache.
constexpr long padded(long count) { return ((count + 31) / 32 | 1) * 32; }

template <class In>
inline In brief(float value) {
    if constexpr (std::is_same_v<In, float>) return value;
    else {
        uint32_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        if ((bits & 0x7fffffff) > 0x7f800000) return static_cast<In>((bits >> 16) | 0x40);
        return static_cast<In>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}

// Memory in whole cache lines, zero at first.
struct Memory {
    char *base = nullptr;
    size_t size = 0;

    Memory() = default;
    explicit Memory(size_t bytes) : size((bytes + 4095) / 4096 * 4096) {
        base = static_cast<char *>(std::aligned_alloc(4096, std::max<size_t>(size, 4096)));
        if (!base) throw std::bad_alloc();
        std::memset(base, 0, size);
    }
    Memory(Memory &&other) noexcept : base(other.base), size(other.size) { other.base = nullptr, other.size = 0; }
    Memory &operator=(Memory &&other) noexcept {
        std::swap(base, other.base);
        std::swap(size, other.size);
        return *this;
    }
    ~Memory() { std::free(base); }
};

struct CausalSizes {
    int width, actions, history, hidden, output, depth, heads, headSize, feed, smoothed, expanded, projector;
    float plainEpsilon = 0, epsilon = 0;

    explicit CausalSizes(const int32_t *n)
        : width(n[0]), actions(n[1]), history(n[2]), hidden(n[3]), output(n[4]), depth(n[5]), heads(n[6]), headSize(n[7]),
          feed(n[8]), smoothed(n[9]), expanded(n[10]), projector(n[11]) {}

    int inner() const { return heads * headSize; }
    // Of one candidate through so many steps from one row, each multiplication and each addition counted.
    double operations(int steps) const {
        const double E = hidden, I = inner(), D = width;
        double row = actions * smoothed + smoothed * expanded + expanded * D + (D != E ? D * E : 0) + 6 * E * E * depth;
        double token = depth * (E * 3 * I + I * E + 2 * E * feed), spared = E * I + I * E + 2 * E * feed;
        double answer = (E != output ? E * output : 0) + (projector ? static_cast<double>(output + width) * projector : 0);
        double sum = 0;
        for (int step = 0; step < steps; step++) {
            int tokens = step < history ? 1 : history, keys = step < history ? step + 1 : history;
            sum += row + tokens * (token + (D != E ? D * E : 0)) - (tokens - 1) * spared + answer;
            for (int t = 0; t < tokens; t++) sum += 2 * I * depth * (tokens == 1 ? keys : t + 1);
        }
        return 2 * sum;
    }
};

// A map whose weights lie in panels of `lanes` columns, one row of each after the other, or pairs of rows of bfloat16.
struct Matrix {
    int outputs = 0, inputs = 0;
    int deep = 0;  // rows of a panel of bfloat16, whole pairs or tiles
    bool isBrief = false;
    Memory memory, offsets;
    const float *offset = nullptr;

    template <class In>
    int depth() const { return std::is_same_v<In, float> ? inputs : deep; }
    template <class In>
    const In *panels() const { return reinterpret_cast<const In *>(memory.base); }

    // Weights [outputs, inputs] of one map after the other; NULL for no offset.
    void pack(const float *weights, const float *bias, int rows, int columns, int lanes, int whole, bool brief) {
        outputs = rows, inputs = columns, isBrief = brief;
        deep = (columns + whole - 1) / whole * whole;
        const int panels = (rows + lanes - 1) / lanes;
        offsets = Memory(sizeof(float) * static_cast<size_t>(padded(rows) + 64));
        if (bias) std::memcpy(offsets.base, bias, sizeof(float) * static_cast<size_t>(rows));
        offset = reinterpret_cast<const float *>(offsets.base);
        const long depth = brief ? deep : columns;
        memory = Memory(static_cast<size_t>(panels * lanes * depth) * (brief ? 2 : 4));
        for (long row = 0; row < rows; row++) {
            const long panel = row / lanes * lanes * depth, lane = row % lanes;
            for (long k = 0; k < columns; k++) {
                const float value = weights[row * columns + k];
                if (brief) {
                    reinterpret_cast<Brief *>(memory.base)[panel + k / 2 * 2 * lanes + 2 * lane + k % 2] =
                        causal::brief<Brief>(value);
                } else {
                    reinterpret_cast<float *>(memory.base)[panel + k * lanes + lane] = value;
                }
            }
        }
    }
};

struct CausalBlock {
    Matrix query, pair, merge, up, down;
    const float *attentionGain, *attentionOffset, *mlpGain, *mlpOffset;
};

struct CausalKernel;

struct CausalModel {
    CausalSizes sizes;
    bool isBrief = false, hasInput = false, hasCondition = false, hasOutput = false, hasProjector = false;
    const CausalKernel *kernel = nullptr;
    Matrix smooth, expand, encode, input, condition, modulation, output, project, answer;
    std::vector<CausalBlock> blocks;
    std::vector<Memory> lists;
    const float *positions = nullptr, *normGain = nullptr, *normOffset = nullptr;
    std::mutex mutex;
    std::vector<Memory> spare;  // of runs that have ended

    explicit CausalModel(const CausalSizes &sizes) : sizes(sizes) {}

    const float *keep(const float *from, int rows, int count) {
        lists.emplace_back(sizeof(float) * static_cast<size_t>(rows * padded(count) + 64));
        float *to = reinterpret_cast<float *>(lists.back().base);
        for (int row = 0; row < rows; row++) {
            std::memcpy(to + row * padded(count), from + row * count, sizeof(float) * static_cast<size_t>(count));
        }
        return to;
    }

    Memory borrow(size_t bytes) {
        std::lock_guard<std::mutex> lock(mutex);
        for (size_t i = 0; i < spare.size(); i++) {
            if (spare[i].size < bytes) continue;
            Memory found = std::move(spare[i]);
            spare.erase(spare.begin() + static_cast<long>(i));
            return found;
        }
        return Memory(bytes);
    }

    void giveBack(Memory &&memory) {
        std::lock_guard<std::mutex> lock(mutex);
        if (spare.size() >= 2) spare.erase(spare.begin());
        spare.push_back(std::move(memory));
    }
};

// One step of all candidates. Lists are of the rows in the window, the newest last.
struct CausalStep {
    const float *z, *actions;
    long zStride, actionStride;
    float *out;  // NULL when a row is only taken in
    int tokens, past;
    bool keeps;  // whether keys and values are of use later
    float *rows[MOST_HISTORY], *modulations[MOST_HISTORY];
    float *keys;
    long keySize;  // numbers of the keys and values of one row in one block
    int kept;

    float *cache(int block, int row) const { return keys + (block * static_cast<long>(kept) + row) * keySize; }
};

// Memory of this thread for a group, kept from call to call.
template <class In>
struct CausalScratch {
    float *tokens, *line, *queries, *pairs, *numbers;
    In *normal, *mixed, *wide, *inputs;

    CausalScratch(const CausalSizes &s, int rows) {
        thread_local Memory memory;
        size_t at = 0;
        auto list = [&](auto *&to, long count) {
            size_t begin = at;
            at += (sizeof(*to) * static_cast<size_t>(count) + 63) / 64 * 64;
            to = reinterpret_cast<std::remove_reference_t<decltype(to)>>(memory.base + begin);
        };
        auto lay = [&] {
            at = 0;
            const long wide = padded(std::max(s.feed, s.projector)), most = std::max(padded(s.hidden), padded(s.width));
            list(tokens, rows * most);
            list(line, std::max(most, padded(s.output)));
            list(queries, rows * padded(s.inner()));
            list(pairs, rows * padded(2 * s.inner()));
            list(numbers, rows * (padded(s.actions) + padded(s.smoothed) + padded(s.expanded) + padded(s.width)));
            // Tiles take whole blocks of rows, from any row on.
            const int taken = rows + 32;
            list(normal, taken * padded(s.hidden));
            list(mixed, taken * padded(s.inner()));
            list(this->wide, taken * wide);
            list(inputs, taken * std::max(padded(s.width), padded(s.output)));
        };
        lay();
        if (memory.size < at) {
            memory = Memory(at);
            lay();
        }
    }
};

#ifndef CT_LANE_INLINE
#endif

namespace plain {
#define WIDTH 4
#define HALF 0
#define SUM(x) ((x)[0] + (x)[1] + ((x)[2] + (x)[3]))
#if defined(__aarch64__)
#define TILE 12
#else
#define TILE 6
#endif
#include "causal_kernel.h"
#undef WIDTH
#undef TILE
#undef SUM
#undef HALF
}  // namespace plain

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
namespace wide {
CT_LANE_INLINE float sum_of(__m256 x) {
    __m128 half = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps(x, 1));
    half = _mm_add_ps(half, _mm_movehl_ps(half, half));
    return _mm_cvtss_f32(_mm_add_ss(half, _mm_shuffle_ps(half, half, 1)));
}
#define WIDTH 8
#define TILE 6
#define HALF 0
#define SUM(x) sum_of((__m256)(x))
#include "causal_kernel.h"
#undef WIDTH
#undef TILE
#undef SUM
#undef HALF
}  // namespace wide
#define WIDTH 16
#define TILE 12
#define SUM(x) _mm512_reduce_add_ps((__m512)(x))
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx2,fma,prefer-vector-width=512")
#endif
namespace widest {
#define HALF 0
#include "causal_kernel.h"
#undef HALF
}  // namespace widest
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,avx2,fma"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,avx2,fma,prefer-vector-width=512")
#endif
namespace brief_widest {
#define HALF 1
#include "causal_kernel.h"
#undef HALF
}  // namespace brief_widest
#if CT_TILES
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16,avx2,fma"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512bw,avx512vl,avx512bf16,amx-tile,amx-bf16,avx2,fma,prefer-vector-width=512")
#endif
namespace tiled {
#define HALF 2
#include "causal_kernel.h"
#undef HALF
}  // namespace tiled
#endif
#undef WIDTH
#undef TILE
#undef SUM
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

struct CausalKernel {
    void (*step)(const CausalModel &, const CausalStep &, int, int);
    int lanes;
    int pairs;  // numbers that a product of bfloat16 takes at once, 0 where there is none
    const char *name;
};

#if CT_TILES
// Whether there is a matrix unit for bfloat16, and the system lets this process use its registers.
bool has_tiles() {
    unsigned a = 0, b = 0, c = 0, d = 0;
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d)) return false;
    const bool is_there = (d >> 22 & 1) && (d >> 24 & 1);  // AMX-BF16, AMX-TILE
    return is_there && syscall(SYS_arch_prctl, 0x1023, 18) == 0;  // ARCH_REQ_XCOMP_PERM, tile data
}
#endif

// The widest kernel that the processor has; FORESIGHT_LANES names a narrower one.
const CausalKernel &kernel() {
    static const CausalKernel &chosen = []() -> const CausalKernel & {
        static const CausalKernel kernels[] = {
#if CT_TILES
            {tiled::step, 32, 32, "AMX BF16"},
#endif
#if defined(__x86_64__)
            {brief_widest::step, 32, 2, "AVX-512 BF16"},
            {widest::step, 32, 0, "AVX-512"},
            {wide::step, 16, 0, "AVX2"},
            {plain::step, 8, 0, "SSE2"},
#elif defined(__aarch64__)
            {plain::step, 8, 0, "NEON"},
#else
            {plain::step, 8, 0, "plain"},
#endif
        };
        std::size_t first = 0;
#if defined(__x86_64__)
        bool has256 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
        bool has512 = has256 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
            && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl");
        const bool hasBrief = has512 && __builtin_cpu_supports("avx512bf16");
        first = hasBrief ? 0 : has512 ? 1 : has256 ? 2 : 3;
#if CT_TILES
        if (!hasBrief || !has_tiles()) first++;
#endif
#endif
        return ct::chosen(kernels, first);
    }();
    return chosen;
}

// Tokens of a group: enough that reading the weights costs little, and few enough that what lies between products stays in
// the second cache.
constexpr int MOST_TOKENS = 96;

}  // namespace causal

using namespace causal;
}  // namespace

struct ct_causal_ {
    std::shared_ptr<CausalModel> model;
};

struct ct_causal_run_ {
    std::shared_ptr<CausalModel> model;
    int candidates, length = 0;
    Memory memory;
    float *rows, *modulations, *keys;

    ct_causal_run_(std::shared_ptr<CausalModel> owner, int count) : model(std::move(owner)), candidates(count) {
        const CausalSizes &s = model->sizes;
        const long N = candidates;
        const long r = s.history * N * padded(s.width), m = s.history * N * padded(6 * s.hidden * s.depth) + 64;
        const long k = static_cast<long>(s.depth) * (s.history - 1) * N * padded(2 * s.inner());
        memory = model->borrow(sizeof(float) * static_cast<size_t>(r + m + k + 64));
        rows = reinterpret_cast<float *>(memory.base), modulations = rows + r, keys = modulations + m;
    }

    ~ct_causal_run_() { model->giveBack(std::move(memory)); }

    void next(const float *z, long zStride, const float *actions, long actionStride, int threads, float *out) {
        const CausalSizes &s = model->sizes;
        CausalStep step{};
        step.z = z, step.zStride = zStride, step.actions = actions, step.actionStride = actionStride, step.out = out;
        const bool grows = length < s.history;
        step.tokens = grows ? 1 : s.history, step.past = grows ? length : 0;
        step.keeps = grows && length < s.history - 1;
        for (int t = 0; t < step.tokens; t++) {
            const long place = (length - step.tokens + 1 + t) % s.history;
            step.rows[t] = rows + place * candidates * padded(s.width);
            step.modulations[t] = modulations + place * candidates * padded(6 * s.hidden * s.depth);
        }
        step.keys = keys, step.keySize = candidates * padded(2 * s.inner()), step.kept = s.history - 1;
        const int most = std::max(1, MOST_TOKENS / step.tokens);
        int groups = (candidates + most - 1) / most;
        threads = std::max(1, std::min(threads, candidates));
        groups = (groups + threads - 1) / threads * threads;
        auto work = [&](int index) {
            const int first = static_cast<int>(static_cast<long>(index) * candidates / groups);
            const int end = static_cast<int>(static_cast<long>(index + 1) * candidates / groups);
            if (end > first) model->kernel->step(*model, step, first, end - first);
        };
        if (threads > 1) {
            ct::Pool::shared().run(groups, threads, work);
        } else {
            for (int i = 0; i < groups; i++) work(i);
        }
        length++;
    }
};

ct_causal ct_causal_new(
    const int32_t *sizes, const float *weights, double plain_epsilon, double epsilon, bool half) {
    return ct::guarded([&]() -> ct_causal {
        CausalSizes s(sizes);
        if (s.history < 1 || s.history > MOST_HISTORY) throw std::invalid_argument("a history beyond the kernel's");
        s.plainEpsilon = static_cast<float>(plain_epsilon), s.epsilon = static_cast<float>(epsilon);
        auto model = std::make_shared<CausalModel>(s);
        CausalModel &m = *model;
        m.kernel = &kernel();
        m.isBrief = half && m.kernel->pairs > 0;
        const float *at = weights;
        auto matrix = [&](Matrix &to, int outputs, int inputs, bool offset, bool brief) {
            const float *begin = at;
            at += static_cast<long>(outputs) * inputs;
            to.pack(begin, offset ? at : nullptr, outputs, inputs, m.kernel->lanes, std::max(2, m.kernel->pairs), brief);
            if (offset) at += outputs;
        };
        auto list = [&](int rows, int count) {
            const float *kept = m.keep(at, rows, count);
            at += static_cast<long>(rows) * count;
            return kept;
        };
        const int E = s.hidden, I = s.inner();
        m.hasInput = m.hasCondition = s.width != E, m.hasOutput = E != s.output, m.hasProjector = s.projector > 0;
        // What is done with actions costs little, and their digits count.
        matrix(m.smooth, s.smoothed, s.actions, true, false);
        matrix(m.expand, s.expanded, s.smoothed, true, false);
        matrix(m.encode, s.width, s.expanded, true, false);
        m.positions = list(s.history, s.width);
        if (m.hasInput) matrix(m.input, E, s.width, true, m.isBrief);
        if (m.hasCondition) matrix(m.condition, E, s.width, true, false);
        matrix(m.modulation, 6 * E * s.depth, E, true, m.isBrief);
        m.blocks.resize(static_cast<size_t>(s.depth));
        for (CausalBlock &block : m.blocks) {
            block.attentionGain = list(1, E), block.attentionOffset = list(1, E);
            matrix(block.query, I, E, false, m.isBrief);
            matrix(block.pair, 2 * I, E, false, m.isBrief);
            matrix(block.merge, E, I, true, m.isBrief);
            block.mlpGain = list(1, E), block.mlpOffset = list(1, E);
            matrix(block.up, s.feed, E, true, m.isBrief);
            matrix(block.down, E, s.feed, true, m.isBrief);
        }
        m.normGain = list(1, E), m.normOffset = list(1, E);
        if (m.hasOutput) matrix(m.output, s.output, E, true, m.isBrief);
        if (m.hasProjector) {
            matrix(m.project, s.projector, s.output, true, m.isBrief);
            matrix(m.answer, s.width, s.projector, true, m.isBrief);
        }
        return new ct_causal_{std::move(model)};
    }, static_cast<ct_causal>(nullptr));
}

void ct_causal_release(ct_causal model) { delete model; }

ct_causal_run ct_causal_begin(ct_causal model, int32_t candidates) {
    return ct::guarded([&]() -> ct_causal_run { return new ct_causal_run_(model->model, candidates); },
                       static_cast<ct_causal_run>(nullptr));
}

void ct_causal_end(ct_causal_run run) { delete run; }

int32_t ct_causal_next(
    ct_causal_run run, const float *z, intptr_t z_stride, const float *actions, intptr_t action_stride, int32_t threads,
    float *out) {
    return ct::act([&] { run->next(z, z_stride, actions, action_stride, threads, out); });
}

double ct_causal_operations(const int32_t *sizes, int32_t steps) { return CausalSizes(sizes).operations(steps); }

const char *ct_causal_lanes(void) { return kernel().name; }

bool ct_causal_has_half(void) { return kernel().pairs > 0; }
