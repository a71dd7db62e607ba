// Decoding and encoding of PNG by libpng (its simplified API, since 1.6) and of JPEG by TurboJPEG, both loaded at run
// time: nothing is linked, and no header of theirs is needed.

#ifndef CIMAGES_H
#define CIMAGES_H

#include <stddef.h>
#include <stdint.h>

// Each loads a library and finds its functions; the reason when it cannot, else NULL.
const char *ci_load_png(const char *path);
const char *ci_load_jpeg(const char *path);

// Each is called when its library has been loaded. 0, or -1 with the reason in `problem`, which has room for 256 bytes.
// Width and height of a picture.
int ci_png_size(const void *bytes, size_t count, int *width, int *height, char *problem);
int ci_jpeg_size(const void *bytes, size_t count, int *width, int *height, char *problem);
// Pixels [height, width, 3] of a picture that must have this size.
int ci_png_decode(const void *bytes, size_t count, int width, int height, uint8_t *pixels, char *problem);
int ci_jpeg_decode(const void *bytes, size_t count, int width, int height, uint8_t *pixels, char *problem);
// A file from pixels; `ci_free` gives it back.
int ci_png_encode(const uint8_t *pixels, int width, int height, void **bytes, size_t *count, char *problem);
int ci_jpeg_encode(
    const uint8_t *pixels, int width, int height, int quality, void **bytes, size_t *count, char *problem);
void ci_free(void *bytes);

#endif
