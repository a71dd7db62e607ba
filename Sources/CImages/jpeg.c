#include "cimages.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RGB = 0, FULL_COLOR = 0, ACCURATE = 4096 };

static struct {
    void *(*reader)(void);
    void *(*writer)(void);
    int (*header)(void *, const uint8_t *, unsigned long, int *, int *, int *, int *);
    int (*decode)(void *, const uint8_t *, unsigned long, uint8_t *, int, int, int, int, int);
    int (*encode)(void *, const uint8_t *, int, int, int, int, uint8_t **, unsigned long *, int, int, int);
    void (*release)(uint8_t *);
    int (*close)(void *);
    char *(*reason)(void *);
} jpeg;

const char *ci_load_jpeg(const char *path) {
    static char problem[512];
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(problem, sizeof problem, "%s", dlerror());
        return problem;
    }
    *(void **)&jpeg.reader = dlsym(library, "tjInitDecompress");
    *(void **)&jpeg.writer = dlsym(library, "tjInitCompress");
    *(void **)&jpeg.header = dlsym(library, "tjDecompressHeader3");
    *(void **)&jpeg.decode = dlsym(library, "tjDecompress2");
    *(void **)&jpeg.encode = dlsym(library, "tjCompress2");
    *(void **)&jpeg.release = dlsym(library, "tjFree");
    *(void **)&jpeg.close = dlsym(library, "tjDestroy");
    *(void **)&jpeg.reason = dlsym(library, "tjGetErrorStr2");
    if (jpeg.reader && jpeg.writer && jpeg.header && jpeg.decode && jpeg.encode && jpeg.release && jpeg.close &&
        jpeg.reason)
        return NULL;
    snprintf(problem, sizeof problem, "%s is older than TurboJPEG 2.0", path);
    return problem;
}

static int fail(void *handle, char *problem) {
    snprintf(problem, 256, "%s", handle ? jpeg.reason(handle) : "no memory");
    if (handle) jpeg.close(handle);
    return -1;
}

int ci_jpeg_size(const void *bytes, size_t count, int *width, int *height, char *problem) {
    int sampling, space;
    void *handle = jpeg.reader();
    if (!handle || jpeg.header(handle, bytes, count, width, height, &sampling, &space) != 0)
        return fail(handle, problem);
    jpeg.close(handle);
    return 0;
}

int ci_jpeg_decode(const void *bytes, size_t count, int width, int height, uint8_t *pixels, char *problem) {
    int sampling, space, found_width = 0, found_height = 0;
    void *handle = jpeg.reader();
    if (!handle || jpeg.header(handle, bytes, count, &found_width, &found_height, &sampling, &space) != 0)
        return fail(handle, problem);
    if (found_width != width || found_height != height) {
        snprintf(problem, 256, "it has %d × %d pixels", found_width, found_height);
        jpeg.close(handle);
        return -1;
    }
    // The accurate transform is what Pillow and libjpeg use.
    if (jpeg.decode(handle, bytes, count, pixels, width, 3 * width, height, RGB, ACCURATE) != 0)
        return fail(handle, problem);
    jpeg.close(handle);
    return 0;
}

int ci_jpeg_encode(
    const uint8_t *pixels, int width, int height, int quality, void **bytes, size_t *count, char *problem) {
    uint8_t *packed = NULL;
    unsigned long size = 0;
    void *handle = jpeg.writer();
    if (!handle || jpeg.encode(handle, pixels, width, 3 * width, height, RGB, &packed, &size, FULL_COLOR, quality,
                               ACCURATE) != 0)
        return fail(handle, problem);
    // Copied, so that all memory is given back in one way.
    *bytes = malloc(size);
    *count = size;
    if (*bytes) memcpy(*bytes, packed, size);
    jpeg.release(packed);
    jpeg.close(handle);
    if (*bytes) return 0;
    snprintf(problem, 256, "no memory");
    return -1;
}
