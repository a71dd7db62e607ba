#include "threads.h"

#include <stdlib.h>

// Tests run beside each other, each on one thread: two teams of OpenMP threads on two busy cores wait for each other
// most of the time. OpenMP reads its variables when libtorch is loaded, which is later than this. What a person has
// set stays.
__attribute__((constructor)) static void use_one_thread(void) {
    setenv("OMP_NUM_THREADS", "1", 0);
    setenv("MKL_NUM_THREADS", "1", 0);
    setenv("VECLIB_MAXIMUM_THREADS", "1", 0);
}
