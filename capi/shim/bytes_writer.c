/* _PyBytesWriter_...: bytes that grow while they are written; small ones are written on the stack. */
#include "core/mooring.h"

static char *start_of(_PyBytesWriter *writer)
{
    return writer->use_small_buffer ? writer->small_buffer : PyBytes_AS_STRING(writer->buffer);
}

PYAPI void _PyBytesWriter_Init(_PyBytesWriter *writer)
{
    memset(writer, 0, offsetof(_PyBytesWriter, small_buffer));
}

PYAPI void _PyBytesWriter_Dealloc(_PyBytesWriter *writer)
{
    Py_CLEAR(writer->buffer);
}

/* Room for `size` bytes in all; `str` is where the next byte goes. */
PYAPI void *_PyBytesWriter_Resize(_PyBytesWriter *writer, void *str, Py_ssize_t size)
{
    Py_ssize_t used = (char *)str - start_of(writer);
    if (writer->overallocate && size <= PY_SSIZE_T_MAX - size / 4)
        size += size / 4;
    if (writer->use_small_buffer) {
        writer->buffer = PyBytes_FromStringAndSize(NULL, size);
        if (!writer->buffer)
            return NULL;
        memcpy(PyBytes_AS_STRING(writer->buffer), writer->small_buffer, (size_t)used);
        writer->use_small_buffer = 0;
    } else if (_PyBytes_Resize(&writer->buffer, size) < 0)
        return NULL;
    writer->allocated = size;
    return start_of(writer) + used;
}

PYAPI void *_PyBytesWriter_Prepare(_PyBytesWriter *writer, void *str, Py_ssize_t size)
{
    if (size == 0)
        return str;
    if (writer->min_size > PY_SSIZE_T_MAX - size) {
        PyErr_NoMemory();
        _PyBytesWriter_Dealloc(writer);
        return NULL;
    }
    Py_ssize_t wanted = writer->min_size + size;
    if (wanted > writer->allocated)
        str = _PyBytesWriter_Resize(writer, str, wanted);
    writer->min_size = wanted;
    return str;
}

PYAPI void *_PyBytesWriter_Alloc(_PyBytesWriter *writer, Py_ssize_t size)
{
    writer->use_small_buffer = 1;
    writer->allocated = (Py_ssize_t)sizeof writer->small_buffer;
    return _PyBytesWriter_Prepare(writer, writer->small_buffer, size);
}

PYAPI void *_PyBytesWriter_WriteBytes(_PyBytesWriter *writer, void *str, const void *bytes, Py_ssize_t size)
{
    char *p = _PyBytesWriter_Prepare(writer, str, size);
    return p ? (char *)memcpy(p, bytes, (size_t)size) + size : NULL;
}

PYAPI PyObject *_PyBytesWriter_Finish(_PyBytesWriter *writer, void *str)
{
    char *start = start_of(writer);
    PyObject *made = PyBytes_FromStringAndSize(start, (char *)str - start), *array;
    Py_CLEAR(writer->buffer);
    if (!made || !writer->use_bytearray)
        return made;
    array = PyByteArray_FromObject(made);
    Py_DECREF(made);
    return array;
}
