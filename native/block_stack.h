// Pre-norm blocks of a transformer and the norm behind them, forward and back, over sequences of tokens of which only the
// first few are asked for behind the last block: of the others that block computes keys and values alone.
//
// Products are libtorch's; what lies between them are the passes of block_passes.h. Everything is done in chunks of a few
// sequences, whose activations stay in the second cache; chunks are shared among threads. What a chunk gives does not depend
// on the others, and gradients of weights are added up in a fixed order, so that results do not depend on the number of threads.
#pragma once

#include <algorithm>
#include <vector>

#include <ATen/Parallel.h>
#include <ATen/core/LegacyTypeDispatch.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/empty.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>

#include "block_passes.h"
#include "support.h"

#if defined(__linux__) && defined(__x86_64__)
// Exported by the MKL inside libtorch, if there is one: threads of products that this thread asks for; 0 for the common number.
extern "C" __attribute__((weak)) int MKL_Set_Num_Threads_Local(int count);
#endif

namespace ct::blocks {

struct StackSizes {
    long sequences;
    int tokens, asked, width, inner, heads, hidden, depth;
    float epsilon;

    // Tokens whose results count behind a block.
    int rows(int block) const { return block + 1 < depth ? tokens : asked; }
    // Sequences of a chunk: about 512 rows.
    long chunk() const { return std::max(1L, (512L + tokens / 2) / tokens); }
    long chunks() const { return (sequences + chunk() - 1) / chunk(); }
    // Chunks whose gradients of weights are added up one after the other.
    long groups() const { return std::min(chunks(), 8L); }
};

// Where the parameters of a block lie in its list, and in the sums of their gradients.
enum Part { GAIN, OFFSET, IN, IN_BIAS, OUT, OUT_BIAS, MLP_GAIN, MLP_OFFSET, UP, UP_BIAS, DOWN, DOWN_BIAS, PARTS };

inline std::vector<int64_t> shape(const StackSizes &s, int part) {
    switch (part) {
        case IN: return {3 * s.inner, s.width};
        case IN_BIAS: return {3 * s.inner};
        case OUT: return {s.width, s.inner};
        case UP: return {s.hidden, s.width};
        case UP_BIAS: return {s.hidden};
        case DOWN: return {s.width, s.hidden};
        default: return {s.width};
    }
}

inline long size(const StackSizes &s, int part) {
    long count = 1;
    for (int64_t side : shape(s, part)) count *= side;
    return count;
}

// No gradients are recorded and nothing is cast: the operators see plain tensors, on whatever thread they are called. MKL, which
// would cut sums by how many threads there might be, is told that there is one.
struct PlainOperators {
    at::AutoDispatchBelowADInplaceOrView below;
    c10::impl::ExcludeDispatchKeyGuard autocast{c10::DispatchKey::AutocastCPU};
#if defined(__linux__) && defined(__x86_64__)
    int threads = MKL_Set_Num_Threads_Local ? MKL_Set_Num_Threads_Local(1) : 0;
    ~PlainOperators() {
        if (MKL_Set_Num_Threads_Local) MKL_Set_Num_Threads_Local(threads);
    }
#endif
};

template <class In>
struct Scalar;
template <>
struct Scalar<float> { static constexpr at::ScalarType type = at::kFloat; };
template <>
struct Scalar<Brief> { static constexpr at::ScalarType type = at::kBFloat16; };

// Numbers in memory as the operand of a product.
template <class In>
struct Operand {
    const In *data;
    long rows, columns, down, along;

    Operand(const In *data, long rows, long columns) : data(data), rows(rows), columns(columns), down(columns), along(1) {}
    Operand turned() const {
        Operand other = *this;
        std::swap(other.rows, other.columns);
        std::swap(other.down, other.along);
        return other;
    }
    at::Tensor tensor() const {
        return at::from_blob(
            const_cast<In *>(data), {rows, columns}, {down, along}, at::TensorOptions().dtype(Scalar<In>::type));
    }
};

template <class In>
void multiply(const Operand<In> &a, const Operand<In> &b, In *to) {
    at::Tensor out = Operand<In>(to, a.rows, b.columns).tensor();
    at::mm_out(out, a.tensor(), b.tensor());
}

// A block's weights as products take them, and its other numbers.
template <class In>
struct BlockWeights {
    at::Tensor matrices[4];
    const In *in, *out, *up, *down;
    const float *in_bias, *out_bias, *up_bias, *down_bias;
    Norm attention_norm, mlp_norm;

    BlockWeights(const StackSizes &s, const at::Tensor *parts) {
        auto taken = [&](int place, int part) {
            matrices[place] = parts[part].to(Scalar<In>::type);
            return static_cast<const In *>(matrices[place].const_data_ptr());
        };
        auto floats = [&](int part) { return parts[part].const_data_ptr<float>(); };
        in = taken(0, IN), out = taken(1, OUT), up = taken(2, UP), down = taken(3, DOWN);
        in_bias = floats(IN_BIAS), out_bias = floats(OUT_BIAS), up_bias = floats(UP_BIAS), down_bias = floats(DOWN_BIAS);
        attention_norm = {s.width, s.epsilon, floats(GAIN), floats(OFFSET)};
        mlp_norm = {s.width, s.epsilon, floats(MLP_GAIN), floats(MLP_OFFSET)};
    }
};

// What the way back needs of a block: its input x, the projections, the softmax, what attention has seen, x behind
// attention, and the hidden numbers before the nonlinearity; `first` and `second` are moments of the norms.
template <class In>
struct Kept {
    const float *x;
    float *first, *softmax, *y, *second;
    In *query, *pair, *seen, *raw;  // without a query of its own, `pair` holds queries, too
};

// Memory of such a block for so many sequences.
template <class In>
struct KeptMemory {
    at::Tensor floats, numbers;

    KeptMemory() = default;
    KeptMemory(const StackSizes &s, int block, long sequences) {
        floats = at::empty({count(s, block, sequences, nullptr, nullptr)}, at::kFloat);
        long rows = sequences * s.tokens, few = sequences * s.rows(block);
        numbers = at::empty({rows * 3 * s.inner + few * (2 * s.inner + s.hidden)}, Scalar<In>::type);
    }

    static long count(const StackSizes &s, int block, long sequences, float *base, Kept<In> *kept) {
        const long rows = sequences * s.tokens, few = sequences * s.rows(block);
        if (kept) {
            kept->first = base, kept->second = base + 2 * rows, kept->softmax = kept->second + 2 * few;
            kept->y = kept->softmax + 2 * few * s.heads;
        }
        return 2 * rows + 2 * few + 2 * few * s.heads + few * s.width;
    }

    // The part that begins at a sequence.
    Kept<In> at_sequence(const StackSizes &s, int block, long sequences, long start, const float *x) const {
        Kept<In> kept{};
        count(s, block, sequences, floats.mutable_data_ptr<float>(), &kept);
        const long all = sequences * s.tokens, few = sequences * s.rows(block);
        const long row = start * s.tokens, short_row = start * s.rows(block);
        In *base = static_cast<In *>(numbers.mutable_data_ptr());
        const bool is_short = s.rows(block) < s.tokens;
        kept.x = x;
        kept.first += 2 * row, kept.second += 2 * short_row, kept.softmax += 2 * short_row * s.heads;
        kept.y += short_row * s.width;
        kept.pair = base + row * (is_short ? 2 : 3) * s.inner;
        In *behind = base + all * 3 * s.inner;
        kept.query = is_short ? base + all * 2 * s.inner + short_row * s.inner : nullptr;
        kept.seen = behind + few * s.inner + short_row * s.inner;
        kept.raw = behind + 2 * few * s.inner + short_row * s.hidden;
        return kept;
    }
};

// The chunk's buffers of one thread.
template <class In>
struct Scratch {
    at::Tensor memory;
    float *attention, *rows, *others;
    In *unit, *branch, *hidden, *slope, *wide, *few, *part;

    Scratch(const StackSizes &s, bool learns) {
        const long rows = s.chunk() * s.tokens;
        const long weights = std::max({3L * s.inner * s.width, static_cast<long>(s.hidden) * s.width});
        long at = 0;
        auto take = [&](long count, size_t bytes) {
            const long taken = at;
            at += (count * static_cast<long>(bytes) + 4095) / 4096 * 4096 + 64 * 17;
            return taken;
        };
        const long places[] = {
            take(attention_scratch(s.tokens, s.tokens, s.inner / s.heads), 4),
            take(rows * s.width, 4), take(rows * s.width, 4),
            take(rows * s.width, sizeof(In)), take(rows * std::max(s.width, s.inner), sizeof(In)),
            take(rows * s.hidden, sizeof(In)), take(learns ? rows * s.hidden : 0, sizeof(In)),
            take(learns ? rows * 3 * s.inner : 0, sizeof(In)), take(rows * std::max(s.width, s.inner), sizeof(In)),
            take(learns ? weights : 0, sizeof(In)),
        };
        memory = at::empty({at + 64}, at::kByte);
        char *base = static_cast<char *>(memory.mutable_data_ptr());
        base += (64 - reinterpret_cast<uintptr_t>(base) % 64) % 64;
        attention = reinterpret_cast<float *>(base + places[0]);
        this->rows = reinterpret_cast<float *>(base + places[1]), others = reinterpret_cast<float *>(base + places[2]);
        unit = reinterpret_cast<In *>(base + places[3]), branch = reinterpret_cast<In *>(base + places[4]);
        hidden = reinterpret_cast<In *>(base + places[5]), slope = reinterpret_cast<In *>(base + places[6]);
        wide = reinterpret_cast<In *>(base + places[7]), few = reinterpret_cast<In *>(base + places[8]);
        part = reinterpret_cast<In *>(base + places[9]);
    }
};

// The first rows of each sequence, one after the other.
template <class T>
void gather(const T *from, long sequences, int tokens, int rows, long width, T *to) {
    for (long i = 0; i < sequences; i++) std::copy_n(from + i * tokens * width, rows * width, to + i * rows * width);
}

}  // namespace ct::blocks
