/* PyObject_CopyData() */
#include "core/mooring.h"

static int copy(const Py_buffer *to, const Py_buffer *from)
{
    if (to->len < from->len) {
        PyErr_SetString(PyExc_BufferError, "destination is too small to receive data from source");
        return -1;
    }
    if ((PyBuffer_IsContiguous(to, 'C') && PyBuffer_IsContiguous(from, 'C'))
        || (PyBuffer_IsContiguous(to, 'F') && PyBuffer_IsContiguous(from, 'F'))) {
        memcpy(to->buf, from->buf, (size_t)from->len);
        return 0;
    }
    char *dense = PyMem_Malloc((size_t)from->len);
    if (dense == NULL) {
        PyErr_NoMemory();
        return -1;
    }
    int error = PyBuffer_ToContiguous(dense, from, from->len, 'C');
    if (error == 0)
        error = PyBuffer_FromContiguous(to, dense, from->len, 'C');
    PyMem_Free(dense);
    return error;
}

PYAPI int PyObject_CopyData(PyObject *dest, PyObject *src)
{
    Py_buffer to, from;

    if (!PyObject_CheckBuffer(dest) || !PyObject_CheckBuffer(src)) {
        PyErr_SetString(PyExc_TypeError, "both destination and source must be bytes-like objects");
        return -1;
    }
    if (PyObject_GetBuffer(dest, &to, PyBUF_FULL) != 0)
        return -1;
    if (PyObject_GetBuffer(src, &from, PyBUF_FULL_RO) != 0) {
        PyBuffer_Release(&to);
        return -1;
    }
    int error = copy(&to, &from);
    PyBuffer_Release(&to);
    PyBuffer_Release(&from);
    return error;
}
