/* PyGen_...: generators.  C code cannot make one from a frame: the VM's frames begin with their generator. */
#include "core/mooring.h"

static PyObject *no_frame(PyObject *frame)
{
    Py_XDECREF(frame);                  /* stolen */
    PyErr_SetString(PyExc_NotImplementedError, "a generator cannot be made from a frame here; call a generator function");
    return NULL;
}

PYAPI PyObject *PyGen_New(PyFrameObject *frame)
{
    return no_frame((PyObject *)frame);
}

PYAPI PyObject *PyGen_NewWithQualName(PyFrameObject *frame, PyObject *name, PyObject *qualname)
{
    (void)name;
    (void)qualname;
    return no_frame((PyObject *)frame);
}

PYAPI int _PyGen_SetStopIterationValue(PyObject *value)
{
    if (!value || (!PyTuple_Check(value) && !PyExceptionInstance_Check(value))) {
        PyErr_SetObject(PyExc_StopIteration, value);
        return 0;
    }
    PyObject *error = PyObject_CallOneArg(PyExc_StopIteration, value);  /* a tuple must not become the arguments */
    if (!error)
        return -1;
    PyErr_SetObject(PyExc_StopIteration, error);
    Py_DECREF(error);
    return 0;
}

/* The value of a pending StopIteration, None without one; -1 if another error is pending. */
PYAPI int _PyGen_FetchStopIterationValue(PyObject **pvalue)
{
    PyObject *value = NULL;
    if (PyErr_ExceptionMatches(PyExc_StopIteration)) {
        PyObject *error = m_take_error();
        value = error ? PyObject_GetAttrString(error, "value") : NULL;
        Py_XDECREF(error);
        if (!value)
            return -1;
    } else if (PyErr_Occurred())
        return -1;
    if (!value) {
        value = Py_None;
        Py_INCREF(value);
    }
    *pvalue = value;
    return 0;
}

PYAPI void _PyGen_Finalize(PyObject *self)
{
    (void)self;                         /* the VM's collector does it */
}
