// A stack of pre-norm blocks as one operation with its own gradient: block_stack.h does the work.
#include <ATen/ops/zeros.h>
#include <torch/csrc/autograd/custom_function.h>

#include "block_backward.h"

namespace ct::blocks {
namespace {

using Tensors = std::vector<at::Tensor>;

// What one pass needs, for numbers of products of one type.
template <class In>
struct Stack {
    StackSizes s;
    Tensors parameters;
    std::vector<BlockWeights<In>> weights;
    Norm last;

    Stack(const StackSizes &sizes, const Tensors &given) : s(sizes), parameters(given) {
        for (int block = 0; block < s.depth; block++) weights.emplace_back(s, &parameters[static_cast<size_t>(block * PARTS)]);
        const at::Tensor *norm = &parameters[static_cast<size_t>(s.depth * PARTS)];
        last = {s.width, s.epsilon, norm[0].const_data_ptr<float>(), norm[1].const_data_ptr<float>()};
    }

    const Norm &next(int block) const {
        return block + 1 < s.depth ? weights[static_cast<size_t>(block) + 1].attention_norm : last;
    }

    // body(first sequence, how many, thread's scratch, whether the group begins) for all chunks of a group in turn.
    template <class Body>
    void each_chunk(bool learns, const Body &body) const {
        std::vector<Scratch<In>> scratch;
        for (int i = 0; i < at::get_num_threads(); i++) scratch.emplace_back(s, learns);
        const long groups = s.groups(), chunks = s.chunks();
        at::parallel_for(0, groups, 1, [&](int64_t begin, int64_t end) {
            const PlainOperators plain;
            Scratch<In> &own = scratch[static_cast<size_t>(at::get_thread_num())];
            for (long group = begin; group < end; group++) {
                const long start = group * chunks / groups, stop = (group + 1) * chunks / groups;
                for (long chunk = start; chunk < stop; chunk++) {
                    const long sequence = chunk * s.chunk();
                    body(sequence, std::min(s.chunk(), s.sequences - sequence), own, group, chunk == start);
                }
            }
        });
    }

    // Blocks and the last norm, [sequences, asked, width]; `kept`, if anything learns, takes what the way back needs.
    at::Tensor forward(const at::Tensor &input, Tensors *kept) const {
        const float *x = input.const_data_ptr<float>();
        at::Tensor result = at::empty({s.sequences, s.asked, s.width}, at::kFloat);
        float *out = result.mutable_data_ptr<float>();
        std::vector<KeptMemory<In>> memory;
        Tensors inputs;
        at::Tensor moments;
        if (kept) {
            for (int block = 0; block < s.depth; block++) {
                memory.emplace_back(s, block, s.sequences);
                inputs.push_back(at::empty({s.sequences * s.rows(block), s.width}, at::kFloat));
            }
            moments = at::empty({s.sequences * s.asked, 2}, at::kFloat);
        } else {
            for (int i = 0; i < at::get_num_threads(); i++) {
                memory.emplace_back(s, 0, s.chunk());
                inputs.push_back(at::empty({s.chunk() * s.tokens, s.width + 2}, at::kFloat));
            }
        }
        each_chunk(false, [&](long sequence, long count, Scratch<In> &scratch, long, bool) {
            const size_t own = static_cast<size_t>(at::get_thread_num());
            auto at_block = [&](int block, const float *from) {
                return kept ? memory[static_cast<size_t>(block)].at_sequence(s, block, s.sequences, sequence, from)
                            : memory[own].at_sequence(s, block, s.chunk(), 0, from);
            };
            const float *from = x + sequence * s.tokens * s.width;
            Kept<In> at = at_block(0, from);
            passes<In>().norm(weights[0].attention_norm, from, count * s.tokens, at.first, scratch.unit);
            for (int block = 0; block < s.depth; block++) {
                const bool is_last = block + 1 == s.depth;
                const long row = sequence * s.rows(block);
                float *to = kept ? inputs[static_cast<size_t>(block)].template mutable_data_ptr<float>() + row * s.width
                                 : inputs[own].template mutable_data_ptr<float>();
                const Kept<In> following = is_last ? Kept<In>{} : at_block(block + 1, to);
                float *to_moments = !is_last ? following.first
                    : kept           ? moments.mutable_data_ptr<float>() + 2 * row
                                     : to + s.chunk() * s.tokens * s.width;
                blocks::forward(
                    s, weights[static_cast<size_t>(block)], next(block), block, count, at, to, to_moments,
                    is_last ? out + row * s.width : nullptr, scratch);
                at = following;
            }
        });
        if (kept) {
            for (const KeptMemory<In> &block : memory) kept->push_back(block.floats), kept->push_back(block.numbers);
            kept->insert(kept->end(), inputs.begin(), inputs.end());
            kept->push_back(moments);
        }
        return result;
    }

    // The gradients of the input and of all parameters, in their order.
    Tensors backward(const at::Tensor &input, const at::Tensor *kept, const at::Tensor &slope) const {
        const float *x = input.const_data_ptr<float>(), *behind = slope.const_data_ptr<float>();
        const at::Tensor *inputs = kept + 2 * s.depth, &moments = kept[3 * s.depth];
        at::Tensor gradient = at::empty({s.sequences, s.tokens, s.width}, at::kFloat);
        at::Tensor few = at::empty({s.sequences * s.asked, s.width}, at::kFloat);
        float *dx = gradient.mutable_data_ptr<float>(), *dlast = few.mutable_data_ptr<float>();
        long count = 0;
        for (int part = 0; part < PARTS; part++) count += size(s, part);
        at::Tensor sums = at::empty({s.groups(), count}, at::kFloat);
        at::Tensor last_sums = at::zeros({s.groups(), 2 * s.width}, at::kFloat);
        Tensors found(static_cast<size_t>(1 + s.depth * PARTS + 2));
        for (int block = s.depth - 1; block >= 0; block--) {
            const bool is_last = block + 1 == s.depth;
            const float *from = block == 0 ? x : inputs[block - 1].const_data_ptr<float>();
            KeptMemory<In> memory;
            memory.floats = kept[2 * block], memory.numbers = kept[2 * block + 1];
            each_chunk(true, [&](long sequence, long length, Scratch<In> &scratch, long group, bool begins) {
                const long row = sequence * s.tokens, short_row = sequence * s.asked;
                const GroupSums own(s, sums.mutable_data_ptr<float>() + group * count, begins);
                if (begins) own.clear(s);
                const Kept<In> at = memory.at_sequence(s, block, s.sequences, sequence, from + row * s.width);
                if (is_last) {
                    float *norm = last_sums.mutable_data_ptr<float>() + group * 2 * s.width;
                    passes<In>().norm_back_last(
                        last, behind + short_row * s.width, inputs[block].const_data_ptr<float>() + short_row * s.width,
                        moments.const_data_ptr<float>() + 2 * short_row, nullptr, length * s.asked,
                        dlast + short_row * s.width, nullptr, {norm, norm + s.width, nullptr});
                }
                blocks::backward(
                    s, weights[static_cast<size_t>(block)], block, length, at,
                    is_last ? dlast + short_row * s.width : dx + row * s.width, dx + row * s.width, own, scratch);
            });
            const at::Tensor total = added(sums);
            long at = 0;
            for (int part = 0; part < PARTS; part++) {
                found[static_cast<size_t>(1 + block * PARTS + part)] = total.narrow(0, at, size(s, part)).view(shape(s, part));
                at += size(s, part);
            }
        }
        const at::Tensor total = added(last_sums);
        found[found.size() - 2] = total.narrow(0, 0, s.width);
        found[found.size() - 1] = total.narrow(0, s.width, s.width);
        found[0] = gradient;
        return found;
    }

    // The sum of rows, in their order.
    static at::Tensor added(const at::Tensor &rows) {
        const long groups = rows.size(0), count = rows.size(1);
        at::Tensor sum = at::empty({count}, at::kFloat);
        const float *from = rows.const_data_ptr<float>();
        float *to = sum.mutable_data_ptr<float>();
        constexpr long piece = 8192;
        at::parallel_for(0, (count + piece - 1) / piece, 4, [&](int64_t begin, int64_t end) {
            for (long at = begin * piece; at < std::min<long>(end * piece, count); at += piece) {
                const long length = std::min(piece, count - at);
                for (long group = 0; group < groups; group++) {
                    passes<float>().pile(from + group * count + at, length, group == 0, to + at);
                }
            }
        });
        return sum;
    }
};

StackSizes sizes(const at::Tensor &x, const Tensors &parameters, int64_t heads, int64_t asked, double epsilon) {
    StackSizes s{};
    s.depth = static_cast<int>((parameters.size() - 2) / PARTS);
    TORCH_CHECK(s.depth > 0 && parameters.size() == static_cast<size_t>(s.depth * PARTS + 2), "not the parameters of blocks");
    TORCH_CHECK(
        x.dim() == 3 && x.is_cpu(), "tokens are [sequences, tokens, width] on the processor, not ", x.sizes(), " on ", x.device());
    s.sequences = x.size(0), s.tokens = static_cast<int>(x.size(1)), s.width = static_cast<int>(x.size(2));
    s.asked = static_cast<int>(asked), s.heads = static_cast<int>(heads), s.epsilon = static_cast<float>(epsilon);
    s.inner = static_cast<int>(parameters[OUT].size(1)), s.hidden = static_cast<int>(parameters[UP].size(0));
    TORCH_CHECK(heads > 0 && s.inner % heads == 0 && asked > 0 && asked <= s.tokens && s.sequences > 0, "sizes do not fit");
    for (size_t i = 0; i < parameters.size(); i++) {
        const std::vector<int64_t> wanted = shape(s, i < parameters.size() - 2 ? static_cast<int>(i % PARTS) : GAIN);
        TORCH_CHECK(
            parameters[i].sizes() == at::IntArrayRef(wanted) && parameters[i].is_contiguous()
                && parameters[i].scalar_type() == at::kFloat && parameters[i].is_cpu(),
            "parameter ", i, " of the blocks has sizes ", parameters[i].sizes(), ", not ", at::IntArrayRef(wanted));
    }
    return s;
}

class StackFunction : public torch::autograd::Function<StackFunction> {
public:
    static at::Tensor forward(
        torch::autograd::AutogradContext *context, const at::Tensor &x, at::TensorList list, int64_t heads, int64_t asked,
        double epsilon, bool half) {
        const Tensors parameters = list.vec();
        const StackSizes s = sizes(x, parameters, heads, asked, epsilon);
        Tensors saved = {x};
        saved.insert(saved.end(), parameters.begin(), parameters.end());
        at::Tensor result = half ? Stack<Brief>(s, parameters).forward(x, &saved) : Stack<float>(s, parameters).forward(x, &saved);
        context->save_for_backward(std::move(saved));
        context->saved_data["heads"] = heads, context->saved_data["asked"] = asked;
        context->saved_data["epsilon"] = epsilon, context->saved_data["half"] = half;
        context->saved_data["parameters"] = static_cast<int64_t>(parameters.size());
        return result;
    }

    static Tensors backward(torch::autograd::AutogradContext *context, const Tensors &slopes) {
        TORCH_CHECK(!at::GradMode::is_enabled(), "blocks that are computed as one operation have no second derivatives");
        const Tensors saved = context->get_saved_variables();
        const size_t count = static_cast<size_t>(context->saved_data["parameters"].toInt());
        const Tensors parameters(saved.begin() + 1, saved.begin() + 1 + static_cast<long>(count));
        const StackSizes s = sizes(
            saved[0], parameters, context->saved_data["heads"].toInt(), context->saved_data["asked"].toInt(),
            context->saved_data["epsilon"].toDouble());
        const at::Tensor slope = slopes[0].to(at::kFloat).contiguous(), *kept = &saved[1 + count];
        Tensors found = context->saved_data["half"].toBool() ? Stack<Brief>(s, parameters).backward(saved[0], kept, slope)
                                                             : Stack<float>(s, parameters).backward(saved[0], kept, slope);
        found.resize(found.size() + 4);
        return found;
    }
};

}  // namespace
}  // namespace ct::blocks

extern "C" {

ct_tensor ct_blocks(
    ct_tensor x, const ct_tensor *parameters, intptr_t count, int32_t heads, int32_t asked, double epsilon, bool half) {
    using namespace ct::blocks;
    return ct::one([&] {
        const c10::impl::ExcludeDispatchKeyGuard plain(c10::DispatchKey::AutocastCPU);
        const at::Tensor input = ct::borrow(x).to(at::kFloat).contiguous();
        const at::TensorList list = ct::list(parameters, count);
        bool learns = input.requires_grad();
        for (const at::Tensor &parameter : list) learns = learns || parameter.requires_grad();
        if (learns && at::GradMode::is_enabled()) {
            return StackFunction::apply(input, list, static_cast<int64_t>(heads), static_cast<int64_t>(asked), epsilon, half);
        }
        const StackSizes s = sizes(input, list.vec(), heads, asked, epsilon);
        return half ? Stack<Brief>(s, list.vec()).forward(input, nullptr) : Stack<float>(s, list.vec()).forward(input, nullptr);
    });
}

const char *ct_block_lanes(void) { return ct::blocks::lanes(); }

}  // extern "C"
