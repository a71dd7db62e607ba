#include "chdf5.h"

#include <dlfcn.h>
#include <stdio.h>

struct ch_table ch_loaded;

#define CH_NAME(result, name, parameters, arguments) #name,
#define CH_TEXT(name) #name,
static const char *const symbols[] = {CH_FUNCTIONS(CH_NAME) CH_VARIABLES(CH_TEXT)};

// The table is read as an array of pointers below.
_Static_assert(sizeof(struct ch_table) == sizeof(symbols), "one pointer for each symbol");

const char *ch_load(const char *path) {
    static char problem[1024];
    // RTLD_GLOBAL: plug-ins with further filters look for the library's functions among those of the program.
    void *library = dlopen(path, RTLD_NOW | RTLD_GLOBAL);
    if (!library) {
        snprintf(problem, sizeof problem, "%s", dlerror());
        return problem;
    }
    struct ch_table found;
    void **entries = (void **)&found;
    for (unsigned long i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        entries[i] = dlsym(library, symbols[i]);
        if (entries[i]) continue;
        snprintf(problem, sizeof problem, "%s has no %s", path, symbols[i]);
        dlclose(library);
        return problem;
    }
    unsigned major = 0, minor = 0, release = 0;
    // Identifiers had 32 bits before 1.10.
    if (found.H5get_libversion(&major, &minor, &release) < 0 || major < 1 || (major == 1 && minor < 10)) {
        snprintf(problem, sizeof problem, "%s is HDF5 %u.%u.%u, 1.10 or newer is needed", path, major, minor, release);
        dlclose(library);
        return problem;
    }
    if (found.H5open() < 0) {
        snprintf(problem, sizeof problem, "%s does not start", path);
        return problem;
    }
    // Errors are told by the caller: the library would print its own on top.
    found.H5Eset_auto2(0, NULL, NULL);
    ch_loaded = found;
    return NULL;
}
