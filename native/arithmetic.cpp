// Arithmetic and functions, element by element.
#include <ATen/ops/abs.h>
#include <ATen/ops/add.h>
#include <ATen/ops/clamp.h>
#include <ATen/ops/div.h>
#include <ATen/ops/exp.h>
#include <ATen/ops/gelu.h>
#include <ATen/ops/log.h>
#include <ATen/ops/maximum.h>
#include <ATen/ops/minimum.h>
#include <ATen/ops/mul.h>
#include <ATen/ops/neg.h>
#include <ATen/ops/pow.h>
#include <ATen/ops/reciprocal.h>
#include <ATen/ops/relu.h>
#include <ATen/ops/rsqrt.h>
#include <ATen/ops/rsub.h>
#include <ATen/ops/sigmoid.h>
#include <ATen/ops/silu.h>
#include <ATen/ops/sqrt.h>
#include <ATen/ops/sub.h>
#include <ATen/ops/tanh.h>
#include <ATen/ops/where.h>

#include "support.h"

using ct::act;
using ct::borrow;
using ct::one;
using ct::scalar;

#define CT_UNARY(name) \
    ct_tensor ct_##name(ct_tensor a) { return one([&] { return at::name(borrow(a)); }); }
#define CT_BINARY(name) \
    ct_tensor ct_##name(ct_tensor a, ct_tensor b) { return one([&] { return at::name(borrow(a), borrow(b)); }); }

extern "C" {

CT_BINARY(add)
CT_BINARY(sub)
CT_BINARY(mul)
CT_BINARY(div)
CT_BINARY(minimum)
CT_BINARY(maximum)
CT_UNARY(neg)
CT_UNARY(exp)
CT_UNARY(log)
CT_UNARY(sqrt)
CT_UNARY(rsqrt)
CT_UNARY(abs)
CT_UNARY(tanh)
CT_UNARY(sigmoid)
CT_UNARY(relu)
CT_UNARY(silu)

ct_tensor ct_add_scalar(ct_tensor a, double b) {
    return one([&] { return at::add(borrow(a), scalar(borrow(a), b)); });
}

ct_tensor ct_mul_scalar(ct_tensor a, double b) {
    return one([&] { return at::mul(borrow(a), scalar(borrow(a), b)); });
}

ct_tensor ct_div_scalar(ct_tensor a, double b) {
    return one([&] { return at::div(borrow(a), scalar(borrow(a), b)); });
}

ct_tensor ct_rsub_scalar(ct_tensor a, double b) {
    return one([&] { return at::rsub(borrow(a), scalar(borrow(a), b)); });
}

ct_tensor ct_rdiv_scalar(ct_tensor a, double b) {
    return one([&] { return at::mul(at::reciprocal(borrow(a)), at::Scalar(b)); });
}

ct_tensor ct_pow_scalar(ct_tensor a, double b) {
    return one([&] { return at::pow(borrow(a), scalar(borrow(a), b)); });
}

ct_tensor ct_gelu(ct_tensor a, bool tanh_approximation) {
    return one([&] { return at::gelu(borrow(a), tanh_approximation ? "tanh" : "none"); });
}

ct_tensor ct_clamp(ct_tensor a, double low, double high) {
    return one([&] {
        const auto bound = [&](double value) -> std::optional<at::Scalar> {
            if (std::isinf(value)) return std::nullopt;
            return scalar(borrow(a), value);
        };
        return at::clamp(borrow(a), bound(low), bound(high));
    });
}

ct_tensor ct_where(ct_tensor condition, ct_tensor a, ct_tensor b) {
    return one([&] { return at::where(borrow(condition), borrow(a), borrow(b)); });
}

int32_t ct_add_in_place(ct_tensor a, ct_tensor b, double scale) {
    return act([&] { borrow(a).add_(borrow(b), scalar(borrow(b), scale)); });
}

int32_t ct_mul_in_place(ct_tensor a, ct_tensor b) {
    return act([&] { borrow(a).mul_(borrow(b)); });
}

int32_t ct_add_scalar_in_place(ct_tensor a, double b) {
    return act([&] { borrow(a).add_(scalar(borrow(a), b)); });
}

int32_t ct_mul_scalar_in_place(ct_tensor a, double b) {
    return act([&] { borrow(a).mul_(scalar(borrow(a), b)); });
}

int32_t ct_copy_in_place(ct_tensor a, ct_tensor b) {
    return act([&] { borrow(a).copy_(borrow(b)); });
}

int32_t ct_fill_in_place(ct_tensor a, double value) {
    return act([&] { borrow(a).fill_(scalar(borrow(a), value)); });
}

}  // extern "C"
