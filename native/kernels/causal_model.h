// Of causal.cpp: the sizes of a model, its weights as products take them, and what a step and a thread keep in memory.

namespace causal {

// bfloat16.
enum Brief : uint16_t {};

// Most rows of a window.
constexpr int MOST_HISTORY = 64;

// Numbers of a row in memory: whole panels of the widest kernel, and an odd number of them, so that the rows of a tile do not
// fall on the same lines of the cache.
constexpr long padded(long count) { return ((count + 31) / 32 | 1) * 32; }

template <class In>
inline In brief(float value) {
    if constexpr (std::is_same_v<In, float>) return value;
    else {
        uint32_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        if ((bits & 0x7fffffff) > 0x7f800000) return static_cast<In>((bits >> 16) | 0x40);
        return static_cast<In>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
    }
}

// Memory in whole cache lines, zero at first.
struct Memory {
    char *base = nullptr;
    size_t size = 0;

    Memory() = default;
    explicit Memory(size_t bytes) : size((bytes + 4095) / 4096 * 4096) {
        base = static_cast<char *>(std::aligned_alloc(4096, std::max<size_t>(size, 4096)));
        if (!base) throw std::bad_alloc();
        std::memset(base, 0, size);
    }
    Memory(Memory &&other) noexcept : base(other.base), size(other.size) { other.base = nullptr, other.size = 0; }
    Memory &operator=(Memory &&other) noexcept {
        std::swap(base, other.base);
        std::swap(size, other.size);
        return *this;
    }
    ~Memory() { std::free(base); }
};

struct CausalSizes {
    int width, actions, history, hidden, output, depth, heads, headSize, feed, smoothed, expanded, projector;
    float plainEpsilon = 0, epsilon = 0;

    explicit CausalSizes(const int32_t *n)
        : width(n[0]), actions(n[1]), history(n[2]), hidden(n[3]), output(n[4]), depth(n[5]), heads(n[6]), headSize(n[7]),
          feed(n[8]), smoothed(n[9]), expanded(n[10]), projector(n[11]) {}

    int inner() const { return heads * headSize; }
    // Of one candidate through so many steps from one row, each multiplication and each addition counted.
    double operations(int steps) const {
        const double E = hidden, I = inner(), D = width;
        double row = actions * smoothed + smoothed * expanded + expanded * D + (D != E ? D * E : 0) + 6 * E * E * depth;
        double token = depth * (E * 3 * I + I * E + 2 * E * feed), spared = E * I + I * E + 2 * E * feed;
        double answer = (E != output ? E * output : 0) + (projector ? static_cast<double>(output + width) * projector : 0);
        double sum = 0;
        for (int step = 0; step < steps; step++) {
            int tokens = step < history ? 1 : history, keys = step < history ? step + 1 : history;
            sum += row + tokens * (token + (D != E ? D * E : 0)) - (tokens - 1) * spared + answer;
            for (int t = 0; t < tokens; t++) sum += 2 * I * depth * (tokens == 1 ? keys : t + 1);
        }
        return 2 * sum;
    }
};

// A map whose weights lie in panels of `lanes` columns, one row of each after the other, or pairs of rows of bfloat16.
struct Matrix {
    int outputs = 0, inputs = 0;
    int deep = 0;  // rows of a panel of bfloat16, whole pairs or tiles
    bool isBrief = false;
    Memory memory, offsets;
    const float *offset = nullptr;

    template <class In>
    int depth() const { return std::is_same_v<In, float> ? inputs : deep; }
    template <class In>
    const In *panels() const { return reinterpret_cast<const In *>(memory.base); }

    // Weights [outputs, inputs] of one map after the other; NULL for no offset.
    void pack(const float *weights, const float *bias, int rows, int columns, int lanes, int whole, bool brief) {
        outputs = rows, inputs = columns, isBrief = brief;
        deep = (columns + whole - 1) / whole * whole;
        const int panels = (rows + lanes - 1) / lanes;
        offsets = Memory(sizeof(float) * static_cast<size_t>(padded(rows) + 64));
        if (bias) std::memcpy(offsets.base, bias, sizeof(float) * static_cast<size_t>(rows));
        offset = reinterpret_cast<const float *>(offsets.base);
        const long depth = brief ? deep : columns;
        memory = Memory(static_cast<size_t>(panels * lanes * depth) * (brief ? 2 : 4));
        for (long row = 0; row < rows; row++) {
            const long panel = row / lanes * lanes * depth, lane = row % lanes;
            for (long k = 0; k < columns; k++) {
                const float value = weights[row * columns + k];
                if (brief) {
                    reinterpret_cast<Brief *>(memory.base)[panel + k / 2 * 2 * lanes + 2 * lane + k % 2] =
                        causal::brief<Brief>(value);
                } else {
                    reinterpret_cast<float *>(memory.base)[panel + k * lanes + lane] = value;
                }
            }
        }
    }
};

struct CausalBlock {
    Matrix query, pair, merge, up, down;
    const float *attentionGain, *attentionOffset, *mlpGain, *mlpOffset;
};

struct CausalKernel;

struct CausalModel {
    CausalSizes sizes;
    bool isBrief = false, hasInput = false, hasCondition = false, hasOutput = false, hasProjector = false;
    const CausalKernel *kernel = nullptr;
    Matrix smooth, expand, encode, input, condition, modulation, output, project, answer;
    std::vector<CausalBlock> blocks;
    std::vector<Memory> lists;
    const float *positions = nullptr, *normGain = nullptr, *normOffset = nullptr;
    std::mutex mutex;
    std::vector<Memory> spare;  // of runs that have ended

    // Runs end where nothing may be thrown: there is room for what they give back from the start.
    explicit CausalModel(const CausalSizes &sizes) : sizes(sizes) { spare.reserve(2); }

    const float *keep(const float *from, int rows, int count) {
        lists.emplace_back(sizeof(float) * static_cast<size_t>(rows * padded(count) + 64));
        float *to = reinterpret_cast<float *>(lists.back().base);
        for (int row = 0; row < rows; row++) {
            std::memcpy(to + row * padded(count), from + row * count, sizeof(float) * static_cast<size_t>(count));
        }
        return to;
    }

    Memory borrow(size_t bytes) {
        std::lock_guard<std::mutex> lock(mutex);
        for (size_t i = 0; i < spare.size(); i++) {
            if (spare[i].size < bytes) continue;
            Memory found = std::move(spare[i]);
            spare.erase(spare.begin() + static_cast<long>(i));
            return found;
        }
        return Memory(bytes);
    }

    void giveBack(Memory &&memory) {
        std::lock_guard<std::mutex> lock(mutex);
        if (spare.size() >= 2) spare.erase(spare.begin());
        spare.push_back(std::move(memory));
    }
};

// One step of all candidates. Lists are of the rows in the window, the newest last.
struct CausalStep {
    const float *z, *actions;
    long zStride, actionStride;
    float *out;  // NULL when a row is only taken in
    int tokens, past;
    bool keeps;  // whether keys and values are of use later
    float *rows[MOST_HISTORY], *modulations[MOST_HISTORY];
    float *keys;
    long keySize;  // numbers of the keys and values of one row in one block
    int kept;

    float *cache(int block, int row) const { return keys + (block * static_cast<long>(kept) + row) * keySize; }
};

// Memory of this thread for a group, kept from call to call.
template <class In>
struct CausalScratch {
    float *tokens, *line, *queries, *pairs, *numbers;
    In *normal, *mixed, *wide, *inputs;

    CausalScratch(const CausalSizes &s, int rows) {
        thread_local Memory memory;
        size_t at = 0;
        auto list = [&](auto *&to, long count) {
            size_t begin = at;
            at += (sizeof(*to) * static_cast<size_t>(count) + 63) / 64 * 64;
            to = reinterpret_cast<std::remove_reference_t<decltype(to)>>(memory.base + begin);
        };
        auto lay = [&] {
            at = 0;
            const long wide = padded(std::max(s.feed, s.projector)), most = std::max(padded(s.hidden), padded(s.width));
            list(tokens, rows * most);
            list(line, std::max(most, padded(s.output)));
            list(queries, rows * padded(s.inner()));
            list(pairs, rows * padded(2 * s.inner()));
            list(numbers, rows * (padded(s.actions) + padded(s.smoothed) + padded(s.expanded) + padded(s.width)));
            // Tiles take whole blocks of rows, from any row on.
            const int taken = rows + 32;
            list(normal, taken * padded(s.hidden));
            list(mixed, taken * padded(s.inner()));
            list(this->wide, taken * wide);
            list(inputs, taken * std::max(padded(s.width), padded(s.output)));
        };
        lay();
        if (memory.size < at) {
            memory = Memory(at);
            lay();
        }
    }
};

}  // namespace causal
