/* PyTuple_...: a tuple's items are in C whichever side made it, so nothing here crosses. */
#include "core/mooring.h"
#include <stdarg.h>

#define ITEMS(op) (((PyTupleObject *)(op))->ob_item)
#define SIZE_LIMIT ((Py_ssize_t)((PY_SSIZE_T_MAX - 256) / sizeof(PyObject *)))

PYAPI PyObject *PyTuple_New(Py_ssize_t size)
{
    if (unlikely(size < 0)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (!size) {
        PyObject *empty = m_empty_tuple();
        Py_INCREF(empty);
        return empty;
    }
    if (unlikely(size > SIZE_LIMIT))
        return PyErr_NoMemory();
    PyObject *op = m_tuple_new(size);
    if (likely(op != NULL))
        memset(ITEMS(op), 0, (size_t)size * sizeof(PyObject *));
    return op;
}

PYAPI Py_ssize_t PyTuple_Size(PyObject *tuple)
{
    if (likely(PyTuple_Check(tuple)))
        return Py_SIZE(tuple);
    PyErr_BadInternalCall();
    return -1;
}

PYAPI PyObject *PyTuple_GetItem(PyObject *tuple, Py_ssize_t pos)
{
    if (unlikely(!PyTuple_Check(tuple))) {
        PyErr_BadInternalCall();
        return NULL;
    }
    if (unlikely((size_t)pos >= (size_t)Py_SIZE(tuple))) {
        PyErr_SetString(PyExc_IndexError, "tuple index out of range");
        return NULL;
    }
    return ITEMS(tuple)[pos];           /* borrowed */
}

PYAPI int PyTuple_SetItem(PyObject *tuple, Py_ssize_t pos, PyObject *o)
{
    if (unlikely(!PyTuple_Check(tuple) || Py_REFCNT(tuple) != 1)) {
        Py_XDECREF(o);                  /* stolen */
        PyErr_BadInternalCall();
        return -1;
    }
    if (unlikely((size_t)pos >= (size_t)Py_SIZE(tuple))) {
        Py_XDECREF(o);
        PyErr_SetString(PyExc_IndexError, "tuple assignment index out of range");
        return -1;
    }
    PyObject *old = ITEMS(tuple)[pos];
    ITEMS(tuple)[pos] = o;
    Py_XDECREF(old);
    return 0;
}

PYAPI PyObject *PyTuple_Pack(Py_ssize_t n, ...)
{
    PyObject *op = PyTuple_New(n);
    if (!op)
        return NULL;
    va_list vargs;
    va_start(vargs, n);
    for (Py_ssize_t i = 0; i < n; i++) {
        PyObject *item = va_arg(vargs, PyObject *);
        Py_INCREF(item);
        ITEMS(op)[i] = item;
    }
    va_end(vargs);
    return op;
}

/* A new tuple of `n` items of an array. */
static PyObject *copy(PyObject **items, Py_ssize_t n)
{
    PyObject *op = PyTuple_New(n);
    for (Py_ssize_t i = 0; op && i < n; i++) {
        Py_XINCREF(items[i]);
        ITEMS(op)[i] = items[i];
    }
    return op;
}

PYAPI PyObject *PyTuple_GetSlice(PyObject *tuple, Py_ssize_t low, Py_ssize_t high)
{
    if (!PyTuple_Check(tuple)) {
        PyErr_BadInternalCall();
        return NULL;
    }
    Py_ssize_t size = Py_SIZE(tuple);
    low = low < 0 ? 0 : low;
    high = high > size ? size : high < low ? low : high;
    if (!low && high == size && PyTuple_CheckExact(tuple)) {
        Py_INCREF(tuple);
        return tuple;
    }
    return copy(ITEMS(tuple) + low, high > low ? high - low : 0);
}

PYAPI int _PyTuple_Resize(PyObject **p, Py_ssize_t newsize)
{
    PyObject *old = *p, *op;
    if (!old || !PyTuple_CheckExact(old) || newsize < 0 || (Py_SIZE(old) && Py_REFCNT(old) != 1)) {
        *p = NULL;
        Py_XDECREF(old);
        PyErr_BadInternalCall();
        return -1;
    }
    Py_ssize_t kept = Py_SIZE(old) < newsize ? Py_SIZE(old) : newsize;
    if (Py_SIZE(old) == newsize)
        return 0;
    *p = op = PyTuple_New(newsize);
    if (op && M_HDR(old)->link) {       /* the VM has this tuple: it must stay whole */
        for (Py_ssize_t i = 0; i < kept; i++) {
            Py_XINCREF(ITEMS(old)[i]);
            ITEMS(op)[i] = ITEMS(old)[i];
        }
    } else if (op) {
        memcpy(ITEMS(op), ITEMS(old), (size_t)kept * sizeof(PyObject *));
        memset(ITEMS(old), 0, (size_t)kept * sizeof(PyObject *));
    }
    Py_DECREF(old);
    return op ? 0 : -1;
}

PYAPI void _PyTuple_MaybeUntrack(PyObject *tuple)
{
    (void)tuple;                        /* the VM's collector needs no tracking */
}

PYAPI void _PyTuple_DebugMallocStats(FILE *out)
{
    (void)out;
}
