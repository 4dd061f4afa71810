"""PyMapping_..."""

import types

import pytest

SOURCE = r"""
    #define SAY(call) Py_ssize_t r = (call); if (r < 0) return NULL; return PyLong_FromSsize_t(r);
    @EXPORT(check, METH_O)
    static PyObject *check(PyObject *self, PyObject *o) { return PyLong_FromLong(PyMapping_Check(o)); }
    @EXPORT(size, METH_O)
    static PyObject *size(PyObject *self, PyObject *o) { SAY(PyMapping_Size(o)) }
    @EXPORT(get, METH_VARARGS)
    static PyObject *get(PyObject *self, PyObject *args)
    {
        PyObject *o; const char *k;
        if (!PyArg_ParseTuple(args, "Os", &o, &k)) return NULL;
        return PyMapping_GetItemString(o, k);
    }
    @EXPORT(set, METH_VARARGS)
    static PyObject *set(PyObject *self, PyObject *args)
    {
        PyObject *o, *v = NULL; const char *k;
        if (!PyArg_ParseTuple(args, "Os|O", &o, &k, &v)) return NULL;
        SAY(v ? PyMapping_SetItemString(o, k, v) : PyMapping_DelItemString(o, k))
    }
    @EXPORT(has, METH_VARARGS)
    static PyObject *has(PyObject *self, PyObject *args)
    {
        PyObject *o, *k;
        if (!PyArg_ParseTuple(args, "OO", &o, &k)) return NULL;
        SAY(PyMapping_HasKey(o, k))
    }
    @EXPORT(has_string, METH_VARARGS)
    static PyObject *has_string(PyObject *self, PyObject *args)
    {
        PyObject *o; const char *k;
        if (!PyArg_ParseTuple(args, "Os", &o, &k)) return NULL;
        SAY(PyMapping_HasKeyString(o, k))
    }
    @EXPORT(keys, METH_O)
    static PyObject *keys(PyObject *self, PyObject *o) { return PyMapping_Keys(o); }
    @EXPORT(values, METH_O)
    static PyObject *values(PyObject *self, PyObject *o) { return PyMapping_Values(o); }
    @EXPORT(items, METH_O)
    static PyObject *items(PyObject *self, PyObject *o) { return PyMapping_Items(o); }
"""


class Own:
    def __getitem__(self, key):
        if key != "a":
            raise ValueError(key)
        return 7

    def __len__(self):
        return 1

    def keys(self):
        return iter(["a"])

    def values(self):
        return 5


def test_mappings(make):
    mod = make(SOURCE)
    d = {"a": 7}
    for o in (d, types.MappingProxyType(d), Own()):
        assert mod.check(o) == 1 and mod.size(o) == 1 and mod.get(o, "a") == 7 and mod.has(o, "a") == 1
        assert mod.has_string(o, "a") == 1 and mod.has_string(o, "b") == 0 and mod.has(o, []) == 0
        assert mod.keys(o) == ["a"]
    assert mod.values(d) == [7] and mod.items(d) == [("a", 7)]
    mod.set(d, "b", 8)
    mod.set(d, "a")
    assert d == {"b": 8}
    assert mod.check([]) == 1 and mod.check("") == 1 and mod.check(5) == 0 and mod.check({1}) == 0


def test_errors(make):
    mod = make(SOURCE)
    with pytest.raises(KeyError):
        mod.get({}, "a")
    with pytest.raises(ValueError):
        mod.get(Own(), "b")
    with pytest.raises(TypeError, match=r"object of type 'int' has no len\(\)"):
        mod.size(5)
    with pytest.raises(TypeError, match="set is not a mapping"):
        mod.size({1})
    with pytest.raises(AttributeError):
        mod.keys([])
    with pytest.raises(TypeError, match=r"Own.values\(\) returned a non-iterable \(type int\)"):
        mod.values(Own())
