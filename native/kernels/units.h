// Includes CT_KERNEL once for each vector unit, in namespaces of their own: plain (SSE2, NEON), wide (AVX2), widest (AVX-512),
// brief_widest (AVX-512 with bfloat16) and, where CT_TILES is 1, tiled (the matrix unit as well). The kernel sees WIDTH floats a
// vector, at most TILE rows of two vectors in registers of vectors, SUM the sum of a vector's lanes, HALF whether the processor
// rounds to bfloat16 itself and multiplies it (2: in the matrix unit, whose tiles are as high as the kernel says).

namespace plain {
#define WIDTH 4
#define HALF 0
#define SUM(x) ((x)[0] + (x)[1] + ((x)[2] + (x)[3]))
#if defined(__aarch64__)
#define TILE 12
#else
#define TILE 6
#endif
#include CT_KERNEL
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
#include CT_KERNEL
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
#include CT_KERNEL
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
#include CT_KERNEL
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
#include CT_KERNEL
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
