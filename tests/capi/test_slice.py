"""PySlice_..."""

import sys

import pytest

SOURCE = r"""
    @EXPORT(new, METH_VARARGS)
    static PyObject *new(PyObject *self, PyObject *args)
    {
        PyObject *a = NULL, *b = NULL, *c = NULL;
        if (!PyArg_ParseTuple(args, "|OOO", &a, &b, &c)) return NULL;
        return PySlice_New(a, b, c);
    }
    @EXPORT(parts, METH_O)
    static PyObject *parts(PyObject *self, PyObject *s)
    {
        if (!PySlice_Check(s)) Py_RETURN_NONE;
        PySliceObject *v = (PySliceObject *)s;
        return PyTuple_Pack(3, v->start, v->stop, v->step);
    }
    @EXPORT(unpack, METH_O)
    static PyObject *unpack(PyObject *self, PyObject *s)
    {
        Py_ssize_t a, b, c;
        if (PySlice_Unpack(s, &a, &b, &c) < 0) return NULL;
        return Py_BuildValue("nnn", a, b, c);
    }
    @EXPORT(indices, METH_VARARGS)
    static PyObject *indices(PyObject *self, PyObject *args)
    {
        PyObject *s; Py_ssize_t n, a, b, c, length;
        if (!PyArg_ParseTuple(args, "On", &s, &n)) return NULL;
        if (PySlice_GetIndicesEx(s, n, &a, &b, &c, &length) < 0) return NULL;
        return Py_BuildValue("nnnn", a, b, c, length);
    }
    @EXPORT(old, METH_VARARGS)
    static PyObject *old(PyObject *self, PyObject *args)
    {
        PyObject *s; Py_ssize_t n, a, b, c;
        if (!PyArg_ParseTuple(args, "On", &s, &n)) return NULL;
        if (PySlice_GetIndices(s, n, &a, &b, &c) < 0) { PyErr_Clear(); Py_RETURN_NONE; }
        return Py_BuildValue("nnn", a, b, c);
    }
    @EXPORT(adjust, METH_VARARGS)
    static PyObject *adjust(PyObject *self, PyObject *args)
    {
        Py_ssize_t n, a, b, c;
        if (!PyArg_ParseTuple(args, "nnnn", &n, &a, &b, &c)) return NULL;
        Py_ssize_t length = PySlice_AdjustIndices(n, &a, &b, c);
        return Py_BuildValue("nnn", length, a, b);
    }
"""


class Index:
    def __index__(self):
        return 3


def test_new(make):
    mod = make(SOURCE)
    x = object()
    assert mod.new() == slice(None, None, None) and mod.new(1, 2, 3) == slice(1, 2, 3) and mod.new("a", x) == slice("a", x)
    assert mod.parts(slice(1, x, "c")) == (1, x, "c") and mod.parts(slice(5)) == (None, 5, None)
    assert mod.parts(5) is None


def test_indices(make):
    mod = make(SOURCE)
    values = [None, 0, 1, 3, 5, 9, -1, -4, -9]
    for n in (0, 1, 5):
        for s in [slice(a, b, c) for a in values for b in values for c in (None, 1, 2, -1, -3)]:
            wanted = s.indices(n)
            assert mod.indices(s, n) == (*wanted, len(range(*wanted)))
    assert mod.indices(slice(Index(), None), 9) == (3, 9, 1, 6)
    assert mod.adjust(10, -3, 99, 1) == (3, 7, 10)


def test_extremes(make):
    mod = make(SOURCE)
    most = sys.maxsize
    assert mod.unpack(slice(None)) == (0, most, 1)
    assert mod.unpack(slice(None, None, -1)) == (most, -most - 1, -1)
    assert mod.unpack(slice(-1 << 100, 1 << 100, -1 << 100)) == (-most - 1, most, -most)


def test_errors(make):
    mod = make(SOURCE)
    with pytest.raises(ValueError, match="slice step cannot be zero"):
        mod.unpack(slice(0, 1, 0))
    for s in (slice("a"), slice(1.5, 2), slice(0, 1, "c")):
        with pytest.raises(TypeError, match="slice indices must be integers or None or have an __index__ method"):
            mod.unpack(s)


def test_the_old_way(make):
    mod = make(SOURCE)
    assert mod.old(slice(None), 5) == (0, 5, 1) and mod.old(slice(-2, None, -1), 5) == (3, -1, -1)
    assert mod.old(slice(9), 5) is None and mod.old(slice("a"), 5) is None and mod.old(slice(0, 1, 0), 5) is None
