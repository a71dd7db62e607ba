// Version, threads, devices, errors, and the setting that makes libtorch twice as fast on some processors.
#include <cstdlib>
#include <cstring>

#include <ATen/Context.h>
#include <ATen/Parallel.h>
#include <torch/version.h>

#include "support.h"

namespace {
thread_local std::string last_error;
thread_local bool has_error = false;

bool asks_for_plain(const char *variable) {
    const char *value = std::getenv(variable);
    return value && std::strcmp(value, "plain") == 0;
}
}  // namespace

void ct::remember(const char *message) noexcept {
    try {
        last_error = message;
    } catch (...) {
        last_error.clear();
    }
    has_error = true;
}

#if defined(__x86_64__)
static bool fast_mkl() {
    static const bool fast = !asks_for_plain("FORESIGHT_MKL") && __builtin_cpu_supports("avx2");
    return fast;
}

// MKL inside libtorch chooses slow kernels on processors that are not Intel's: its dispatcher asks this exported
// predicate, and this library stands before MKL in the lookup order. Undocumented, hence FORESIGHT_MKL=plain.
extern "C" __attribute__((visibility("default"), used)) int mkl_serv_intel_cpu_true(void) {
    return fast_mkl() || __builtin_cpu_is("intel");
}
#endif

extern "C" {

const char *ct_error(void) {
    if (!has_error) return nullptr;
    has_error = false;
    return last_error.c_str();
}

const char *ct_version(void) { return TORCH_VERSION; }

int32_t ct_threads(void) { return at::get_num_threads(); }

int32_t ct_set_threads(int32_t count) {
    return ct::act([&] { at::set_num_threads(count); });
}

int32_t ct_cuda_count(void) {
    return ct::guarded([&]() -> int32_t { return at::hasCUDA() ? at::detail::getCUDAHooks().deviceCount() : 0; }, 0);
}

bool ct_mps_available(void) {
    return ct::guarded([&] { return at::hasMPS(); }, false);
}

int32_t ct_synchronize(int32_t code) {
    return ct::act([&] {
        if (code == -1) return;
        if (code == -2) return at::detail::getMPSHooks().deviceSynchronize();
        at::detail::getCUDAHooks().deviceSynchronize(static_cast<c10::DeviceIndex>(code));
    });
}

bool ct_fast_bfloat16(int32_t code) {
    if (code != -1) return true;
#if defined(__x86_64__)
    return __builtin_cpu_supports("avx512bf16");
#elif defined(__ARM_FEATURE_BF16)
    return true;
#else
    return false;
#endif
}

bool ct_fast_mkl(void) {
#if defined(__x86_64__)
    return fast_mkl();
#else
    return false;
#endif
}

const char *ct_interface(void) { return CT_INTERFACE; }

}  // extern "C"
