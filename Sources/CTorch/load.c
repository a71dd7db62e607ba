#include "ctorch.h"
#include "library.h"

ct_table ct_loaded;

static const char *const names[] = {
#include "symbols.h"
};

// The table is read as an array of pointers below.
_Static_assert(sizeof(ct_table) == sizeof(names), "one pointer for each symbol");

const char *ct_load(const char *path) {
    // Global: libraries that libtorch loads later find its symbols.
    return ck_open_library(
        path, true, names, sizeof names / sizeof *names, "ct_interface", CT_INTERFACE, (void **)&ct_loaded);
}
