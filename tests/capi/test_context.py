"""PyContext_... and PyContextVar_...."""

import contextvars

import pytest

SOURCE = r"""
    @EXPORT(new, METH_VARARGS)
    static PyObject *new(PyObject *self, PyObject *args)
    {
        const char *name; PyObject *value = NULL;
        if (!PyArg_ParseTuple(args, "s|O", &name, &value)) return NULL;
        return PyContextVar_New(name, value);
    }
    @EXPORT(get, METH_VARARGS)
    static PyObject *get(PyObject *self, PyObject *args)
    {
        PyObject *var, *other = NULL, *value;
        if (!PyArg_ParseTuple(args, "O|O", &var, &other)) return NULL;
        if (PyContextVar_Get(var, other, &value) < 0) return NULL;
        return value ? value : Py_NewRef(Py_Ellipsis);
    }
    @EXPORT(set, METH_VARARGS)
    static PyObject *set(PyObject *self, PyObject *args)
    {
        PyObject *var, *value;
        if (!PyArg_ParseTuple(args, "OO", &var, &value)) return NULL;
        return PyContextVar_Set(var, value);
    }
    @EXPORT(reset, METH_VARARGS)
    static PyObject *reset(PyObject *self, PyObject *args)
    {
        PyObject *var, *token;
        if (!PyArg_ParseTuple(args, "OO", &var, &token)) return NULL;
        if (PyContextVar_Reset(var, token) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(within, METH_VARARGS)
    static PyObject *within(PyObject *self, PyObject *args)
    {
        PyObject *context, *callable;
        if (!PyArg_ParseTuple(args, "OO", &context, &callable)) return NULL;
        if (PyContext_Enter(context) < 0) return NULL;
        PyObject *r = PyObject_CallNoArgs(callable);
        if (PyContext_Exit(context) < 0) { Py_XDECREF(r); return NULL; }
        return r;
    }
    @EXPORT(current, METH_NOARGS)
    static PyObject *current(PyObject *self, PyObject *unused) { return PyContext_CopyCurrent(); }
"""


def test_variables(make):
    mod = make(SOURCE)
    var, with_default = mod.new("var"), mod.new("other", 5)
    assert isinstance(var, contextvars.ContextVar) and var.name == "var"
    assert mod.get(var) is ... and mod.get(var, 3) == 3
    assert mod.get(with_default) == 5 and mod.get(with_default, 7) == 7
    token = mod.set(var, 1)
    assert var.get() == 1 == mod.get(var)
    mod.reset(var, token)
    assert mod.get(var) is ...
    with pytest.raises(TypeError):
        mod.get(3)


def test_contexts(make):
    mod = make(SOURCE)
    var = mod.new("var")
    context = mod.current()
    mod.within(context, lambda: var.set(9))
    assert mod.get(var) is ... and context[var] == 9
    assert mod.within(context, var.get) == 9
    with pytest.raises(RuntimeError, match="already entered"):
        mod.within(context, lambda: mod.within(context, int))
    assert mod.get(var) is ...
