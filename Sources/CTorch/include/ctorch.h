// Written by scripts/generate-loader from native/ctorch.h. Do not edit.

#ifndef CTORCH_H
#define CTORCH_H

#define CT_INTERFACE "627e4997b329d154"

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

typedef struct ct_tensor_ *ct_tensor;        // one strong reference to an at::TensorImpl
typedef struct ct_generator_ *ct_generator;  // one strong reference to a generator of random numbers
typedef struct ct_operator_ *ct_operator;    // an operator of the dispatcher; lives as long as the process

#define CT_T ct_tensor CT_NONNULL
#define CT_OPT ct_tensor CT_NULLABLE
#define CT_LIST const ct_tensor CT_NULLABLE *CT_NONNULL
#define CT_SIZES const intptr_t *CT_NONNULL

// What an argument of ct_call holds.
enum {
    CT_NONE = 0,
    CT_TENSOR = 1,
    CT_INT = 2,
    CT_DOUBLE = 3,
    CT_BOOL = 4,
    CT_INTS = 5,
    CT_TENSORS = 6,
    CT_STRING = 7,
    CT_DOUBLES = 8,
    CT_BOOLS = 9,
    CT_GENERATOR = 10,
    CT_OPTIONAL_TENSORS = 11,
    CT_DEVICE = 12
};

// One argument of ct_call: a number in place, anything else by a pointer that is borrowed for the call.
typedef struct {
    int32_t kind;
    intptr_t count;
    int64_t integer;
    double number;
    const void *CT_NULLABLE pointer;
} ct_argument;

// The functions of the loaded library; NULL before ct_load.
typedef struct {
    const char *CT_NULLABLE (*CT_NONNULL error)(void);
    const char *CT_NONNULL (*CT_NONNULL version)(void);
    int32_t (*CT_NONNULL threads)(void);
    int32_t (*CT_NONNULL set_threads)(int32_t count);
    int32_t (*CT_NONNULL cuda_count)(void);
    bool (*CT_NONNULL mps_available)(void);
    int32_t (*CT_NONNULL synchronize)(int32_t device);
    bool (*CT_NONNULL fast_bfloat16)(int32_t device);
    bool (*CT_NONNULL fast_mkl)(void);
    const char *CT_NONNULL (*CT_NONNULL interface)(void);
    void (*CT_NONNULL retain)(CT_T tensor);
    void (*CT_NONNULL release)(CT_T tensor);
    intptr_t (*CT_NONNULL rank)(CT_T tensor);
    intptr_t (*CT_NONNULL count)(CT_T tensor);
    void (*CT_NONNULL sizes)(CT_T tensor, intptr_t *CT_NONNULL sizes);
    void (*CT_NONNULL strides)(CT_T tensor, intptr_t *CT_NONNULL strides);
    int32_t (*CT_NONNULL dtype)(CT_T tensor);
    int32_t (*CT_NONNULL device)(CT_T tensor);
    bool (*CT_NONNULL is_contiguous)(CT_T tensor);
    bool (*CT_NONNULL requires_grad)(CT_T tensor);
    bool (*CT_NONNULL is_leaf)(CT_T tensor);
    bool (*CT_NONNULL is_inference)(CT_T tensor);
    intptr_t (*CT_NONNULL uses)(CT_T tensor);
    int64_t (*CT_NONNULL version_counter)(CT_T tensor);
    void *CT_NULLABLE (*CT_NONNULL data)(CT_T tensor);
    double (*CT_NONNULL item)(CT_T tensor);
    int64_t (*CT_NONNULL item_integer)(CT_T tensor);
    CT_OPT (*CT_NONNULL empty)(CT_SIZES sizes, intptr_t rank, int32_t dtype, int32_t device);
    CT_OPT (*CT_NONNULL full)(CT_SIZES sizes, intptr_t rank, double value, int32_t dtype, int32_t device);
    CT_OPT (*CT_NONNULL copy_of)(const void *CT_NONNULL data, CT_SIZES sizes, intptr_t rank, int32_t dtype, int32_t device);
    CT_OPT (*CT_NONNULL view_of)(void *CT_NONNULL data, CT_SIZES sizes, intptr_t rank, int32_t dtype);
    CT_OPT (*CT_NONNULL arange)(double start, double end, double step, int32_t dtype, int32_t device);
    CT_OPT (*CT_NONNULL eye)(intptr_t rows, intptr_t columns, int32_t dtype, int32_t device);
    CT_OPT (*CT_NONNULL normal)(CT_SIZES sizes, intptr_t rank, ct_generator CT_NONNULL generator, int32_t dtype, int32_t device);
    CT_OPT (*CT_NONNULL uniform)(CT_SIZES sizes, intptr_t rank, ct_generator CT_NONNULL generator, int32_t dtype, int32_t device);
    CT_OPT (*CT_NONNULL permutation)(intptr_t count, ct_generator CT_NONNULL generator, int32_t device);
    ct_generator CT_NULLABLE (*CT_NONNULL generator_new)(uint64_t seed, int32_t device);
    void (*CT_NONNULL generator_release)(ct_generator CT_NONNULL generator);
    ct_generator CT_NULLABLE (*CT_NONNULL generator_clone)(ct_generator CT_NONNULL generator);
    CT_OPT (*CT_NONNULL generator_state)(ct_generator CT_NONNULL generator);
    int32_t (*CT_NONNULL generator_set_state)(ct_generator CT_NONNULL generator, CT_T state);
    CT_OPT (*CT_NONNULL to_dtype)(CT_T tensor, int32_t dtype);
    CT_OPT (*CT_NONNULL to_device)(CT_T tensor, int32_t device);
    CT_OPT (*CT_NONNULL contiguous)(CT_T tensor);
    CT_OPT (*CT_NONNULL clone)(CT_T tensor);
    CT_OPT (*CT_NONNULL detach)(CT_T tensor);
    int32_t (*CT_NONNULL set_requires_grad)(CT_T tensor, bool on);
    CT_OPT (*CT_NONNULL grad)(CT_T tensor);
    int32_t (*CT_NONNULL set_grad)(CT_T tensor, CT_OPT grad);
    int32_t (*CT_NONNULL backward)(CT_T tensor, CT_OPT gradient, bool retain_graph, bool create_graph);
    int32_t (*CT_NONNULL gradients)(CT_LIST outputs, intptr_t output_count, CT_LIST inputs, intptr_t input_count, CT_LIST output_gradients, bool retain_graph, bool create_graph, bool allow_unused, ct_tensor CT_NULLABLE *CT_NONNULL gradients);
    bool (*CT_NONNULL grad_enabled)(void);
    void (*CT_NONNULL set_grad_enabled)(bool on);
    bool (*CT_NONNULL inference_enabled)(void);
    void *CT_NULLABLE (*CT_NONNULL inference_begin)(bool on);
    void (*CT_NONNULL inference_end)(void *CT_NONNULL guard);
    int32_t (*CT_NONNULL autocast_dtype)(int32_t device);
    int32_t (*CT_NONNULL autocast_set)(int32_t device, int32_t dtype);
    void (*CT_NONNULL autocast_nest)(bool enter);
    CT_OPT (*CT_NONNULL add)(CT_T a, CT_T b);
    CT_OPT (*CT_NONNULL sub)(CT_T a, CT_T b);
    CT_OPT (*CT_NONNULL mul)(CT_T a, CT_T b);
    CT_OPT (*CT_NONNULL div)(CT_T a, CT_T b);
    CT_OPT (*CT_NONNULL add_scalar)(CT_T a, double b);
    CT_OPT (*CT_NONNULL mul_scalar)(CT_T a, double b);
    CT_OPT (*CT_NONNULL div_scalar)(CT_T a, double b);
    CT_OPT (*CT_NONNULL rsub_scalar)(CT_T a, double b);
    CT_OPT (*CT_NONNULL rdiv_scalar)(CT_T a, double b);
    CT_OPT (*CT_NONNULL pow_scalar)(CT_T a, double b);
    CT_OPT (*CT_NONNULL neg)(CT_T a);
    CT_OPT (*CT_NONNULL exp)(CT_T a);
    CT_OPT (*CT_NONNULL log)(CT_T a);
    CT_OPT (*CT_NONNULL sqrt)(CT_T a);
    CT_OPT (*CT_NONNULL rsqrt)(CT_T a);
    CT_OPT (*CT_NONNULL abs)(CT_T a);
    CT_OPT (*CT_NONNULL tanh)(CT_T a);
    CT_OPT (*CT_NONNULL sigmoid)(CT_T a);
    CT_OPT (*CT_NONNULL relu)(CT_T a);
    CT_OPT (*CT_NONNULL silu)(CT_T a);
    CT_OPT (*CT_NONNULL gelu)(CT_T a, bool tanh_approximation);
    CT_OPT (*CT_NONNULL clamp)(CT_T a, double low, double high);
    CT_OPT (*CT_NONNULL minimum)(CT_T a, CT_T b);
    CT_OPT (*CT_NONNULL maximum)(CT_T a, CT_T b);
    CT_OPT (*CT_NONNULL where)(CT_T condition, CT_T a, CT_T b);
    int32_t (*CT_NONNULL add_in_place)(CT_T a, CT_T b, double scale);
    int32_t (*CT_NONNULL mul_in_place)(CT_T a, CT_T b);
    int32_t (*CT_NONNULL add_scalar_in_place)(CT_T a, double b);
    int32_t (*CT_NONNULL mul_scalar_in_place)(CT_T a, double b);
    int32_t (*CT_NONNULL copy_in_place)(CT_T a, CT_T b);
    int32_t (*CT_NONNULL fill_in_place)(CT_T a, double value);
    CT_OPT (*CT_NONNULL matmul)(CT_T a, CT_T b);
    CT_OPT (*CT_NONNULL bmm)(CT_T a, CT_T b);
    CT_OPT (*CT_NONNULL baddbmm)(CT_T addend, CT_T a, CT_T b);
    CT_OPT (*CT_NONNULL linear)(CT_T input, CT_T weight, CT_OPT bias);
    CT_OPT (*CT_NONNULL layer_norm)(CT_T input, CT_SIZES normalized, intptr_t normalized_rank, CT_OPT weight, CT_OPT bias, double epsilon);
    CT_OPT (*CT_NONNULL softmax)(CT_T input, intptr_t dim);
    CT_OPT (*CT_NONNULL log_softmax)(CT_T input, intptr_t dim);
    CT_OPT (*CT_NONNULL attention)(CT_T query, CT_T key, CT_T value, CT_OPT mask, bool causal, double scale);
    CT_OPT (*CT_NONNULL embedding)(CT_T weight, CT_T indices);
    CT_OPT (*CT_NONNULL mse_loss)(CT_T a, CT_T b);
    CT_OPT (*CT_NONNULL blocks)(CT_T x, CT_LIST parameters, intptr_t parameter_count, int32_t heads, int32_t asked, double epsilon, bool half);
    const char *CT_NONNULL (*CT_NONNULL block_lanes)(void);
    CT_OPT (*CT_NONNULL reshape)(CT_T tensor, CT_SIZES sizes, intptr_t rank);
    CT_OPT (*CT_NONNULL permute)(CT_T tensor, CT_SIZES order, intptr_t rank);
    CT_OPT (*CT_NONNULL transpose)(CT_T tensor, intptr_t a, intptr_t b);
    CT_OPT (*CT_NONNULL expand)(CT_T tensor, CT_SIZES sizes, intptr_t rank);
    CT_OPT (*CT_NONNULL slice)(CT_T tensor, intptr_t dim, intptr_t start, intptr_t end, intptr_t step);
    CT_OPT (*CT_NONNULL select)(CT_T tensor, intptr_t dim, intptr_t index);
    CT_OPT (*CT_NONNULL unsqueeze)(CT_T tensor, intptr_t dim);
    CT_OPT (*CT_NONNULL squeeze)(CT_T tensor, intptr_t dim);
    CT_OPT (*CT_NONNULL index_select)(CT_T tensor, intptr_t dim, CT_T index);
    CT_OPT (*CT_NONNULL concatenate)(CT_LIST tensors, intptr_t count, intptr_t dim);
    CT_OPT (*CT_NONNULL stack)(CT_LIST tensors, intptr_t count, intptr_t dim);
    CT_OPT (*CT_NONNULL sum)(CT_T tensor, CT_SIZES dims, intptr_t dim_count, bool keep);
    CT_OPT (*CT_NONNULL mean)(CT_T tensor, CT_SIZES dims, intptr_t dim_count, bool keep);
    CT_OPT (*CT_NONNULL variance)(CT_T tensor, CT_SIZES dims, intptr_t dim_count, double correction, bool keep);
    ct_operator CT_NULLABLE (*CT_NONNULL find)(const char *CT_NONNULL name, const char *CT_NONNULL overload);
    int32_t (*CT_NONNULL call)(ct_operator CT_NONNULL op, const ct_argument *CT_NONNULL arguments, int32_t argument_count, ct_tensor CT_NULLABLE *CT_NONNULL results, int32_t result_capacity);
} ct_table;

extern ct_table ct_loaded;

// Loads the library at `path`. NULL when done, else what is wrong, valid until the next call.
const char *CT_NULLABLE ct_load(const char *CT_NONNULL path);

static inline const char *CT_NULLABLE ct_error(void) {
    return ct_loaded.error();
}

static inline const char *CT_NONNULL ct_version(void) {
    return ct_loaded.version();
}

static inline int32_t ct_threads(void) {
    return ct_loaded.threads();
}

static inline int32_t ct_set_threads(int32_t count) {
    return ct_loaded.set_threads(count);
}

static inline int32_t ct_cuda_count(void) {
    return ct_loaded.cuda_count();
}

static inline bool ct_mps_available(void) {
    return ct_loaded.mps_available();
}

static inline int32_t ct_synchronize(int32_t device) {
    return ct_loaded.synchronize(device);
}

static inline bool ct_fast_bfloat16(int32_t device) {
    return ct_loaded.fast_bfloat16(device);
}

static inline bool ct_fast_mkl(void) {
    return ct_loaded.fast_mkl();
}

static inline const char *CT_NONNULL ct_interface(void) {
    return ct_loaded.interface();
}

static inline void ct_retain(CT_T tensor) {
    ct_loaded.retain(tensor);
}

static inline void ct_release(CT_T tensor) {
    ct_loaded.release(tensor);
}

static inline intptr_t ct_rank(CT_T tensor) {
    return ct_loaded.rank(tensor);
}

static inline intptr_t ct_count(CT_T tensor) {
    return ct_loaded.count(tensor);
}

static inline void ct_sizes(CT_T tensor, intptr_t *CT_NONNULL sizes) {
    ct_loaded.sizes(tensor, sizes);
}

static inline void ct_strides(CT_T tensor, intptr_t *CT_NONNULL strides) {
    ct_loaded.strides(tensor, strides);
}

static inline int32_t ct_dtype(CT_T tensor) {
    return ct_loaded.dtype(tensor);
}

static inline int32_t ct_device(CT_T tensor) {
    return ct_loaded.device(tensor);
}

static inline bool ct_is_contiguous(CT_T tensor) {
    return ct_loaded.is_contiguous(tensor);
}

static inline bool ct_requires_grad(CT_T tensor) {
    return ct_loaded.requires_grad(tensor);
}

static inline bool ct_is_leaf(CT_T tensor) {
    return ct_loaded.is_leaf(tensor);
}

static inline bool ct_is_inference(CT_T tensor) {
    return ct_loaded.is_inference(tensor);
}

static inline intptr_t ct_uses(CT_T tensor) {
    return ct_loaded.uses(tensor);
}

static inline int64_t ct_version_counter(CT_T tensor) {
    return ct_loaded.version_counter(tensor);
}

static inline void *CT_NULLABLE ct_data(CT_T tensor) {
    return ct_loaded.data(tensor);
}

static inline double ct_item(CT_T tensor) {
    return ct_loaded.item(tensor);
}

static inline int64_t ct_item_integer(CT_T tensor) {
    return ct_loaded.item_integer(tensor);
}

static inline CT_OPT ct_empty(CT_SIZES sizes, intptr_t rank, int32_t dtype, int32_t device) {
    return ct_loaded.empty(sizes, rank, dtype, device);
}

static inline CT_OPT ct_full(CT_SIZES sizes, intptr_t rank, double value, int32_t dtype, int32_t device) {
    return ct_loaded.full(sizes, rank, value, dtype, device);
}

static inline CT_OPT ct_copy_of(const void *CT_NONNULL data, CT_SIZES sizes, intptr_t rank, int32_t dtype, int32_t device) {
    return ct_loaded.copy_of(data, sizes, rank, dtype, device);
}

static inline CT_OPT ct_view_of(void *CT_NONNULL data, CT_SIZES sizes, intptr_t rank, int32_t dtype) {
    return ct_loaded.view_of(data, sizes, rank, dtype);
}

static inline CT_OPT ct_arange(double start, double end, double step, int32_t dtype, int32_t device) {
    return ct_loaded.arange(start, end, step, dtype, device);
}

static inline CT_OPT ct_eye(intptr_t rows, intptr_t columns, int32_t dtype, int32_t device) {
    return ct_loaded.eye(rows, columns, dtype, device);
}

static inline CT_OPT ct_normal(CT_SIZES sizes, intptr_t rank, ct_generator CT_NONNULL generator, int32_t dtype, int32_t device) {
    return ct_loaded.normal(sizes, rank, generator, dtype, device);
}

static inline CT_OPT ct_uniform(CT_SIZES sizes, intptr_t rank, ct_generator CT_NONNULL generator, int32_t dtype, int32_t device) {
    return ct_loaded.uniform(sizes, rank, generator, dtype, device);
}

static inline CT_OPT ct_permutation(intptr_t count, ct_generator CT_NONNULL generator, int32_t device) {
    return ct_loaded.permutation(count, generator, device);
}

static inline ct_generator CT_NULLABLE ct_generator_new(uint64_t seed, int32_t device) {
    return ct_loaded.generator_new(seed, device);
}

static inline void ct_generator_release(ct_generator CT_NONNULL generator) {
    ct_loaded.generator_release(generator);
}

static inline ct_generator CT_NULLABLE ct_generator_clone(ct_generator CT_NONNULL generator) {
    return ct_loaded.generator_clone(generator);
}

static inline CT_OPT ct_generator_state(ct_generator CT_NONNULL generator) {
    return ct_loaded.generator_state(generator);
}

static inline int32_t ct_generator_set_state(ct_generator CT_NONNULL generator, CT_T state) {
    return ct_loaded.generator_set_state(generator, state);
}

static inline CT_OPT ct_to_dtype(CT_T tensor, int32_t dtype) {
    return ct_loaded.to_dtype(tensor, dtype);
}

static inline CT_OPT ct_to_device(CT_T tensor, int32_t device) {
    return ct_loaded.to_device(tensor, device);
}

static inline CT_OPT ct_contiguous(CT_T tensor) {
    return ct_loaded.contiguous(tensor);
}

static inline CT_OPT ct_clone(CT_T tensor) {
    return ct_loaded.clone(tensor);
}

static inline CT_OPT ct_detach(CT_T tensor) {
    return ct_loaded.detach(tensor);
}

static inline int32_t ct_set_requires_grad(CT_T tensor, bool on) {
    return ct_loaded.set_requires_grad(tensor, on);
}

static inline CT_OPT ct_grad(CT_T tensor) {
    return ct_loaded.grad(tensor);
}

static inline int32_t ct_set_grad(CT_T tensor, CT_OPT grad) {
    return ct_loaded.set_grad(tensor, grad);
}

static inline int32_t ct_backward(CT_T tensor, CT_OPT gradient, bool retain_graph, bool create_graph) {
    return ct_loaded.backward(tensor, gradient, retain_graph, create_graph);
}

static inline int32_t ct_gradients(CT_LIST outputs, intptr_t output_count, CT_LIST inputs, intptr_t input_count, CT_LIST output_gradients, bool retain_graph, bool create_graph, bool allow_unused, ct_tensor CT_NULLABLE *CT_NONNULL gradients) {
    return ct_loaded.gradients(outputs, output_count, inputs, input_count, output_gradients, retain_graph, create_graph, allow_unused, gradients);
}

static inline bool ct_grad_enabled(void) {
    return ct_loaded.grad_enabled();
}

static inline void ct_set_grad_enabled(bool on) {
    ct_loaded.set_grad_enabled(on);
}

static inline bool ct_inference_enabled(void) {
    return ct_loaded.inference_enabled();
}

static inline void *CT_NULLABLE ct_inference_begin(bool on) {
    return ct_loaded.inference_begin(on);
}

static inline void ct_inference_end(void *CT_NONNULL guard) {
    ct_loaded.inference_end(guard);
}

static inline int32_t ct_autocast_dtype(int32_t device) {
    return ct_loaded.autocast_dtype(device);
}

static inline int32_t ct_autocast_set(int32_t device, int32_t dtype) {
    return ct_loaded.autocast_set(device, dtype);
}

static inline void ct_autocast_nest(bool enter) {
    ct_loaded.autocast_nest(enter);
}

static inline CT_OPT ct_add(CT_T a, CT_T b) {
    return ct_loaded.add(a, b);
}

static inline CT_OPT ct_sub(CT_T a, CT_T b) {
    return ct_loaded.sub(a, b);
}

static inline CT_OPT ct_mul(CT_T a, CT_T b) {
    return ct_loaded.mul(a, b);
}

static inline CT_OPT ct_div(CT_T a, CT_T b) {
    return ct_loaded.div(a, b);
}

static inline CT_OPT ct_add_scalar(CT_T a, double b) {
    return ct_loaded.add_scalar(a, b);
}

static inline CT_OPT ct_mul_scalar(CT_T a, double b) {
    return ct_loaded.mul_scalar(a, b);
}

static inline CT_OPT ct_div_scalar(CT_T a, double b) {
    return ct_loaded.div_scalar(a, b);
}

static inline CT_OPT ct_rsub_scalar(CT_T a, double b) {
    return ct_loaded.rsub_scalar(a, b);
}

static inline CT_OPT ct_rdiv_scalar(CT_T a, double b) {
    return ct_loaded.rdiv_scalar(a, b);
}

static inline CT_OPT ct_pow_scalar(CT_T a, double b) {
    return ct_loaded.pow_scalar(a, b);
}

static inline CT_OPT ct_neg(CT_T a) {
    return ct_loaded.neg(a);
}

static inline CT_OPT ct_exp(CT_T a) {
    return ct_loaded.exp(a);
}

static inline CT_OPT ct_log(CT_T a) {
    return ct_loaded.log(a);
}

static inline CT_OPT ct_sqrt(CT_T a) {
    return ct_loaded.sqrt(a);
}

static inline CT_OPT ct_rsqrt(CT_T a) {
    return ct_loaded.rsqrt(a);
}

static inline CT_OPT ct_abs(CT_T a) {
    return ct_loaded.abs(a);
}

static inline CT_OPT ct_tanh(CT_T a) {
    return ct_loaded.tanh(a);
}

static inline CT_OPT ct_sigmoid(CT_T a) {
    return ct_loaded.sigmoid(a);
}

static inline CT_OPT ct_relu(CT_T a) {
    return ct_loaded.relu(a);
}

static inline CT_OPT ct_silu(CT_T a) {
    return ct_loaded.silu(a);
}

static inline CT_OPT ct_gelu(CT_T a, bool tanh_approximation) {
    return ct_loaded.gelu(a, tanh_approximation);
}

static inline CT_OPT ct_clamp(CT_T a, double low, double high) {
    return ct_loaded.clamp(a, low, high);
}

static inline CT_OPT ct_minimum(CT_T a, CT_T b) {
    return ct_loaded.minimum(a, b);
}

static inline CT_OPT ct_maximum(CT_T a, CT_T b) {
    return ct_loaded.maximum(a, b);
}

static inline CT_OPT ct_where(CT_T condition, CT_T a, CT_T b) {
    return ct_loaded.where(condition, a, b);
}

static inline int32_t ct_add_in_place(CT_T a, CT_T b, double scale) {
    return ct_loaded.add_in_place(a, b, scale);
}

static inline int32_t ct_mul_in_place(CT_T a, CT_T b) {
    return ct_loaded.mul_in_place(a, b);
}

static inline int32_t ct_add_scalar_in_place(CT_T a, double b) {
    return ct_loaded.add_scalar_in_place(a, b);
}

static inline int32_t ct_mul_scalar_in_place(CT_T a, double b) {
    return ct_loaded.mul_scalar_in_place(a, b);
}

static inline int32_t ct_copy_in_place(CT_T a, CT_T b) {
    return ct_loaded.copy_in_place(a, b);
}

static inline int32_t ct_fill_in_place(CT_T a, double value) {
    return ct_loaded.fill_in_place(a, value);
}

static inline CT_OPT ct_matmul(CT_T a, CT_T b) {
    return ct_loaded.matmul(a, b);
}

static inline CT_OPT ct_bmm(CT_T a, CT_T b) {
    return ct_loaded.bmm(a, b);
}

static inline CT_OPT ct_baddbmm(CT_T addend, CT_T a, CT_T b) {
    return ct_loaded.baddbmm(addend, a, b);
}

static inline CT_OPT ct_linear(CT_T input, CT_T weight, CT_OPT bias) {
    return ct_loaded.linear(input, weight, bias);
}

static inline CT_OPT ct_layer_norm(CT_T input, CT_SIZES normalized, intptr_t normalized_rank, CT_OPT weight, CT_OPT bias, double epsilon) {
    return ct_loaded.layer_norm(input, normalized, normalized_rank, weight, bias, epsilon);
}

static inline CT_OPT ct_softmax(CT_T input, intptr_t dim) {
    return ct_loaded.softmax(input, dim);
}

static inline CT_OPT ct_log_softmax(CT_T input, intptr_t dim) {
    return ct_loaded.log_softmax(input, dim);
}

static inline CT_OPT ct_attention(CT_T query, CT_T key, CT_T value, CT_OPT mask, bool causal, double scale) {
    return ct_loaded.attention(query, key, value, mask, causal, scale);
}

static inline CT_OPT ct_embedding(CT_T weight, CT_T indices) {
    return ct_loaded.embedding(weight, indices);
}

static inline CT_OPT ct_mse_loss(CT_T a, CT_T b) {
    return ct_loaded.mse_loss(a, b);
}

static inline CT_OPT ct_blocks(CT_T x, CT_LIST parameters, intptr_t parameter_count, int32_t heads, int32_t asked, double epsilon, bool half) {
    return ct_loaded.blocks(x, parameters, parameter_count, heads, asked, epsilon, half);
}

static inline const char *CT_NONNULL ct_block_lanes(void) {
    return ct_loaded.block_lanes();
}

static inline CT_OPT ct_reshape(CT_T tensor, CT_SIZES sizes, intptr_t rank) {
    return ct_loaded.reshape(tensor, sizes, rank);
}

static inline CT_OPT ct_permute(CT_T tensor, CT_SIZES order, intptr_t rank) {
    return ct_loaded.permute(tensor, order, rank);
}

static inline CT_OPT ct_transpose(CT_T tensor, intptr_t a, intptr_t b) {
    return ct_loaded.transpose(tensor, a, b);
}

static inline CT_OPT ct_expand(CT_T tensor, CT_SIZES sizes, intptr_t rank) {
    return ct_loaded.expand(tensor, sizes, rank);
}

static inline CT_OPT ct_slice(CT_T tensor, intptr_t dim, intptr_t start, intptr_t end, intptr_t step) {
    return ct_loaded.slice(tensor, dim, start, end, step);
}

static inline CT_OPT ct_select(CT_T tensor, intptr_t dim, intptr_t index) {
    return ct_loaded.select(tensor, dim, index);
}

static inline CT_OPT ct_unsqueeze(CT_T tensor, intptr_t dim) {
    return ct_loaded.unsqueeze(tensor, dim);
}

static inline CT_OPT ct_squeeze(CT_T tensor, intptr_t dim) {
    return ct_loaded.squeeze(tensor, dim);
}

static inline CT_OPT ct_index_select(CT_T tensor, intptr_t dim, CT_T index) {
    return ct_loaded.index_select(tensor, dim, index);
}

static inline CT_OPT ct_concatenate(CT_LIST tensors, intptr_t count, intptr_t dim) {
    return ct_loaded.concatenate(tensors, count, dim);
}

static inline CT_OPT ct_stack(CT_LIST tensors, intptr_t count, intptr_t dim) {
    return ct_loaded.stack(tensors, count, dim);
}

static inline CT_OPT ct_sum(CT_T tensor, CT_SIZES dims, intptr_t dim_count, bool keep) {
    return ct_loaded.sum(tensor, dims, dim_count, keep);
}

static inline CT_OPT ct_mean(CT_T tensor, CT_SIZES dims, intptr_t dim_count, bool keep) {
    return ct_loaded.mean(tensor, dims, dim_count, keep);
}

static inline CT_OPT ct_variance(CT_T tensor, CT_SIZES dims, intptr_t dim_count, double correction, bool keep) {
    return ct_loaded.variance(tensor, dims, dim_count, correction, keep);
}

static inline ct_operator CT_NULLABLE ct_find(const char *CT_NONNULL name, const char *CT_NONNULL overload) {
    return ct_loaded.find(name, overload);
}

static inline int32_t ct_call(ct_operator CT_NONNULL op, const ct_argument *CT_NONNULL arguments, int32_t argument_count, ct_tensor CT_NULLABLE *CT_NONNULL results, int32_t result_capacity) {
    return ct_loaded.call(op, arguments, argument_count, results, result_capacity);
}

#endif
