/* PyMarshal_...: to and from C files. */
#include "core/mooring.h"
#include <stdio.h>

PYAPI void PyMarshal_WriteLongToFile(long value, FILE *file, int version)
{
    (void)version;
    for (int i = 0; i < 4; i++)
        putc((int)((unsigned long)value >> 8 * i & 255), file);
}

PYAPI void PyMarshal_WriteObjectToFile(PyObject *value, FILE *file, int version)
{
    PyObject *data = PyMarshal_WriteObjectToString(value, version);
    if (!data)
        return;
    fwrite(PyBytes_AS_STRING(data), 1, (size_t)PyBytes_GET_SIZE(data), file);
    Py_DECREF(data);
}

static long read_number(FILE *file, int n)
{
    unsigned long value = 0;
    for (int i = 0; i < n; i++) {
        int c = getc(file);
        if (c == EOF) {
            PyErr_SetString(PyExc_EOFError, "EOF read where data expected");
            return -1;
        }
        value |= (unsigned long)c << 8 * i;
    }
    return n == 2 ? (long)(int16_t)value : (long)(int32_t)value;
}

PYAPI long PyMarshal_ReadLongFromFile(FILE *file)
{
    return read_number(file, 4);
}

PYAPI int PyMarshal_ReadShortFromFile(FILE *file)
{
    return (int)read_number(file, 2);
}

/* The file is read to its end; then it is set back to behind the object, where it can be. */
PYAPI PyObject *PyMarshal_ReadObjectFromFile(FILE *file)
{
    long start = ftell(file);
    size_t n = 0, cap = 4096;
    char *data = malloc(cap);
    while (data) {
        n += fread(data + n, 1, cap - n, file);
        if (n < cap)
            break;
        char *more = realloc(data, cap * 2);
        if (!more)
            free(data);
        data = more;
        cap *= 2;
    }
    if (!data)
        return PyErr_NoMemory();
    PyObject *bytes = PyBytes_FromStringAndSize(data, (Py_ssize_t)n), *value = NULL;
    free(data);
    PyObject *pair = bytes ? vm_marshal_read(bytes) : NULL;
    Py_XDECREF(bytes);
    if (!pair)
        return NULL;
    if (start >= 0)
        fseek(file, start + PyLong_AsLong(PyTuple_GET_ITEM(pair, 1)), SEEK_SET);
    value = PyTuple_GET_ITEM(pair, 0);
    Py_INCREF(value);
    Py_DECREF(pair);
    return value;
}

PYAPI PyObject *PyMarshal_ReadLastObjectFromFile(FILE *file)
{
    return PyMarshal_ReadObjectFromFile(file);
}
