// The passes of block_passes.h for each vector unit, and the choice among them.
#include <cstdint>
#include <type_traits>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#include "block_passes.h"
#include "choice.h"

namespace ct::blocks {
namespace {

namespace plain {
#define WIDTH 4
#define HALF 0
#define SUM(x) ((x)[0] + (x)[1] + ((x)[2] + (x)[3]))
#if defined(__aarch64__)
#define TILE 12
#else
#define TILE 6
#endif
#include "block_kernel.h"
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
#include "block_kernel.h"
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
#include "block_kernel.h"
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
#include "block_kernel.h"
#undef HALF
}  // namespace brief_widest
#undef WIDTH
#undef TILE
#undef SUM
#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif

struct Kernel {
    const Passes<float> *whole;
    const Passes<Brief> *brief;
    const char *name;
};

const Kernel &kernel() {
    static const Kernel &found = []() -> const Kernel & {
        static const Kernel kernels[] = {
#if defined(__x86_64__)
            {&brief_widest::table<float>, &brief_widest::table<Brief>, "AVX-512 BF16"},
            {&widest::table<float>, &widest::table<Brief>, "AVX-512"},
            {&wide::table<float>, &wide::table<Brief>, "AVX2"},
            {&plain::table<float>, &plain::table<Brief>, "SSE2"},
#elif defined(__aarch64__)
            {&plain::table<float>, &plain::table<Brief>, "NEON"},
#else
            {&plain::table<float>, &plain::table<Brief>, "plain"},
#endif
        };
        std::size_t first = 0;
#if defined(__x86_64__)
        const bool has512 = first_lanes() == 0 && __builtin_cpu_supports("avx512bw");
        first = has512 && __builtin_cpu_supports("avx512bf16") ? 0 : has512 ? 1 : first_lanes() <= 1 ? 2 : 3;
#endif
        return chosen(kernels, first);
    }();
    return found;
}

}  // namespace

template <>
const Passes<float> &passes() { return *kernel().whole; }

template <>
const Passes<Brief> &passes() { return *kernel().brief; }

const char *lanes() { return kernel().name; }

}  // namespace ct::blocks
