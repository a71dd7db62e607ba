// Gradients, and the modes of the thread: grad mode, inference mode, autocast.
#include <ATen/autocast_mode.h>
#include <ATen/core/grad_mode.h>
#include <c10/core/InferenceMode.h>

#include "support.h"

// Two public functions of torch/csrc/autograd/autograd.h, declared here because that header takes as long to compile
// as everything else of this library; the linker checks the names together with all types.
namespace torch::autograd {
TORCH_API void backward(
    const std::vector<at::Tensor> &tensors, const std::vector<at::Tensor> &gradients,
    std::optional<bool> retain_graph, bool create_graph, const std::vector<at::Tensor> &inputs);
TORCH_API std::vector<at::Tensor> grad(
    const std::vector<at::Tensor> &outputs, const std::vector<at::Tensor> &inputs,
    const std::vector<at::Tensor> &output_gradients, std::optional<bool> retain_graph, bool create_graph,
    bool allow_unused);
}  // namespace torch::autograd

using ct::borrow;

namespace {
std::vector<at::Tensor> collect(const ct_tensor *handles, intptr_t count) {
    std::vector<at::Tensor> tensors(static_cast<size_t>(count));
    for (intptr_t i = 0; i < count; i++) {
        if (handles[i]) tensors[static_cast<size_t>(i)] = borrow(handles[i]);
    }
    return tensors;
}
}  // namespace

extern "C" {

int32_t ct_set_requires_grad(ct_tensor t, bool on) {
    return ct::act([&] { borrow(t).set_requires_grad(on); });
}

ct_tensor ct_grad(ct_tensor t) {
    return ct::one([&] { return at::Tensor(borrow(t).grad()); });
}

int32_t ct_set_grad(ct_tensor t, ct_tensor grad) {
    return ct::act([&] { borrow(t).mutable_grad() = grad ? borrow(grad) : at::Tensor(); });
}

int32_t ct_backward(ct_tensor t, ct_tensor gradient, bool retain_graph, bool create_graph) {
    return ct::act([&] {
        torch::autograd::backward(
            {borrow(t)}, {gradient ? borrow(gradient) : at::Tensor()}, retain_graph || create_graph, create_graph,
            {});
    });
}

int32_t ct_gradients(
    const ct_tensor *outputs, intptr_t output_count, const ct_tensor *inputs, intptr_t input_count,
    const ct_tensor *output_gradients, bool retain_graph, bool create_graph, bool allow_unused,
    ct_tensor *gradients) {
    return ct::act([&] {
        auto found = torch::autograd::grad(
            collect(outputs, output_count), collect(inputs, input_count), collect(output_gradients, output_count),
            retain_graph || create_graph, create_graph, allow_unused);
        for (size_t i = 0; i < found.size(); i++) gradients[i] = ct::give(std::move(found[i]));
    });
}

bool ct_grad_enabled(void) { return at::GradMode::is_enabled(); }
void ct_set_grad_enabled(bool on) { at::GradMode::set_enabled(on); }
bool ct_inference_enabled(void) { return c10::InferenceMode::is_enabled(); }

void *ct_inference_begin(bool on) {
    return ct::guarded([&]() -> void * { return new c10::InferenceMode(on); }, static_cast<void *>(nullptr));
}

void ct_inference_end(void *guard) { delete static_cast<c10::InferenceMode *>(guard); }

int32_t ct_autocast_dtype(int32_t device) {
    const auto type = ct::device(device).type();
    if (!at::autocast::is_autocast_enabled(type)) return -1;
    return static_cast<int32_t>(at::autocast::get_autocast_dtype(type));
}

int32_t ct_autocast_set(int32_t device, int32_t dtype) {
    const auto type = ct::device(device).type();
    const int32_t before = ct_autocast_dtype(device);
    at::autocast::set_autocast_enabled(type, dtype >= 0);
    if (dtype >= 0) at::autocast::set_autocast_dtype(type, static_cast<at::ScalarType>(dtype));
    return before;
}

void ct_autocast_nest(bool enter) {
    // The cache of converted weights belongs to the outermost scope: kept longer, it would survive an optimiser step.
    if (enter) {
        at::autocast::increment_nesting();
    } else if (at::autocast::decrement_nesting() == 0) {
        at::autocast::clear_cache();
    }
}

}  // extern "C"
