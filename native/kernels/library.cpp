// What the library of kernels is, and the setting of malloc that every program of ours has.
#include <cstdlib>
#include <cstring>

#include "kernels.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif

static bool keeps = false;

#if defined(__GLIBC__)
static bool tunes_malloc() {
    const char *value = std::getenv("FORESIGHT_MALLOC");
    return !value || std::strcmp(value, "plain") != 0;
}

// Training and searches allocate and free the same large blocks in every step. Keeping them instead of giving them back to
// the system saves the page faults. FORESIGHT_MALLOC=plain leaves malloc as it is.
__attribute__((constructor)) static void tune_malloc() {
    if (!tunes_malloc()) return;
    // Before version 2.35 the library refuses more than half of a heap, and any of these settings ends the threshold's own growth.
    keeps = mallopt(M_MMAP_THRESHOLD, 1 << 30) || mallopt(M_MMAP_THRESHOLD, 32 << 20);
    if (!keeps) return;
    mallopt(M_TRIM_THRESHOLD, 2147483647);
    mallopt(M_TOP_PAD, 256 << 20);
}
#endif

const char *ct_kernels_interface(void) { return CK_INTERFACE; }

bool ct_keeps_memory(void) { return keeps; }
