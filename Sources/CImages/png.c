#include "cimages.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// png_image of png.h, version 1.
typedef struct {
    void *opaque;
    uint32_t version, width, height, format, flags, colors, outcome;
    char message[64];
} picture;

enum { RGB = 2 };
// Of the flags: numbers of 16 bits are those of sRGB where the file does not say, as those of 8 bits are.
enum { SIXTEEN_BITS_ARE_SRGB = 4 };

static struct {
    int (*begin)(picture *, const void *, size_t);
    int (*finish)(picture *, const void *, void *, int32_t, void *);
    int (*write)(picture *, void *, size_t *, int, const void *, int32_t, const void *);
    void (*release)(picture *);
} png;

const char *ci_load_png(const char *path) {
    static char problem[512];
    void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (!library) {
        snprintf(problem, sizeof problem, "%s", dlerror());
        return problem;
    }
    *(void **)&png.begin = dlsym(library, "png_image_begin_read_from_memory");
    *(void **)&png.finish = dlsym(library, "png_image_finish_read");
    *(void **)&png.write = dlsym(library, "png_image_write_to_memory");
    *(void **)&png.release = dlsym(library, "png_image_free");
    if (png.begin && png.finish && png.write && png.release) return NULL;
    snprintf(problem, sizeof problem, "%s is older than libpng 1.6", path);
    return problem;
}

static int fail(picture *image, char *problem) {
    snprintf(problem, 256, "%s", image->message);
    png.release(image);
    return -1;
}

int ci_png_size(const void *bytes, size_t count, int *width, int *height, char *problem) {
    picture image = {.version = 1};
    if (!png.begin(&image, bytes, count)) return fail(&image, problem);
    *width = (int)image.width;
    *height = (int)image.height;
    png.release(&image);
    return 0;
}

int ci_png_decode(const void *bytes, size_t count, int width, int height, uint8_t *pixels, char *problem) {
    picture image = {.version = 1};
    if (!png.begin(&image, bytes, count)) return fail(&image, problem);
    if ((int)image.width != width || (int)image.height != height) {
        snprintf(problem, 256, "it has %u × %u pixels", image.width, image.height);
        png.release(&image);
        return -1;
    }
    image.format = RGB;
    image.flags |= SIXTEEN_BITS_ARE_SRGB;
    // What is transparent lets black through.
    const uint8_t black[3] = {0, 0, 0};
    if (!png.finish(&image, black, pixels, 3 * width, NULL)) return fail(&image, problem);
    return 0;
}

int ci_png_encode(const uint8_t *pixels, int width, int height, void **bytes, size_t *count, char *problem) {
    picture image = {.version = 1, .width = (uint32_t)width, .height = (uint32_t)height, .format = RGB};
    // The greatest size that can come of it: rows with a filter byte, in stored blocks, and the frame.
    size_t room = (size_t)height * ((size_t)width * 3 + 1);
    room += room / 1000 * 8 + 4096;
    *bytes = malloc(room);
    *count = room;
    if (*bytes && png.write(&image, *bytes, count, 0, pixels, 3 * width, NULL)) return 0;
    free(*bytes);
    return fail(&image, problem);
}

void ci_free(void *bytes) { free(bytes); }
