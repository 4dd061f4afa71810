/* PySlice_...: slices have CPython's struct, so nothing here crosses but __index__. */
#include "core/mooring.h"

#define SLICE(op) ((PySliceObject *)(op))

static PyObject *or_none(PyObject *op)
{
    op = op ? op : Py_None;
    Py_INCREF(op);
    return op;
}

PYAPI PyObject *PySlice_New(PyObject *start, PyObject *stop, PyObject *step)
{
    PyObject *op = m_alloc(sizeof(PySliceObject));
    if (!op)
        return PyErr_NoMemory();
    op->ob_type = &PySlice_Type;
    op->ob_refcnt = 1;
    SLICE(op)->start = or_none(start);
    SLICE(op)->stop = or_none(stop);
    SLICE(op)->step = or_none(step);
    return op;
}

PYAPI PyObject *_PySlice_FromIndices(Py_ssize_t start, Py_ssize_t stop)
{
    PyObject *low = PyLong_FromSsize_t(start), *high = PyLong_FromSsize_t(stop);
    PyObject *op = low && high ? PySlice_New(low, high, NULL) : NULL;
    Py_XDECREF(low);
    Py_XDECREF(high);
    return op;
}

/* An index as a Py_ssize_t, clamped; None leaves `value` alone. */
static int read_index(PyObject *op, Py_ssize_t *value)
{
    if (op == Py_None)
        return 0;
    if (!PyIndex_Check(op)) {
        PyErr_SetString(PyExc_TypeError, "slice indices must be integers or None or have an __index__ method");
        return -1;
    }
    *value = PyNumber_AsSsize_t(op, NULL);
    return *value == -1 && PyErr_Occurred() ? -1 : 0;
}

PYAPI int PySlice_Unpack(PyObject *slice, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step)
{
    *step = 1;
    if (read_index(SLICE(slice)->step, step) < 0)
        return -1;
    if (!*step) {
        PyErr_SetString(PyExc_ValueError, "slice step cannot be zero");
        return -1;
    }
    if (*step < -PY_SSIZE_T_MAX)        /* so that it can be negated */
        *step = -PY_SSIZE_T_MAX;
    *start = *step < 0 ? PY_SSIZE_T_MAX : 0;
    *stop = *step < 0 ? PY_SSIZE_T_MIN : PY_SSIZE_T_MAX;
    return read_index(SLICE(slice)->start, start) < 0 ? -1 : read_index(SLICE(slice)->stop, stop);
}

static Py_ssize_t within(Py_ssize_t i, Py_ssize_t length, Py_ssize_t step)
{
    if (i < 0) {
        i += length;
        return i >= 0 ? i : step < 0 ? -1 : 0;
    }
    return i < length ? i : step < 0 ? length - 1 : length;
}

PYAPI Py_ssize_t PySlice_AdjustIndices(Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t step)
{
    *start = within(*start, length, step);
    *stop = within(*stop, length, step);
    if (step < 0)
        return *stop < *start ? (*start - *stop - 1) / -step + 1 : 0;
    return *start < *stop ? (*stop - *start - 1) / step + 1 : 0;
}

PYAPI int PySlice_GetIndicesEx(PyObject *r, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step, Py_ssize_t *slicelength)
{
    if (PySlice_Unpack(r, start, stop, step) < 0)
        return -1;
    *slicelength = PySlice_AdjustIndices(length, start, stop, *step);
    return 0;
}

/* What CPython's has always done: ints only, and -1 without an error for what is out of range. */
static int old_index(PyObject *op, Py_ssize_t length, Py_ssize_t absent, Py_ssize_t *value)
{
    if (op == Py_None) {
        *value = absent;
        return 0;
    }
    if (!PyLong_Check(op))
        return -1;
    *value = PyLong_AsSsize_t(op);
    *value += *value < 0 ? length : 0;
    return 0;
}

PYAPI int PySlice_GetIndices(PyObject *r, Py_ssize_t length, Py_ssize_t *start, Py_ssize_t *stop, Py_ssize_t *step)
{
    if (old_index(SLICE(r)->step, 0, 1, step) < 0)
        return -1;
    if (old_index(SLICE(r)->start, length, *step < 0 ? length - 1 : 0, start) < 0)
        return -1;
    if (old_index(SLICE(r)->stop, length, *step < 0 ? -1 : length, stop) < 0)
        return -1;
    return *stop > length || *start >= length || !*step ? -1 : 0;
}

PYAPI int _PySlice_GetLongIndices(PySliceObject *self, PyObject *length, PyObject **start_ptr, PyObject **stop_ptr, PyObject **step_ptr)
{
    PyObject *found = vm_slice_indices((PyObject *)self, length);
    if (!found)
        return -1;
    PyObject **out[] = {start_ptr, stop_ptr, step_ptr};
    for (int i = 0; i < 3; i++) {
        *out[i] = PyTuple_GET_ITEM(found, i);
        Py_INCREF(*out[i]);
    }
    Py_DECREF(found);
    return 0;
}
