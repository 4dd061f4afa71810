/* PyObject_Call() and its many kin; call.c has the roads. */
#include "core/mooring.h"

#define MOST 32                         /* arguments of a ...ObjArgs call that need no allocation */

static int no_callable(PyObject *callable)
{
    if (likely(callable != NULL))
        return 0;
    if (!m_tls.err_type)
        PyErr_SetString(PyExc_SystemError, "null argument to internal routine");
    return 1;
}

PYAPI PyObject *PyObject_Call(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    if (!PyTuple_Check(args)) {
        PyErr_SetString(PyExc_TypeError, "argument list must be a tuple");
        return NULL;
    }
    return m_call_tuple(callable, args, kwargs);
}

PYAPI PyObject *PyObject_CallObject(PyObject *callable, PyObject *args)
{
    if (!args)
        return m_call(callable, NULL, 0, NULL);
    return PyObject_Call(callable, args, NULL);
}

PYAPI PyObject *PyObject_CallNoArgs(PyObject *func)
{
    return m_call(func, NULL, 0, NULL);
}

PYAPI PyObject *PyObject_CallOneArg(PyObject *func, PyObject *arg)
{
    return m_call(func, &arg, 1, NULL);
}

PYAPI PyObject *PyObject_Vectorcall(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return m_call(callable, args, (size_t)PyVectorcall_NARGS(nargsf), kwnames);
}

PYAPI PyObject *PyObject_VectorcallDict(PyObject *callable, PyObject *const *args, size_t nargsf, PyObject *kwargs)
{
    return m_call_dict(callable, args, (size_t)PyVectorcall_NARGS(nargsf), kwargs);
}

PYAPI PyObject *PyObject_VectorcallMethod(PyObject *name, PyObject *const *args, size_t nargsf, PyObject *kwnames)
{
    return m_call_method(name, args, (size_t)PyVectorcall_NARGS(nargsf), kwnames);
}

PYAPI PyObject *_PyObject_FastCall(PyObject *func, PyObject *const *args, Py_ssize_t nargs)
{
    return m_call(func, args, (size_t)nargs, NULL);
}

PYAPI PyObject *_PyObject_MakeTpCall(PyThreadState *tstate, PyObject *callable, PyObject *const *args, Py_ssize_t nargs, PyObject *keywords)
{
    (void)tstate;
    if (!keywords || PyTuple_Check(keywords))
        return m_call(callable, args, (size_t)nargs, keywords);
    return m_call_dict(callable, args, (size_t)nargs, keywords);
}

/* ---- arguments up to NULL ---------------------------------------------------------------------------------------------- */

/* Put `first` (if any) and the arguments up to NULL into `few` or allocated memory; NULL with an error. */
static PyObject **collect(PyObject **few, PyObject *first, va_list va, size_t *n)
{
    va_list again;
    size_t count = first != NULL;
    va_copy(again, va);
    while (va_arg(again, PyObject *))
        count++;
    va_end(again);
    PyObject **all = count <= MOST ? few : PyMem_Malloc(count * sizeof(PyObject *));
    if (!all)
        return (PyObject **)PyErr_NoMemory();
    *n = count;
    size_t i = 0;
    if (first)
        all[i++] = first;
    while (i < count)
        all[i++] = va_arg(va, PyObject *);
    return all;
}

PYAPI PyObject *PyObject_CallFunctionObjArgs(PyObject *callable, ...)
{
    PyObject *few[MOST];
    size_t n;
    va_list va;
    if (no_callable(callable))
        return NULL;
    va_start(va, callable);
    PyObject **all = collect(few, NULL, va, &n);
    va_end(va);
    PyObject *r = all ? m_call(callable, all, n, NULL) : NULL;
    if (all != few)
        PyMem_Free(all);
    return r;
}

static PyObject *method_with(PyObject *obj, PyObject *name, va_list va)
{
    PyObject *few[MOST];
    size_t n;
    if (!obj || !name) {
        no_callable(NULL);
        return NULL;
    }
    PyObject **all = collect(few, obj, va, &n);
    PyObject *r = all ? m_call_method(name, all, n, NULL) : NULL;
    if (all != few)
        PyMem_Free(all);
    return r;
}

PYAPI PyObject *PyObject_CallMethodObjArgs(PyObject *obj, PyObject *name, ...)
{
    va_list va;
    va_start(va, name);
    PyObject *r = method_with(obj, name, va);
    va_end(va);
    return r;
}

PYAPI PyObject *_PyObject_CallMethodIdObjArgs(PyObject *obj, _Py_Identifier *name, ...)
{
    va_list va;
    va_start(va, name);
    PyObject *r = method_with(obj, m_name(name->string), va);
    va_end(va);
    return r;
}

/* ---- arguments by format -------------------------------------------------------------------------------------------------- */

typedef PyObject *(*build_f)(const char *, va_list);

/* New references in `*args`, an allocated array, and their number; -1 with an error.  One tuple alone is the arguments. */
static Py_ssize_t build(const char *format, va_list va, build_f make, PyObject **tuple)
{
    *tuple = NULL;
    if (!format || !*format)
        return 0;
    PyObject *made = make(format, va);
    if (!made)
        return -1;
    if (!PyTuple_Check(made)) {
        PyObject *one = PyTuple_New(1);
        if (!one) {
            Py_DECREF(made);
            return -1;
        }
        PyTuple_SET_ITEM(one, 0, made);
        made = one;
    }
    *tuple = made;
    return PyTuple_GET_SIZE(made);
}

static PyObject *call_format(PyObject *callable, const char *format, va_list va, build_f make)
{
    PyObject *tuple, *r;
    if (no_callable(callable))
        return NULL;
    if (build(format, va, make, &tuple) < 0)
        return NULL;
    r = tuple ? m_call(callable, ((PyTupleObject *)tuple)->ob_item, (size_t)PyTuple_GET_SIZE(tuple), NULL) : m_call(callable, NULL, 0, NULL);
    Py_XDECREF(tuple);
    return r;
}

static PyObject *method_format(PyObject *obj, PyObject *name, const char *format, va_list va, build_f make)
{
    PyObject *few[MOST], **all = few, *tuple, *r;
    if (!obj || !name) {
        no_callable(NULL);
        return NULL;
    }
    Py_INCREF(name);
    Py_ssize_t n = build(format, va, make, &tuple);
    if (n < 0) {
        Py_DECREF(name);
        return NULL;
    }
    if (n >= MOST)
        all = PyMem_Malloc((size_t)(n + 1) * sizeof(PyObject *));
    if (all) {
        all[0] = obj;
        if (n)
            memcpy(all + 1, ((PyTupleObject *)tuple)->ob_item, (size_t)n * sizeof(PyObject *));
        r = m_call_method(name, all, (size_t)n + 1, NULL);
    } else
        r = PyErr_NoMemory();
    if (all != few)
        PyMem_Free(all);
    Py_XDECREF(tuple);
    Py_DECREF(name);
    return r;
}

#define FORMATTED(last, call) \
    va_list va; \
    va_start(va, last); \
    PyObject *r = call; \
    va_end(va); \
    return r;

PYAPI PyObject *PyObject_CallFunction(PyObject *callable, const char *format, ...)
{
    FORMATTED(format, call_format(callable, format, va, Py_VaBuildValue))
}

PYAPI PyObject *_PyObject_CallFunction_SizeT(PyObject *callable, const char *format, ...)
{
    FORMATTED(format, call_format(callable, format, va, _Py_VaBuildValue_SizeT))
}

PYAPI PyObject *PyObject_CallMethod(PyObject *obj, const char *name, const char *format, ...)
{
    FORMATTED(format, method_format(obj, m_name(name), format, va, Py_VaBuildValue))
}

PYAPI PyObject *_PyObject_CallMethod_SizeT(PyObject *obj, const char *name, const char *format, ...)
{
    FORMATTED(format, method_format(obj, m_name(name), format, va, _Py_VaBuildValue_SizeT))
}

PYAPI PyObject *_PyObject_CallMethod(PyObject *obj, PyObject *name, const char *format, ...)
{
    FORMATTED(format, method_format(obj, name, format, va, Py_VaBuildValue))
}

PYAPI PyObject *_PyObject_CallMethodId(PyObject *obj, _Py_Identifier *name, const char *format, ...)
{
    FORMATTED(format, method_format(obj, m_name(name->string), format, va, Py_VaBuildValue))
}

PYAPI PyObject *_PyObject_CallMethodId_SizeT(PyObject *obj, _Py_Identifier *name, const char *format, ...)
{
    FORMATTED(format, method_format(obj, m_name(name->string), format, va, _Py_VaBuildValue_SizeT))
}
