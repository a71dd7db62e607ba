// Views and arrangements.
#include <ATen/ops/cat.h>
#include <ATen/ops/index_select.h>
#include <ATen/ops/stack.h>

#include "support.h"

using ct::borrow;
using ct::ints;
using ct::list;
using ct::one;

extern "C" {

ct_tensor ct_reshape(ct_tensor t, const intptr_t *sizes, intptr_t rank) {
    return one([&] { return borrow(t).reshape(ints(sizes, rank)); });
}

ct_tensor ct_permute(ct_tensor t, const intptr_t *order, intptr_t rank) {
    return one([&] { return borrow(t).permute(ints(order, rank)); });
}

ct_tensor ct_transpose(ct_tensor t, intptr_t a, intptr_t b) {
    return one([&] { return borrow(t).transpose(a, b); });
}

ct_tensor ct_expand(ct_tensor t, const intptr_t *sizes, intptr_t rank) {
    return one([&] { return borrow(t).expand(ints(sizes, rank)); });
}

ct_tensor ct_slice(ct_tensor t, intptr_t dim, intptr_t start, intptr_t end, intptr_t step) {
    return one([&] { return borrow(t).slice(dim, start, end, step); });
}

ct_tensor ct_select(ct_tensor t, intptr_t dim, intptr_t index) {
    return one([&] { return borrow(t).select(dim, index); });
}

ct_tensor ct_unsqueeze(ct_tensor t, intptr_t dim) {
    return one([&] { return borrow(t).unsqueeze(dim); });
}

ct_tensor ct_squeeze(ct_tensor t, intptr_t dim) {
    return one([&] { return borrow(t).squeeze(dim); });
}

ct_tensor ct_index_select(ct_tensor t, intptr_t dim, ct_tensor index) {
    return one([&] { return at::index_select(borrow(t), dim, borrow(index)); });
}

ct_tensor ct_concatenate(const ct_tensor *tensors, intptr_t count, intptr_t dim) {
    return one([&] { return at::cat(list(tensors, count), dim); });
}

ct_tensor ct_stack(const ct_tensor *tensors, intptr_t count, intptr_t dim) {
    return one([&] { return at::stack(list(tensors, count), dim); });
}

}  // extern "C"
