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
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
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
#include "causal_model.h"

namespace causal {

#define CT_KERNEL "causal_kernel.h"
#include "units.h"
#undef CT_KERNEL

struct CausalKernel {
    void (*step)(const CausalModel &, const CausalStep &, int, int);
    int lanes;
    int pairs;  // numbers that a product of bfloat16 takes at once, 0 where there is none
    // Tokens of a group: enough that reading the weights costs little, and few enough that what lies between products stays in
    // the second cache.
    int tokens;
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
            {tiled::step, 32, 32, 192, "AMX BF16"},
#endif
#if defined(__x86_64__)
            {brief_widest::step, 32, 2, 96, "AVX-512 BF16"},
            {widest::step, 32, 0, 96, "AVX-512"},
            {wide::step, 16, 0, 96, "AVX2"},
            {plain::step, 8, 0, 96, "SSE2"},
#elif defined(__aarch64__)
            {plain::step, 8, 0, 96, "NEON"},
#else
            {plain::step, 8, 0, 96, "plain"},
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
        const int most = std::max(1, model->kernel->tokens / step.tokens);
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
