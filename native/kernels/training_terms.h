// The terms of the loss of one member, with the adjoints that they leave: see Sources/WorldModels/Losses for the formulas.

// Grounding and encoding: readouts of predicted and of encoded rows against what was measured. Prediction: the two rows
// against each other. `sums` gets squares.
static void compare(const Job &job, const Layout &s, const Weights &w, const Block &block, const Way &way, double *sums) {
    const int D = s.width, O = s.outputs;
    const double values = static_cast<double>(s.members) * s.batch * s.steps * D;
    const float pulled = static_cast<float>(2 * job.factors[2] / values);
    const Vector alive = load(block.alive);
    Vector apart[2] = {}, between = {};
    for (int k = 0; k < s.steps; k++) {
        const int t = s.history + k;
        float *z[2] = {block.predicted + (k + 1) * D * LANES, block.states + t * D * LANES};
        float *pull[2] = {way.ahead + k * s.columns * LANES, way.pulls + t * D * LANES};
        for (int i = 0; i < D; i++) {
            const float factor = 1 / w.scale[i];
            Vector difference = (load(z[0] + i * LANES) - load(z[1] + i * LANES)) * factor * alive;
            between += difference * difference;
            difference *= pulled * factor;
            store(pull[0] + i * LANES, difference);
            store(pull[1] + i * LANES, load(pull[1] + i * LANES) - difference);
        }
        float *readings[2] = {way.readingsAhead + k * O * LANES, way.readingsSeen + k * O * LANES};
        for (int kind = 0; kind < 2; kind++) {
            const float seed = static_cast<float>(2 * job.factors[kind] / job.measured);
            combine(
                readings[kind], nullptr, O, {{way.ones, 1, w.readoutOffset, 0, 1}, {z[kind], D, w.readout, O, 1}});
            for (int o = 0; o < O; o++) {
                const long at = (t * O + o) * LANES;
                const float factor = 1 / w.errorScale[o];
                float *reading = readings[kind] + o * LANES;
                Vector error = (load(reading) - load(block.outputs + at)) * load(block.mask + at) * factor;
                apart[kind] += error * error;
                store(reading, error * (seed * factor));
            }
            combine(pull[kind], pull[kind], D, {{readings[kind], O, w.readout, 1, O}});
        }
    }
    sums[0] += total(apart[0]);
    sums[1] += total(apart[1]);
    sums[2] += total(between);
}

// Endpoint inverse dynamics, a few pairs of rows at a time.
static void invert(const Job &job, const Layout &s, const Weights &w, const Block &block, const Way &way, const Sums &sums,
                   double *sum) {
    const int D = s.width, I = s.head, Q = s.recovered, U = s.inputs + 1;
    const double values = static_cast<double>(s.members) * s.batch * s.pairs * Q;
    const float seed = static_cast<float>(2 * job.factors[4] / values);
    const float *ends[2] = {w.ends, w.ends + static_cast<long>(D) * I};
    const Vector alive = load(block.alive);
    Vector squares = {};
    for (int first = 0; first < s.pairs; first += CHUNK) {
        const int count = s.pairs - first < CHUNK ? s.pairs - first : CHUNK;
        const float *z[2] = {block.states + first * D * LANES, block.states + (first + s.reach) * D * LANES};
        float *pulls[2] = {way.pulls + first * D * LANES, way.pulls + (first + s.reach) * D * LANES};
        for (int i = 0; i < count; i++) {
            float *hidden = way.head + i * I * LANES, *back = way.headBack + i * I * LANES, *wrong = way.wrong + i * Q * LANES;
            const long at = i * D * LANES;
            combine(hidden, nullptr, I, {
                {way.ones, 1, w.headOffset, 0, 1}, {z[0] + at, D, ends[0], I, 1}, {z[1] + at, D, ends[1], I, 1}});
            for (int j = 0; j < I; j++) {
                Vector x = load(hidden + j * LANES);
                store(hidden + j * LANES, x > 0.f ? x : Vector{});
            }
            combine(wrong, nullptr, Q, {{way.ones, 1, w.headOutputOffset, 0, 1}, {hidden, I, w.headOutput, Q, 1}});
            for (int step = 0; step < s.reach; step++) {
                for (int a = 0; a < s.actions; a++) {
                    float *to = wrong + (step * s.actions + a) * LANES;
                    const float *wanted = block.inputs + (static_cast<long>(first + i + step) * U + a) * LANES;
                    Vector error = (load(to) - load(wanted)) * alive;
                    squares += error * error;
                    store(to, error * seed);
                }
            }
            combine(back, nullptr, I, {{wrong, Q, w.headOutput, 1, Q}});
            for (int j = 0; j < I; j++) {
                store(back + j * LANES, load(hidden + j * LANES) > 0.f ? load(back + j * LANES) : Vector{});
            }
            for (int end = 0; end < 2; end++) {
                combine(pulls[end] + at, pulls[end] + at, D, {{back, I, ends[end], 1, I}});
            }
        }
        const Series back{way.headBack, I, I}, wrong{way.wrong, Q, Q};
        for (int end = 0; end < 2; end++) {
            outer(sums.ends + static_cast<long>(end) * D * I * LANES, I, {z[end], D, D}, back, count);
        }
        outer(sums.headOffset, I, {way.ones, 0, 1}, back, count);
        outer(sums.headOutput, Q, {way.head, I, I}, wrong, count);
        outer(sums.headOutputOffset, Q, {way.ones, 0, 1}, wrong, count);
    }
    *sum += total(squares);
}

constexpr int KNOTS = 17;

// Sine and cosine of k times 3/16 of a number, k from 1 on: the points of a characteristic function.
struct Turn {
    Vector sine, cosine, sineOfOne, cosineOfOne;

    CT_STEP_MEMBER explicit Turn(const float *x) {
        circle(load(x) * 0.1875f, sine, cosine);
        sineOfOne = sine, cosineOfOne = cosine;
    }

    CT_STEP_MEMBER void next() {
        const Vector before = cosine;
        cosine = before * cosineOfOne - sine * sineOfOne;
        sine = sine * cosineOfOne + before * sineOfOne;
    }
};

// SIGReg of the last encoded rows of all blocks: the mean over directions of N times the statistic is added to `sum`, and
// projected gets the adjoints of projections.
static void regularise(const Job &job, const Layout &s, const Weights &w, const Block *blocks, int count, const Way &way,
                       double *sum) {
    const int D = s.width, R = s.directions;
    const double N = s.batch;
    double weights[KNOTS], phis[KNOTS];
    for (int k = 1; k < KNOTS; k++) {
        const double knot = k * 0.1875;
        phis[k] = std::exp(-knot * knot / 2);
        weights[k] = (k == KNOTS - 1 ? 0.1875 : 0.375) * phis[k];
    }
    auto projected = [&](int block, int row) { return way.projected + (static_cast<long>(block) * R + row) * LANES; };
    for (int b = 0; b < count; b++) {
        combine(projected(b, 0), nullptr, R, {{blocks[b].states + static_cast<long>(s.rows - 1) * D * LANES, D, w.toward, R, 1}});
    }
    for (int row = 0; row < R; row++) {
        Vector real[KNOTS] = {}, imaginary[KNOTS] = {};
        for (int b = 0; b < count; b++) {
            const Vector alive = load(blocks[b].alive);
            Turn turn(projected(b, row));
            for (int k = 1; k < KNOTS; k++, turn.next()) {
                real[k] += turn.cosine * alive;
                imaginary[k] += turn.sine * alive;
            }
        }
        float reals[KNOTS], imaginaries[KNOTS];
        double statistic = 0;
        for (int k = 1; k < KNOTS; k++) {
            const double x = total(real[k]) / N - phis[k], y = total(imaginary[k]) / N;
            statistic += weights[k] * (x * x + y * y);
            const double slope = 2 * weights[k] * k * 0.1875 * job.factors[3] / (s.members * static_cast<double>(R));
            reals[k] = static_cast<float>(slope * x);
            imaginaries[k] = static_cast<float>(slope * y);
        }
        *sum += N * statistic / R;
        for (int b = 0; b < count; b++) {
            Vector back = {};
            Turn turn(projected(b, row));
            for (int k = 1; k < KNOTS; k++, turn.next()) back += turn.cosine * imaginaries[k] - turn.sine * reals[k];
            store(projected(b, row), back * load(blocks[b].alive));
        }
    }
}

// One member: its terms and its gradient.
static void member(const Job &job, const Layout &s, int m) {
    const int blocks = (s.batch + LANES - 1) / LANES, D = s.width, H = s.hidden, C = s.columns, I = s.head, R = s.directions;
    long own = 0, shared = 0, adding = 0;
    Block(s, nullptr, own), Way(s, blocks, nullptr, shared), Sums(s, nullptr, adding);
    const long packed = (static_cast<long>(D + s.inputs + 1) * C + 2L * D * I + static_cast<long>(D) * R + LANES) / LANES * LANES;
    const Room room(own * blocks + shared + adding + packed);
    float *base = room.base;
    const Way way(s, blocks, base, shared);
    const Sums sums(s, base += shared, adding);
    std::memset(base, 0, sizeof(float) * static_cast<size_t>(adding));
    Weights w = weights_of(job, s, m, base += adding);
    std::vector<Block> all;
    for (int b = 0; b < blocks; b++) all.emplace_back(s, base + packed + b * own, own);
    store(way.ones, splat(1.f));
    for (int b = 0; b < blocks; b++) {
        gather(job, s, all[b], m, b * LANES);
        forward(s, w, all[b], way);
    }
    double *terms = job.sums + 5 * m;
    if (R > 0) regularise(job, s, w, all.data(), blocks, way, terms + 3);
    for (int b = 0; b < blocks; b++) {
        std::memset(way.pulls, 0, sizeof(float) * static_cast<size_t>(s.rows) * D * LANES);
        if (R > 0) {
            float *last = way.pulls + static_cast<long>(s.rows - 1) * D * LANES;
            combine(last, last, D, {{way.projected + static_cast<long>(b) * R * LANES, R, w.toward, 1, R}});
        }
        compare(job, s, w, all[b], way, terms);
        if (job.factors[4] > 0) invert(job, s, w, all[b], way, sums, terms + 4);
        reverse(s, w, all[b], way, sums);
    }
    // Lanes are added up, and what was packed together or divided by the scale comes apart.
    auto write = [&](const Place &place, long rows, long columns, const float *from, long width, bool isScaled) {
        float *to = job.gradient + place.of(m);
        for (long i = 0; i < rows; i++) {
            const float factor = isScaled ? 1 / w.scale[i % D] : 1;
            for (long j = 0; j < columns; j++) to[i * columns + j] = total(load(from + (i * width + j) * LANES)) * factor;
        }
    };
    const int U = s.inputs, O = s.outputs, Q = s.recovered;
    write(s.linear, D, D, sums.state, C, false), write(s.hiddenState, D, H, sums.state + D * LANES, C, true);
    write(s.input, U, D, sums.input, C, false), write(s.hiddenInput, U, H, sums.input + D * LANES, C, false);
    write(s.offset, 1, D, sums.input + U * C * LANES, C, false);
    write(s.hiddenOffset, 1, H, sums.input + (U * C + D) * LANES, C, false);
    if (s.lead) write(s.leadInput, U, D, sums.lead, D, false);
    write(s.correction, H, D, sums.correction, D, false), write(s.gain, O, D, sums.gain, D, false);
    write(s.firstGain, O, D, sums.firstGain, D, false), write(s.prior, 1, D, sums.prior, D, false);
    write(s.readout, D, O, sums.readout, O, false), write(s.readoutOffset, 1, O, sums.readoutOffset, O, false);
    write(s.headInput, 2 * D, I, sums.ends, I, true), write(s.headOffset, 1, I, sums.headOffset, I, false);
    write(s.headOutput, I, Q, sums.headOutput, Q, false), write(s.headOutputOffset, 1, Q, sums.headOutputOffset, Q, false);
}
