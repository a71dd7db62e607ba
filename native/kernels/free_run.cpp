// Free runs of small nonlinear state-space models, with the derivatives of every parameter: the kernel that Gauss-Newton
// spends its time in. Plain numbers, no tensors; three copies of one body, of which the processor gets the widest it has.
//
//     x' = A x + B u_t + B1 u_{t+1} + b + G f(P x + V u_t + c),    y = C x + d
//
// corrected along a history by K (K0 at its first row); f is tanh, or a cube held at 3. Forward sensitivities:
// dx'/dq = (A + G diag(f') P) dx/dq plus what q does itself.
#include <cmath>
#include <cstring>
#include <vector>

#include "guard.h"

namespace {

using Lane = double __attribute__((vector_size(64), aligned(8), may_alias));
constexpr int LANES = 8;
constexpr double EDGE = 3;  // where the cube is held
constexpr int BLOCK = 8;  // rows of the Jacobian that are added to the normal equations at once

#define CT_INLINE static inline __attribute__((always_inline))

CT_INLINE Lane load(const double *from) { return *reinterpret_cast<const Lane *>(from); }
CT_INLINE void store(double *to, Lane value) { *reinterpret_cast<Lane *>(to) = value; }

struct Sizes {
    int n, m, p, h, lead, cubic;
    int A, B, B1, b, G, P, V, c, C, d, K, K0, z0, count, stride;

    explicit Sizes(const int32_t *s) : n(s[0]), m(s[1]), p(s[2]), h(s[3]), lead(s[4]), cubic(s[5]) {
        int at = 0;
        auto block = [&](int length) { int start = at; at += length; return start; };
        A = block(n * n), B = block(n * m), B1 = block(lead ? n * m : 0), b = block(n), G = block(n * h);
        P = block(h * n), V = block(h * m), c = block(h), C = block(p * n), d = block(p);
        K = block(n * p), K0 = block(n * p), z0 = block(n);
        count = at;
        stride = (at + LANES - 1) / LANES * LANES;
    }
};

// to = from * factors, summed over rows: to[q] (+)= sum_k factors[k] matrix[k][q].
CT_INLINE void combine(double *to, const double *factors, const double *matrix, int rows, int stride, bool adds) {
    for (int q = 0; q < stride; q += LANES) {
        Lane sum = adds ? load(to + q) : Lane{};
        for (int k = 0; k < rows; k++) sum += factors[k] * load(matrix + static_cast<long>(k) * stride + q);
        store(to + q, sum);
    }
}

// gram += rows^T rows, the lower triangle in blocks of lanes.
CT_INLINE void accumulate(double *gram, const double *rows, int count, int stride) {
    for (int i = 0; i < count; i += 2) {
        bool pair = i + 1 < count;
        double *first = gram + static_cast<long>(i) * stride, *second = first + stride;
        double a[BLOCK], b[BLOCK];
        for (int r = 0; r < BLOCK; r++) {
            a[r] = rows[static_cast<long>(r) * stride + i];
            b[r] = pair ? rows[static_cast<long>(r) * stride + i + 1] : 0;
        }
        for (int q = 0; q <= i + 1 && q < stride; q += LANES) {
            Lane x = load(first + q), y = pair ? load(second + q) : Lane{};
            for (int r = 0; r < BLOCK; r++) {
                Lane row = load(rows + static_cast<long>(r) * stride + q);
                x += a[r] * row;
                y += b[r] * row;
            }
            store(first + q, x);
            if (pair) store(second + q, y);
        }
    }
}

CT_INLINE int64_t walk(
    const Sizes &s, const double *th, const double *outputs, const double *inputs, int history, int steps, double *gram,
    double *gradient, double *cost, double *errors) {
    const int n = s.n, m = s.m, p = s.p, h = s.h, stride = s.stride;
    const bool derives = gram != nullptr;
    thread_local std::vector<double> memory;
    size_t need = 2 * n + 2 * h + p + n * n;
    size_t wide = derives ? static_cast<size_t>(stride) * (2 * n + p + BLOCK) : 0;
    if (memory.size() < need + wide) memory.resize(need + wide);
    double *x = memory.data(), *next = x + n, *bend = next + n, *slope = bend + h, *error = slope + h, *jac = error + p;
    double *S = jac + n * n, *T = S + static_cast<size_t>(n) * stride, *E = T + static_cast<size_t>(n) * stride;
    double *rows = E + static_cast<size_t>(p) * stride;
    if (derives) std::memset(S, 0, sizeof(double) * wide);
    double residual[BLOCK];
    int held = 0;
    int64_t terms = 0;
    double total = 0;
    for (int i = 0; i < n; i++) {
        x[i] = th[s.z0 + i];
        if (derives) S[static_cast<size_t>(i) * stride + s.z0 + i] = 1;
    }
    auto flush = [&]() __attribute__((always_inline)) {
        for (int r = held; r < BLOCK; r++) std::memset(rows + static_cast<size_t>(r) * stride, 0, sizeof(double) * stride);
        for (int r = 0; r < held; r++) {
            const double *row = rows + static_cast<size_t>(r) * stride;
            for (int q = 0; q < stride; q += LANES) store(gradient + q, load(gradient + q) + residual[r] * load(row + q));
        }
        accumulate(gram, rows, s.count, stride);
        held = 0;
    };
    for (int t = 0; t < history + steps; t++) {
        const double *u = inputs + static_cast<size_t>(t) * m, *y = outputs + static_cast<size_t>(t) * p;
        bool corrects = t < history;
        for (int k = 0; k < p; k++) {
            const double *C = th + s.C + k * n;
            double sum = th[s.d + k];
            for (int i = 0; i < n; i++) sum += C[i] * x[i];
            error[k] = y[k] - sum;
            if (errors && !corrects) errors[static_cast<size_t>(t - history) * p + k] = error[k];
            if (!derives) continue;
            double *e = E + static_cast<size_t>(k) * stride;
            if (std::isnan(y[k])) {
                std::memset(e, 0, sizeof(double) * stride);
                continue;
            }
            combine(e, C, S, n, stride, false);
            for (int q = 0; q < stride; q += LANES) store(e + q, -load(e + q));
            for (int i = 0; i < n; i++) e[s.C + k * n + i] -= x[i];
            e[s.d + k] -= 1;
        }
        if (corrects) {
            int gain = t == 0 ? s.K0 : s.K;
            for (int k = 0; k < p; k++) {
                if (!std::isnan(error[k])) continue;
                if (!std::isnan(y[k])) return -1;
                error[k] = 0;
            }
            for (int i = 0; i < n; i++) {
                const double *g = th + gain + i * p;
                for (int k = 0; k < p; k++) x[i] += g[k] * error[k];
                if (!derives) continue;
                double *row = S + static_cast<size_t>(i) * stride;
                combine(row, g, E, p, stride, true);
                for (int k = 0; k < p; k++) row[gain + i * p + k] += error[k];
            }
        } else {
            for (int k = 0; k < p; k++) {
                if (std::isnan(y[k])) continue;
                total += error[k] * error[k];
                terms++;
                if (!derives) continue;
                std::memcpy(rows + static_cast<size_t>(held) * stride, E + static_cast<size_t>(k) * stride, sizeof(double) * stride);
                residual[held++] = error[k];
                if (held == BLOCK) flush();
            }
            if (!(total < 1e12)) return -1;
        }
        if (t == history + steps - 1) break;
        for (int q = 0; q < h; q++) {
            double sum = th[s.c + q];
            for (int i = 0; i < n; i++) sum += th[s.P + q * n + i] * x[i];
            for (int j = 0; j < m; j++) sum += th[s.V + q * m + j] * u[j];
            if (s.cubic) {
                bool held = !(std::fabs(sum) < EDGE);
                double z = held ? std::copysign(EDGE, sum) : sum;
                bend[q] = z * z * z;
                slope[q] = held ? 0 : 3 * z * z;
            } else {
                bend[q] = std::tanh(sum);
                slope[q] = 1 - bend[q] * bend[q];
            }
        }
        for (int i = 0; i < n; i++) {
            double sum = th[s.b + i];
            for (int k = 0; k < n; k++) sum += th[s.A + i * n + k] * x[k];
            for (int j = 0; j < m; j++) sum += th[s.B + i * m + j] * u[j];
            if (s.lead) for (int j = 0; j < m; j++) sum += th[s.B1 + i * m + j] * u[m + j];
            for (int q = 0; q < h; q++) sum += th[s.G + i * h + q] * bend[q];
            next[i] = sum;
            if (!derives) continue;
            for (int k = 0; k < n; k++) jac[i * n + k] = th[s.A + i * n + k];
            double *row = T + static_cast<size_t>(i) * stride;
            for (int q = 0; q < h; q++) {
                double factor = th[s.G + i * h + q] * slope[q];
                for (int k = 0; k < n; k++) jac[i * n + k] += factor * th[s.P + q * n + k];
            }
            combine(row, jac + i * n, S, n, stride, false);
            for (int k = 0; k < n; k++) row[s.A + i * n + k] += x[k];
            for (int j = 0; j < m; j++) row[s.B + i * m + j] += u[j];
            if (s.lead) for (int j = 0; j < m; j++) row[s.B1 + i * m + j] += u[m + j];
            row[s.b + i] += 1;
            for (int q = 0; q < h; q++) {
                double factor = th[s.G + i * h + q] * slope[q];
                row[s.G + i * h + q] += bend[q];
                for (int k = 0; k < n; k++) row[s.P + q * n + k] += factor * x[k];
                for (int j = 0; j < m; j++) row[s.V + q * m + j] += factor * u[j];
                row[s.c + q] += factor;
            }
        }
        if (derives) std::swap(S, T);
        std::memcpy(x, next, sizeof(double) * n);
    }
    if (held > 0) flush();
    *cost += total;
    return terms;
}

#define CT_WALK_PARAMETERS \
    const Sizes &s, const double *th, const double *outputs, const double *inputs, int history, int steps, double *gram, \
        double *gradient, double *cost, double *errors
#define CT_WALK walk(s, th, outputs, inputs, history, steps, gram, gradient, cost, errors)

int64_t plain(CT_WALK_PARAMETERS) { return CT_WALK; }

#if defined(__x86_64__)
__attribute__((target("avx2,fma"))) int64_t wide(CT_WALK_PARAMETERS) { return CT_WALK; }
__attribute__((target("avx512f,avx512dq,avx2,fma"))) int64_t widest(CT_WALK_PARAMETERS) { return CT_WALK; }
#endif

}  // namespace

int64_t ct_free_run(
    const int32_t *sizes, const double *parameters, const double *outputs, const double *inputs, int32_t history,
    int32_t steps, double *gram, double *gradient, double *cost, double *errors) {
    return ct::guarded([&]() -> int64_t {
        Sizes s(sizes);
        const double *th = parameters;
#if defined(__x86_64__)
        static const bool has512 = __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq");
        static const bool has256 = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
        if (has512) return widest(s, th, outputs, inputs, history, steps, gram, gradient, cost, errors);
        if (has256) return wide(s, th, outputs, inputs, history, steps, gram, gradient, cost, errors);
#endif
        return plain(s, th, outputs, inputs, history, steps, gram, gradient, cost, errors);
    }, -1);
}
