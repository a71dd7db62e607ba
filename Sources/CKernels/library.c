#include "library.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

const char *ck_open_library(
    const char *path, bool global, const char *const *names, unsigned long count, const char *version,
    const char *expected, void **entries) {
    static char problem[1024];
    void *library = dlopen(path, RTLD_LAZY | (global ? RTLD_GLOBAL : RTLD_LOCAL));
    if (!library) return dlerror();
    for (unsigned long i = 0; i < count; i++) {
        if (dlsym(library, names[i])) continue;
        snprintf(problem, sizeof problem, "%s has no %s: it is older than this program", path, names[i]);
        dlclose(library);
        return problem;
    }
    const char *(*interface)(void);
    *(void **)&interface = dlsym(library, version);
    if (!interface || strcmp(interface(), expected) != 0) {
        snprintf(problem, sizeof problem, "%s was built from another version of this program's sources", path);
        dlclose(library);
        return problem;
    }
    for (unsigned long i = 0; i < count; i++) entries[i] = dlsym(library, names[i]);
    return NULL;
}
