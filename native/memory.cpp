// Life, description, creation and conversion of tensors.
#include <algorithm>
#include <cstring>

#include <ATen/Context.h>
#include <ATen/core/Generator.h>
#include <ATen/ops/arange.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/eye.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/full.h>
#include <ATen/ops/rand.h>
#include <ATen/ops/randn.h>
#include <ATen/ops/randperm.h>

#include "support.h"

using ct::borrow;
using ct::ints;
using ct::one;
using ct::options;

namespace {
c10::TensorImpl *implementation(ct_tensor handle) { return reinterpret_cast<c10::TensorImpl *>(handle); }

at::Generator generator(ct_generator handle) {
    auto *raw = reinterpret_cast<c10::GeneratorImpl *>(handle);
    return at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::unsafe_reclaim_from_nonowning(raw));
}
}  // namespace

extern "C" {

void ct_retain(ct_tensor t) { c10::raw::intrusive_ptr::incref(implementation(t)); }
void ct_release(ct_tensor t) { c10::raw::intrusive_ptr::decref(implementation(t)); }

intptr_t ct_rank(ct_tensor t) { return borrow(t).dim(); }
intptr_t ct_count(ct_tensor t) { return borrow(t).numel(); }

void ct_sizes(ct_tensor t, intptr_t *sizes) {
    const auto all = borrow(t).sizes();
    for (size_t i = 0; i < all.size(); i++) sizes[i] = static_cast<intptr_t>(all[i]);
}

void ct_strides(ct_tensor t, intptr_t *strides) {
    const auto all = borrow(t).strides();
    for (size_t i = 0; i < all.size(); i++) strides[i] = static_cast<intptr_t>(all[i]);
}

int32_t ct_dtype(ct_tensor t) { return static_cast<int32_t>(borrow(t).scalar_type()); }

int32_t ct_device(ct_tensor t) {
    const auto device = borrow(t).device();
    if (device.is_cuda()) return device.index();
    return device.is_mps() ? -2 : -1;
}

bool ct_is_contiguous(ct_tensor t) { return borrow(t).is_contiguous(); }
bool ct_requires_grad(ct_tensor t) { return borrow(t).requires_grad(); }
bool ct_is_leaf(ct_tensor t) { return borrow(t).is_leaf(); }
bool ct_is_inference(ct_tensor t) { return borrow(t).is_inference(); }

intptr_t ct_uses(ct_tensor t) {
    return static_cast<intptr_t>(std::max<size_t>(borrow(t).use_count(), borrow(t).storage().use_count()));
}


int64_t ct_version_counter(ct_tensor t) {
    return ct::guarded([&]() -> int64_t { return borrow(t).is_inference() ? 0 : borrow(t)._version(); }, int64_t(-1));
}

void *ct_data(ct_tensor t) {
    return ct::guarded([&]() -> void * { return borrow(t).data_ptr(); }, static_cast<void *>(nullptr));
}

double ct_item(ct_tensor t) {
    return ct::guarded([&] { return borrow(t).item().toDouble(); }, std::nan(""));
}

int64_t ct_item_integer(ct_tensor t) {
    return ct::guarded([&] { return borrow(t).item().toLong(); }, int64_t(-1));
}

ct_tensor ct_empty(const intptr_t *sizes, intptr_t rank, int32_t dtype, int32_t device) {
    return one([&] { return at::empty(ints(sizes, rank), options(dtype, device)); });
}

ct_tensor ct_full(const intptr_t *sizes, intptr_t rank, double value, int32_t dtype, int32_t device) {
    return one([&] { return at::full(ints(sizes, rank), value, options(dtype, device)); });
}

ct_tensor ct_copy_of(const void *data, const intptr_t *sizes, intptr_t rank, int32_t dtype, int32_t device) {
    return one([&] {
        auto host = at::empty(ints(sizes, rank), options(dtype, -1));
        if (host.nbytes() > 0) std::memcpy(host.data_ptr(), data, host.nbytes());
        return device == -1 ? host : host.to(ct::device(device));
    });
}

ct_tensor ct_view_of(void *data, const intptr_t *sizes, intptr_t rank, int32_t dtype) {
    return one([&] { return at::from_blob(data, ints(sizes, rank), options(dtype, -1)); });
}

ct_tensor ct_arange(double start, double end, double step, int32_t dtype, int32_t device) {
    return one([&] { return at::arange(start, end, step, options(dtype, device)); });
}

ct_tensor ct_eye(intptr_t rows, intptr_t columns, int32_t dtype, int32_t device) {
    return one([&] { return at::eye(rows, columns, options(dtype, device)); });
}

ct_tensor ct_normal(const intptr_t *sizes, intptr_t rank, ct_generator g, int32_t dtype, int32_t device) {
    return one([&] { return at::randn(ints(sizes, rank), generator(g), options(dtype, device)); });
}

ct_tensor ct_uniform(const intptr_t *sizes, intptr_t rank, ct_generator g, int32_t dtype, int32_t device) {
    return one([&] { return at::rand(ints(sizes, rank), generator(g), options(dtype, device)); });
}

ct_tensor ct_permutation(intptr_t count, ct_generator g, int32_t device) {
    return one([&] { return at::randperm(count, generator(g), options(static_cast<int32_t>(at::kLong), device)); });
}

ct_tensor ct_to_dtype(ct_tensor t, int32_t dtype) {
    return one([&] { return borrow(t).to(static_cast<at::ScalarType>(dtype)); });
}

ct_tensor ct_to_device(ct_tensor t, int32_t device) {
    return one([&] { return borrow(t).to(ct::device(device)); });
}

ct_tensor ct_contiguous(ct_tensor t) {
    return one([&] { return borrow(t).contiguous(); });
}

ct_tensor ct_clone(ct_tensor t) {
    return one([&] { return borrow(t).clone(); });
}

ct_tensor ct_detach(ct_tensor t) {
    return one([&] { return borrow(t).detach(); });
}

}  // extern "C"
