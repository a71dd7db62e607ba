// Any operator by name, through the dispatcher's boxed calling convention.
#include <ATen/core/Generator.h>
#include <ATen/core/List.h>
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/ivalue.h>

#include "support.h"

namespace {

const c10::OperatorHandle &operation(ct_operator handle) {
    return *reinterpret_cast<const c10::OperatorHandle *>(handle);
}

c10::IValue value(const ct_argument &argument) {
    const auto *handles = static_cast<const ct_tensor *>(argument.pointer);
    const auto count = argument.count;
    switch (argument.kind) {
        case CT_NONE:
            return c10::IValue();
        case CT_TENSOR:
            return c10::IValue(*reinterpret_cast<const at::Tensor *>(&argument.pointer));
        case CT_INT:
            return c10::IValue(argument.integer);
        case CT_DOUBLE:
            return c10::IValue(argument.number);
        case CT_BOOL:
            return c10::IValue(argument.integer != 0);
        case CT_INTS:
            return c10::IValue(ct::ints(static_cast<const intptr_t *>(argument.pointer), count));
        case CT_TENSORS:
            return c10::IValue(ct::list(handles, count));
        case CT_STRING:
            return c10::IValue(std::string(static_cast<const char *>(argument.pointer)));
        case CT_DOUBLES:
            return c10::IValue(at::ArrayRef<double>(static_cast<const double *>(argument.pointer), count));
        case CT_BOOLS: {
            c10::List<bool> list;
            for (intptr_t i = 0; i < count; i++) list.push_back(static_cast<const bool *>(argument.pointer)[i]);
            return c10::IValue(list);
        }
        case CT_GENERATOR: {
            auto *raw = static_cast<c10::GeneratorImpl *>(const_cast<void *>(argument.pointer));
            return c10::IValue(
                at::Generator(c10::intrusive_ptr<c10::GeneratorImpl>::unsafe_reclaim_from_nonowning(raw)));
        }
        case CT_OPTIONAL_TENSORS: {
            c10::List<std::optional<at::Tensor>> list;
            for (intptr_t i = 0; i < count; i++) list.push_back(ct::optional(handles[i]));
            return c10::IValue(list);
        }
        case CT_DEVICE:
            return c10::IValue(ct::device(static_cast<int32_t>(argument.integer)));
        default:
            TORCH_CHECK(false, "unknown kind of argument: ", argument.kind);
    }
}

}  // namespace

extern "C" {

ct_operator ct_find(const char *name, const char *overload) {
    return ct::guarded(
        [&]() -> ct_operator {
            auto found = c10::Dispatcher::singleton().findSchemaOrThrow(name, overload);
            return reinterpret_cast<ct_operator>(new c10::OperatorHandle(found));
        },
        static_cast<ct_operator>(nullptr));
}

int32_t ct_call(
    ct_operator op, const ct_argument *arguments, int32_t argument_count, ct_tensor *results,
    int32_t result_capacity) {
    return ct::guarded(
        [&]() -> int32_t {
            const auto &schema = operation(op).schema();
            const auto &parameters = schema.arguments();
            TORCH_CHECK(
                static_cast<size_t>(argument_count) <= parameters.size(), schema.name(), " takes at most ",
                parameters.size(), " arguments, not ", argument_count);
            torch::jit::Stack stack;
            stack.reserve(parameters.size());
            for (int32_t i = 0; i < argument_count; i++) stack.push_back(value(arguments[i]));
            for (size_t i = static_cast<size_t>(argument_count); i < parameters.size(); i++) {
                TORCH_CHECK(
                    parameters[i].default_value().has_value(), schema.name(), " needs a value for its argument ",
                    parameters[i].name());
                stack.push_back(*parameters[i].default_value());
            }
            operation(op).callBoxed(stack);
            int32_t count = 0;
            const auto put = [&](at::Tensor &&tensor) {
                TORCH_CHECK(count < result_capacity, schema.name(), " returns more than ", result_capacity, " tensors");
                results[count++] = ct::give(std::move(tensor));
            };
            for (auto &result : stack) {
                if (result.isTensor()) {
                    put(std::move(result).toTensor());
                } else if (result.isTensorList()) {
                    for (const at::Tensor &tensor : result.toTensorVector()) put(at::Tensor(tensor));
                }
            }
            return count;
        },
        static_cast<int32_t>(-1));
}

}  // extern "C"
