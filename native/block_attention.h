// Attention of block_kernel.h: sequences are short enough that all scores of a head lie in the second cache.

// N rows and V vectors of columns of a product: a at `down` from row to row and `along` from number to number.
template <int N, int V>
CT_LANE_INLINE void tile(
    const float *a, long down, long along, const float *b, long stride, int depth, float *to, long to_stride) {
    Vector sum[N][V] = {};
    for (int k = 0; k < depth; k++) {
        Vector right[V];
#pragma GCC unroll 2
        for (int v = 0; v < V; v++) right[v] = get(b + k * stride + v * WIDTH, Whole());
#pragma GCC unroll 16
        for (int j = 0; j < N; j++) {
            Vector factor = splat(a[j * down + k * along]);
#pragma GCC unroll 2
            for (int v = 0; v < V; v++) sum[j][v] += factor * right[v];
        }
    }
#pragma GCC unroll 16
    for (int j = 0; j < N; j++) {
#pragma GCC unroll 2
        for (int v = 0; v < V; v++) put(to + j * to_stride + v * WIDTH, sum[j][v], Whole());
    }
}

template <int V>
static __attribute__((noinline)) void tiles(
    const float *a, long down, long along, int rows, const float *b, long stride, int depth, float *to, long to_stride) {
    for (int left = (rows + TILE - 1) / TILE; left > 0; left--) {
        const int count = (rows + left - 1) / left;
        switch (count) {
#define CT_TILE(N) case N: if constexpr (N <= TILE) tile<N, V>(a, down, along, b, stride, depth, to, to_stride); break;
            CT_TILE(1) CT_TILE(2) CT_TILE(3) CT_TILE(4) CT_TILE(5) CT_TILE(6)
            CT_TILE(7) CT_TILE(8) CT_TILE(9) CT_TILE(10) CT_TILE(11) CT_TILE(12)
#undef CT_TILE
        }
        a += count * down, to += count * to_stride, rows -= count;
    }
}

// to [rows, columns] = a [rows, depth] · b [depth, columns]; columns are whole vectors.
CT_LANE_INLINE void multiply(
    const float *a, long down, long along, int rows, const float *b, long stride, int columns, int depth, float *to,
    long to_stride) {
    int column = 0;
    for (; column + 2 * WIDTH <= columns; column += 2 * WIDTH) {
        tiles<2>(a, down, along, rows, b + column, stride, depth, to + column, to_stride);
    }
    if (column < columns) tiles<1>(a, down, along, rows, b + column, stride, depth, to + column, to_stride);
}

// Rows of a head plus their bias, times a factor, in rows of whole vectors; also or only turned, where `turned` is given.
template <class In>
CT_LANE_INLINE void fetch(
    const In *from, long stride, int rows, int size, const float *bias, float factor, long wide, float *to, float *turned,
    long across) {
    for (int row = 0; row < rows; row++) {
        each(size, [&](int i, auto n) {
            Vector value = get(from + row * stride + i, n);
            if (bias) value = (value + get(bias + i, n)) * factor;
            if (to) put(to + row * wide + i, value, Whole());
            if (turned) for (int lane = 0; lane < n; lane++) turned[(i + lane) * across + row] = value[lane];
        });
    }
    if (turned) for (int i = 0; i < size; i++) for (long row = rows; row < across; row++) turned[i * across + row] = 0;
}

// The buffers of one head.
struct HeadBuffers {
    long wide, across;
    float *query, *key, *value, *slope, *turned_key, *turned_value, *scores, *slopes, *result;

    HeadBuffers(const Attention &a, float *scratch) {
        wide = (a.size + WIDTH - 1) / WIDTH * WIDTH, across = (a.keys + WIDTH - 1) / WIDTH * WIDTH;
        auto take = [&](long count) { float *taken = scratch; scratch += count; return taken; };
        query = take(a.queries * wide), key = take(a.keys * wide), value = take(a.keys * wide);
        slope = take(a.queries * wide), turned_key = take(a.size * across), turned_value = take(a.size * across);
        scores = take(a.queries * across), slopes = take(a.queries * across);
        result = take((a.queries > a.keys ? a.queries : a.keys) * wide);
    }
};

template <class In>
static void attend(const Attention &a, const In *q, const In *k, const In *v, float *moments, In *to, float *scratch) {
    const HeadBuffers s(a, scratch);
    const float scale = 1.f / __builtin_sqrtf(static_cast<float>(a.size));
    const long inner = a.inner();
    const int wide = static_cast<int>(s.wide), across = static_cast<int>(s.across);
    for (long item = 0; item < a.sequences * a.heads; item++) {
        const long sequence = item / a.heads, at = item % a.heads * a.size;
        const In *queries = q + sequence * a.queries * a.query_stride + at;
        const In *keys = k + sequence * a.keys * a.key_stride + at, *values = v + sequence * a.keys * a.key_stride + at;
        fetch(queries, a.query_stride, a.queries, a.size, a.bias + at, scale, s.wide, s.query, nullptr, 0);
        fetch(keys, a.key_stride, a.keys, a.size, a.bias + inner + at, 1, s.wide, nullptr, s.turned_key, s.across);
        fetch(values, a.key_stride, a.keys, a.size, a.bias + 2 * inner + at, 1, s.wide, s.value, nullptr, 0);
        multiply(s.query, s.wide, 1, a.queries, s.turned_key, s.across, across, a.size, s.scores, s.across);
        for (int row = 0; row < a.queries; row++, moments += 2) {
            float *scores = s.scores + row * s.across;
            Vector most = splat(scores[0]), sums = Vector{};
            for (int i = 0; i < across; i += WIDTH) {
                Vector x = get(scores + i, Whole());
                x = first(x, a.keys - i, scores[0]);
                most = x > most ? x : most;
            }
            float greatest = most[0];
            for (int lane = 1; lane < WIDTH; lane++) greatest = most[lane] > greatest ? most[lane] : greatest;
            for (int i = 0; i < across; i += WIDTH) {
                Vector share = first(exponential(get(scores + i, Whole()) - greatest), a.keys - i, 0);
                put(scores + i, share, Whole());
                sums += share;
            }
            moments[0] = greatest, moments[1] = 1.f / SUM(sums);
        }
        multiply(s.scores, s.across, 1, a.queries, s.value, s.wide, wide, a.keys, s.result, s.wide);
        for (int row = 0; row < a.queries; row++) {
            const float whole = moments[2 * (row - a.queries) + 1];
            each(a.size, [&](int i, auto n) {
                put(to + (sequence * a.queries + row) * inner + at + i, get(s.result + row * s.wide + i, n) * whole, n);
            });
        }
    }
}

// A result of a head times a factor to where it belongs, and its column sums.
template <class In>
CT_LANE_INLINE void hand(const float *from, long wide, int rows, int size, float factor, In *to, long stride, float *columns) {
    for (int row = 0; row < rows; row++) {
        each(size, [&](int i, auto n) {
            Vector value = get(from + row * wide + i, n) * factor;
            put(to + row * stride + i, value, n);
            add_to(columns, i, value, n);
        });
    }
}

// With P the softmax, D the sums of slope · seen of each row and dS = P (slope vᵀ − D): dq = dS k / √size,
// dk = dSᵀ q / √size, dv = Pᵀ slope.
template <class In>
static void attend_back(
    const Attention &a, const In *q, const In *k, const In *v, const float *moments, const In *seen, const In *slope, In *dq,
    In *dk, In *dv, float *bias, float *scratch) {
    const HeadBuffers s(a, scratch);
    const float scale = 1.f / __builtin_sqrtf(static_cast<float>(a.size));
    const long inner = a.inner();
    const int wide = static_cast<int>(s.wide), across = static_cast<int>(s.across);
    for (long item = 0; item < a.sequences * a.heads; item++) {
        const long sequence = item / a.heads, at = item % a.heads * a.size;
        const long query = sequence * a.queries * a.query_stride + at, key = sequence * a.keys * a.key_stride + at;
        const long row = sequence * a.queries * inner + at;
        fetch(q + query, a.query_stride, a.queries, a.size, a.bias + at, scale, s.wide, s.query, nullptr, 0);
        fetch(k + key, a.key_stride, a.keys, a.size, a.bias + inner + at, 1, s.wide, s.key, s.turned_key, s.across);
        fetch(v + key, a.key_stride, a.keys, a.size, a.bias + 2 * inner + at, 1, s.wide, nullptr, s.turned_value, s.across);
        fetch<In>(slope + row, inner, a.queries, a.size, nullptr, 1, s.wide, s.slope, nullptr, 0);
        multiply(s.query, s.wide, 1, a.queries, s.turned_key, s.across, across, a.size, s.scores, s.across);
        multiply(s.slope, s.wide, 1, a.queries, s.turned_value, s.across, across, a.size, s.slopes, s.across);
        for (int i = 0; i < a.queries; i++, moments += 2) {
            Vector sums = Vector{};
            each(a.size, [&](int j, auto n) {
                sums += get(slope + row + i * inner + j, n) * get(seen + row + i * inner + j, n);
            });
            const float mean = SUM(sums), greatest = moments[0], whole = moments[1];
            float *scores = s.scores + i * s.across, *slopes = s.slopes + i * s.across;
            for (int j = 0; j < across; j += WIDTH) {
                Vector share = exponential(get(scores + j, Whole()) - greatest) * whole;
                put(scores + j, share, Whole());
                put(slopes + j, share * (get(slopes + j, Whole()) - mean), Whole());
            }
        }
        multiply(s.scores, 1, s.across, a.keys, s.slope, s.wide, wide, a.queries, s.result, s.wide);
        hand(s.result, s.wide, a.keys, a.size, 1, dv + key, a.key_stride, bias + 2 * inner + at);
        multiply(s.slopes, 1, s.across, a.keys, s.query, s.wide, wide, a.queries, s.result, s.wide);
        hand(s.result, s.wide, a.keys, a.size, 1, dk + key, a.key_stride, bias + inner + at);
        multiply(s.slopes, s.across, 1, a.queries, s.key, s.wide, wide, a.keys, s.result, s.wide);
        hand(s.result, s.wide, a.queries, a.size, scale, dq + query, a.query_stride, bias + at);
    }
}
