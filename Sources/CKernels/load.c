#include "kernels.h"
#include "library.h"

ck_table ck_loaded;

static const char *const names[] = {
#include "symbols.h"
};

// The table is read as an array of pointers below.
_Static_assert(sizeof(ck_table) == sizeof(names), "one pointer for each symbol");

const char *ck_load(const char *path) {
    return ck_open_library(
        path, false, names, sizeof names / sizeof *names, "ct_kernels_interface", CK_INTERFACE, (void **)&ck_loaded);
}
