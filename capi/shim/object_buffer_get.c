/* PyObject_GetBuffer() and the old buffer functions. */
#include "core/mooring.h"

PYAPI int PyObject_CheckBuffer(PyObject *obj)
{
    PyBufferProcs *procs = Py_TYPE(obj)->tp_as_buffer;
    return procs && procs->bf_getbuffer;
}

static int bytes_getbuffer(PyObject *obj, Py_buffer *view, int flags)
{
    return PyBuffer_FillInfo(view, obj, ((PyBytesObject *)obj)->ob_sval, Py_SIZE(obj), 1, flags);
}

/* bytes are copied to C when they cross: their memory needs no VM. */
void m_init_bytes_buffer(void)
{
    static PyBufferProcs procs = {bytes_getbuffer, NULL};
    PyBytes_Type.tp_as_buffer = &procs;
}

PYAPI int PyObject_GetBuffer(PyObject *obj, Py_buffer *view, int flags)
{
    if (PyBytes_CheckExact(obj))
        return bytes_getbuffer(obj, view, flags);
    if (!PyObject_CheckBuffer(obj)) {
        PyErr_Format(PyExc_TypeError, "a bytes-like object is required, not '%.100s'", Py_TYPE(obj)->tp_name);
        return -1;
    }
    return Py_TYPE(obj)->tp_as_buffer->bf_getbuffer(obj, view, flags);
}

PYAPI int PyObject_CheckReadBuffer(PyObject *obj)
{
    Py_buffer view;
    if (!PyObject_CheckBuffer(obj))
        return 0;
    if (PyObject_GetBuffer(obj, &view, PyBUF_SIMPLE) < 0) {
        PyErr_Clear();
        return 0;
    }
    PyBuffer_Release(&view);
    return 1;
}

/* The memory stays where it is as long as nobody changes the object: all that these functions ever promised. */
static int as_buffer(PyObject *obj, void **buffer, Py_ssize_t *len, int flags)
{
    Py_buffer view;
    if (!obj || !buffer || !len) {
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
        return -1;
    }
    if (PyObject_GetBuffer(obj, &view, flags) < 0) {
        if (flags == PyBUF_WRITABLE && PyObject_CheckBuffer(obj)) {
            PyErr_Clear();
            PyErr_SetString(PyExc_TypeError, "expected a writable bytes-like object");
        }
        return -1;
    }
    *buffer = view.buf;
    *len = view.len;
    PyBuffer_Release(&view);
    return 0;
}

PYAPI int PyObject_AsReadBuffer(PyObject *obj, const void **buffer, Py_ssize_t *buffer_len)
{
    return as_buffer(obj, (void **)buffer, buffer_len, PyBUF_SIMPLE);
}

PYAPI int PyObject_AsCharBuffer(PyObject *obj, const char **buffer, Py_ssize_t *buffer_len)
{
    return as_buffer(obj, (void **)buffer, buffer_len, PyBUF_SIMPLE);
}

PYAPI int PyObject_AsWriteBuffer(PyObject *obj, void **buffer, Py_ssize_t *buffer_len)
{
    return as_buffer(obj, buffer, buffer_len, PyBUF_WRITABLE);
}
