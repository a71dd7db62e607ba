// A step of one member of an ensemble, included once for each width of vector unit: the encoder along windows, the rollout
// from the end of each history, and the way back to the weights. A block of windows stays in the second cache.

// The numbers of one member, in the order that products take them.
struct Weights {
    const float *correction, *gain, *firstGain, *prior, *readout, *readoutOffset, *headOffset, *headOutput;
    const float *headOutputOffset, *scale, *transient, *errorScale, *lead;
    float *state;   // [D, columns]: Â | P / s
    float *input;   // [inputs + 1, columns]: B | V, and b | c
    float *ends;    // [2 D, head]: the first layer of the inverse dynamics, divided by s
    float *toward;  // [D, directions]: directions of length one, divided by s
};

// What blocks have of their own all the time, and what one after the other uses on its way back.
struct Block {
    float *outputs, *mask, *inputs, *alive, *before, *states, *predicted, *bent, *bentAhead, *errors;

    Block(const Layout &s, float *base, long &count) {
        long at = 0;
        auto rows = [&](long n) { float *start = base + at; at += n * LANES; return start; };
        const long T = s.rows, D = s.width;
        outputs = rows(T * s.outputs), mask = rows(T * s.outputs), inputs = rows(T * (s.inputs + 1)), alive = rows(1);
        before = rows(T * D), states = rows(T * D), predicted = rows((s.steps + 1) * D);
        bent = rows((T - 1) * s.hidden), bentAhead = rows(static_cast<long>(s.steps) * s.hidden);
        errors = rows(T * s.outputs);
        count = at;
    }
};

constexpr int CHUNK = 8;  // pairs of rows that the inverse dynamics look at together

struct Way {
    float *ones, *cube, *pulls, *along, *ahead, *readings, *readingsAhead, *readingsSeen, *innovations, *first;
    float *head, *headBack, *wrong, *projected;

    Way(const Layout &s, int blocks, float *base, long &count) {
        long at = 0;
        auto rows = [&](long n) { float *start = base + at; at += n * LANES; return start; };
        const long T = s.rows, D = s.width, C = s.columns, S = s.steps;
        ones = rows(1), cube = rows(s.hidden), pulls = rows(T * D), along = rows((T - 1) * C), ahead = rows(S * C);
        readings = rows(T * s.outputs), readingsAhead = rows(S * s.outputs), readingsSeen = rows(S * s.outputs);
        innovations = rows(s.outputs), first = rows(D);
        head = rows(CHUNK * s.head), headBack = rows(CHUNK * s.head), wrong = rows(CHUNK * s.recovered);
        projected = rows(static_cast<long>(blocks) * s.directions);
        count = at;
    }
};

// Sums over windows and times, lane by lane: the gradient before lanes are added up.
struct Sums {
    float *state, *input, *lead, *correction, *gain, *firstGain, *prior, *readout, *readoutOffset;
    float *ends, *headOffset, *headOutput, *headOutputOffset;

    Sums(const Layout &s, float *base, long &count) {
        long at = 0;
        auto rows = [&](long n) { float *start = base + at; at += n * LANES; return start; };
        const long D = s.width, O = s.outputs;
        state = rows(D * s.columns), input = rows((s.inputs + 1L) * s.columns), lead = rows(s.lead ? s.inputs * D : 0);
        correction = rows(s.hidden * D), gain = rows(O * D), firstGain = rows(O * D), prior = rows(D);
        readout = rows(D * O), readoutOffset = rows(O), ends = rows(2 * D * s.head), headOffset = rows(s.head);
        headOutput = rows(static_cast<long>(s.head) * s.recovered), headOutputOffset = rows(s.recovered);
        count = at;
    }
};

// Windows of a block into lanes; lanes without a window repeat the last and do not count.
static void gather(const Job &job, const Layout &s, const Block &block, int member, int first) {
    const int64_t *starts = job.starts + static_cast<long>(member) * s.batch;
    for (int lane = 0; lane < LANES; lane++) {
        const int window = first + lane < s.batch ? first + lane : s.batch - 1;
        const float counts = first + lane < s.batch ? 1.f : 0.f;
        block.alive[lane] = counts;
        for (int t = 0; t < s.rows; t++) {
            const int64_t row = starts[window] - s.history + t;
            const float seen = counts * (job.visible ? job.visible[member * job.tableRows + row] : 1.f);
            for (int o = 0; o < s.outputs; o++) {
                block.outputs[(t * s.outputs + o) * LANES + lane] = job.outputs[row * s.outputs + o];
                block.mask[(t * s.outputs + o) * LANES + lane] = job.mask[row * s.outputs + o] * seen;
            }
            float *inputs = block.inputs + static_cast<long>(t) * (s.inputs + 1) * LANES + lane;
            for (int u = 0; u < s.inputs; u++) inputs[u * LANES] = job.inputs[row * s.inputs + u];
            inputs[s.inputs * LANES] = 1.f;
        }
    }
}

// z' of z under the inputs of its row, and with lead those of the next. `bent` is kept for the way back: tanh of the hidden
// sums, or the sums themselves, of which `cube` holds the cubes.
static void advance(const Layout &s, const Weights &w, const float *z, const float *u, const float *after, float *bent,
                    float *cube, float *to) {
    const int D = s.width, H = s.hidden, C = s.columns;
    combine(bent, nullptr, H, {{u, s.inputs + 1, w.input + D, C, 1}, {z, D, w.state + D, C, 1}});
    if (s.cubic) {
        const Vector edge = splat(3.f);
        for (int q = 0; q < H; q++) {
            Vector x = load(bent + q * LANES);
            x = at_least(at_most(x, edge), -edge);
            store(cube + q * LANES, x * x * x);
        }
    } else {
        for (int q = 0; q < H; q++) store(bent + q * LANES, hyperbolic(load(bent + q * LANES)));
    }
    const Source sources[] = {
        {u, s.inputs + 1, w.input, C, 1}, {z, D, w.state, C, 1}, {s.cubic ? cube : bent, H, w.correction, D, 1},
        {after, s.inputs, w.lead, D, 1}};
    combine(to, nullptr, D, sources, s.lead ? 4 : 3);
}

static const float *gain_of(const Layout &s, const Weights &w, int row) {
    if (row == 0) return w.firstGain;
    return row <= s.transient ? w.transient + static_cast<long>(row - 1) * s.outputs * s.width : w.gain;
}

static void forward(const Layout &s, const Weights &w, const Block &block, const Way &way) {
    const int D = s.width, H = s.hidden, O = s.outputs, U = s.inputs + 1;
    for (int i = 0; i < D; i++) store(block.before + i * LANES, splat(w.prior[i]));
    for (int t = 0; t < s.rows; t++) {
        float *before = block.before + t * D * LANES, *z = block.states + t * D * LANES;
        float *errors = block.errors + t * O * LANES;
        if (t > 0) {
            const float *u = block.inputs + (t - 1) * U * LANES;
            advance(s, w, z - D * LANES, u, u + U * LANES, block.bent + (t - 1) * H * LANES, way.cube, before);
        }
        combine(errors, nullptr, O, {{way.ones, 1, w.readoutOffset, 0, 1}, {before, D, w.readout, O, 1}});
        for (int o = 0; o < O; o++) {
            const long at = (t * O + o) * LANES;
            store(errors + o * LANES, (load(block.outputs + at) - load(errors + o * LANES)) * load(block.mask + at));
        }
        combine(z, before, D, {{errors, O, gain_of(s, w, t), D, 1}});
    }
    const float *start = block.states + (s.history - 1) * D * LANES;
    for (int i = 0; i < D * LANES; i++) block.predicted[i] = start[i];
    for (int k = 0; k < s.steps; k++) {
        const float *u = block.inputs + (s.history - 1 + k) * U * LANES;
        float *z = block.predicted + k * D * LANES;
        advance(s, w, z, u, u + U * LANES, block.bentAhead + k * H * LANES, way.cube, z + D * LANES);
    }
}

// From the adjoint of z', the first D rows of g, to that of the hidden sums behind it and what reaches z, which is added to
// `to`. What was kept becomes what the correction was a product of.
static void retreat(const Layout &s, const Weights &w, float *g, float *bent, float *to) {
    const int D = s.width, H = s.hidden, C = s.columns;
    float *sums = g + D * LANES;
    combine(sums, nullptr, H, {{g, D, w.correction, 1, D}});
    const Vector edge = splat(3.f);
    for (int q = 0; q < H; q++) {
        Vector x = load(bent + q * LANES), slope = 1.f - x * x;
        if (s.cubic) {
            Vector held = at_least(at_most(x, edge), -edge);
            slope = x == held ? 3.f * held * held : Vector{};
            store(bent + q * LANES, held * held * held);
        }
        store(sums + q * LANES, load(sums + q * LANES) * slope);
    }
    combine(to, to, D, {{g, C, w.state, 1, C}});
}

// The way back of a block, whose adjoints of encoded and predicted rows the terms have left in `way`.
static void reverse(const Layout &s, const Weights &w, const Block &block, const Way &way, const Sums &sums) {
    const int D = s.width, H = s.hidden, O = s.outputs, C = s.columns, T = s.rows, U = s.inputs + 1;
    for (int k = s.steps - 1; k >= 0; k--) {
        float *to = k > 0 ? way.ahead + (k - 1) * C * LANES : way.pulls + (s.history - 1) * D * LANES;
        retreat(s, w, way.ahead + k * C * LANES, block.bentAhead + k * H * LANES, to);
    }
    for (int t = T - 1; t >= 0; t--) {
        float *pull = way.pulls + t * D * LANES, *readings = way.readings + t * O * LANES;
        float *to = t > 0 ? way.along + (t - 1) * C * LANES : way.first;
        combine(readings, nullptr, O, {{pull, D, gain_of(s, w, t), 1, D}});
        for (int o = 0; o < O; o++) {
            store(readings + o * LANES, -load(readings + o * LANES) * load(block.mask + (t * O + o) * LANES));
        }
        combine(to, pull, D, {{readings, O, w.readout, 1, O}});
        if (t > 0) retreat(s, w, to, block.bent + (t - 1) * H * LANES, pull - D * LANES);
    }
    const Series along{way.along, C, C}, ahead{way.ahead, C, C}, alongStates{way.along, C, D}, aheadStates{way.ahead, C, D};
    const float *driving = block.inputs + (s.history - 1) * U * LANES;
    outer(sums.state, C, {block.states, D, D}, along, T - 1);
    outer(sums.state, C, {block.predicted, D, D}, ahead, s.steps);
    outer(sums.input, C, {block.inputs, U, U}, along, T - 1);
    outer(sums.input, C, {driving, U, U}, ahead, s.steps);
    if (s.lead) {
        outer(sums.lead, D, {block.inputs + U * LANES, U, U - 1}, alongStates, T - 1);
        outer(sums.lead, D, {driving + U * LANES, U, U - 1}, aheadStates, s.steps);
    }
    outer(sums.correction, D, {block.bent, H, H}, alongStates, T - 1);
    outer(sums.correction, D, {block.bentAhead, H, H}, aheadStates, s.steps);
    const int fixed = 1 + (s.transient < T - 1 ? s.transient : T - 1);  // rows whose gains are not the learned one
    outer(sums.firstGain, D, {block.errors, O, O}, {way.pulls, D, D}, 1);
    outer(sums.gain, D, {block.errors + fixed * O * LANES, O, O}, {way.pulls + fixed * D * LANES, D, D}, T - fixed);
    outer(sums.prior, D, {way.ones, 0, 1}, {way.first, 0, D}, 1);
    outer(sums.readout, O, {block.before, D, D}, {way.readings, O, O}, T);
    outer(sums.readoutOffset, O, {way.ones, 0, 1}, {way.readings, O, O}, T);
    const Series seen{way.readingsSeen, O, O}, read{way.readingsAhead, O, O};
    outer(sums.readout, O, {block.states + s.history * D * LANES, D, D}, seen, s.steps);
    outer(sums.readout, O, {block.predicted + D * LANES, D, D}, read, s.steps);
    outer(sums.readoutOffset, O, {way.ones, 0, 1}, seen, s.steps);
    outer(sums.readoutOffset, O, {way.ones, 0, 1}, read, s.steps);
}
