"""PyCapsule_..."""

import sys
import types

import pytest

CAPSULE = r"""
    static int treasure = 42, gone;
    static void destroy(PyObject *capsule) { gone += PyCapsule_GetPointer(capsule, "mod.treasure") == &treasure; }
    @EXPORT(new, METH_NOARGS)
    static PyObject *new(PyObject *self, PyObject *ignored) { return PyCapsule_New(&treasure, "mod.treasure", destroy); }
    @EXPORT(look, METH_VARARGS)
    static PyObject *look(PyObject *self, PyObject *args)
    {
        PyObject *o; const char *name;
        if (!PyArg_ParseTuple(args, "Oz", &o, &name)) return NULL;
        int *p = PyCapsule_GetPointer(o, name);
        return p ? PyLong_FromLong(*p) : NULL;
    }
    @EXPORT(valid, METH_O)
    static PyObject *valid(PyObject *self, PyObject *o)
    {
        return Py_BuildValue("iii", PyCapsule_CheckExact(o), PyCapsule_IsValid(o, "mod.treasure"), PyCapsule_IsValid(o, "other"));
    }
    @EXPORT(fetch, METH_O)
    static PyObject *fetch(PyObject *self, PyObject *path)
    {
        int *p = PyCapsule_Import(PyUnicode_AsUTF8(path), 0);
        return p ? PyLong_FromLong(*p) : NULL;
    }
    @EXPORT(context, METH_O)
    static PyObject *context(PyObject *self, PyObject *o)
    {
        if (PyCapsule_SetContext(o, &gone) < 0 || PyCapsule_SetName(o, "renamed") < 0) return NULL;
        int same = PyCapsule_GetContext(o) == &gone && !strcmp(PyCapsule_GetName(o), "renamed") && PyCapsule_GetDestructor(o) == destroy;
        if (PyCapsule_SetName(o, "mod.treasure") < 0) return NULL;
        return PyBool_FromLong(same);
    }
    @EXPORT(destroyed, METH_NOARGS)
    static PyObject *destroyed(PyObject *self, PyObject *ignored) { return PyLong_FromLong(gone); }
"""


def test_capsule(make):
    mod = make(CAPSULE)
    c = mod.new()
    assert type(c).__name__ == "PyCapsule"
    assert repr(c).startswith('<capsule object "mod.treasure" at 0x')
    assert mod.look(c, "mod.treasure") == 42
    assert mod.valid(c) == (1, 1, 0) and mod.valid(3) == (0, 0, 0)
    assert mod.context(c) is True
    with pytest.raises(ValueError, match="PyCapsule_GetPointer called with incorrect name"):
        mod.look(c, "other")
    with pytest.raises(ValueError, match="PyCapsule_GetPointer called with invalid PyCapsule object"):
        mod.look("x", None)


def test_import(make):
    mod = make(CAPSULE)
    sys.modules["mod"] = types.ModuleType("mod")
    try:
        sys.modules["mod"].treasure = mod.new()
        assert mod.fetch("mod.treasure") == 42
        sys.modules["mod"].other = mod.new()
        with pytest.raises(AttributeError, match='PyCapsule_Import "mod.other" is not valid'):
            mod.fetch("mod.other")
    finally:
        del sys.modules["mod"]


def test_destructor(make):
    import gc
    mod = make(CAPSULE)
    gc.collect()
    before = mod.destroyed()
    for _ in range(5):
        mod.new()
    gc.collect()
    gc.collect()
    assert mod.destroyed() >= before + 5
