/* PyBytes_...: bytes objects are C's own; bytes of the VM have a copy here. */
#include "core/mooring.h"

static PyObject *empty, *single[256];

static int not_bytes(PyObject *op)
{
    PyErr_Format(PyExc_TypeError, "expected bytes, %.200s found", Py_TYPE(op)->tp_name);
    return -1;
}

static PyObject *shared(PyObject **place, const char *data, Py_ssize_t n)
{
    if (!*place && !(*place = m_bytes_alloc(&PyBytes_Type, data, n)))
        return NULL;
    Py_INCREF(*place);
    return *place;
}

PYAPI PyObject *PyBytes_FromStringAndSize(const char *string, Py_ssize_t size)
{
    if (size < 0) {
        PyErr_SetString(PyExc_SystemError, "Negative size passed to PyBytes_FromStringAndSize");
        return NULL;
    }
    if (size == 0)
        return shared(&empty, "", 0);
    if (size == 1 && string)
        return shared(&single[(unsigned char)*string], string, 1);
    if (size > PY_SSIZE_T_MAX - 64) {
        PyErr_SetString(PyExc_OverflowError, "byte string is too large");
        return NULL;
    }
    return m_bytes_alloc(&PyBytes_Type, string, size);
}

PYAPI PyObject *PyBytes_FromString(const char *string)
{
    return PyBytes_FromStringAndSize(string, (Py_ssize_t)strlen(string));
}

PYAPI Py_ssize_t PyBytes_Size(PyObject *bytes)
{
    return likely(PyBytes_Check(bytes)) ? Py_SIZE(bytes) : not_bytes(bytes);
}

PYAPI char *PyBytes_AsString(PyObject *bytes)
{
    if (likely(PyBytes_Check(bytes)))
        return ((PyBytesObject *)bytes)->ob_sval;
    not_bytes(bytes);
    return NULL;
}

PYAPI int PyBytes_AsStringAndSize(PyObject *obj, char **s, Py_ssize_t *len)
{
    if (!s) {
        PyErr_BadInternalCall();
        return -1;
    }
    if (!PyBytes_Check(obj))
        return not_bytes(obj);
    *s = ((PyBytesObject *)obj)->ob_sval;
    if (len)
        *len = Py_SIZE(obj);
    else if (strlen(*s) != (size_t)Py_SIZE(obj)) {
        PyErr_SetString(PyExc_ValueError, "embedded null byte");
        return -1;
    }
    return 0;
}

int m_bytes_getbuffer(PyObject *op, Py_buffer *view, int flags)
{
    return PyBuffer_FillInfo(view, op, ((PyBytesObject *)op)->ob_sval, Py_SIZE(op), 1, flags);
}

/* ---- changing: only what its maker alone has ----------------------------------------------------------------------------------- */

static int is_own(PyObject *op)
{
    return Py_REFCNT(op) == 1 && Py_TYPE(op) == &PyBytes_Type && !M_HDR(op)->link;
}

static PyObject *resized(PyObject *op, Py_ssize_t size)
{
    PyBytesObject *v = m_realloc(op, offsetof(PyBytesObject, ob_sval) + (size_t)size + 1);
    if (!v)
        return PyErr_NoMemory();
    Py_SET_SIZE(v, size);
    v->ob_sval[size] = 0;
    v->ob_shash = -1;
    return (PyObject *)v;
}

PYAPI int _PyBytes_Resize(PyObject **bytes, Py_ssize_t newsize)
{
    PyObject *op = *bytes;
    if (!PyBytes_Check(op) || newsize < 0) {
        PyErr_BadInternalCall();
        goto fail;
    }
    if (Py_SIZE(op) == newsize)
        return 0;
    if (newsize == 0 || Py_SIZE(op) == 0) {
        *bytes = PyBytes_FromStringAndSize(NULL, newsize);
        Py_DECREF(op);
        return *bytes ? 0 : -1;
    }
    if (!is_own(op)) {
        PyErr_BadInternalCall();
        goto fail;
    }
    PyObject *made = resized(op, newsize);
    if (!made)
        goto fail;
    *bytes = made;
    return 0;
fail:
    *bytes = NULL;
    Py_DECREF(op);
    return -1;
}

PYAPI void PyBytes_Concat(PyObject **bytes, PyObject *newpart)
{
    PyObject *op = *bytes, *made = NULL;
    if (!op)
        return;
    if (!newpart)
        goto done;
    if (PyBytes_CheckExact(op) && PyBytes_Check(newpart)) {
        Py_ssize_t a = Py_SIZE(op), b = Py_SIZE(newpart);
        if (b == 0)
            return;
        if (a > PY_SSIZE_T_MAX - 64 - b) {
            PyErr_NoMemory();
            goto done;
        }
        if (a && is_own(op) && op != newpart) {
            if ((made = resized(op, a + b)))
                op = NULL;
        } else if ((made = m_bytes_alloc(&PyBytes_Type, NULL, a + b)))
            memcpy(((PyBytesObject *)made)->ob_sval, ((PyBytesObject *)op)->ob_sval, (size_t)a);
        if (made)
            memcpy(((PyBytesObject *)made)->ob_sval + a, ((PyBytesObject *)newpart)->ob_sval, (size_t)b);
    } else
        made = vm_bytes_concat(op, newpart);
done:
    *bytes = made;
    Py_XDECREF(op);
}

PYAPI void PyBytes_ConcatAndDel(PyObject **bytes, PyObject *newpart)
{
    PyBytes_Concat(bytes, newpart);
    Py_XDECREF(newpart);
}

/* ---- from other objects ------------------------------------------------------------------------------------------------------------ */

PYAPI PyObject *PyBytes_FromObject(PyObject *bytes)
{
    if (!bytes) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (!PyBytes_CheckExact(bytes))
        return vm_bytes_from_object(bytes);
    Py_INCREF(bytes);
    return bytes;
}

/* All bytes?  Then their length with `width` between them, else -1. */
static Py_ssize_t joined_size(PyObject **items, Py_ssize_t n, Py_ssize_t width)
{
    Py_ssize_t size = n > 1 ? width * (n - 1) : 0;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (!items[i] || !PyBytes_CheckExact(items[i]))
            return -1;
        size += Py_SIZE(items[i]);
    }
    return size;
}

PYAPI PyObject *_PyBytes_Join(PyObject *sep, PyObject *x)
{
    PyObject **items = NULL;
    if (PyTuple_CheckExact(x))
        items = ((PyTupleObject *)x)->ob_item;
    else if (PyList_CheckExact(x) && !M_HDR(x)->link)
        items = ((PyListObject *)x)->ob_item;
    Py_ssize_t n = items ? Py_SIZE(x) : 0, width = PyBytes_CheckExact(sep) ? Py_SIZE(sep) : -1;
    Py_ssize_t size = items && width >= 0 ? joined_size(items, n, width) : -1;
    if (size < 0)
        return vm_bytes_join(sep, x);
    PyObject *made = PyBytes_FromStringAndSize(NULL, size);
    if (!made)
        return NULL;
    char *p = ((PyBytesObject *)made)->ob_sval;
    for (Py_ssize_t i = 0; i < n; i++) {
        if (i) {
            memcpy(p, ((PyBytesObject *)sep)->ob_sval, (size_t)width);
            p += width;
        }
        memcpy(p, ((PyBytesObject *)items[i])->ob_sval, (size_t)Py_SIZE(items[i]));
        p += Py_SIZE(items[i]);
    }
    return made;
}
