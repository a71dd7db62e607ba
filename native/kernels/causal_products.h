// Of causal_kernel.h: rows times matrices whose weights lie in panels.

// sum[j] += row j of a, at `stride` from each other, times the panel b: `depth` rows of LANES.
template <int N>
CT_LANE_INLINE void accumulate(Vector (&sum)[N][2], const float *a, long stride, const float *b, int depth) {
    const float *rows[(N + 2) / 3];
#pragma GCC unroll 4
    for (int i = 0; i < (N + 2) / 3; i++) rows[i] = a + 3 * i * stride;
#pragma GCC unroll 4
    for (int k = 0; k < depth; k++) {
        Vector low = load(b + static_cast<long>(k) * LANES), high = load(b + static_cast<long>(k) * LANES + WIDTH);
#pragma GCC unroll 16
        for (int j = 0; j < N; j++) {
            Vector factor = splat(rows[j / 3][(j % 3) * stride + k]);
            sum[j][0] += factor * low;
            sum[j][1] += factor * high;
        }
    }
}

#if HALF
// The same for pairs of bfloat16, which are summed up in float.
template <int N>
CT_LANE_INLINE void accumulate(Vector (&sum)[N][2], const Brief *a, long stride, const Brief *b, int depth) {
    using Pair = int32_t __attribute__((may_alias));
    const Pair *rows[(N + 2) / 3];
    const long pairs = stride / 2;
#pragma GCC unroll 4
    for (int i = 0; i < (N + 2) / 3; i++) rows[i] = reinterpret_cast<const Pair *>(a + 3 * i * stride);
    const int count = (depth + 1) / 2;
#pragma GCC unroll 4
    for (int k = 0; k < count; k++) {
        __m512bh low = (__m512bh)_mm512_loadu_si512(b + static_cast<long>(k) * 2 * LANES);
        __m512bh high = (__m512bh)_mm512_loadu_si512(b + static_cast<long>(k) * 2 * LANES + LANES);
#pragma GCC unroll 16
        for (int j = 0; j < N; j++) {
            __m512bh factor = (__m512bh)_mm512_set1_epi32(rows[j / 3][(j % 3) * pairs + k]);
            sum[j][0] = (Vector)_mm512_dpbf16_ps((__m512)sum[j][0], factor, low);
            sum[j][1] = (Vector)_mm512_dpbf16_ps((__m512)sum[j][1], factor, high);
        }
    }
}
#endif

// N rows times a panel plus its offset, into rows of LANES.
template <class In, int N>
static __attribute__((noinline)) void tile(
    const In *a, long stride, const In *panel, int depth, const float *offset, float *to) {
    Vector sum[N][2];
#pragma GCC unroll 16
    for (int j = 0; j < N; j++) sum[j][0] = load(offset), sum[j][1] = load(offset + WIDTH);
    accumulate<N>(sum, a, stride, panel, depth);
#pragma GCC unroll 16
    for (int j = 0; j < N; j++) store(to + j * LANES, sum[j][0]), store(to + j * LANES + WIDTH, sum[j][1]);
}

#if HALF == 2
// BLOCK rows times a panel plus its offset, into rows of LANES, by the matrix unit: four tiles of sums, each 16 × 16, two of
// rows and two of the panel, 32 numbers deep. What lies behind a row's numbers is not looked at; rows that nobody asked for are
// computed and forgotten.
constexpr int BLOCK = 32;
static __attribute__((noinline)) void tiles(
    const Brief *a, long stride, const Brief *panel, int depth, const Brief *coming, int share, float *to) {
    alignas(64) Brief rest[BLOCK * 32];
    constexpr long line = sizeof(float) * LANES, half = 16 * LANES;
    // Not every compiler knows that tiles are read from memory.
    asm volatile("" ::: "memory");
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
    for (int k = 0; k < depth; k += 32, panel += 32 * LANES, coming += 32 * LANES) {
        for (int at = 0; at < share; at += 32) __builtin_prefetch(coming + at, 0, 2);
        const Brief *from = a + k;
        long each = stride;
        if (k + 32 > depth) {
            std::memset(rest, 0, sizeof rest);
            for (int row = 0; row < BLOCK; row++) {
                std::memcpy(rest + row * 32, from + row * stride, sizeof(Brief) * static_cast<size_t>(depth - k));
            }
            from = rest, each = 32;
            asm volatile("" ::: "memory");
        }
        const long bytes = static_cast<long>(sizeof(Brief)) * each;
        _tile_loadd(4, from, bytes);
        _tile_loadd(5, from + 16 * each, bytes);
        _tile_loadd(6, panel, line);
        _tile_loadd(7, panel + LANES, line);
        _tile_dpbf16ps(0, 4, 6);
        _tile_dpbf16ps(1, 4, 7);
        _tile_dpbf16ps(2, 5, 6);
        _tile_dpbf16ps(3, 5, 7);
    }
    _tile_stored(0, to, line);
    _tile_stored(1, to + WIDTH, line);
    _tile_stored(2, to + half, line);
    _tile_stored(3, to + half + WIDTH, line);
    asm volatile("" ::: "memory");
}

// As below. Panels are read from the second cache in each block of rows.
template <class Done>
static inline void product(const Brief *a, long stride, int rows, const Matrix &matrix, Done &&done) {
    const long size = static_cast<long>(LANES) * matrix.depth<Brief>();
    const Brief *panel = matrix.panels<Brief>();
    alignas(64) float sums[BLOCK * LANES];
    // Lines of the next panel that each block of rows asks memory for, of each 32 rows of it.
    const int blocks = (rows + BLOCK - 1) / BLOCK, each = (LANES + blocks - 1) / blocks * 32;
    for (int column = 0; column < matrix.outputs; column += LANES, panel += size) {
        const Vector low = load(matrix.offset + column), high = load(matrix.offset + column + WIDTH);
        const bool isLast = column + LANES >= matrix.outputs;
        for (int first = 0; first < rows; first += BLOCK) {
            const int begin = first / BLOCK * each;
            const int share = isLast ? 0 : std::max(0, std::min(each, 32 * LANES - begin));
            tiles(a + first * stride, stride, panel, matrix.inputs, panel + size + begin, share, sums);
            for (int j = 0; j < std::min(BLOCK, rows - first); j++) {
                done(first + j, column, low + load(sums + j * LANES), high + load(sums + j * LANES + WIDTH));
            }
        }
    }
}

// What tiles are: eight of 16 rows of 64 bytes. It lasts as long as this lives.
struct Tiles {
    Tiles() {
        struct alignas(64) Layout {
            uint8_t palette = 1, start = 0, nothing[14] = {};
            uint16_t bytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
            uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
        };
        static const Layout layout;
        _tile_loadconfig(&layout);
    }
    ~Tiles() { _tile_release(); }
};
#endif

// Rows of `a` times a matrix, plus its offset: done(row, column, two vectors) for each row and panel of columns. Rows are
// covered by tiles about as large as each other.
template <class In, class Done>
static inline void product(const In *a, long stride, int rows, const Matrix &matrix, Done &&done) {
    const long size = static_cast<long>(LANES) * matrix.depth<In>();
    const In *panel = matrix.panels<In>();
    alignas(64) float sums[TILE * LANES];
    for (int column = 0; column < matrix.outputs; column += LANES, panel += size) {
        const float *offset = matrix.offset + column;
        // Memory brings the next panel while this one is used.
        const char *coming = reinterpret_cast<const char *>(panel + size);
        const bool isLast = column + LANES >= matrix.outputs;
        const long share = isLast ? 0 : static_cast<long>(sizeof(In)) * size / ((rows + TILE - 1) / TILE);
        int first = 0;
        for (int left = (rows + TILE - 1) / TILE; left > 0; left--) {
            const int count = (rows - first + left - 1) / left;
            const In *from = a + first * stride;
            for (long at = 0; at < share; at += 64) __builtin_prefetch(coming + at, 0, 2);
            coming += share;
            switch (count) {
#define CT_TILE(N) case N: if constexpr (N <= TILE) tile<In, N>(from, stride, panel, matrix.inputs, offset, sums); break;
                CT_TILE(1) CT_TILE(2) CT_TILE(3) CT_TILE(4) CT_TILE(5) CT_TILE(6)
                CT_TILE(7) CT_TILE(8) CT_TILE(9) CT_TILE(10) CT_TILE(11) CT_TILE(12)
#undef CT_TILE
            }
            for (int j = 0; j < count; j++) {
                done(first + j, column, load(sums + j * LANES), load(sums + j * LANES + WIDTH));
            }
            first += count;
        }
    }
}
