/* PyIter_..., PyAIter_... */
#include "core/mooring.h"

PYAPI int PyIter_Check(PyObject *iter)
{
    return Py_TYPE(iter)->tp_iternext && Py_TYPE(iter)->tp_iternext != _PyObject_NextNotImplemented;
}

PYAPI int PyAIter_Check(PyObject *o)
{
    PyAsyncMethods *methods = Py_TYPE(o)->tp_as_async;
    return methods && methods->am_anext && methods->am_anext != _PyObject_NextNotImplemented;
}

/* NULL at the end: then without an error. */
static PyObject *next(PyObject *iter)
{
    PyObject *item = Py_TYPE(iter)->tp_iternext(iter);
    if (!item && PyErr_Occurred() && PyErr_ExceptionMatches(PyExc_StopIteration))
        PyErr_Clear();
    return item;
}

PYAPI PyObject *PyIter_Next(PyObject *iter)
{
    return m_c_slot(Py_TYPE(iter), tp_iternext) ? next(iter) : vm_iter_next(iter);
}

PYAPI PySendResult PyIter_Send(PyObject *iter, PyObject *arg, PyObject **presult)
{
    PyAsyncMethods *methods = Py_TYPE(iter)->tp_as_async;
    if (methods && methods->am_send)
        return methods->am_send(iter, arg, presult);
    PyObject *sent = vm_iter_send(iter, arg);           /* (item,) or (None, returned value) */
    *presult = NULL;
    if (!sent)
        return PYGEN_ERROR;
    Py_ssize_t n = PyTuple_GET_SIZE(sent);
    *presult = PyTuple_GET_ITEM(sent, n - 1);
    Py_INCREF(*presult);
    Py_DECREF(sent);
    return n == 1 ? PYGEN_NEXT : PYGEN_RETURN;
}
