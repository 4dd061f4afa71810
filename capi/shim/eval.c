/* PyEval_...: calls, code, what the nearest Python frame sees. */
#include "core/mooring.h"

PYAPI PyObject *PyEval_GetBuiltins(void)
{
    static PyObject *builtins;          /* one reference for good */
    if (!builtins)
        builtins = vm_builtins();
    return builtins;
}

PYAPI PyObject *_PyEval_GetBuiltin(PyObject *name)
{
    PyObject *builtins = PyEval_GetBuiltins(), *value = builtins ? PyObject_GetItem(builtins, name) : NULL;
    if (!value && PyErr_ExceptionMatches(PyExc_KeyError))
        PyErr_SetObject(PyExc_AttributeError, name);
    return value;
}

PYAPI PyObject *_PyEval_GetBuiltinId(_Py_Identifier *name)
{
    PyObject *text = _PyUnicode_FromId(name);       /* borrowed */
    return text ? _PyEval_GetBuiltin(text) : NULL;
}

/* ---- calls ------------------------------------------------------------------------------------------------------- */

PYAPI PyObject *PyEval_CallObjectWithKeywords(PyObject *callable, PyObject *args, PyObject *kwargs)
{
    if (args && !PyTuple_Check(args)) {
        PyErr_SetString(PyExc_TypeError, "argument list must be a tuple");
        return NULL;
    }
    if (kwargs && !PyDict_Check(kwargs)) {
        PyErr_SetString(PyExc_TypeError, "keyword list must be a dictionary");
        return NULL;
    }
    return PyObject_Call(callable, args ? args : m_empty_tuple(), kwargs);
}

static PyObject *call_built(PyObject *callable, const char *format, va_list va)
{
    PyObject *args = Py_VaBuildValue(format, va), *r = NULL;
    if (args && !PyTuple_Check(args)) {
        PyObject *one = PyTuple_Pack(1, args);
        Py_DECREF(args);
        args = one;
    }
    if (args)
        r = PyObject_Call(callable, args, NULL);
    Py_XDECREF(args);
    return r;
}

PYAPI PyObject *PyEval_CallFunction(PyObject *callable, const char *format, ...)
{
    va_list va;
    va_start(va, format);
    PyObject *r = call_built(callable, format, va);
    va_end(va);
    return r;
}

PYAPI PyObject *PyEval_CallMethod(PyObject *obj, const char *name, const char *format, ...)
{
    PyObject *callable = PyObject_GetAttrString(obj, name);
    if (!callable)
        return NULL;
    va_list va;
    va_start(va, format);
    PyObject *r = call_built(callable, format, va);
    va_end(va);
    Py_DECREF(callable);
    return r;
}

/* ---- code ----------------------------------------------------------------------------------------------------------- */

static PyObject *tuple_of(PyObject *const *items, int n, int stride)
{
    PyObject *tuple = PyTuple_New(n);
    for (int i = 0; tuple && i < n; i++) {
        Py_INCREF(items[i * stride]);
        PyTuple_SET_ITEM(tuple, i, items[i * stride]);
    }
    return tuple;
}

PYAPI PyObject *PyEval_EvalCodeEx(PyObject *co, PyObject *globals, PyObject *locals, PyObject *const *args, int argc,
                                  PyObject *const *kwds, int kwdc, PyObject *const *defs, int defc, PyObject *kwdefs,
                                  PyObject *closure)
{
    PyObject *r = NULL, *positional = tuple_of(args, argc, 1), *defaults = tuple_of(defs, defc, 1);
    PyObject *names = tuple_of(kwds, kwdc, 2), *values = tuple_of(kwds ? kwds + 1 : NULL, kwdc, 2);
    if (positional && defaults && names && values)
        r = vm_eval_code(co, globals, locals, positional, names, values, defaults, kwdefs, closure);
    Py_XDECREF(positional);
    Py_XDECREF(defaults);
    Py_XDECREF(names);
    Py_XDECREF(values);
    return r;
}

PYAPI int PyEval_MergeCompilerFlags(PyCompilerFlags *cf)
{
    int flags = vm_frame_flags();
    if (flags > 0)
        cf->cf_flags |= flags & PyCF_MASK;
    return cf->cf_flags != 0;
}

/* ---- names -------------------------------------------------------------------------------------------------------------- */

PYAPI const char *PyEval_GetFuncName(PyObject *func)
{
    PyObject *name = vm_function_name(func);
    if (!name)
        PyErr_Clear();
    else if (name != Py_None)
        return PyUnicode_AsUTF8(m_borrow(func, -1, name));
    Py_XDECREF(name);
    return Py_TYPE(func)->tp_name;
}

PYAPI const char *PyEval_GetFuncDesc(PyObject *func)
{
    PyObject *name = vm_function_name(func);
    int known = name && name != Py_None;
    if (!name)
        PyErr_Clear();
    Py_XDECREF(name);
    return known ? "()" : " object";
}

/* ---- slices --------------------------------------------------------------------------------------------------------------- */

PYAPI int _PyEval_SliceIndexNotNone(PyObject *v, Py_ssize_t *pi)
{
    if (!PyIndex_Check(v)) {
        PyErr_SetString(PyExc_TypeError, "slice indices must be integers or have an __index__ method");
        return 0;
    }
    Py_ssize_t i = PyNumber_AsSsize_t(v, NULL);
    if (i == -1 && PyErr_Occurred())
        return 0;
    *pi = i;
    return 1;
}

PYAPI int _PyEval_SliceIndex(PyObject *v, Py_ssize_t *pi)
{
    if (v == Py_None)
        return 1;
    if (!PyIndex_Check(v)) {
        PyErr_SetString(PyExc_TypeError, "slice indices must be integers or None or have an __index__ method");
        return 0;
    }
    return _PyEval_SliceIndexNotNone(v, pi);
}
