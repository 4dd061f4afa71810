"""PyTuple_..."""

from collections import namedtuple

import pytest

pair = namedtuple("pair", "a b")


def test_new_is_empty_of_items(make):
    mod = make(r"""
        @EXPORT(build, METH_NOARGS)
        static PyObject *build(PyObject *self, PyObject *ignored)
        {
            PyObject *t = PyTuple_New(3);
            if (!t) return NULL;
            if (PyTuple_GET_ITEM(t, 0) || PyTuple_GetItem(t, 2)) Py_RETURN_FALSE;
            PyTuple_SET_ITEM(t, 0, PyLong_FromLong(1));
            if (PyTuple_SetItem(t, 1, PyUnicode_FromString("b")) < 0) return NULL;
            if (PyTuple_SetItem(t, 2, PyFloat_FromDouble(2.5)) < 0) return NULL;
            if (PyTuple_SetItem(t, 2, PyFloat_FromDouble(3.5)) < 0) return NULL;
            return t;
        }
    """)
    assert mod.build() == (1, "b", 3.5)


def test_pack_and_slice(make):
    mod = make(r"""
        @EXPORT(twice, METH_O)
        static PyObject *twice(PyObject *self, PyObject *x)
        {
            return PyTuple_Pack(2, x, x);
        }
        @EXPORT(cut, METH_VARARGS)
        static PyObject *cut(PyObject *self, PyObject *args)
        {
            PyObject *t; Py_ssize_t low, high;
            if (!PyArg_ParseTuple(args, "Onn", &t, &low, &high)) return NULL;
            return PyTuple_GetSlice(t, low, high);
        }
    """)
    x = object()
    assert mod.twice(x) == (x, x)
    t = (1, 2.5, "x", None)
    for low, high in [(0, 4), (1, 3), (-5, 2), (2, 99), (3, 1), (9, 12)]:
        assert mod.cut(t, low, high) == t[max(low, 0):max(high, 0)]
    assert mod.cut(t, 0, 99) is t
    with pytest.raises(SystemError):
        mod.cut([1], 0, 1)


def test_items_of_the_vms_tuples(make):
    mod = make(r"""
        @EXPORT(size, METH_O)
        static PyObject *size(PyObject *self, PyObject *t)
        {
            Py_ssize_t n = PyTuple_Size(t);
            return n < 0 ? NULL : PyLong_FromSsize_t(n);
        }
        @EXPORT(item, METH_VARARGS)
        static PyObject *item(PyObject *self, PyObject *args)
        {
            PyObject *t; Py_ssize_t i;
            if (!PyArg_ParseTuple(args, "On", &t, &i)) return NULL;
            PyObject *x = PyTuple_GetItem(t, i);
            Py_XINCREF(x);
            return x;
        }
    """)
    assert mod.size(()) == 0 and mod.size((1, 2)) == 2 and mod.size(pair(1, 2)) == 2
    big, x = 1 << 100, object()
    t = (1, 2.5, "s", b"b", big, x, None, (1, (2,)), [3])
    for i, value in enumerate(t):
        assert mod.item(t, i) == value
    assert mod.item(t, 5) is x and mod.item(t, 8) is t[8] and mod.item(pair(x, 1), 0) is x
    with pytest.raises(IndexError, match="^tuple index out of range$"):
        mod.item(t, 9)
    with pytest.raises(IndexError):
        mod.item(t, -1)
    with pytest.raises(SystemError):
        mod.size([1])


def test_set_item_refuses(make):
    mod = make(r"""
        @EXPORT(shared, METH_O)
        static PyObject *shared(PyObject *self, PyObject *t)
        {
            Py_INCREF(t);
            int r = PyTuple_SetItem(t, 0, PyLong_FromLong(7));
            Py_DECREF(t);
            if (r < 0) return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(beyond, METH_NOARGS)
        static PyObject *beyond(PyObject *self, PyObject *ignored)
        {
            PyObject *t = PyTuple_New(1);
            int r = PyTuple_SetItem(t, 1, PyLong_FromLong(7));
            Py_DECREF(t);
            if (r < 0) return NULL;
            Py_RETURN_NONE;
        }
        @EXPORT(negative, METH_NOARGS)
        static PyObject *negative(PyObject *self, PyObject *ignored)
        {
            return PyTuple_New(-1);
        }
    """)
    t = (1, 2)
    with pytest.raises(SystemError):
        mod.shared(t)
    assert t == (1, 2)
    with pytest.raises(IndexError, match="tuple assignment index out of range"):
        mod.beyond()
    with pytest.raises(SystemError):
        mod.negative()


def test_resize(make):
    mod = make(r"""
        @EXPORT(upto, METH_VARARGS)
        static PyObject *upto(PyObject *self, PyObject *args)
        {
            Py_ssize_t first, then;
            if (!PyArg_ParseTuple(args, "nn", &first, &then)) return NULL;
            PyObject *t = PyTuple_New(first);
            if (!t) return NULL;
            for (Py_ssize_t i = 0; i < first; i++) PyTuple_SET_ITEM(t, i, PyLong_FromSsize_t(i + 1000));
            if (_PyTuple_Resize(&t, then) < 0) return NULL;
            for (Py_ssize_t i = first; i < then; i++) {
                if (PyTuple_GET_ITEM(t, i)) Py_RETURN_NONE;
                PyTuple_SET_ITEM(t, i, PyLong_FromSsize_t(i + 1000));
            }
            return t;
        }
    """)
    for first, then in [(3, 3), (3, 1), (2, 20), (0, 2), (0, 0), (20, 0)]:
        assert mod.upto(first, then) == tuple(range(1000, 1000 + then))


def test_one_tuple_reused_in_place(make):
    """An iterator of pairs fills its last tuple anew if nobody else has it; the VM counts as somebody."""
    mod = make(r"""
        static PyObject *last;
        @EXPORT(pair, METH_O)
        static PyObject *pair(PyObject *self, PyObject *x)
        {
            if (last && Py_REFCNT(last) == 1) {
                PyObject *old = PyTuple_GET_ITEM(last, 1);
                PyTuple_SET_ITEM(last, 1, Py_NewRef(x));
                Py_DECREF(old);
                return Py_NewRef(last);
            }
            PyObject *new = PyTuple_Pack(2, x, x);
            if (!new) return NULL;
            Py_XSETREF(last, new);
            return Py_NewRef(last);
        }
        @EXPORT(drop, METH_NOARGS)
        static PyObject *drop(PyObject *self, PyObject *unused) { Py_CLEAR(last); Py_RETURN_NONE; }
    """)
    names = [f"n{i}" for i in range(20)]
    assert [b for a, b in [mod.pair(name) for name in names]] == names
    mod.drop()
