// The functions of HDF5 that are used, from a library that is loaded at run time: nothing is linked, and no header of
// HDF5 is needed. Names and types as in HDF5's reference manual; the identifiers have 64 bits since 1.10.

#ifndef CHDF5_H
#define CHDF5_H

#include <stddef.h>
#include <stdint.h>

typedef int64_t ch_id;
typedef unsigned long long ch_size;

// What H5Gget_info fills in.
typedef struct {
    int storage_type;
    ch_size links;
    int64_t max_order;
    _Bool is_mounted;
} ch_group_info;

// One element of variable length.
typedef struct {
    size_t length;
    void *bytes;
} ch_variable;

// Result, name, parameters, arguments.
#define CH_FUNCTIONS(X) \
    X(int, H5open, (void), ()) \
    X(int, H5get_libversion, (unsigned *major, unsigned *minor, unsigned *release), (major, minor, release)) \
    X(int, H5Eset_auto2, (ch_id stack, void *function, void *data), (stack, function, data)) \
    X(ch_id, H5Fopen, (const char *name, unsigned flags, ch_id access), (name, flags, access)) \
    X(ch_id, H5Fcreate, (const char *name, unsigned flags, ch_id creation, ch_id access), \
      (name, flags, creation, access)) \
    X(int, H5Fclose, (ch_id file), (file)) \
    X(ch_id, H5Gcreate2, (ch_id place, const char *name, ch_id link, ch_id creation, ch_id access), \
      (place, name, link, creation, access)) \
    X(int, H5Gget_info, (ch_id group, ch_group_info *info), (group, info)) \
    X(ptrdiff_t, H5Lget_name_by_idx, \
      (ch_id place, const char *group, int index, int order, ch_size n, char *name, size_t size, ch_id access), \
      (place, group, index, order, n, name, size, access)) \
    X(ch_id, H5Oopen, (ch_id place, const char *name, ch_id access), (place, name, access)) \
    X(int, H5Oclose, (ch_id object), (object)) \
    X(int, H5Iget_type, (ch_id object), (object)) \
    X(ch_id, H5Dcreate2, \
      (ch_id place, const char *name, ch_id type, ch_id space, ch_id link, ch_id creation, ch_id access), \
      (place, name, type, space, link, creation, access)) \
    X(ch_id, H5Dget_space, (ch_id dataset), (dataset)) \
    X(ch_id, H5Dget_type, (ch_id dataset), (dataset)) \
    X(ch_id, H5Dget_create_plist, (ch_id dataset), (dataset)) \
    X(int, H5Dread, (ch_id dataset, ch_id type, ch_id memory, ch_id file, ch_id transfer, void *buffer), \
      (dataset, type, memory, file, transfer, buffer)) \
    X(int, H5Dwrite, (ch_id dataset, ch_id type, ch_id memory, ch_id file, ch_id transfer, const void *buffer), \
      (dataset, type, memory, file, transfer, buffer)) \
    X(int, H5Dvlen_reclaim, (ch_id type, ch_id space, ch_id transfer, void *buffer), (type, space, transfer, buffer)) \
    X(ch_id, H5Screate_simple, (int rank, const ch_size *shape, const ch_size *greatest), (rank, shape, greatest)) \
    X(int, H5Sget_simple_extent_ndims, (ch_id space), (space)) \
    X(int, H5Sget_simple_extent_dims, (ch_id space, ch_size *shape, ch_size *greatest), (space, shape, greatest)) \
    X(int, H5Sselect_hyperslab, (ch_id space, int operation, const ch_size *start, const ch_size *stride, \
      const ch_size *count, const ch_size *block), (space, operation, start, stride, count, block)) \
    X(int, H5Sclose, (ch_id space), (space)) \
    X(int, H5Tget_class, (ch_id type), (type)) \
    X(size_t, H5Tget_size, (ch_id type), (type)) \
    X(int, H5Tget_sign, (ch_id type), (type)) \
    X(ch_id, H5Tget_super, (ch_id type), (type)) \
    X(ch_id, H5Tvlen_create, (ch_id type), (type)) \
    X(ch_id, H5Tenum_create, (ch_id base), (base)) \
    X(int, H5Tenum_insert, (ch_id type, const char *name, const void *value), (type, name, value)) \
    X(int, H5Tclose, (ch_id type), (type)) \
    X(ch_id, H5Pcreate, (ch_id kind), (kind)) \
    X(int, H5Pset_chunk, (ch_id list, int rank, const ch_size *shape), (list, rank, shape)) \
    X(int, H5Pset_deflate, (ch_id list, unsigned level), (list, level)) \
    X(int, H5Pget_nfilters, (ch_id list), (list)) \
    X(int, H5Pget_filter2, (ch_id list, unsigned index, unsigned *flags, size_t *count, unsigned *values, \
      size_t size, char *name, unsigned *configuration), (list, index, flags, count, values, size, name, configuration)) \
    X(int, H5Pclose, (ch_id list), (list)) \
    X(int, H5Zfilter_avail, (int filter), (filter)) \
    X(ch_id, H5Acreate2, (ch_id object, const char *name, ch_id type, ch_id space, ch_id creation, ch_id access), \
      (object, name, type, space, creation, access)) \
    X(int, H5Awrite, (ch_id attribute, ch_id type, const void *buffer), (attribute, type, buffer)) \
    X(int, H5Aclose, (ch_id attribute), (attribute))

// Identifiers that the library holds in variables once H5open has been called.
#define CH_VARIABLES(X) \
    X(H5T_NATIVE_UINT8_g) \
    X(H5T_NATIVE_FLOAT_g) \
    X(H5T_NATIVE_DOUBLE_g) \
    X(H5T_NATIVE_INT64_g) \
    X(H5T_STD_U8LE_g) \
    X(H5T_STD_I8LE_g) \
    X(H5T_STD_I32LE_g) \
    X(H5T_STD_I64LE_g) \
    X(H5T_IEEE_F32LE_g) \
    X(H5T_IEEE_F64LE_g) \
    X(H5P_CLS_DATASET_CREATE_ID_g)

// Loads the library and finds its functions; the reason when it cannot, else NULL.
const char *ch_load(const char *path);

// The functions, once a library is loaded.
#define CH_DECLARE(result, name, parameters, arguments) result (*name) parameters;
#define CH_VARIABLE(name) ch_id *name;
extern struct ch_table {
    CH_FUNCTIONS(CH_DECLARE)
    CH_VARIABLES(CH_VARIABLE)
} ch_loaded;
#undef CH_DECLARE
#undef CH_VARIABLE

// What Swift calls: ch_H5open() and so on, and ch_H5T_NATIVE_FLOAT_g().
#define CH_CALL(result, name, parameters, arguments) \
    static inline result ch_##name parameters { return ch_loaded.name arguments; }
#define CH_VALUE(name) \
    static inline ch_id ch_##name(void) { return *ch_loaded.name; }
CH_FUNCTIONS(CH_CALL)
CH_VARIABLES(CH_VALUE)
#undef CH_CALL
#undef CH_VALUE

#endif
