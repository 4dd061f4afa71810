#ifndef MOORING_NEWER_H
#define MOORING_NEWER_H

/* From CPython 3.14: what pythoncapi_compat.h gives to older CPythons but not to PyPy. */

#if !defined(Py_LIMITED_API) && !defined(MOORING_SHIM)

typedef struct PyUnicodeWriter PyUnicodeWriter;

static inline void PyUnicodeWriter_Discard(PyUnicodeWriter *writer)
{
    if (!writer)
        return;
    _PyUnicodeWriter_Dealloc((_PyUnicodeWriter *)writer);
    PyMem_Free(writer);
}

static inline PyUnicodeWriter *PyUnicodeWriter_Create(Py_ssize_t length)
{
    _PyUnicodeWriter *writer;
    if (length < 0) {
        PyErr_SetString(PyExc_ValueError, "length must be positive");
        return _Py_NULL;
    }
    writer = (_PyUnicodeWriter *)PyMem_Malloc(sizeof *writer);
    if (!writer) {
        PyErr_NoMemory();
        return _Py_NULL;
    }
    _PyUnicodeWriter_Init(writer);
    writer->overallocate = 1;
    writer->min_length = length;
    return (PyUnicodeWriter *)writer;
}

static inline PyObject *PyUnicodeWriter_Finish(PyUnicodeWriter *writer)
{
    PyObject *string = _PyUnicodeWriter_Finish((_PyUnicodeWriter *)writer);
    PyMem_Free(writer);
    return string;
}

static inline int PyUnicodeWriter_WriteChar(PyUnicodeWriter *writer, Py_UCS4 ch)
{
    return _PyUnicodeWriter_WriteChar((_PyUnicodeWriter *)writer, ch);
}

static inline int PyUnicodeWriter_WriteASCII(PyUnicodeWriter *writer, const char *string, Py_ssize_t size)
{
    return _PyUnicodeWriter_WriteASCIIString((_PyUnicodeWriter *)writer, string, size < 0 ? (Py_ssize_t)strlen(string) : size);
}

static inline int PyUnicodeWriter_WriteSubstring(PyUnicodeWriter *writer, PyObject *string, Py_ssize_t start, Py_ssize_t end)
{
    return _PyUnicodeWriter_WriteSubstring((_PyUnicodeWriter *)writer, string, start, end);
}

/* Writes `text`, made by the caller for this, and drops it. */
static inline int Mooring_WriteAndDrop(PyUnicodeWriter *writer, PyObject *text)
{
    int result = text ? _PyUnicodeWriter_WriteStr((_PyUnicodeWriter *)writer, text) : -1;
    Py_XDECREF(text);
    return result;
}

static inline int PyUnicodeWriter_WriteUTF8(PyUnicodeWriter *writer, const char *string, Py_ssize_t size)
{
    return Mooring_WriteAndDrop(writer, PyUnicode_FromStringAndSize(string, size < 0 ? (Py_ssize_t)strlen(string) : size));
}

static inline int PyUnicodeWriter_WriteStr(PyUnicodeWriter *writer, PyObject *obj)
{
    return Mooring_WriteAndDrop(writer, PyObject_Str(obj));
}

static inline int PyUnicodeWriter_WriteRepr(PyUnicodeWriter *writer, PyObject *obj)
{
    return Mooring_WriteAndDrop(writer, PyObject_Repr(obj));
}

/* True of an object that C alone made and holds. */
#ifdef __cplusplus
extern "C++" {
template <class Object> inline int PyUnstable_Object_IsUniquelyReferenced(Object *op) { return _PyObject_CAST(op)->ob_refcnt == 1; }
}
#else
extern inline __attribute__((gnu_inline, always_inline)) int PyUnstable_Object_IsUniquelyReferenced(PyObject *op)
{
    return op->ob_refcnt == 1;
}
#endif

#endif

#endif
