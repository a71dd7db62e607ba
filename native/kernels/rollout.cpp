// Rollouts of sensor models for planning, fused: what ensemble, readout, spread and novelty need of a block of candidates
// stays in the nearest cache for the whole horizon, and candidates are the lanes of the vector unit. Plain numbers, no
// tensors; one copy of the kernel for each vector unit, of which the processor gets the widest it has.
//
//     z' = z A + u B + u' B1 + b + f((z / s) P + u V + c) G,    y = mean over members of z C + c
//
// What is constant over a plan is summed up beforehand: see ct_rollout in kernels.h for the two lists of numbers.
#include <algorithm>
#include <cmath>
#include <chrono>
#include <cstdlib>
#include <new>
#include <string>
#include <type_traits>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#elif defined(__ARM_NEON)
#include <arm_neon.h>
#endif

#include "choice.h"
#include "guard.h"
#include "pool.h"

namespace {

// Where the numbers of each matrix begin.
struct RolloutLayout {
    int members, width, hidden, actions, outputs, features, steps, columns;
    bool cubic, lead, adapted;
    long state, input, leadInput, correction, readout, readoutOffset, whitenState, whitenActions, noveltyFactor;
    long actionMean, actionFactor, outputMean, outputScale;
    long start, drive, leadDrive, whitenDrive, spreadFactor, changeOffset, changeSlope;

    explicit RolloutLayout(const int32_t *n)
        : members(n[0]), width(n[1]), hidden(n[2]), actions(n[3]), outputs(n[4]), features(n[5]), steps(n[6]),
          columns(n[1] + n[2]), cubic(n[7] != 0), lead(n[8] != 0), adapted(n[9] != 0) {
        long at = 0;
        auto list = [&](long count) { long begin = at; at += count; return begin; };
        const long M = members, D = width, H = hidden, A = actions, O = outputs, F = features, S = steps;
        state = list(M * D * columns), input = list(M * A * columns), leadInput = list(lead ? M * A * D : 0);
        correction = list(M * H * D), readout = list(M * D * O), readoutOffset = list(M * O);
        whitenState = list(D * F), whitenActions = list(A * F), noveltyFactor = list(1);
        actionMean = list(A), actionFactor = list(A), outputMean = list(O), outputScale = list(O);
        at = 0;
        start = list(M * D), drive = list(S * M * columns), leadDrive = list(lead ? S * M * D : 0);
        whitenDrive = list(S * F), spreadFactor = list(S * O);
        changeOffset = list(adapted ? S * O : 0), changeSlope = list(adapted ? S * A * S * O : 0);
    }

    // Multiplications and additions of one candidate, each counted as one; activations, roots and divisions are not.
    double operations(bool judges) const {
        const double D = width, H = hidden, A = actions, O = outputs, F = features;
        double step = members * ((D + A) * columns + H * D + (lead ? A * D : 0) + D * O + O);
        if (judges) step += (D + A + 1) * F + members * O * 2.0;
        double change = adapted ? A * O * (steps + 1) / 2.0 : 0;
        return 2 * steps * (step + change);
    }
};

struct RolloutJob {
    const float *weights, *situation, *actions;
    int candidates;
    float *outputs, *spread, *novelty;
    const float *outputSeeds, *noveltySeeds;
    float *actionGradient;
};

// Memory of this thread for so many floats, kept from call to call.
float *rollout_memory(long count) {
    struct Kept {
        float *base = nullptr;
        long count = 0;
        ~Kept() { std::free(base); }
    };
    thread_local Kept kept;
    if (kept.count < count) {
        std::free(kept.base);
        kept.count = (count + 1023) / 1024 * 1024;
        kept.base = static_cast<float *>(std::aligned_alloc(64, sizeof(float) * static_cast<size_t>(kept.count)));
        if (!kept.base) {
            kept.count = 0;
            throw std::bad_alloc();
        }
    }
    return kept.base;
}

// Whether the compiler shuffles vectors of any width; else numbers are moved one by one.
#if defined(__has_builtin)
#if __has_builtin(__builtin_shufflevector)
#define CT_SHUFFLES 1
#endif
#endif
#ifndef CT_SHUFFLES
#define CT_SHUFFLES 0
#endif

#define CT_MEMBER_INLINE inline __attribute__((always_inline))

namespace plain_lanes {
#define WIDTH 4
#if defined(__aarch64__)
#define TILE 12
#define ROOT(x) ((Vector)vsqrtq_f32((float32x4_t)(x)))
#elif defined(__x86_64__)
#define TILE 6
#define ROOT(x) ((Vector)_mm_sqrt_ps((__m128)(x)))
#else
#define TILE 6
CT_LANE_INLINE float __attribute__((vector_size(16))) root_of(float __attribute__((vector_size(16))) x) {
    for (int i = 0; i < 4; i++) x[i] = __builtin_sqrtf(x[i]);
    return x;
}
#define ROOT(x) root_of(x)
#endif
#include "rollout_kernel.h"
#undef WIDTH
#undef TILE
#undef ROOT
}  // namespace plain_lanes

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
namespace wide_lanes {
#define WIDTH 8
#define TILE 6
#define ROOT(x) ((Vector)_mm256_sqrt_ps((__m256)(x)))
#include "rollout_kernel.h"
#undef WIDTH
#undef TILE
#undef ROOT
}  // namespace wide_lanes
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512")
#endif
namespace widest_lanes {
#define WIDTH 16
#define TILE 12
#define ROOT(x) ((Vector)_mm512_maskz_sqrt_ps(static_cast<__mmask16>(-1), (__m512)(x)))
#include "rollout_kernel.h"
#undef WIDTH
#undef TILE
#undef ROOT
}  // namespace widest_lanes
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

struct RolloutKernel {
    void (*block)(const RolloutJob &, const RolloutLayout &, int);
    double (*peak)(double);
    int lanes;
    const char *name;
};

const RolloutKernel &rollout_kernel() {
    static const RolloutKernel kernels[] = {
#if defined(__x86_64__)
        {widest_lanes::block, widest_lanes::peak, widest_lanes::LANES, "AVX-512"},
        {wide_lanes::block, wide_lanes::peak, wide_lanes::LANES, "AVX2"},
        {plain_lanes::block, plain_lanes::peak, plain_lanes::LANES, "SSE2"},
#elif defined(__aarch64__)
        {plain_lanes::block, plain_lanes::peak, plain_lanes::LANES, "NEON"},
#else
        {plain_lanes::block, plain_lanes::peak, plain_lanes::LANES, "plain"},
#endif
    };
    static const RolloutKernel &chosen = ct::chosen(kernels, ct::first_lanes());
    return chosen;
}

// What a helper has to be worth: waking one takes some 20 microseconds.
constexpr double WORTH = 4e6;

int32_t rollout_run(const RolloutJob &job, const RolloutLayout &layout, int32_t threads) {
    return ct::act([&] {
        const RolloutKernel &kernel = rollout_kernel();
        int blocks = (job.candidates + kernel.lanes - 1) / kernel.lanes;
        double worth = layout.operations(true) * job.candidates / WORTH;
        int used = std::max(1, std::min({static_cast<int>(threads), blocks, static_cast<int>(std::min(worth, 1024.0))}));
        if (used > 1) return ct::Pool::shared().run(blocks, used, [&](int i) { kernel.block(job, layout, i); });
        for (int i = 0; i < blocks; i++) kernel.block(job, layout, i);
    });
}

}  // namespace

int32_t ct_rollout(
    const int32_t *sizes, const float *weights, const float *situation, const float *actions, int32_t candidates,
    int32_t threads, float *outputs, float *spread, float *novelty) {
    RolloutLayout layout(sizes);
    RolloutJob job{weights, situation, actions, candidates, outputs, spread, novelty, nullptr, nullptr, nullptr};
    return rollout_run(job, layout, threads);
}

int32_t ct_rollout_gradient(
    const int32_t *sizes, const float *weights, const float *situation, const float *actions, int32_t candidates,
    int32_t threads, const float *output_seeds, const float *novelty_seeds, float *gradient) {
    RolloutLayout layout(sizes);
    RolloutJob job{weights, situation, actions, candidates, nullptr, nullptr, nullptr, output_seeds, novelty_seeds, gradient};
    return rollout_run(job, layout, threads);
}

double ct_rollout_operations(const int32_t *sizes, bool judges) { return RolloutLayout(sizes).operations(judges); }

const char *ct_rollout_lanes(void) { return rollout_kernel().name; }

double ct_rollout_peak(double seconds) { return rollout_kernel().peak(seconds); }
