// Blocks of a transformer back: block_stack.h.
#pragma once

#include "block_forward.h"

namespace ct::blocks {

// Sums of a group's gradients of a block, all parts one after the other.
struct GroupSums {
    float *parts[PARTS];
    bool is_first;  // whether nothing was added up yet

    GroupSums(const StackSizes &s, float *base, bool is_first) : is_first(is_first) {
        for (int part = 0; part < PARTS; part++) {
            parts[part] = base;
            base += size(s, part);
        }
    }

    // Biases, gains and offsets are added to from the start.
    void clear(const StackSizes &s) const {
        for (int part = 0; part < PARTS; part++) {
            const bool is_matrix = part == IN || part == OUT || part == UP || part == DOWN;
            if (!is_matrix) std::fill_n(parts[part], size(s, part), 0.f);
        }
    }
};

// to = a · b, or to += a · b.
inline void pile(const Operand<float> &a, const Operand<float> &b, bool is_first, float *, float *to) {
    at::Tensor sum = Operand<float>(to, a.rows, b.columns).tensor();
    if (is_first) at::mm_out(sum, a.tensor(), b.tensor());
    else at::addmm_out(sum, sum, a.tensor(), b.tensor());
}
inline void pile(const Operand<Brief> &a, const Operand<Brief> &b, bool is_first, Brief *part, float *to) {
    multiply(a, b, part);
    passes<Brief>().pile(part, a.rows * b.columns, is_first, to);
}

// One block over a chunk: from the gradient of what comes out, `slope` [rows, width], to that of x, `dx`.
template <class In>
void backward(
    const StackSizes &s, const BlockWeights<In> &w, int block, long sequences, const Kept<In> &kept, const float *slope, float *dx,
    const GroupSums &sums, Scratch<In> &scratch) {
    const Passes<In> &p = passes<In>();
    const long rows = sequences * s.tokens, few = sequences * s.rows(block), inner = s.inner;
    const bool is_short = s.rows(block) < s.tokens;
    const Operand<In> branch(scratch.branch, few, s.width), unit(scratch.unit, few, s.width);
    const Operand<In> hidden(scratch.hidden, few, s.hidden), bent_slope(scratch.slope, few, s.hidden);
    auto add = [&](const Operand<In> &a, const Operand<In> &b, float *to) { pile(a.turned(), b, sums.is_first, scratch.part, to); };

    p.shorten(slope, few, s.width, scratch.branch, sums.parts[DOWN_BIAS]);
    multiply(branch, Operand<In>(w.down, s.width, s.hidden), scratch.slope);
    p.gelu_back(kept.raw, w.up_bias, few, s.hidden, scratch.hidden, scratch.slope, sums.parts[UP_BIAS]);
    add(branch, hidden, sums.parts[DOWN]);
    p.again(w.mlp_norm, kept.y, kept.second, few, scratch.unit);
    add(bent_slope, unit, sums.parts[UP]);
    multiply(bent_slope, Operand<In>(w.up, s.hidden, s.width), scratch.unit);
    p.norm_back(
        w.mlp_norm, scratch.unit, kept.y, kept.second, slope, few, scratch.rows, scratch.branch,
        {sums.parts[MLP_GAIN], sums.parts[MLP_OFFSET], sums.parts[OUT_BIAS]});

    multiply(branch, Operand<In>(w.out, s.width, s.inner), scratch.few);
    add(branch, Operand<In>(kept.seen, few, inner), sums.parts[OUT]);
    const Projections<In> at(s, kept.query, kept.pair);
    const Projections<In> to(s, is_short ? scratch.wide + rows * 2 * inner : nullptr, scratch.wide);
    p.attend_back(
        attention(s, w, block, sequences), at.query, at.key, at.value, kept.softmax, kept.seen, scratch.few, to.query, to.key,
        to.value, sums.parts[IN_BIAS], scratch.attention);
    p.again(w.attention_norm, kept.x, kept.first, rows, scratch.unit);
    const Operand<In> all(scratch.unit, rows, s.width);
    const Sums norm_sums = {sums.parts[GAIN], sums.parts[OFFSET], nullptr};
    if (!is_short) {
        const Operand<In> wide(scratch.wide, rows, 3 * inner);
        add(wide, all, sums.parts[IN]);
        multiply(wide, Operand<In>(w.in, 3 * inner, s.width), scratch.unit);
        p.norm_back(w.attention_norm, scratch.unit, kept.x, kept.first, scratch.rows, rows, dx, nullptr, norm_sums);
        return;
    }
    const Operand<In> pair(scratch.wide, rows, 2 * inner), query(to.query, few, inner);
    add(pair, all, sums.parts[IN] + inner * s.width);
    gather(scratch.unit, sequences, s.tokens, s.rows(block), s.width, scratch.few);
    add(query, Operand<In>(scratch.few, few, s.width), sums.parts[IN]);
    multiply(pair, Operand<In>(w.in + inner * s.width, 2 * inner, s.width), scratch.unit);
    multiply(query, Operand<In>(w.in, inner, s.width), scratch.few);
    // The first tokens get what their queries give, too, and what went past attention.
    const long count = static_cast<long>(s.rows(block)) * s.width;
    std::fill_n(scratch.others, rows * s.width, 0.f);
    for (long i = 0; i < sequences; i++) {
        const In *from = scratch.few + i * count;
        In *onto = scratch.unit + i * s.tokens * s.width;
        p.plus(from, count, onto);
        std::copy_n(scratch.rows + i * count, count, scratch.others + i * s.tokens * s.width);
    }
    p.norm_back(w.attention_norm, scratch.unit, kept.x, kept.first, scratch.others, rows, dx, nullptr, norm_sums);
}

}  // namespace ct::blocks
