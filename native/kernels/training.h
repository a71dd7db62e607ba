// What a training step of a sensor model is given, and where its numbers lie: see ct_training_step in kernels.h.
#pragma once

#include <cstdint>

namespace ct {
namespace training {

// Where one kind of numbers begins among all of them, and how many each member has.
struct Place {
    long at, count;

    long of(int member) const { return at + member * count; }
};

struct Layout {
    int members, outputs, inputs, width, hidden, actions, reach, head, transient, batch, history, steps, directions;
    bool cubic, lead;
    // Columns of a transition's products; rows of a window; windows' rows that the inverse dynamics start from, and what they
    // recover there.
    int columns, rows, pairs, recovered;
    Place linear, input, leadInput, offset, hiddenState, hiddenInput, hiddenOffset, correction, gain, firstGain, prior;
    Place readout, readoutOffset, headInput, headOffset, headOutput, headOutputOffset;
    Place scale, transientGain;
    long errorScale;
    // Numbers that are learned.
    long learned;

    explicit Layout(const int32_t *n)
        : members(n[0]), outputs(n[1]), inputs(n[2]), width(n[3]), hidden(n[4]), actions(n[5]), reach(n[6]), head(n[7]),
          transient(n[8]), batch(n[9]), history(n[10]), steps(n[11]), directions(n[12]), cubic(n[13] != 0),
          lead(n[14] != 0), columns(width + hidden), rows(history + steps), pairs(rows - reach), recovered(reach * actions) {
        long at = 0;
        auto list = [&](long count) { Place place{at, count}; at += members * count; return place; };
        const long D = width, H = hidden, U = inputs, O = outputs;
        linear = list(D * D), input = list(U * D), leadInput = list(lead ? U * D : 0), offset = list(D);
        hiddenState = list(D * H), hiddenInput = list(U * H), hiddenOffset = list(H), correction = list(H * D);
        gain = list(O * D), firstGain = list(O * D), prior = list(D), readout = list(D * O), readoutOffset = list(O);
        headInput = list(2 * D * head), headOffset = list(head);
        headOutput = list(static_cast<long>(head) * recovered), headOutputOffset = list(recovered);
        learned = at;
        scale = list(D), transientGain = list(transient * O * D);
        errorScale = at;
    }
};

struct Job {
    const float *weights, *outputs, *mask, *inputs, *visible, *directions;
    int64_t tableRows;
    const int64_t *starts;
    // What each term counts in the loss: grounding, encoding, prediction, SIGReg's sum, inverse dynamics.
    double factors[5];
    double measured;  // values that grounding is a mean of
    float *gradient;
    double *sums;  // [member, term], each as its mean is made of
};

}  // namespace training
}  // namespace ct
