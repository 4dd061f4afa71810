/* PyErr_...: the error indicator.  It lives in C; formatting is in err_format.c. */
#include "core/mooring.h"

PYAPI PyObject *PyErr_Occurred(void)
{
    return m_tls.err_type;
}

PYAPI void PyErr_Restore(PyObject *type, PyObject *value, PyObject *traceback)
{
    m_set_error(type, value, traceback);                     /* steals all three */
}

/* The indicator's traceback is that of its exception unless C code set another: it is only looked up here. */
PYAPI void PyErr_Fetch(PyObject **ptype, PyObject **pvalue, PyObject **ptraceback)
{
    MThread *t = &m_tls;
    PyObject *type = t->err_type, *value = t->err_value, *tb = t->err_tb;
    t->err_type = t->err_value = t->err_tb = NULL;
    m_show_error(value);
    if (type && !tb && value && PyExceptionInstance_Check(value)) {
        tb = vm_traceback_of(value);
        PyErr_Clear();
    }
    *ptype = type;
    *pvalue = value;
    *ptraceback = tb;
}

PYAPI void PyErr_Clear(void)
{
    if (m_tls.err_type)
        m_set_error(NULL, NULL, NULL);
}

PYAPI void PyErr_SetObject(PyObject *type, PyObject *value)
{
    if (unlikely(type && !PyExceptionClass_Check(type))) {
        PyErr_Format(PyExc_SystemError, "_PyErr_SetObject: exception %R is not a BaseException subclass", type);
        return;
    }
    Py_XINCREF(type);
    Py_XINCREF(value);
    m_set_error(type, value, NULL);     /* the VM sets __context__ when the exception reaches it */
}

PYAPI void PyErr_SetNone(PyObject *type)
{
    PyErr_SetObject(type, NULL);
}

PYAPI void PyErr_SetString(PyObject *type, const char *message)
{
    PyObject *value = PyUnicode_FromString(message);
    if (!value)
        return;
    PyErr_SetObject(type, value);
    Py_DECREF(value);
}

PYAPI int PyErr_GivenExceptionMatches(PyObject *given, PyObject *exc)
{
    if (!given || !exc)
        return 0;
    if (PyTuple_Check(exc)) {
        for (Py_ssize_t i = 0; i < PyTuple_GET_SIZE(exc); i++)
            if (PyErr_GivenExceptionMatches(given, PyTuple_GET_ITEM(exc, i)))
                return 1;
        return 0;
    }
    if (PyExceptionInstance_Check(given))
        given = (PyObject *)Py_TYPE(given);
    if (PyExceptionClass_Check(given) && PyExceptionClass_Check(exc))
        return PyType_IsSubtype((PyTypeObject *)given, (PyTypeObject *)exc);
    return given == exc;
}

PYAPI int PyErr_ExceptionMatches(PyObject *exc)
{
    return PyErr_GivenExceptionMatches(m_tls.err_type, exc);
}

PYAPI void PyErr_NormalizeException(PyObject **exc, PyObject **val, PyObject **tb)
{
    PyObject *type = *exc, *value = *val;
    if (!type)
        return;
    if (value && PyExceptionInstance_Check(value) && PyExceptionClass_Check(type)
        && PyType_IsSubtype(Py_TYPE(value), (PyTypeObject *)type)) {
        if ((PyObject *)Py_TYPE(value) != type) {
            Py_INCREF(Py_TYPE(value));
            *exc = (PyObject *)Py_TYPE(value);
            Py_DECREF(type);
        }
        return;
    }
    PyObject *made = vm_normalize(type, value, tb ? *tb : NULL);
    if (!made)                          /* the constructor failed: its own error is the exception */
        PyErr_Fetch(exc, &made, tb);
    else {
        Py_INCREF(Py_TYPE(made));
        *exc = (PyObject *)Py_TYPE(made);
        Py_DECREF(type);
    }
    *val = made;
    Py_XDECREF(value);
}

/* The pending exception as an instance with its traceback, which is taken out of the indicator; NULL if there is none. */
PyObject *m_take_error(void)
{
    PyObject *type, *value, *tb;
    PyErr_Fetch(&type, &value, &tb);
    if (!type)
        return NULL;
    PyErr_NormalizeException(&type, &value, &tb);
    if (tb && value)
        PyException_SetTraceback(value, tb);
    Py_XDECREF(type);
    Py_XDECREF(tb);
    return value;
}
