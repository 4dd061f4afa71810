/* PyMethod_...: a function bound to its self. */
#include "core/mooring.h"

PYAPI PyObject *PyMethod_New(PyObject *func, PyObject *self)
{
    if (!self) {
        PyErr_BadInternalCall();
        return NULL;
    }
    PyMethodObject *op = m_calloc(sizeof(PyMethodObject));
    if (!op)
        return PyErr_NoMemory();
    ((PyObject *)op)->ob_type = &PyMethod_Type;
    ((PyObject *)op)->ob_refcnt = 1;
    Py_INCREF(func);
    Py_INCREF(self);
    op->im_func = func;
    op->im_self = self;
    return (PyObject *)op;
}

static PyMethodObject *checked(PyObject *op)
{
    if (PyMethod_Check(op))
        return (PyMethodObject *)op;
    PyErr_BadInternalCall();
    return NULL;
}

/* Borrowed, like the next one. */
PYAPI PyObject *PyMethod_Function(PyObject *meth)
{
    PyMethodObject *op = checked(meth);
    return op ? op->im_func : NULL;
}

PYAPI PyObject *PyMethod_Self(PyObject *meth)
{
    PyMethodObject *op = checked(meth);
    return op ? op->im_self : NULL;
}
