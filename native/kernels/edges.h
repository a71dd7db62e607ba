// Limits and quotients by lanes, included once for each width of vector unit behind Vector: WIDTH floats a vector.

// The lesser and the greater, x where x is no number; a comparison and a choice would wait for the one port that compares.
#if defined(__x86_64__) && WIDTH == 16
CT_LANE_INLINE Vector at_most(Vector x, Vector end) {
    return (Vector)_mm512_maskz_min_ps(static_cast<__mmask16>(-1), (__m512)end, (__m512)x);
}
CT_LANE_INLINE Vector at_least(Vector x, Vector end) {
    return (Vector)_mm512_maskz_max_ps(static_cast<__mmask16>(-1), (__m512)end, (__m512)x);
}
#elif defined(__x86_64__) && WIDTH == 8
CT_LANE_INLINE Vector at_most(Vector x, Vector end) { return (Vector)_mm256_min_ps((__m256)end, (__m256)x); }
CT_LANE_INLINE Vector at_least(Vector x, Vector end) { return (Vector)_mm256_max_ps((__m256)end, (__m256)x); }
#elif defined(__x86_64__) && WIDTH == 4
CT_LANE_INLINE Vector at_most(Vector x, Vector end) { return (Vector)_mm_min_ps((__m128)end, (__m128)x); }
CT_LANE_INLINE Vector at_least(Vector x, Vector end) { return (Vector)_mm_max_ps((__m128)end, (__m128)x); }
#else
CT_LANE_INLINE Vector at_most(Vector x, Vector end) { return x > end ? end : x; }
CT_LANE_INLINE Vector at_least(Vector x, Vector end) { return x < end ? end : x; }
#endif

// x / y to the last bit but one, for y that are neither tiny nor huge: where division of a wide vector takes its ports for many
// cycles, by an estimate of 14 bits and one step of Newton's.
CT_LANE_INLINE Vector quotient(Vector x, Vector y) {
#if defined(__x86_64__) && WIDTH == 16
    Vector r = (Vector)_mm512_maskz_rcp14_ps(static_cast<__mmask16>(-1), (__m512)y);
    return x * (r * (2.f - y * r));
#else
    return x / y;
#endif
}
