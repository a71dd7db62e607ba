// Handles to generators of random numbers.
#include <ATen/CPUGeneratorImpl.h>
#include <ATen/Context.h>
#include <ATen/core/Generator.h>

#include "support.h"

namespace {
c10::GeneratorImpl *implementation(ct_generator handle) { return reinterpret_cast<c10::GeneratorImpl *>(handle); }

ct_generator give(at::Generator generator) {
    // One more reference for the caller; the local one goes with the argument.
    auto *raw = generator.unsafeGetGeneratorImpl();
    c10::raw::intrusive_ptr::incref(raw);
    return reinterpret_cast<ct_generator>(raw);
}
}  // namespace

extern "C" {

ct_generator ct_generator_new(uint64_t seed, int32_t code) {
    return ct::guarded(
        [&]() -> ct_generator {
            if (code == -1) return give(at::make_generator<at::CPUGeneratorImpl>(seed));
            const auto device = ct::device(code);
            auto made = at::globalContext().getAcceleratorHooksInterface(device.type()).getNewGenerator(device.index());
            made.set_current_seed(seed);
            return give(made);
        },
        static_cast<ct_generator>(nullptr));
}

void ct_generator_release(ct_generator g) { c10::raw::intrusive_ptr::decref(implementation(g)); }

ct_generator ct_generator_clone(ct_generator g) {
    return ct::guarded(
        [&]() -> ct_generator {
            const std::lock_guard<std::mutex> lock(implementation(g)->mutex_);
            return give(at::Generator(implementation(g)->clone()));
        },
        static_cast<ct_generator>(nullptr));
}

ct_tensor ct_generator_state(ct_generator g) {
    return ct::one([&] {
        const std::lock_guard<std::mutex> lock(implementation(g)->mutex_);
        return at::Tensor(implementation(g)->get_state());
    });
}

int32_t ct_generator_set_state(ct_generator g, ct_tensor state) {
    return ct::act([&] {
        const std::lock_guard<std::mutex> lock(implementation(g)->mutex_);
        implementation(g)->set_state(*ct::borrow(state).unsafeGetTensorImpl());
    });
}

}  // extern "C"
