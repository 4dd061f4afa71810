/* The exception being handled: PyErr_GetExcInfo() and its kin.  It belongs to the VM frame of the C function that runs; in
   a thread without VM frames it lives here. */
#include "core/mooring.h"

PYAPI PyObject *PyErr_GetHandledException(void)
{
    MThread *t = &m_tls;
    if (t->exc_value) {
        Py_INCREF(t->exc_value);
        return t->exc_value;
    }
    if (t->unhandled == m_epoch)        /* asked already: each `try` of Cython does */
        return NULL;
    PyObject *type = t->err_type, *value = t->err_value, *tb = t->err_tb;
    t->err_type = t->err_value = t->err_tb = NULL;
    PyObject *handled = vm_handled();
    if (!handled && !t->err_type)
        t->unhandled = m_epoch;
    m_set_error(type, value, tb);
    return handled;
}

PYAPI void PyErr_SetHandledException(PyObject *exc)
{
    MThread *t = &m_tls;
    PyObject *type = t->err_type, *value = t->err_value, *tb = t->err_tb;
    t->err_type = t->err_value = t->err_tb = NULL;
    int kept_by_vm = vm_set_handled(exc);
    t->unhandled = 0;
    m_set_error(type, value, tb);
    PyObject *old = t->exc_value;
    t->exc_value = kept_by_vm == 1 || exc == Py_None ? NULL : exc;
    Py_XINCREF(t->exc_value);
    Py_XDECREF(old);
}

PYAPI void PyErr_GetExcInfo(PyObject **ptype, PyObject **pvalue, PyObject **ptraceback)
{
    PyObject *value = PyErr_GetHandledException();
    PyObject *type = value ? (PyObject *)Py_TYPE(value) : Py_None;
    PyObject *tb = value ? PyException_GetTraceback(value) : NULL;
    Py_INCREF(type);
    if (!tb) {
        tb = Py_None;
        Py_INCREF(tb);
    }
    *ptype = type;
    *pvalue = value;
    *ptraceback = tb;
}

/* Steals all three; type and traceback are those of the value. */
PYAPI void PyErr_SetExcInfo(PyObject *type, PyObject *value, PyObject *traceback)
{
    PyErr_SetHandledException(value);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(traceback);
}

PYAPI void _PyErr_GetExcInfo(PyThreadState *tstate, PyObject **ptype, PyObject **pvalue, PyObject **ptraceback)
{
    (void)tstate;
    PyErr_GetExcInfo(ptype, pvalue, ptraceback);
}

PYAPI PyObject *_PyErr_GetHandledException(PyThreadState *tstate)
{
    (void)tstate;
    return PyErr_GetHandledException();
}

PYAPI void _PyErr_SetHandledException(PyThreadState *tstate, PyObject *exc)
{
    (void)tstate;
    PyErr_SetHandledException(exc);
}
