// Blocks of a transformer forward: block_stack.h.
#pragma once

#include "block_stack.h"

namespace ct::blocks {

template <class In>
Attention attention(const StackSizes &s, const BlockWeights<In> &w, int block, long sequences) {
    const bool is_short = s.rows(block) < s.tokens;
    const long inner = s.inner;
    return {sequences, s.rows(block), s.tokens, s.heads, s.inner / s.heads, is_short ? inner : 3 * inner,
            is_short ? 2 * inner : 3 * inner, w.in_bias};
}

// Where queries, keys and values lie.
template <class In>
struct Projections {
    In *query, *key, *value;

    Projections(const StackSizes &s, In *query, In *pair)
        : query(query ? query : pair), key(query ? pair : pair + s.inner), value(key + s.inner) {}
};

// One block over a chunk. `unit` of scratch holds the norm of x, and afterwards that of what comes out; behind the last block
// that goes to `last` instead.
template <class In>
void forward(
    const StackSizes &s, const BlockWeights<In> &w, const Norm &next, int block, long sequences, const Kept<In> &kept,
    float *out, float *out_moments, float *last, Scratch<In> &scratch) {
    const Passes<In> &p = passes<In>();
    const long rows = sequences * s.tokens, few = sequences * s.rows(block);
    const bool is_short = s.rows(block) < s.tokens;
    const Operand<In> unit(scratch.unit, rows, s.width);
    const float *x = kept.x;
    if (is_short) {
        const Operand<In> pair(w.in + static_cast<long>(s.inner) * s.width, 2 * s.inner, s.width);
        multiply(unit, pair.turned(), kept.pair);
        gather(scratch.unit, sequences, s.tokens, s.rows(block), s.width, scratch.few);
        multiply(Operand<In>(scratch.few, few, s.width), Operand<In>(w.in, s.inner, s.width).turned(), kept.query);
        gather(x, sequences, s.tokens, s.rows(block), s.width, scratch.rows);
        x = scratch.rows;
    } else {
        multiply(unit, Operand<In>(w.in, 3 * s.inner, s.width).turned(), kept.pair);
    }
    const Projections<In> at(s, kept.query, kept.pair);
    p.attend(attention(s, w, block, sequences), at.query, at.key, at.value, kept.softmax, kept.seen, scratch.attention);
    multiply(Operand<In>(kept.seen, few, s.inner), Operand<In>(w.out, s.width, s.inner).turned(), scratch.branch);
    p.add(w.mlp_norm, x, scratch.branch, w.out_bias, few, kept.y, kept.second, scratch.unit);
    multiply(Operand<In>(scratch.unit, few, s.width), Operand<In>(w.up, s.hidden, s.width).turned(), kept.raw);
    p.gelu(kept.raw, w.up_bias, few, s.hidden, scratch.hidden);
    multiply(Operand<In>(scratch.hidden, few, s.hidden), Operand<In>(w.down, s.width, s.hidden).turned(), scratch.branch);
    if (last) {
        p.add_last(next, kept.y, scratch.branch, w.down_bias, few, out, out_moments, last);
    } else {
        p.add(next, kept.y, scratch.branch, w.down_bias, few, out, out_moments, scratch.unit);
    }
}

}  // namespace ct::blocks
