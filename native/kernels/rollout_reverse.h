// The reverse pass of rollout_kernel.h, which includes it once for each width of vector unit.

// Carries the adjoints of outputs and novelty back to the actions.
static void reverse(const RolloutJob &job, const RolloutLayout &s, const Memory &memory, int first) {
    const float *w = job.weights, *now = job.situation;
    const int D = s.width, H = s.hidden, A = s.actions, O = s.outputs, F = s.features, columns = s.columns;
    const int steps = s.steps, members = s.members;
    float *adjoint = memory.back;                                    // [member, columns]: of ẑ, then of hidden sums
    float *earlier = adjoint + static_cast<long>(members) * columns * LANES;  // [member, width]
    float *reading = earlier + static_cast<long>(members) * D * LANES;        // [output], of one member
    float *features = reading + O * LANES;                           // [feature]
    float *result = features + F * LANES;                            // [step, action]
    float *seeds = result + static_cast<long>(steps) * A * LANES;    // [step, output]
    float *surprise = seeds + static_cast<long>(steps) * O * LANES;  // [step]
    into_lanes(job.outputSeeds, steps * O, first, job.candidates, seeds);
    if (job.noveltySeeds) into_lanes(job.noveltySeeds, steps, first, job.candidates, surprise);
    for (long i = 0; i < static_cast<long>(steps) * A * LANES; i++) result[i] = 0;
    for (long i = 0; i < static_cast<long>(members) * columns * LANES; i++) adjoint[i] = 0;
    const float share = 1.f / static_cast<float>(members);
    const float freedom = members > 1 ? 1.f / static_cast<float>(members - 1) : 0;
    for (int step = steps - 1; step >= 0; step--) {
        const float *readings = memory.readings + static_cast<long>(step) * members * O * LANES;
        const float *seed = seeds + static_cast<long>(step) * O * LANES;
        float *u = result + step * A * LANES;
        float *after = result + (step + 1 < steps ? step + 1 : step) * A * LANES;
        Vector far[2] = {}, pull[2] = {};  // 1 where the distance binds; what the seed of novelty is divided to
        float *taken = memory.spreads;     // [output]: what reaches a member's reading apart from the mean
        if (job.noveltySeeds) {
            const float *whitened = memory.whitened + static_cast<long>(step) * F * LANES;
            float square = w[s.noveltyFactor] * w[s.noveltyFactor];
            for (int v = 0; v < 2; v++) {
                Vector sum = {};
                for (int f = 0; f < F; f++) {
                    Vector value = load(whitened + f * LANES + v * WIDTH);
                    sum += value * value;
                }
                Vector novelty = load(memory.novelty + step * LANES + v * WIDTH);
                Vector slope = load(surprise + step * LANES + v * WIDTH) / novelty;
                pull[v] = novelty > 0.f ? slope : Vector{};
                Vector greatest = {};
                for (int pass = 0; pass < 2; pass++) {
                    for (int o = 0; o < O; o++) {
                        const float *all = readings + o * LANES + v * WIDTH;
                        float factor = now[s.spreadFactor + step * O + o];
                        Vector mean = {}, apart = {};
                        for (int m = 0; m < members; m++) mean += load(all + m * O * LANES);
                        mean *= share;
                        for (int m = 0; m < members; m++) {
                            Vector difference = load(all + m * O * LANES) - mean;
                            apart += difference * difference;
                        }
                        Vector judged = (apart * freedom + (members > 1 ? 1e-12f : 0.f)) * (factor * factor);
                        if (pass == 0) {
                            greatest = greatest > judged ? greatest : judged;
                            continue;
                        }
                        auto binds = (judged == greatest) & (far[v] == 0.f);
                        store(
                            taken + o * LANES + v * WIDTH, binds ? pull[v] * (factor * factor * freedom) : Vector{});
                        if (o + 1 < O) greatest = binds ? splat(-1.f) : greatest;  // of equals the first
                    }
                    if (pass == 0) far[v] = sum * square >= greatest ? splat(1.f) : Vector{};
                }
                for (int f = 0; f < F; f++) {
                    Vector value = load(whitened + f * LANES + v * WIDTH);
                    store(features + f * LANES + v * WIDTH, far[v] * pull[v] * square * value);
                }
            }
        }
        for (int m = 0; m < members; m++) {
            const float *state = w + s.state + static_cast<long>(m) * D * columns;
            const float *input = w + s.input + static_cast<long>(m) * A * columns;
            const float *correction = w + s.correction + static_cast<long>(m) * H * D;
            const float *lead = w + s.leadInput + static_cast<long>(m) * A * D;
            const float *slopes = memory.slopes + (static_cast<long>(step) * members + m) * H * LANES;
            float *g = adjoint + static_cast<long>(m) * columns * LANES;
            for (int o = 0; o < O; o++) {
                for (int v = 0; v < 2; v++) {
                    Vector value = load(seed + o * LANES + v * WIDTH) * (w[s.outputScale + o] * share);
                    if (job.noveltySeeds) {
                        const float *all = readings + o * LANES + v * WIDTH;
                        Vector mean = {};
                        for (int k = 0; k < members; k++) mean += load(all + k * O * LANES);
                        value += load(taken + o * LANES + v * WIDTH) * (load(all + m * O * LANES) - mean * share);
                    }
                    store(reading + o * LANES + v * WIDTH, value);
                }
            }
            tiles(D, [&](auto n, int j) __attribute__((always_inline)) {
                Tile<decltype(n)::value> tile;
                tile.read(g + j * LANES);
                tile.add(reading, O, w + s.readout + (static_cast<long>(m) * D + j) * O, 1, O);
                tile.write(g + j * LANES);
            });
            tiles(H, [&](auto n, int j) __attribute__((always_inline)) {
                Tile<decltype(n)::value> tile;
                tile.clear();
                tile.add(g, D, correction + static_cast<long>(j) * D, 1, D);
#pragma GCC unroll 16
                for (int i = 0; i < decltype(n)::value; i++) {
                    tile.row[i][0] *= load(slopes + (j + i) * LANES);
                    tile.row[i][1] *= load(slopes + (j + i) * LANES + WIDTH);
                }
                tile.write(g + (D + j) * LANES);
            });
            tiles(A, [&](auto n, int j) __attribute__((always_inline)) {
                Tile<decltype(n)::value> tile;
                tile.read(u + j * LANES);
                tile.add(g, columns, input + static_cast<long>(j) * columns, 1, columns);
                tile.write(u + j * LANES);
                if (s.lead) {
                    tile.read(after + j * LANES);
                    tile.add(g, D, lead + static_cast<long>(j) * D, 1, D);
                    tile.write(after + j * LANES);
                }
            });
            float *to = earlier + static_cast<long>(m) * D * LANES;
            tiles(D, [&](auto n, int j) __attribute__((always_inline)) {
                Tile<decltype(n)::value> tile;
                tile.clear();
                tile.add(g, columns, state + static_cast<long>(j) * columns, 1, columns);
                if (m == 0 && job.noveltySeeds) {
                    tile.add(features, F, w + s.whitenState + static_cast<long>(j) * F, 1, F);
                }
                tile.write(to + j * LANES);
            });
        }
        if (job.noveltySeeds) {
            tiles(A, [&](auto n, int j) __attribute__((always_inline)) {
                Tile<decltype(n)::value> tile;
                tile.read(u + j * LANES);
                tile.add(features, F, w + s.whitenActions + static_cast<long>(j) * F, 1, F);
                tile.write(u + j * LANES);
            });
        }
        for (int m = 0; m < members; m++) {
            float *g = adjoint + static_cast<long>(m) * columns * LANES;
            const float *from = earlier + static_cast<long>(m) * D * LANES;
            for (int i = 0; i < D * LANES; i++) g[i] = from[i];
        }
    }
    for (int step = 0; step < steps; step++) {
        tiles(A, [&](auto n, int j) __attribute__((always_inline)) {
            Tile<decltype(n)::value> tile;
            float *to = result + (step * A + j) * LANES;
            tile.read(to);
            if (s.adapted) {
                const float *slope = now + s.changeSlope + (static_cast<long>(step) * A + j) * steps * O + step * O;
                tile.add(seeds + static_cast<long>(step) * O * LANES, (steps - step) * O, slope, 1, static_cast<long>(steps) * O);
            }
#pragma GCC unroll 16
            for (int i = 0; i < decltype(n)::value; i++) {
                tile.row[i][0] *= w[s.actionFactor + j + i];
                tile.row[i][1] *= w[s.actionFactor + j + i];
            }
            tile.write(to);
        });
    }
    from_lanes(result, steps * A, first, job.candidates, job.actionGradient);
}
