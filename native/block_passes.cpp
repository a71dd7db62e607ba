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

#define CT_KERNEL "../block_kernel.h"  // from where units.h is
#include "units.h"
#undef CT_KERNEL

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
