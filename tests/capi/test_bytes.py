"""PyBytes_..."""

import pytest


def test_make_and_read(make):
    mod = make(r"""
        @EXPORT(make_some, METH_NOARGS)
        static PyObject *make_some(PyObject *self, PyObject *ignored)
        {
            PyObject *room = PyBytes_FromStringAndSize(NULL, 3);
            memcpy(PyBytes_AS_STRING(room), "xyz", 3);
            return Py_BuildValue("(NNNNN)", PyBytes_FromString(""), PyBytes_FromString("a"), PyBytes_FromStringAndSize("a\0b", 3), room,
                                 PyBytes_FromStringAndSize(NULL, 0));
        }
        @EXPORT(read, METH_O)
        static PyObject *read_(PyObject *self, PyObject *b)
        {
            char *p = PyBytes_AsString(b), *q; Py_ssize_t n;
            if (!p || PyBytes_AsStringAndSize(b, &q, &n) < 0 || p != q) return NULL;
            if (p[n]) return PyErr_Format(PyExc_AssertionError, "no zero at the end");
            return Py_BuildValue("(Nn)", PyBytes_FromStringAndSize(p, n), PyBytes_Size(b));
        }
        @EXPORT(size, METH_O)
        static PyObject *size(PyObject *self, PyObject *b)
        {
            Py_ssize_t n = PyBytes_Size(b);
            return n < 0 ? NULL : PyLong_FromSsize_t(n);
        }
        @EXPORT(c_string, METH_O)
        static PyObject *c_string(PyObject *self, PyObject *b)
        {
            char *p;
            return PyBytes_AsStringAndSize(b, &p, NULL) < 0 ? NULL : PyBytes_FromString(p);
        }
        @EXPORT(negative, METH_NOARGS)
        static PyObject *negative(PyObject *self, PyObject *ignored) { return PyBytes_FromStringAndSize("", -1); }
    """)
    assert mod.make_some() == (b"", b"a", b"a\0b", b"xyz", b"")

    class Bytes(bytes):
        pass

    for b in (b"", b"a", b"a\0b", bytes(range(256)) * 10, Bytes(b"abc")):
        assert mod.read(b) == (b, len(b))
    assert mod.c_string(b"abc") == b"abc"
    with pytest.raises(ValueError, match="embedded null byte"):
        mod.c_string(b"a\0b")
    for f in (mod.read, mod.size, mod.c_string):
        for wrong, name in (("abc", "str"), (bytearray(b"a"), "bytearray"), (None, "NoneType")):
            with pytest.raises(TypeError, match=f"expected bytes, {name} found"):
                f(wrong)
    with pytest.raises(SystemError, match="Negative size passed to PyBytes_FromStringAndSize"):
        mod.negative()


def test_resize_and_concat(make):
    mod = make(r"""
        @EXPORT(resize, METH_VARARGS)
        static PyObject *resize(PyObject *self, PyObject *args)
        {
            const char *s; Py_ssize_t n, size, i;
            if (!PyArg_ParseTuple(args, "y#n", &s, &n, &size)) return NULL;
            PyObject *b = PyBytes_FromStringAndSize(NULL, n);
            memcpy(PyBytes_AS_STRING(b), s, n);
            if (_PyBytes_Resize(&b, size) < 0) return NULL;
            for (i = n; i < size; i++) PyBytes_AS_STRING(b)[i] = '.';
            if (PyBytes_AS_STRING(b)[size]) return PyErr_Format(PyExc_AssertionError, "no zero at the end");
            return b;
        }
        @EXPORT(shared, METH_O)
        static PyObject *shared(PyObject *self, PyObject *b)
        {
            Py_INCREF(b);
            if (_PyBytes_Resize(&b, 1) < 0) return b ? PyErr_Format(PyExc_AssertionError, "not cleared") : NULL;
            return b;
        }
        @EXPORT(concat, METH_VARARGS)
        static PyObject *concat(PyObject *self, PyObject *args)
        {
            PyObject *a, *b;
            if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
            Py_INCREF(a);
            PyBytes_Concat(&a, b);
            return a;
        }
        @EXPORT(build, METH_VARARGS)
        static PyObject *build(PyObject *self, PyObject *args)
        {
            const char *s; int n, i;
            if (!PyArg_ParseTuple(args, "yi", &s, &n)) return NULL;
            PyObject *b = PyBytes_FromString("");
            for (i = 0; i < n; i++) PyBytes_ConcatAndDel(&b, PyBytes_FromString(s));
            return b;
        }
    """)
    for data in (b"ab", b"abc" * 100):
        for n in (0, 1, 2, 5, 200, 3000):
            assert mod.resize(data, n) == (data + b"." * n)[:max(n, 0)] if n > len(data) else data[:n] == mod.resize(data, n)
    with pytest.raises(SystemError):
        mod.shared(b"some bytes")
    for a in (b"", b"a", b"abc" * 50):
        for b in (b"", b"z", b"xyz" * 50, bytearray(b"q"), memoryview(b"mv")):
            assert mod.concat(a, b) == a + bytes(b)
    assert mod.build(b"abc", 1000) == b"abc" * 1000
    with pytest.raises(TypeError, match="can't concat str to bytes"):
        mod.concat(b"a", "b")


def test_from_object(make):
    mod = make(r"""
        @EXPORT(convert, METH_O)
        static PyObject *convert(PyObject *self, PyObject *x) { return PyBytes_FromObject(x); }
    """)
    b = b"some bytes"
    assert mod.convert(b) is b
    for x in (bytearray(b"abc"), memoryview(b"abc"), [97, 98, 99], (97, 98, 99), iter([97, 98, 99])):
        result = mod.convert(x)
        assert result == b"abc" and type(result) is bytes
    for wrong, name in (("abc", "str"), (3, "int"), (None, "NoneType")):
        with pytest.raises(TypeError, match=f"cannot convert '{name}' object to bytes"):
            mod.convert(wrong)
    with pytest.raises(ValueError, match=r"bytes must be in range\(0, 256\)"):
        mod.convert([256])


def test_join_and_escapes(make):
    mod = make(r"""
        @EXPORT(join, METH_VARARGS)
        static PyObject *join(PyObject *self, PyObject *args)
        {
            PyObject *sep, *x;
            if (!PyArg_ParseTuple(args, "OO", &sep, &x)) return NULL;
            return _PyBytes_Join(sep, x);
        }
        @EXPORT(unescape, METH_VARARGS)
        static PyObject *unescape(PyObject *self, PyObject *args)
        {
            const char *s; Py_ssize_t n;
            if (!PyArg_ParseTuple(args, "y#", &s, &n)) return NULL;
            return PyBytes_DecodeEscape(s, n, NULL, 0, NULL);
        }
        @EXPORT(shown, METH_VARARGS)
        static PyObject *shown(PyObject *self, PyObject *args)
        {
            PyObject *b; int smart;
            if (!PyArg_ParseTuple(args, "Oi", &b, &smart)) return NULL;
            return PyBytes_Repr(b, smart);
        }
    """)
    parts = [b"", b"a", b"bcd", b"\0\xff"]
    for sep in (b"", b",", b"--"):
        for kind in (list, tuple, iter):
            assert mod.join(sep, kind(parts)) == sep.join(parts)
    assert mod.join(b",", []) == b"" and mod.join(b",", [b"a", bytearray(b"b")]) == b"a,b"
    with pytest.raises(TypeError, match="sequence item 1: expected a bytes-like object, str found"):
        mod.join(b",", [b"a", "b"])
    assert mod.unescape(rb"a\n\x41\101") == b"a\nAA"
    with pytest.raises(ValueError, match="invalid \\\\x escape at position 0"):
        mod.unescape(rb"\x4")
    for b in (b"abc", b"it's", b'"', b"'\"", b"\0\xff\n"):
        assert mod.shown(b, 1) == repr(b)
    assert mod.shown(b"it's", 0) == "b'it\\'s'"


def test_identity(make):
    mod = make(r"""
        static PyObject *kept;
        @EXPORT(keep, METH_O)
        static PyObject *keep(PyObject *self, PyObject *b)
        {
            Py_INCREF(b);
            Py_XSETREF(kept, b);
            Py_RETURN_NONE;
        }
        @EXPORT(give, METH_NOARGS)
        static PyObject *give(PyObject *self, PyObject *ignored)
        {
            PyObject *b = kept;
            kept = NULL;
            return b;
        }
    """)
    for x in (bytes(bytearray(b"bytes that C keeps")), "a str that C keeps" + str(len("x")), "été €" + str(len("x"))):
        mod.keep(x)
        assert mod.give() is x
