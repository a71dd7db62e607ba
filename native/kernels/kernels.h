// The C interface to the compiled kernels, which work on plain numbers and know nothing of libtorch: so a program that
// only plans is ready without loading that. Read by scripts/generate-loader as ctorch.h is, under the same rules.
#ifndef CT_KERNELS_H
#define CT_KERNELS_H

#include <stdbool.h>
#include <stdint.h>

// [types
#ifndef CT_NULLABLE
#if defined(__clang__)
#define CT_NULLABLE _Nullable
#define CT_NONNULL _Nonnull
#else
#define CT_NULLABLE
#define CT_NONNULL
#endif
#endif

typedef struct ct_causal_ *ct_causal;          // a causal transformer with its weights packed
typedef struct ct_causal_run_ *ct_causal_run;  // candidates of one that are under way
// types]

#ifdef __cplusplus
#pragma GCC visibility push(default)
extern "C" {
#endif

// Which text of this file the library was built from.
const char *CT_NONNULL ct_kernels_interface(void);
bool ct_keeps_memory(void);  // whether malloc's thresholds are ours

// Free runs of small state-space models with derivatives. sizes: states, inputs, outputs, hidden, lead, cubic; parameters in
// the order A B B1 b G P V c C d K K0 z0; outputs and inputs from the first row of the history on. gram [stride, stride],
// its lower triangle, and gradient [stride] are added to (stride: parameters rounded up to 8); NULL for errors alone.
// errors [steps, outputs] or NULL. Returns the number of measured values predicted, -1 when the run leaves every range.
int64_t ct_free_run(
    const int32_t *CT_NONNULL sizes, const double *CT_NONNULL parameters, const double *CT_NONNULL outputs,
    const double *CT_NONNULL inputs, int32_t history, int32_t steps, double *CT_NULLABLE gram,
    double *CT_NULLABLE gradient, double *CT_NONNULL cost, double *CT_NULLABLE errors);

// Rollouts of sensor models for planning; plain numbers, no tensors. sizes: members M, width D, hidden H, actions A, outputs O,
// features F, steps S, cubic, lead, adapted. weights: [A | P/s] [M, D, D + H], [B | V] of the actions [M, A, D + H], with lead
// B1 [M, A, D]; G [M, H, D], C [M, D, O], its offset [M, O]; whitening of the first member's representation [D, F] and of
// the actions [A, F], 1 / the distance that counts as 1; mean of the actions and 1 / their scale [A], mean and scale of the
// outputs [O]. situation: start [M, D]; what no action changes: [b | c] and disturbances [S, M, D + H], with lead those at the
// ends of steps [S, M, D], of the whitened features [S, F]; 1 / the spread that counts as 1 [S, O]; when adapted the change's
// offset [S, O] and slope [S, A, S, O]. actions [candidates, S, A] and outputs and spread [candidates, S, O] are in physical
// units, novelty is [candidates, S]; spread and novelty may be NULL. Returns 0 when done.
int32_t ct_rollout(
    const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, const float *CT_NONNULL situation,
    const float *CT_NONNULL actions, int32_t candidates, int32_t threads, float *CT_NONNULL outputs,
    float *CT_NULLABLE spread, float *CT_NULLABLE novelty);
// The gradient with respect to the actions [candidates, S, A] of the sum of outputs and novelty times their seeds.
int32_t ct_rollout_gradient(
    const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, const float *CT_NONNULL situation,
    const float *CT_NONNULL actions, int32_t candidates, int32_t threads, const float *CT_NONNULL output_seeds,
    const float *CT_NULLABLE novelty_seeds, float *CT_NONNULL gradient);
// Multiplications and additions of one candidate, with or without novelty; activations, roots and divisions not counted.
double ct_rollout_operations(const int32_t *CT_NONNULL sizes, bool judges);
// Multiplications and additions a second that one core does at most, found in about so many seconds.
double ct_rollout_peak(double seconds);
const char *CT_NONNULL ct_rollout_lanes(void);  // the vector unit that rollouts use, such as AVX-512

// One training step of a sensor model: terms of the loss and their gradient; plain numbers. sizes: members M, outputs O, inputs
// U, width D, hidden H, actions A, steps R between the ends of the inverse dynamics, their hidden units I, rows with gains of
// their own, batch N, history, steps, directions or 0, cubic, lead. weights, each of all members, those that are learned first:
// Â [M, D, D], B [M, U, D], with lead B1 [M, U, D], b [M, D], P [M, D, H], V [M, U, H], c [M, H], G [M, H, D], K and K0
// [M, O, D], z0 [M, D], C [M, D, O], its offset [M, O], [M, 2 D, I], [M, I], [M, I, R A], [M, R A]; then s [M, D], gains of the
// rows behind the first [M, rows, O, D], units of errors [O]. outputs, mask [row, O] and inputs [row, U] of the log; visible
// [M, row] or NULL; starts [M, N], first predicted rows; directions [M, D, directions], of any length, or NULL. factors and
// terms: grounding, encoding, prediction, SIGReg, inverse dynamics (left out where its factor is 0); terms are not weighted.
// gradient: as the learned weights. Returns 0 when done.
int32_t ct_training_step(
    const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, const float *CT_NONNULL outputs,
    const float *CT_NONNULL mask, const float *CT_NONNULL inputs, const float *CT_NULLABLE visible, int64_t table_rows,
    const int64_t *CT_NONNULL starts, const float *CT_NULLABLE directions, const double *CT_NONNULL factors,
    int32_t threads, float *CT_NONNULL gradient, double *CT_NONNULL terms);

// Rollouts of a causal transformer under actions (adaLN-Zero, learned positions) for planning; plain numbers. sizes: width D,
// actions A, history, hidden E, output O, depth, heads, size of a head, feed-forward, smoothed actions, their expansion,
// projector or 0. weights, each map [outputs, inputs] with its offset behind it: three maps of actions; positions [history, D];
// where D is not E, maps of representations and of conditions; modulations of all blocks [6 E depth, E]; for each block gain
// and offset before attention, queries, keys and values without offset, their merging, gain and offset before the
// feed-forward part, its two maps; gain and offset of the last norm; where E is not O the map to it; the projector's two maps.
// epsilon: of the norms, the plain ones and the others. half: products in bfloat16 where the processor has them.
ct_causal CT_NULLABLE ct_causal_new(
    const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, double plain_epsilon, double epsilon, bool half);
void ct_causal_release(ct_causal CT_NONNULL model);
ct_causal_run CT_NULLABLE ct_causal_begin(ct_causal CT_NONNULL model, int32_t candidates);
void ct_causal_end(ct_causal_run CT_NONNULL run);
// Takes in a row, representations [candidates, D] and actions [candidates, A], rows of which begin a stride apart, and writes
// the representations that follow [candidates, D]; NULL only takes it in. Returns 0 when done.
int32_t ct_causal_next(
    ct_causal_run CT_NONNULL run, const float *CT_NONNULL z, intptr_t z_stride, const float *CT_NONNULL actions,
    intptr_t action_stride, int32_t threads, float *CT_NULLABLE out);
// Multiplications and additions of one candidate through so many steps from one row.
double ct_causal_operations(const int32_t *CT_NONNULL sizes, int32_t steps);
const char *CT_NONNULL ct_causal_lanes(void);
bool ct_causal_has_half(void);  // whether products in bfloat16 are there

#ifdef __cplusplus
}
#pragma GCC visibility pop
#endif
#endif
