// A step of training a sensor model, fused: windows, encoder, rollout, terms of the loss and the gradient of all weights in
// one pass. Plain numbers, no tensors; one copy of the kernel for each vector unit, of which the processor gets the widest it
// has. Members of the ensemble are shared among threads; what each computes does not depend on how many there are.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <cstring>
#include <new>
#include <string>
#include <vector>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "choice.h"
#include "guard.h"
#include "pool.h"
#include "training.h"

namespace {
namespace training {
using ct::training::Job;
using ct::training::Layout;
using ct::training::Place;

// Memory of a member's step.
struct Room {
    float *base;

    explicit Room(long count)
        : base(static_cast<float *>(std::aligned_alloc(64, sizeof(float) * static_cast<size_t>((count + 15) / 16 * 16)))) {
        if (!base) throw std::bad_alloc();
    }
    ~Room() { std::free(base); }
    Room(const Room &) = delete;
    Room &operator=(const Room &) = delete;
};

#define CT_STEP_MEMBER inline __attribute__((always_inline))

namespace plain {
#define WIDTH 4
#if defined(__aarch64__)
#define TILE 20
#define ACROSS 4
#define ALONG 6
#else
#define TILE 12
#define ACROSS 3
#define ALONG 4
#endif
#include "training_lanes.h"
#include "training_kernel.h"
#include "training_weights.h"
#include "training_terms.h"
#undef WIDTH
#undef TILE
#undef ACROSS
#undef ALONG
}  // namespace plain

#if defined(__x86_64__)
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2,fma")
#endif
namespace wide {
#define WIDTH 8
#define TILE 12
#define ACROSS 3
#define ALONG 4
#include "training_lanes.h"
#include "training_kernel.h"
#include "training_weights.h"
#include "training_terms.h"
#undef WIDTH
#undef TILE
#undef ACROSS
#undef ALONG
}  // namespace wide
#if defined(__clang__)
#pragma clang attribute pop
#pragma clang attribute push(__attribute__((target("avx512f,avx512dq,avx512vl,avx2,fma"))), apply_to = function)
#else
#pragma GCC pop_options
#pragma GCC push_options
#pragma GCC target("avx512f,avx512dq,avx512vl,avx2,fma,prefer-vector-width=512")
#endif
namespace widest {
#define WIDTH 16
#define TILE 20
#define ACROSS 4
#define ALONG 6
#include "training_lanes.h"
#include "training_kernel.h"
#include "training_weights.h"
#include "training_terms.h"
#undef WIDTH
#undef TILE
#undef ACROSS
#undef ALONG
}  // namespace widest
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

struct Kernel {
    void (*member)(const Job &, const Layout &, int);
    const char *name;
};

const Kernel &kernel() {
    static const Kernel kernels[] = {
#if defined(__x86_64__)
        {widest::member, "AVX-512"},
        {wide::member, "AVX2"},
        {plain::member, "SSE2"},
#elif defined(__aarch64__)
        {plain::member, "NEON"},
#else
        {plain::member, "plain"},
#endif
    };
    static const Kernel &chosen = ct::chosen(kernels, ct::first_lanes());
    return chosen;
}

// Values that grounding is a mean of: those measured in predicted rows, of all members.
double measured_values(const Job &job, const Layout &s) {
    double sum = 0;
    for (int m = 0; m < s.members; m++) {
        for (int b = 0; b < s.batch; b++) {
            const int64_t start = job.starts[static_cast<long>(m) * s.batch + b];
            for (int64_t row = start; row < start + s.steps; row++) {
                const float seen = job.visible ? job.visible[m * job.tableRows + row] : 1.f;
                for (int o = 0; o < s.outputs; o++) sum += job.mask[row * s.outputs + o] * seen;
            }
        }
    }
    return std::max(1.0, sum);
}

}  // namespace training
}  // namespace

int32_t ct_training_step(
    const int32_t *sizes, const float *weights, const float *outputs, const float *mask, const float *inputs,
    const float *visible, int64_t table_rows, const int64_t *starts, const float *directions, const double *factors,
    int32_t threads, float *gradient, double *terms) {
    using namespace training;
    return ct::act([&] {
        const Layout s(sizes);
        std::vector<double> sums(static_cast<size_t>(5 * s.members), 0.0);
        Job job{weights, outputs, mask, inputs, visible, directions, table_rows, starts, {}, 1, gradient, sums.data()};
        std::copy(factors, factors + 5, job.factors);
        job.measured = measured_values(job, s);
        const auto step = kernel().member;
        const int used = std::max(1, std::min(static_cast<int>(threads), s.members));
        if (used > 1) {
            ct::Pool::shared().run(s.members, used, [&](int m) { step(job, s, m); });
        } else {
            for (int m = 0; m < s.members; m++) step(job, s, m);
        }
        const double windows = static_cast<double>(s.members) * s.batch;
        const double counts[5] = {
            job.measured, job.measured, windows * s.steps * s.width, static_cast<double>(s.members),
            std::max(1.0, windows * s.pairs * s.recovered)};
        for (int term = 0; term < 5; term++) {
            double sum = 0;
            for (int m = 0; m < s.members; m++) sum += sums[static_cast<size_t>(5 * m + term)];
            terms[term] = sum / counts[term];
        }
    });
}
