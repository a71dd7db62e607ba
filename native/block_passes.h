// What lies between the products of a transformer's block, forward and back: one pass over memory each, for numbers of
// products in float or bfloat16. Rows are tokens; rows of a matrix follow each other without a gap where no stride is given.
#pragma once

#include <cstdint>

namespace ct::blocks {

// bfloat16.
enum Brief : uint16_t {};

// Attention of the first tokens of each sequence to all of it.
struct Attention {
    long sequences;
    int queries, keys, heads, size;
    long query_stride, key_stride;  // from row to row of queries, and of keys and values
    const float *bias;              // of queries, keys and values, [3 · heads · size]

    int inner() const { return heads * size; }
};

// The norm of rows: its gain and offset, and what is added to the variance.
struct Norm {
    int width;
    float epsilon;
    const float *gain, *offset;
};

// Where gradients are added up: of a norm's gain and offset, and column sums of what a pass gives; each may be NULL.
struct Sums {
    float *gain, *offset, *columns;
};

// The passes for one type of numbers in products. `moments` hold mean and 1 / deviation of each row.
template <class In>
struct Passes {
    // to = norm(x).
    void (*norm)(const Norm &, const float *x, long rows, float *moments, In *to);
    // y = x + branch + bias, to = norm(y).
    void (*add)(const Norm &, const float *x, const In *branch, const float *bias, long rows, float *y, float *moments, In *to);
    void (*add_last)(
        const Norm &, const float *x, const In *branch, const float *bias, long rows, float *y, float *moments, float *to);
    // to = norm(x) again, by the moments that were kept.
    void (*again)(const Norm &, const float *x, const float *moments, long rows, In *to);
    // dx = the gradient behind a norm + base, and the same as products take it; base and brief may be NULL.
    void (*norm_back)(
        const Norm &, const In *slope, const float *x, const float *moments, const float *base, long rows, float *dx, In *brief,
        const Sums &);
    void (*norm_back_last)(
        const Norm &, const float *slope, const float *x, const float *moments, const float *base, long rows, float *dx,
        In *brief, const Sums &);
    // to = gelu(raw + bias).
    void (*gelu)(const In *raw, const float *bias, long rows, int width, In *to);
    // The same again, and slope, the gradient of what was bent, becomes that of raw; its column sums are added up.
    void (*gelu_back)(const In *raw, const float *bias, long rows, int width, In *bent, In *slope, float *columns);
    // to = from as products take it; column sums are added up.
    void (*shorten)(const float *from, long rows, int width, In *to, float *columns);
    // to += from.
    void (*plus)(const In *from, long count, In *to);
    // to = part, or to += part.
    void (*pile)(const In *part, long count, bool is_first, float *to);
    // softmax(q kᵀ / √size) v; moments of the softmax [sequences, heads, queries, 2]: greatest score and 1 / sum.
    void (*attend)(const Attention &, const In *q, const In *k, const In *v, float *moments, In *to, float *scratch);
    // Gradients of queries, keys and values as they lie in memory, and those of their biases, which are added up.
    void (*attend_back)(
        const Attention &, const In *q, const In *k, const In *v, const float *moments, const In *seen, const In *slope, In *dq,
        In *dk, In *dv, float *bias, float *scratch);
};

// Floats of scratch that attention needs.
inline long attention_scratch(int queries, int keys, int size) {
    const long wide = (size + 15) / 16 * 16, across = (keys + 15) / 16 * 16;
    return (3 * queries + 3 * keys + 4) * wide + 2 * size * across + 2 * queries * across + 64;
}

// The passes for the widest vectors that the processor has; FORESIGHT_LANES names narrower ones.
template <class In>
const Passes<In> &passes();

// The name of the vector unit that they use, such as AVX-512.
const char *lanes();

}  // namespace ct::blocks
