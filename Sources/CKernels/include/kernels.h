// Written by scripts/generate-loader from native/kernels/kernels.h. Do not edit.

#ifndef KERNELS_H
#define KERNELS_H

#define CK_INTERFACE "96e8e38e4a9dd4a1"

#include <stdbool.h>
#include <stdint.h>

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

// The functions of the loaded library; NULL before ck_load.
typedef struct {
    const char *CT_NONNULL (*CT_NONNULL kernels_interface)(void);
    bool (*CT_NONNULL keeps_memory)(void);
    int64_t (*CT_NONNULL free_run)(const int32_t *CT_NONNULL sizes, const double *CT_NONNULL parameters, const double *CT_NONNULL outputs, const double *CT_NONNULL inputs, int32_t history, int32_t steps, double *CT_NULLABLE gram, double *CT_NULLABLE gradient, double *CT_NONNULL cost, double *CT_NULLABLE errors);
    int32_t (*CT_NONNULL rollout)(const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, const float *CT_NONNULL situation, const float *CT_NONNULL actions, int32_t candidates, int32_t threads, float *CT_NONNULL outputs, float *CT_NULLABLE spread, float *CT_NULLABLE novelty);
    int32_t (*CT_NONNULL rollout_gradient)(const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, const float *CT_NONNULL situation, const float *CT_NONNULL actions, int32_t candidates, int32_t threads, const float *CT_NONNULL output_seeds, const float *CT_NULLABLE novelty_seeds, float *CT_NONNULL gradient);
    double (*CT_NONNULL rollout_operations)(const int32_t *CT_NONNULL sizes, bool judges);
    double (*CT_NONNULL rollout_peak)(double seconds);
    const char *CT_NONNULL (*CT_NONNULL rollout_lanes)(void);
    int32_t (*CT_NONNULL training_step)(const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, const float *CT_NONNULL outputs, const float *CT_NONNULL mask, const float *CT_NONNULL inputs, const float *CT_NULLABLE visible, int64_t table_rows, const int64_t *CT_NONNULL starts, const float *CT_NULLABLE directions, const double *CT_NONNULL factors, int32_t threads, float *CT_NONNULL gradient, double *CT_NONNULL terms);
    ct_causal CT_NULLABLE (*CT_NONNULL causal_new)(const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, double plain_epsilon, double epsilon, bool half);
    void (*CT_NONNULL causal_release)(ct_causal CT_NONNULL model);
    ct_causal_run CT_NULLABLE (*CT_NONNULL causal_begin)(ct_causal CT_NONNULL model, int32_t candidates);
    void (*CT_NONNULL causal_end)(ct_causal_run CT_NONNULL run);
    int32_t (*CT_NONNULL causal_next)(ct_causal_run CT_NONNULL run, const float *CT_NONNULL z, intptr_t z_stride, const float *CT_NONNULL actions, intptr_t action_stride, int32_t threads, float *CT_NULLABLE out);
    double (*CT_NONNULL causal_operations)(const int32_t *CT_NONNULL sizes, int32_t steps);
    const char *CT_NONNULL (*CT_NONNULL causal_lanes)(void);
    bool (*CT_NONNULL causal_has_half)(void);
} ck_table;

extern ck_table ck_loaded;

// Loads the library at `path`. NULL when done, else what is wrong, valid until the next call.
const char *CT_NULLABLE ck_load(const char *CT_NONNULL path);

static inline const char *CT_NONNULL ct_kernels_interface(void) {
    return ck_loaded.kernels_interface();
}

static inline bool ct_keeps_memory(void) {
    return ck_loaded.keeps_memory();
}

static inline int64_t ct_free_run(const int32_t *CT_NONNULL sizes, const double *CT_NONNULL parameters, const double *CT_NONNULL outputs, const double *CT_NONNULL inputs, int32_t history, int32_t steps, double *CT_NULLABLE gram, double *CT_NULLABLE gradient, double *CT_NONNULL cost, double *CT_NULLABLE errors) {
    return ck_loaded.free_run(sizes, parameters, outputs, inputs, history, steps, gram, gradient, cost, errors);
}

static inline int32_t ct_rollout(const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, const float *CT_NONNULL situation, const float *CT_NONNULL actions, int32_t candidates, int32_t threads, float *CT_NONNULL outputs, float *CT_NULLABLE spread, float *CT_NULLABLE novelty) {
    return ck_loaded.rollout(sizes, weights, situation, actions, candidates, threads, outputs, spread, novelty);
}

static inline int32_t ct_rollout_gradient(const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, const float *CT_NONNULL situation, const float *CT_NONNULL actions, int32_t candidates, int32_t threads, const float *CT_NONNULL output_seeds, const float *CT_NULLABLE novelty_seeds, float *CT_NONNULL gradient) {
    return ck_loaded.rollout_gradient(sizes, weights, situation, actions, candidates, threads, output_seeds, novelty_seeds, gradient);
}

static inline double ct_rollout_operations(const int32_t *CT_NONNULL sizes, bool judges) {
    return ck_loaded.rollout_operations(sizes, judges);
}

static inline double ct_rollout_peak(double seconds) {
    return ck_loaded.rollout_peak(seconds);
}

static inline const char *CT_NONNULL ct_rollout_lanes(void) {
    return ck_loaded.rollout_lanes();
}

static inline int32_t ct_training_step(const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, const float *CT_NONNULL outputs, const float *CT_NONNULL mask, const float *CT_NONNULL inputs, const float *CT_NULLABLE visible, int64_t table_rows, const int64_t *CT_NONNULL starts, const float *CT_NULLABLE directions, const double *CT_NONNULL factors, int32_t threads, float *CT_NONNULL gradient, double *CT_NONNULL terms) {
    return ck_loaded.training_step(sizes, weights, outputs, mask, inputs, visible, table_rows, starts, directions, factors, threads, gradient, terms);
}

static inline ct_causal CT_NULLABLE ct_causal_new(const int32_t *CT_NONNULL sizes, const float *CT_NONNULL weights, double plain_epsilon, double epsilon, bool half) {
    return ck_loaded.causal_new(sizes, weights, plain_epsilon, epsilon, half);
}

static inline void ct_causal_release(ct_causal CT_NONNULL model) {
    ck_loaded.causal_release(model);
}

static inline ct_causal_run CT_NULLABLE ct_causal_begin(ct_causal CT_NONNULL model, int32_t candidates) {
    return ck_loaded.causal_begin(model, candidates);
}

static inline void ct_causal_end(ct_causal_run CT_NONNULL run) {
    ck_loaded.causal_end(run);
}

static inline int32_t ct_causal_next(ct_causal_run CT_NONNULL run, const float *CT_NONNULL z, intptr_t z_stride, const float *CT_NONNULL actions, intptr_t action_stride, int32_t threads, float *CT_NULLABLE out) {
    return ck_loaded.causal_next(run, z, z_stride, actions, action_stride, threads, out);
}

static inline double ct_causal_operations(const int32_t *CT_NONNULL sizes, int32_t steps) {
    return ck_loaded.causal_operations(sizes, steps);
}

static inline const char *CT_NONNULL ct_causal_lanes(void) {
    return ck_loaded.causal_lanes();
}

static inline bool ct_causal_has_half(void) {
    return ck_loaded.causal_has_half();
}

#endif
