// The weights of one member as training_kernel.h takes them, in `packed`.
static Weights weights_of(const Job &job, const Layout &s, int m, float *packed) {
    const int D = s.width, H = s.hidden, C = s.columns, U = s.inputs, I = s.head, R = s.directions;
    const float *all = job.weights;
    Weights w{};
    w.correction = all + s.correction.of(m), w.gain = all + s.gain.of(m), w.firstGain = all + s.firstGain.of(m);
    w.prior = all + s.prior.of(m), w.readout = all + s.readout.of(m), w.readoutOffset = all + s.readoutOffset.of(m);
    w.headOffset = all + s.headOffset.of(m), w.headOutput = all + s.headOutput.of(m);
    w.headOutputOffset = all + s.headOutputOffset.of(m), w.scale = all + s.scale.of(m);
    w.transient = all + s.transientGain.of(m), w.errorScale = all + s.errorScale, w.lead = all + s.leadInput.of(m);
    w.state = packed, w.input = w.state + static_cast<long>(D) * C;
    w.ends = w.input + static_cast<long>(U + 1) * C, w.toward = w.ends + 2L * D * I;
    const float *linear = all + s.linear.of(m), *hiddenState = all + s.hiddenState.of(m);
    for (int i = 0; i < D; i++) {
        const float factor = 1 / w.scale[i];
        for (int j = 0; j < D; j++) w.state[i * C + j] = linear[i * D + j];
        for (int q = 0; q < H; q++) w.state[i * C + D + q] = hiddenState[i * H + q] * factor;
    }
    const float *input = all + s.input.of(m), *offset = all + s.offset.of(m);
    const float *hiddenInput = all + s.hiddenInput.of(m), *hiddenOffset = all + s.hiddenOffset.of(m);
    for (int u = 0; u <= U; u++) {
        for (int j = 0; j < D; j++) w.input[u * C + j] = u < U ? input[u * D + j] : offset[j];
        for (int q = 0; q < H; q++) w.input[u * C + D + q] = u < U ? hiddenInput[u * H + q] : hiddenOffset[q];
    }
    const float *ends = all + s.headInput.of(m);
    for (long i = 0; i < 2L * D; i++) {
        const float factor = 1 / w.scale[i % D];
        for (int j = 0; j < I; j++) w.ends[i * I + j] = ends[i * I + j] * factor;
    }
    const float *drawn = job.directions + static_cast<long>(m) * D * R;
    for (int r = 0; r < R; r++) {
        double square = 0;
        for (int i = 0; i < D; i++) square += static_cast<double>(drawn[i * R + r]) * drawn[i * R + r];
        const double length = std::sqrt(square);
        for (int i = 0; i < D; i++) w.toward[i * R + r] = static_cast<float>(drawn[i * R + r] / (length * w.scale[i]));
    }
    return w;
}
