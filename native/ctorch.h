// The C interface to libtorch: the one hand-written list of everything that Swift may call.
//
// scripts/generate-loader reads this file and writes Sources/CTorch/include/ctorch.h, where each function below is an
// inline call through a table that is filled when the library is loaded. Rules: one prototype may span lines but ends
// with `;`; every tensor that a function returns is owned by the caller; NULL, or a negative number, says that the
// call failed, and ct_error tells why. No C++ exception leaves a function.
#ifndef CTORCH_H
#define CTORCH_H

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
// types]

#ifdef __cplusplus
#pragma GCC visibility push(default)
extern "C" {
#endif

// Engine. A device is one number: -1 the CPU, -2 Metal, n >= 0 CUDA device n. A dtype is libtorch's ScalarType.
const char *CT_NULLABLE ct_error(void);  // the last failure on this thread; NULL if none; cleared by reading
const char *CT_NONNULL ct_version(void);
int32_t ct_threads(void);
int32_t ct_set_threads(int32_t count);
int32_t ct_cuda_count(void);
bool ct_mps_available(void);
int32_t ct_synchronize(int32_t device);
bool ct_fast_bfloat16(int32_t device);  // whether matrix products gain from bfloat16
bool ct_fast_mkl(void);  // whether the choice of MKL's kernels is ours

// Which text of this file the library was built from.
const char *CT_NONNULL ct_interface(void);

// Life and description.
void ct_retain(CT_T tensor);
void ct_release(CT_T tensor);
intptr_t ct_rank(CT_T tensor);
intptr_t ct_count(CT_T tensor);
void ct_sizes(CT_T tensor, intptr_t *CT_NONNULL sizes);
void ct_strides(CT_T tensor, intptr_t *CT_NONNULL strides);
int32_t ct_dtype(CT_T tensor);
int32_t ct_device(CT_T tensor);
bool ct_is_contiguous(CT_T tensor);
bool ct_requires_grad(CT_T tensor);
bool ct_is_leaf(CT_T tensor);
bool ct_is_inference(CT_T tensor);
intptr_t ct_uses(CT_T tensor);  // references to the tensor or, if more, to its memory
int64_t ct_version_counter(CT_T tensor);
void *CT_NULLABLE ct_data(CT_T tensor);
double ct_item(CT_T tensor);
int64_t ct_item_integer(CT_T tensor);

// Creation.
CT_OPT ct_empty(CT_SIZES sizes, intptr_t rank, int32_t dtype, int32_t device);
CT_OPT ct_full(CT_SIZES sizes, intptr_t rank, double value, int32_t dtype, int32_t device);
CT_OPT ct_copy_of(const void *CT_NONNULL data, CT_SIZES sizes, intptr_t rank, int32_t dtype, int32_t device);
CT_OPT ct_view_of(void *CT_NONNULL data, CT_SIZES sizes, intptr_t rank, int32_t dtype);
CT_OPT ct_arange(double start, double end, double step, int32_t dtype, int32_t device);
CT_OPT ct_eye(intptr_t rows, intptr_t columns, int32_t dtype, int32_t device);
CT_OPT ct_normal(CT_SIZES sizes, intptr_t rank, ct_generator CT_NONNULL generator, int32_t dtype, int32_t device);
CT_OPT ct_uniform(CT_SIZES sizes, intptr_t rank, ct_generator CT_NONNULL generator, int32_t dtype, int32_t device);
CT_OPT ct_permutation(intptr_t count, ct_generator CT_NONNULL generator, int32_t device);

// Generators of random numbers.
ct_generator CT_NULLABLE ct_generator_new(uint64_t seed, int32_t device);
void ct_generator_release(ct_generator CT_NONNULL generator);
ct_generator CT_NULLABLE ct_generator_clone(ct_generator CT_NONNULL generator);
CT_OPT ct_generator_state(ct_generator CT_NONNULL generator);
int32_t ct_generator_set_state(ct_generator CT_NONNULL generator, CT_T state);

// Conversion.
CT_OPT ct_to_dtype(CT_T tensor, int32_t dtype);
CT_OPT ct_to_device(CT_T tensor, int32_t device);
CT_OPT ct_contiguous(CT_T tensor);
CT_OPT ct_clone(CT_T tensor);
CT_OPT ct_detach(CT_T tensor);

// Gradients and modes of this thread.
int32_t ct_set_requires_grad(CT_T tensor, bool on);
CT_OPT ct_grad(CT_T tensor);
int32_t ct_set_grad(CT_T tensor, CT_OPT grad);
int32_t ct_backward(CT_T tensor, CT_OPT gradient, bool retain_graph, bool create_graph);
int32_t ct_gradients(
    CT_LIST outputs, intptr_t output_count, CT_LIST inputs, intptr_t input_count, CT_LIST output_gradients,
    bool retain_graph, bool create_graph, bool allow_unused, ct_tensor CT_NULLABLE *CT_NONNULL gradients);
bool ct_grad_enabled(void);
void ct_set_grad_enabled(bool on);
bool ct_inference_enabled(void);
void *CT_NULLABLE ct_inference_begin(bool on);
void ct_inference_end(void *CT_NONNULL guard);
int32_t ct_autocast_dtype(int32_t device);  // the dtype while autocast is on for the device, else -1
int32_t ct_autocast_set(int32_t device, int32_t dtype);  // returns what was set before; dtype -1 turns it off
void ct_autocast_nest(bool enter);

// Arithmetic, element by element.
CT_OPT ct_add(CT_T a, CT_T b);
CT_OPT ct_sub(CT_T a, CT_T b);
CT_OPT ct_mul(CT_T a, CT_T b);
CT_OPT ct_div(CT_T a, CT_T b);
CT_OPT ct_add_scalar(CT_T a, double b);
CT_OPT ct_mul_scalar(CT_T a, double b);
CT_OPT ct_div_scalar(CT_T a, double b);
CT_OPT ct_rsub_scalar(CT_T a, double b);
CT_OPT ct_rdiv_scalar(CT_T a, double b);
CT_OPT ct_pow_scalar(CT_T a, double b);
CT_OPT ct_neg(CT_T a);
CT_OPT ct_exp(CT_T a);
CT_OPT ct_log(CT_T a);
CT_OPT ct_sqrt(CT_T a);
CT_OPT ct_rsqrt(CT_T a);
CT_OPT ct_abs(CT_T a);
CT_OPT ct_tanh(CT_T a);
CT_OPT ct_sigmoid(CT_T a);
CT_OPT ct_relu(CT_T a);
CT_OPT ct_silu(CT_T a);
CT_OPT ct_gelu(CT_T a, bool tanh_approximation);
CT_OPT ct_clamp(CT_T a, double low, double high);
CT_OPT ct_minimum(CT_T a, CT_T b);
CT_OPT ct_maximum(CT_T a, CT_T b);
CT_OPT ct_where(CT_T condition, CT_T a, CT_T b);
int32_t ct_add_in_place(CT_T a, CT_T b, double scale);
int32_t ct_mul_in_place(CT_T a, CT_T b);
int32_t ct_add_scalar_in_place(CT_T a, double b);
int32_t ct_mul_scalar_in_place(CT_T a, double b);
int32_t ct_copy_in_place(CT_T a, CT_T b);
int32_t ct_fill_in_place(CT_T a, double value);

// Products and layers.
CT_OPT ct_matmul(CT_T a, CT_T b);
CT_OPT ct_bmm(CT_T a, CT_T b);
CT_OPT ct_baddbmm(CT_T addend, CT_T a, CT_T b);
CT_OPT ct_linear(CT_T input, CT_T weight, CT_OPT bias);
CT_OPT ct_layer_norm(
    CT_T input, CT_SIZES normalized, intptr_t normalized_rank, CT_OPT weight, CT_OPT bias, double epsilon);
CT_OPT ct_softmax(CT_T input, intptr_t dim);
CT_OPT ct_log_softmax(CT_T input, intptr_t dim);
CT_OPT ct_attention(CT_T query, CT_T key, CT_T value, CT_OPT mask, bool causal, double scale);
CT_OPT ct_embedding(CT_T weight, CT_T indices);
CT_OPT ct_mse_loss(CT_T a, CT_T b);

// Pre-norm blocks of a transformer and the norm behind them, on the processor: x [sequences, tokens, width] to the first `asked`
// tokens of each [sequences, asked, width], float32. parameters of each block: gain and offset before attention, queries, keys
// and values [3 inner, width] with biases, their merging [width, inner] with biases, gain and offset before the feed-forward
// part, its two maps [hidden, width] and [width, hidden] with biases, with GELU between them; then gain and offset of the
// last norm. half: products in bfloat16. There are first derivatives only.
CT_OPT ct_blocks(
    CT_T x, CT_LIST parameters, intptr_t parameter_count, int32_t heads, int32_t asked, double epsilon, bool half);
const char *CT_NONNULL ct_block_lanes(void);  // the vector unit that they use between products, such as AVX-512

// Shape.
CT_OPT ct_reshape(CT_T tensor, CT_SIZES sizes, intptr_t rank);
CT_OPT ct_permute(CT_T tensor, CT_SIZES order, intptr_t rank);
CT_OPT ct_transpose(CT_T tensor, intptr_t a, intptr_t b);
CT_OPT ct_expand(CT_T tensor, CT_SIZES sizes, intptr_t rank);
CT_OPT ct_slice(CT_T tensor, intptr_t dim, intptr_t start, intptr_t end, intptr_t step);
CT_OPT ct_select(CT_T tensor, intptr_t dim, intptr_t index);
CT_OPT ct_unsqueeze(CT_T tensor, intptr_t dim);
CT_OPT ct_squeeze(CT_T tensor, intptr_t dim);
CT_OPT ct_index_select(CT_T tensor, intptr_t dim, CT_T index);
CT_OPT ct_concatenate(CT_LIST tensors, intptr_t count, intptr_t dim);
CT_OPT ct_stack(CT_LIST tensors, intptr_t count, intptr_t dim);

// Reductions. No dimensions means all of them.
CT_OPT ct_sum(CT_T tensor, CT_SIZES dims, intptr_t dim_count, bool keep);
CT_OPT ct_mean(CT_T tensor, CT_SIZES dims, intptr_t dim_count, bool keep);
CT_OPT ct_variance(CT_T tensor, CT_SIZES dims, intptr_t dim_count, double correction, bool keep);

// Any operator of the dispatcher, by name. Arguments that are left off take the schema's defaults.
ct_operator CT_NULLABLE ct_find(const char *CT_NONNULL name, const char *CT_NONNULL overload);
int32_t ct_call(
    ct_operator CT_NONNULL op, const ct_argument *CT_NONNULL arguments, int32_t argument_count,
    ct_tensor CT_NULLABLE *CT_NONNULL results, int32_t result_capacity);

#ifdef __cplusplus
}
#pragma GCC visibility pop
#endif
#endif
