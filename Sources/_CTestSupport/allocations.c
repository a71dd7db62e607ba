#include "allocations.h"

#if defined(__linux__)
#include <features.h>
#endif

// A program's own malloc stands before that of the C library for all that it loads. Sanitizers have their own.
#if defined(__GLIBC__) && !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
#include <errno.h>

void *__libc_malloc(size_t size);
void *__libc_calloc(size_t count, size_t size);
void *__libc_realloc(void *memory, size_t size);
void *__libc_memalign(size_t alignment, size_t size);

static _Thread_local long requests __attribute__((tls_model("initial-exec")));
static _Thread_local size_t least __attribute__((tls_model("initial-exec")));

void *malloc(size_t size) {
    requests += size >= least;
    return __libc_malloc(size);
}

void *calloc(size_t count, size_t size) {
    requests += count * size >= least;
    return __libc_calloc(count, size);
}

void *realloc(void *memory, size_t size) {
    requests += size >= least;
    return __libc_realloc(memory, size);
}

void *aligned_alloc(size_t alignment, size_t size) {
    requests += size >= least;
    return __libc_memalign(alignment, size);
}

void *memalign(size_t alignment, size_t size) {
    requests += size >= least;
    return __libc_memalign(alignment, size);
}

int posix_memalign(void **memory, size_t alignment, size_t size) {
    requests += size >= least;
    void *found = __libc_memalign(alignment, size);
    if (!found) return ENOMEM;
    *memory = found;
    return 0;
}

long requests_for_memory(size_t bytes) {
    least = bytes;
    return requests;
}

long requests_so_far(void) { return requests; }
#else
long requests_for_memory(size_t bytes) { return -1; }
long requests_so_far(void) { return -1; }
#endif
