"""PyByteArray_..."""

import pytest

CODE = r"""
    @EXPORT(make_some, METH_NOARGS)
    static PyObject *make_some(PyObject *self, PyObject *ignored)
    {
        PyObject *room = PyByteArray_FromStringAndSize(NULL, 3);
        memcpy(PyByteArray_AS_STRING(room), "xyz", 3);
        return Py_BuildValue("(NNN)", PyByteArray_FromStringAndSize("a\0b", 3), room, PyByteArray_FromStringAndSize(NULL, 0));
    }
    @EXPORT(convert, METH_O)
    static PyObject *convert(PyObject *self, PyObject *x) { return PyByteArray_FromObject(x); }
    @EXPORT(concat, METH_VARARGS)
    static PyObject *concat(PyObject *self, PyObject *args)
    {
        PyObject *a, *b;
        if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
        return PyByteArray_Concat(a, b);
    }
    @EXPORT(resize, METH_VARARGS)
    static PyObject *resize(PyObject *self, PyObject *args)
    {
        PyObject *a; Py_ssize_t n, i, old;
        if (!PyArg_ParseTuple(args, "On", &a, &n)) return NULL;
        old = PyByteArray_GET_SIZE(a);
        if (PyByteArray_Resize(a, n) < 0) return NULL;
        for (i = old; i < n; i++) PyByteArray_AS_STRING(a)[i] = '.';
        return PyLong_FromSsize_t(PyByteArray_Size(a));
    }
    @EXPORT(upper, METH_O)
    static PyObject *upper(PyObject *self, PyObject *a)
    {
        char *p = PyByteArray_AsString(a); Py_ssize_t i, n = PyByteArray_Size(a);
        for (i = 0; i < n; i++) if (p[i] >= 'a' && p[i] <= 'z') p[i] -= 32;
        if (p != PyByteArray_AS_STRING(a) || p[n]) return PyErr_Format(PyExc_AssertionError, "no stable memory or no zero");
        Py_RETURN_NONE;
    }
    @EXPORT(check, METH_O)
    static PyObject *check(PyObject *self, PyObject *a) { return Py_BuildValue("(ii)", PyByteArray_Check(a), PyByteArray_CheckExact(a)); }
"""


class Array(bytearray):
    pass


def test_make(make):
    mod = make(CODE)
    assert mod.make_some() == (bytearray(b"a\0b"), bytearray(b"xyz"), bytearray())
    assert all(type(x) is bytearray for x in mod.make_some())
    for x in (b"abc", bytearray(b"abc"), memoryview(b"abc"), [97, 98, 99]):
        result = mod.convert(x)
        assert result == bytearray(b"abc") and type(result) is bytearray and result is not x
    with pytest.raises(TypeError):
        mod.convert("abc")
    assert mod.check(bytearray()) == (1, 1) and mod.check(Array()) == (1, 0) and mod.check(b"") == (0, 0)


def test_memory(make):
    mod = make(CODE)
    for data in (b"", b"a", b"abc", b"abc" * 100):
        for kind in (bytearray, Array):
            a = kind(data)
            mod.upper(a)
            assert a == data.upper()
            a += b"more"
            mod.upper(a)
            assert a == data.upper() + b"MORE"


def test_resize(make):
    mod = make(CODE)
    a = bytearray(b"abc")
    for n in (5, 2, 0, 100, 100, 3000, 1):
        before = bytes(a)
        assert mod.resize(a, n) == n
        assert a == (before + b"." * 3000)[:n]


def test_concat(make):
    mod = make(CODE)
    for a in (b"ab", bytearray(b"ab"), memoryview(b"ab")):
        result = mod.concat(a, bytearray(b"cd"))
        assert result == bytearray(b"abcd") and type(result) is bytearray
    with pytest.raises(TypeError, match="can't concat str to bytearray"):
        mod.concat(bytearray(b"a"), "b")


def test_size_macro(make):
    mod = make(r"""
        @EXPORT(size, METH_O)
        static PyObject *size(PyObject *self, PyObject *x) { return PyLong_FromSsize_t(Py_SIZE(x)); }
    """)

    class Derived(bytearray):
        pass

    assert mod.size(bytearray(b"abcd")) == 4
    assert mod.size(Derived(b"abc")) == 3
