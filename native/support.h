// What every file of the library shares: handles, options, and the one place where C++ exceptions are caught.
#pragma once

#include <cmath>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <ATen/core/Tensor.h>
#include <c10/core/TensorOptions.h>
#include <c10/util/Exception.h>

#include "ctorch.h"

namespace ct {

// Remembers a failure of this thread for ct_error.
void remember(const char *message) noexcept;

// Runs `body`; an exception is remembered and turned into `failed`.
template <class Body>
auto guarded(Body &&body, decltype(body()) failed) noexcept -> decltype(body()) {
    try {
        return body();
    } catch (const c10::Error &error) {
        remember(error.what_without_backtrace());
    } catch (const std::exception &error) {
        remember(error.what());
    } catch (...) {
        remember("unknown C++ exception");
    }
    return failed;
}

// at::Tensor is one intrusive pointer and nothing else, so that a variable that holds a handle *is* a tensor in
// memory: borrowing costs nothing and touches no reference count.
static_assert(sizeof(at::Tensor) == sizeof(ct_tensor), "at::Tensor must be one pointer");
static_assert(sizeof(intptr_t) == sizeof(int64_t), "sizes are passed as 64-bit numbers");

inline const at::Tensor &borrow(const ct_tensor &handle) { return *reinterpret_cast<const at::Tensor *>(&handle); }

inline std::optional<at::Tensor> optional(const ct_tensor &handle) {
    return handle ? std::optional<at::Tensor>(borrow(handle)) : std::nullopt;
}

// Hands the reference over to the caller. An undefined tensor is NULL outside.
inline ct_tensor give(at::Tensor &&tensor) {
    return tensor.defined() ? reinterpret_cast<ct_tensor>(tensor.unsafeReleaseTensorImpl()) : nullptr;
}

inline at::IntArrayRef ints(const intptr_t *values, intptr_t count) {
    return at::IntArrayRef(reinterpret_cast<const int64_t *>(values), static_cast<size_t>(count));
}

// The tensors behind a list of handles, none of them NULL.
inline at::TensorList list(const ct_tensor *handles, intptr_t count) {
    return at::TensorList(reinterpret_cast<const at::Tensor *>(handles), static_cast<size_t>(count));
}

inline c10::Device device(int32_t code) {
    if (code == -1) return c10::Device(c10::kCPU);
    if (code == -2) return c10::Device(c10::kMPS, 0);
    return c10::Device(c10::kCUDA, static_cast<c10::DeviceIndex>(code));
}

inline at::TensorOptions options(int32_t dtype, int32_t device_code) {
    return at::TensorOptions().dtype(static_cast<at::ScalarType>(dtype)).device(device(device_code));
}

// A number as it meets a tensor: whole numbers keep integer tensors integers.
inline at::Scalar scalar(const at::Tensor &beside, double value) {
    if (c10::isIntegralType(beside.scalar_type(), true) && std::trunc(value) == value && std::abs(value) < 0x1p53) {
        return at::Scalar(static_cast<int64_t>(value));
    }
    return at::Scalar(value);
}

// A function that makes one tensor.
template <class Body>
ct_tensor one(Body &&body) noexcept {
    return guarded([&]() -> ct_tensor { return give(body()); }, static_cast<ct_tensor>(nullptr));
}

// A function that only acts: 0 when done.
template <class Body>
int32_t act(Body &&body) noexcept {
    return guarded([&]() -> int32_t { body(); return 0; }, static_cast<int32_t>(-1));
}

}  // namespace ct
