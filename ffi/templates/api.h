/* What the engine and a compiled module tell each other.  The layouts and the numbers are those of `_cffi_backend`;
   the same source is for CPython and PyPy: what only CPython needs is under #ifndef PYPY_VERSION. */

#define _CFFI_                  /* PyPy's Python.h looks at it */

#ifdef _CFFI_NO_PYTHON_H         /* PyPy without its headers, which a module does not need */
#  define PYPY_VERSION  ""
#  ifdef __cplusplus
#    define PyMODINIT_FUNC  extern "C" void *
#  else
#    define PyMODINIT_FUNC  void *
#  endif
#else
#if !defined(_CFFI_USE_EMBEDDING) && !defined(Py_LIMITED_API) && !defined(_CFFI_NO_LIMITED_API)
#  include <pyconfig.h>
#  if !defined(Py_DEBUG) && !defined(Py_TRACE_REFS) && !defined(Py_REF_DEBUG)
#    ifdef Py_GIL_DISABLED
#      define Py_LIMITED_API 0x030f0000
#    else
#      define Py_LIMITED_API
#    endif
#  endif
#endif
#include <Python.h>
#endif
#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <wchar.h>
#ifdef _MSC_VER
#  include <malloc.h>
#  define _cffi_float_complex_t   _Fcomplex
#  define _cffi_double_complex_t  _Dcomplex
#else
#  include <unistd.h>
#  if !defined(__GNUC__) || defined(__sun)
#    include <alloca.h>
#  endif
#  define _cffi_float_complex_t   float _Complex
#  define _cffi_double_complex_t  double _Complex
#endif
#ifdef __GNUC__
#  ifndef alloca
#    define alloca  __builtin_alloca
#  endif
#  define _CFFI_UNUSED_FN  __attribute__((unused))
#else
#  define _CFFI_UNUSED_FN
#endif
#ifdef __cplusplus
#  ifndef _Bool
typedef bool _Bool;
#  endif
extern "C" {
#endif

/* ---- types: one array of operations, an argument in the upper bits of each ---- */

typedef void *_cffi_opcode_t;
#define _FFI_OP(operation, argument)  ((_cffi_opcode_t)(operation | (((uintptr_t)(argument)) << 8)))

enum {
    _CFFI_OP_PRIMITIVE = 1, _CFFI_OP_POINTER = 3, _CFFI_OP_ARRAY = 5, _CFFI_OP_OPEN_ARRAY = 7, _CFFI_OP_STRUCT_UNION = 9,
    _CFFI_OP_ENUM = 11, _CFFI_OP_FUNCTION = 13, _CFFI_OP_FUNCTION_END = 15, _CFFI_OP_NOOP = 17, _CFFI_OP_BITFIELD = 19,
    _CFFI_OP_CPYTHON_BLTN_V = 23, _CFFI_OP_CPYTHON_BLTN_N = 25, _CFFI_OP_CPYTHON_BLTN_O = 27,
    _CFFI_OP_CONSTANT = 29, _CFFI_OP_CONSTANT_INT = 31, _CFFI_OP_GLOBAL_VAR_F = 39, _CFFI_OP_EXTERN_PYTHON = 41
};
#define _CFFI_F_UNION         0x01
#define _CFFI_F_CHECK_FIELDS  0x02
#define _CFFI_F_PACKED        0x04
#define _CFFI_F_EXTERNAL      0x08
#define _CFFI_F_OPAQUE        0x10

struct _ffi_type_context_s;

struct _ffi_global_s {
    const char *name;
    void *address;
    _cffi_opcode_t type_op;
    void *size_or_direct_fn;
};
struct _ffi_struct_union_s {
    const char *name;
    int type_index;
    int flags;
    size_t size;
    int alignment;
    int first_field_index;
    int num_fields;
};
struct _ffi_field_s {
    const char *name;
    size_t field_offset;
    size_t field_size;
    _cffi_opcode_t field_type_op;
};
struct _ffi_enum_s {
    const char *name;
    int type_index;
    int type_prim;
    const char *enumerators;
};
struct _ffi_typename_s {
    const char *name;
    int type_index;
};
struct _ffi_type_context_s {
    _cffi_opcode_t *types;
    const struct _ffi_global_s *globals;
    const struct _ffi_field_s *fields;
    const struct _ffi_struct_union_s *struct_unions;
    const struct _ffi_enum_s *enums;
    const struct _ffi_typename_s *typenames;
    int num_globals;
    int num_struct_unions;
    int num_enums;
    int num_typenames;
    const char *const *includes;
    int num_types;
    int flags;                  /* 1: has extern "Python" functions */
};
struct _ffi_externpy_s {
    const char *name;
    size_t size_of_result;
    void *reserved1, *reserved2;
};

/* ---- what only the C compiler knows ---- */

#define _cffi_array_len(array)  (sizeof(array) / sizeof((array)[0]))
#define _cffi_prim_int(size, is_signed)                                                         \
    ((size) == 1 ? ((is_signed) ? 17 : 18) : (size) == 2 ? ((is_signed) ? 19 : 20) :            \
     (size) == 4 ? ((is_signed) ? 21 : 22) : (size) == 8 ? ((is_signed) ? 23 : 24) : -1)
#define _cffi_prim_float(size)                                                                  \
    ((size) == sizeof(float) ? 13 : (size) == sizeof(double) ? 14 : (size) == sizeof(long double) ? -3 : -2)
#define _cffi_check_int(got, got_nonpositive, expected)                                         \
    ((got_nonpositive) == (expected <= 0) && (got) == (unsigned long long)(expected))
#ifdef MS_WIN32
#  define _cffi_stdcall  __stdcall
#else
#  define _cffi_stdcall
#endif

#ifdef PYPY_VERSION
_CFFI_UNUSED_FN static void (*_cffi_call_python_org)(struct _ffi_externpy_s *, char *);
#  define _cffi_call_python  _cffi_call_python_org
#else

/* ---- CPython: the engine's functions, in a table that it fills in ---- */

struct _cffi_ctypedescr;
#define _CFFI_CPIDX         25
#define _CFFI_NUM_EXPORTS   28
static void *_cffi_exports[_CFFI_NUM_EXPORTS];
#define _CFFI_EXPORT(number, result, ...)  ((result(*)(__VA_ARGS__))_cffi_exports[number])

#define _cffi_to_c_i8                        _CFFI_EXPORT(1, int, PyObject *)
#define _cffi_to_c_u8                        _CFFI_EXPORT(2, int, PyObject *)
#define _cffi_to_c_i16                       _CFFI_EXPORT(3, int, PyObject *)
#define _cffi_to_c_u16                       _CFFI_EXPORT(4, int, PyObject *)
#define _cffi_to_c_i32                       _CFFI_EXPORT(5, int, PyObject *)
#define _cffi_to_c_u32                       _CFFI_EXPORT(6, unsigned int, PyObject *)
#define _cffi_to_c_i64                       _CFFI_EXPORT(7, long long, PyObject *)
#define _cffi_to_c_u64                       _CFFI_EXPORT(8, unsigned long long, PyObject *)
#define _cffi_to_c_char                      _CFFI_EXPORT(9, int, PyObject *)
#define _cffi_from_c_pointer                 _CFFI_EXPORT(10, PyObject *, char *, struct _cffi_ctypedescr *)
#define _cffi_to_c_pointer                   _CFFI_EXPORT(11, char *, PyObject *, struct _cffi_ctypedescr *)
#define _cffi_restore_errno                  _CFFI_EXPORT(13, void, void)
#define _cffi_save_errno                     _CFFI_EXPORT(14, void, void)
#define _cffi_from_c_char                    _CFFI_EXPORT(15, PyObject *, char)
#define _cffi_from_c_deref                   _CFFI_EXPORT(16, PyObject *, char *, struct _cffi_ctypedescr *)
#define _cffi_to_c                           _CFFI_EXPORT(17, int, char *, struct _cffi_ctypedescr *, PyObject *)
#define _cffi_from_c_struct                  _CFFI_EXPORT(18, PyObject *, char *, struct _cffi_ctypedescr *)
#define _cffi_to_c_wchar_t                   _CFFI_EXPORT(19, wchar_t, PyObject *)
#define _cffi_from_c_wchar_t                 _CFFI_EXPORT(20, PyObject *, wchar_t)
#define _cffi_to_c_long_double               _CFFI_EXPORT(21, long double, PyObject *)
#define _cffi_to_c__Bool                     _CFFI_EXPORT(22, _Bool, PyObject *)
#define _cffi_prepare_pointer_call_argument  _CFFI_EXPORT(23, Py_ssize_t, struct _cffi_ctypedescr *, PyObject *, char **)
#define _cffi_convert_array_from_object      _CFFI_EXPORT(24, int, char *, struct _cffi_ctypedescr *, PyObject *)
#define _cffi_call_python                    _CFFI_EXPORT(_CFFI_CPIDX, void, struct _ffi_externpy_s *, char *)
#define _cffi_to_c_wchar3216_t               _CFFI_EXPORT(26, int, PyObject *)
#define _cffi_from_c_wchar3216_t             _CFFI_EXPORT(27, PyObject *, int)

#define _cffi_to_c_double       PyFloat_AsDouble
#define _cffi_to_c_float        PyFloat_AsDouble
#define _cffi_from_c_double     PyFloat_FromDouble
#define _cffi_from_c_float      PyFloat_FromDouble
#define _cffi_from_c__Bool      PyBool_FromLong
#define _cffi_to_c_char16_t(x)    ((uint16_t)(sizeof(wchar_t) == 2 ? (int)_cffi_to_c_wchar_t(x) : _cffi_to_c_wchar3216_t(x)))
#define _cffi_to_c_char32_t(x)    ((uint32_t)(sizeof(wchar_t) == 4 ? (int)_cffi_to_c_wchar_t(x) : _cffi_to_c_wchar3216_t(x)))
#define _cffi_from_c_char16_t(x)  (sizeof(wchar_t) == 2 ? _cffi_from_c_wchar_t((wchar_t)(x)) : _cffi_from_c_wchar3216_t((int)(x)))
#define _cffi_from_c_char32_t(x)  (sizeof(wchar_t) == 4 ? _cffi_from_c_wchar_t((wchar_t)(x)) : _cffi_from_c_wchar3216_t((int)(x)))

/* An integer type of whatever size and sign. */
#define _cffi_from_c_int(x, type)                                                               \
    (((type)-1) > 0                                                                             \
        ? (sizeof(type) < sizeof(long) ? PyLong_FromLong((long)x)                               \
                                       : PyLong_FromUnsignedLongLong((unsigned long long)x))    \
        : (sizeof(type) <= sizeof(long) ? PyLong_FromLong((long)x) : PyLong_FromLongLong((long long)x)))
#define _cffi_to_c_int(o, type)                                                                                          \
    ((type)(sizeof(type) == 1 ? (((type)-1) > 0 ? (type)_cffi_to_c_u8(o) : (type)_cffi_to_c_i8(o)) :                     \
            sizeof(type) == 2 ? (((type)-1) > 0 ? (type)_cffi_to_c_u16(o) : (type)_cffi_to_c_i16(o)) :                   \
            sizeof(type) == 4 ? (((type)-1) > 0 ? (type)_cffi_to_c_u32(o) : (type)_cffi_to_c_i32(o)) :                   \
            sizeof(type) == 8 ? (((type)-1) > 0 ? (type)_cffi_to_c_u64(o) : (type)_cffi_to_c_i64(o)) :                   \
            (Py_FatalError("unsupported size for type " #type), (type)0)))

/* The engine's type of an operation that it has worked through. */
#define _cffi_type(index)                                                                       \
    (assert((((uintptr_t)_cffi_types[index]) & 1) == 0), (struct _cffi_ctypedescr *)_cffi_types[index])

static PyObject *_cffi_init(const char *name, Py_ssize_t version, const struct _ffi_type_context_s *context)
{
    const void *told[] = {name, (void *)version, (void *)_cffi_exports, context};
    PyObject *engine = PyImport_ImportModule("_cffi_backend"), *address, *module;

    if (engine == NULL)
        return NULL;
    address = PyLong_FromVoidPtr((void *)told);
    module = address == NULL ? NULL
        : PyObject_CallMethod(engine, (char *)"_init_cffi_1_0_external_module", (char *)"O", address);
    Py_XDECREF(address);
    Py_DECREF(engine);
    return module;
}

/* What was wrong with a call: the engine's error with the function, the argument and its declared type before it. */
_CFFI_UNUSED_FN static PyObject *_ffi_refused(const char *function, int number, const char *declared)
{
    PyObject *type, *value, *traceback;

    PyErr_Fetch(&type, &value, &traceback);
    PyErr_NormalizeException(&type, &value, &traceback);
    if (value == NULL || (type != PyExc_TypeError && type != PyExc_ValueError && type != PyExc_OverflowError && type != PyExc_IndexError)) {
        PyErr_Restore(type, value, traceback);
        return NULL;
    }
    PyErr_Format(type, "%s() argument %d, declared '%s': %S", function, number, declared, value);
    Py_DECREF(type);
    Py_DECREF(value);
    Py_XDECREF(traceback);
    return NULL;
}

/* Memory for lists and strings given as pointer arguments: small ones on the stack, large ones in a chain. */
struct _ffi_freeme_s {
    struct _ffi_freeme_s *next;
    union { long long integer; long double number; void *pointer; } data;
};

/* Lists of numbers, in loops for their type: some five times as fast as the engine, which looks at its type for each item.  What is
   no plain number of the right size is left to the engine's own conversion of one item. */
#define _FFI_FILL(name, T, FITS)                                                                \
_CFFI_UNUSED_FN static int _ffi_fill_##name(char *place, PyObject *list, Py_ssize_t count)      \
{                                                                                               \
    Py_ssize_t i;                                                                               \
    for (i = 0; i < count; i++) {                                                               \
        PyObject *item = PyList_GetItem(list, i);  /* borrowed */                               \
        int overflow = 0;                                                                       \
        long long number = 0;                                                                   \
        if (item == NULL)                                                                       \
            return -1;                                                                          \
        if (PyLong_Check(item))                                                                 \
            number = PyLong_AsLongLongAndOverflow(item, &overflow);                             \
        else                                                                                    \
            overflow = 1;                                                                       \
        if (overflow || !(FITS)) {                                                              \
            T converted;                                                                        \
            Py_INCREF(item);                                                                    \
            converted = (T)_cffi_to_c_##name(item);                                             \
            Py_DECREF(item);                                                                    \
            if (converted == (T)-1 && PyErr_Occurred())                                         \
                return -1;                                                                      \
            ((T *)place)[i] = converted;                                                        \
        }                                                                                       \
        else                                                                                    \
            ((T *)place)[i] = (T)number;                                                        \
    }                                                                                           \
    return 0;                                                                                   \
}
_FFI_FILL(i8, int8_t, number == (int8_t)number)
_FFI_FILL(u8, uint8_t, number == (uint8_t)number)
_FFI_FILL(i16, int16_t, number == (int16_t)number)
_FFI_FILL(u16, uint16_t, number == (uint16_t)number)
_FFI_FILL(i32, int32_t, number == (int32_t)number)
_FFI_FILL(u32, uint32_t, number == (uint32_t)number)
_FFI_FILL(i64, int64_t, 1)
_FFI_FILL(u64, uint64_t, number >= 0)
#define _FFI_FILL_FLOAT(T)                                                                      \
_CFFI_UNUSED_FN static int _ffi_fill_##T(char *place, PyObject *list, Py_ssize_t count)         \
{                                                                                               \
    Py_ssize_t i;                                                                               \
    for (i = 0; i < count; i++) {                                                               \
        PyObject *item = PyList_GetItem(list, i);                                               \
        double number;                                                                          \
        if (item == NULL)                                                                       \
            return -1;                                                                          \
        Py_INCREF(item);                                                                        \
        number = PyFloat_AsDouble(item);                                                        \
        Py_DECREF(item);                                                                        \
        if (number == -1.0 && PyErr_Occurred())                                                 \
            return -1;                                                                          \
        ((T *)place)[i] = (T)number;                                                            \
    }                                                                                           \
    return 0;                                                                                   \
}
_FFI_FILL_FLOAT(float)
_FFI_FILL_FLOAT(double)
#define _ffi_fill_int(type)                                                                     \
    (sizeof(type) == 1 ? (((type)-1) > 0 ? _ffi_fill_u8 : _ffi_fill_i8) :                       \
     sizeof(type) == 2 ? (((type)-1) > 0 ? _ffi_fill_u16 : _ffi_fill_i16) :                     \
     sizeof(type) == 4 ? (((type)-1) > 0 ? _ffi_fill_u32 : _ffi_fill_i32) :                     \
                         (((type)-1) > 0 ? _ffi_fill_u64 : _ffi_fill_i64))

_CFFI_UNUSED_FN static int
_cffi_convert_array_argument(struct _cffi_ctypedescr *type, PyObject *value, char **place, Py_ssize_t size,
                             struct _ffi_freeme_s **chain, int (*fill)(char *, PyObject *, Py_ssize_t), size_t item_size)
{
    if (size < 0)
        return -1;
    if (*place == NULL) {
        struct _ffi_freeme_s *more = (struct _ffi_freeme_s *)PyObject_Malloc(offsetof(struct _ffi_freeme_s, data) + (size_t)size);
        if (more == NULL) {
            PyErr_NoMemory();
            return -1;
        }
        more->next = *chain;
        *chain = more;
        *place = (char *)&more->data;
    }
    if (fill != NULL && PyList_Check(value) && size == PyList_Size(value) * (Py_ssize_t)item_size)
        return fill(*place, value, PyList_Size(value));
    memset((void *)*place, 0, (size_t)size);
    return _cffi_convert_array_from_object(*place, type, value);
}

_CFFI_UNUSED_FN static void _cffi_free_array_arguments(struct _ffi_freeme_s *chain)
{
    while (chain != NULL) {
        struct _ffi_freeme_s *next = chain->next;
        PyObject_Free((void *)chain);
        chain = next;
    }
}
#endif  /* CPython */

#ifdef __cplusplus
}
#endif
