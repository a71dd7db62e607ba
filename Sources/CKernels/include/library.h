#ifndef FORESIGHT_LIBRARY_H
#define FORESIGHT_LIBRARY_H

#include <stdbool.h>

#if defined(__clang__)
#define CK_NONNULL _Nonnull
#define CK_NULLABLE _Nullable
#else
#define CK_NONNULL
#define CK_NULLABLE
#endif

// Loads the library at `path` and looks up `count` functions by name into `entries`, which is left alone when anything is
// wrong. `version` names the function that says which interface the library was built from, `expected` what it has to say;
// `global` lets libraries that are loaded later find its symbols. NULL when done, else what is wrong, valid until the next call.
const char *CK_NULLABLE ck_open_library(
    const char *CK_NONNULL path, bool global, const char *CK_NONNULL const *CK_NONNULL names, unsigned long count,
    const char *CK_NONNULL version, const char *CK_NONNULL expected, void *CK_NULLABLE *CK_NONNULL entries);

#endif
