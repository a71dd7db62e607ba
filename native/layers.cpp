// Products, layers, attention and the reductions that every step needs.
#include <ATen/ops/baddbmm.h>
#include <ATen/ops/bmm.h>
#include <ATen/ops/embedding.h>
#include <ATen/ops/layer_norm.h>
#include <ATen/ops/linear.h>
#include <ATen/ops/log_softmax.h>
#include <ATen/ops/matmul.h>
#include <ATen/ops/mean.h>
#include <ATen/ops/mse_loss.h>
#include <ATen/ops/scaled_dot_product_attention.h>
#include <ATen/ops/softmax.h>
#include <ATen/ops/sum.h>
#include <ATen/ops/var.h>

#include "support.h"

using ct::borrow;
using ct::ints;
using ct::one;
using ct::optional;

namespace {
at::OptionalIntArrayRef dimensions(const intptr_t *dims, intptr_t count) {
    if (count == 0) return std::nullopt;
    return ints(dims, count);
}
}  // namespace

extern "C" {

ct_tensor ct_matmul(ct_tensor a, ct_tensor b) {
    return one([&] { return at::matmul(borrow(a), borrow(b)); });
}

ct_tensor ct_bmm(ct_tensor a, ct_tensor b) {
    return one([&] { return at::bmm(borrow(a), borrow(b)); });
}

ct_tensor ct_baddbmm(ct_tensor addend, ct_tensor a, ct_tensor b) {
    return one([&] { return at::baddbmm(borrow(addend), borrow(a), borrow(b)); });
}

ct_tensor ct_linear(ct_tensor input, ct_tensor weight, ct_tensor bias) {
    return one([&] { return at::linear(borrow(input), borrow(weight), optional(bias)); });
}

ct_tensor ct_layer_norm(
    ct_tensor input, const intptr_t *normalized, intptr_t rank, ct_tensor weight, ct_tensor bias, double epsilon) {
    return one([&] {
        return at::layer_norm(borrow(input), ints(normalized, rank), optional(weight), optional(bias), epsilon);
    });
}

ct_tensor ct_softmax(ct_tensor input, intptr_t dim) {
    return one([&] { return at::softmax(borrow(input), dim); });
}

ct_tensor ct_log_softmax(ct_tensor input, intptr_t dim) {
    return one([&] { return at::log_softmax(borrow(input), dim); });
}

ct_tensor ct_attention(ct_tensor q, ct_tensor k, ct_tensor v, ct_tensor mask, bool causal, double scale) {
    return one([&] {
        const auto factor = std::isnan(scale) ? std::nullopt : std::optional<double>(scale);
        return at::scaled_dot_product_attention(
            borrow(q), borrow(k), borrow(v), optional(mask), 0.0, causal, factor);
    });
}

ct_tensor ct_embedding(ct_tensor weight, ct_tensor indices) {
    return one([&] { return at::embedding(borrow(weight), borrow(indices)); });
}

ct_tensor ct_mse_loss(ct_tensor a, ct_tensor b) {
    return one([&] { return at::mse_loss(borrow(a), borrow(b)); });
}

ct_tensor ct_sum(ct_tensor t, const intptr_t *dims, intptr_t count, bool keep) {
    return one([&] { return at::sum(borrow(t), dimensions(dims, count), keep); });
}

ct_tensor ct_mean(ct_tensor t, const intptr_t *dims, intptr_t count, bool keep) {
    return one([&] { return at::mean(borrow(t), dimensions(dims, count), keep); });
}

ct_tensor ct_variance(ct_tensor t, const intptr_t *dims, intptr_t count, double correction, bool keep) {
    return one([&] {
        return at::var(borrow(t), dimensions(dims, count), std::optional<at::Scalar>(correction), keep);
    });
}

}  // extern "C"
