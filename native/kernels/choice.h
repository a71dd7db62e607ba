// Which of a kernel's copies, one for each vector unit, the processor gets.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <string>

#define CT_LANE_INLINE static inline __attribute__((always_inline))

namespace ct {

// The place of the first that the processor has among AVX-512, AVX2 and SSE2; 0 where there is one alone.
inline std::size_t first_lanes() {
#if defined(__x86_64__)
    bool has256 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    bool has512 = has256 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
        && __builtin_cpu_supports("avx512vl");
    return has512 ? 0 : has256 ? 1 : 2;
#else
    return 0;
#endif
}

// The first that the processor has, the widest; FORESIGHT_LANES names a narrower one.
template <class Kernel, std::size_t COUNT>
const Kernel &chosen(const Kernel (&kernels)[COUNT], std::size_t first) {
    if (const char *wanted = std::getenv("FORESIGHT_LANES")) {
        for (std::size_t i = first; i < COUNT; i++) if (std::string(kernels[i].name) == wanted) return kernels[i];
    }
    return kernels[first];
}

}  // namespace ct
