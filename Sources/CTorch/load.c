#include "ctorch.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

ct_table ct_loaded;

static const char *const symbols[] = {
#include "symbols.h"
};

// The table is read as an array of pointers below.
_Static_assert(sizeof(ct_table) == sizeof(symbols), "one pointer for each symbol");

const char *ct_load(const char *path) {
    static char problem[1024];
    // RTLD_GLOBAL lets libraries that libtorch loads later find its symbols.
    void *library = dlopen(path, RTLD_LAZY | RTLD_GLOBAL);
    if (!library) return dlerror();
    ct_table found;
    void **entries = (void **)&found;
    for (unsigned long i = 0; i < sizeof symbols / sizeof *symbols; i++) {
        entries[i] = dlsym(library, symbols[i]);
        if (entries[i]) continue;
        snprintf(problem, sizeof problem, "%s has no %s: it is older than this program", path, symbols[i]);
        dlclose(library);
        return problem;
    }
    if (strcmp(found.interface(), CT_INTERFACE) != 0) {
        snprintf(problem, sizeof problem, "%s was built from another version of this program's sources", path);
        dlclose(library);
        return problem;
    }
    ct_loaded = found;
    return NULL;
}
