"""PyDict_..."""

import gc
import types
from collections import OrderedDict

import pytest

BASICS = r"""
    #define TWO(a, b) PyObject *a, *b; if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
    #define DONE(call) if ((call) < 0) return NULL; Py_RETURN_NONE;
    #define SAY(call) int r = (call); if (r < 0) return NULL; return PyLong_FromLong(r);
    #define LENT(call) PyObject *r = (call); if (!r) { if (PyErr_Occurred()) return NULL; Py_RETURN_NOTIMPLEMENTED; } Py_INCREF(r); return r;
    @EXPORT(get, METH_VARARGS)
    static PyObject *get(PyObject *self, PyObject *args) { TWO(d, k) LENT(PyDict_GetItem(d, k)) }
    @EXPORT(get_with_error, METH_VARARGS)
    static PyObject *get_with_error(PyObject *self, PyObject *args) { TWO(d, k) LENT(PyDict_GetItemWithError(d, k)) }
    @EXPORT(get_string, METH_VARARGS)
    static PyObject *get_string(PyObject *self, PyObject *args)
    {
        PyObject *d; const char *k;
        if (!PyArg_ParseTuple(args, "Os", &d, &k)) return NULL;
        LENT(PyDict_GetItemString(d, k))
    }
    @EXPORT(set, METH_VARARGS)
    static PyObject *set(PyObject *self, PyObject *args)
    {
        PyObject *d, *k, *v;
        if (!PyArg_ParseTuple(args, "OOO", &d, &k, &v)) return NULL;
        DONE(PyDict_SetItem(d, k, v))
    }
    @EXPORT(set_string, METH_VARARGS)
    static PyObject *set_string(PyObject *self, PyObject *args)
    {
        PyObject *d, *v; const char *k;
        if (!PyArg_ParseTuple(args, "OsO", &d, &k, &v)) return NULL;
        DONE(PyDict_SetItemString(d, k, v))
    }
    @EXPORT(setdefault, METH_VARARGS)
    static PyObject *setdefault(PyObject *self, PyObject *args)
    {
        PyObject *d, *k, *v;
        if (!PyArg_ParseTuple(args, "OOO", &d, &k, &v)) return NULL;
        LENT(PyDict_SetDefault(d, k, v))
    }
    @EXPORT(delete, METH_VARARGS)
    static PyObject *delete(PyObject *self, PyObject *args) { TWO(d, k) DONE(PyDict_DelItem(d, k)) }
    @EXPORT(delete_string, METH_VARARGS)
    static PyObject *delete_string(PyObject *self, PyObject *args)
    {
        PyObject *d; const char *k;
        if (!PyArg_ParseTuple(args, "Os", &d, &k)) return NULL;
        DONE(PyDict_DelItemString(d, k))
    }
    @EXPORT(contains, METH_VARARGS)
    static PyObject *contains(PyObject *self, PyObject *args) { TWO(d, k) SAY(PyDict_Contains(d, k)) }
    @EXPORT(size, METH_O)
    static PyObject *size(PyObject *self, PyObject *d) { SAY((int)PyDict_Size(d)) }
    @EXPORT(clear, METH_O)
    static PyObject *clear(PyObject *self, PyObject *d) { PyDict_Clear(d); Py_RETURN_NONE; }
    @EXPORT(keys, METH_O)
    static PyObject *keys(PyObject *self, PyObject *d) { return PyDict_Keys(d); }
    @EXPORT(values, METH_O)
    static PyObject *values(PyObject *self, PyObject *d) { return PyDict_Values(d); }
    @EXPORT(items, METH_O)
    static PyObject *items(PyObject *self, PyObject *d) { return PyDict_Items(d); }
    @EXPORT(copy, METH_O)
    static PyObject *copy(PyObject *self, PyObject *d) { return PyDict_Copy(d); }
    @EXPORT(update, METH_VARARGS)
    static PyObject *update(PyObject *self, PyObject *args) { TWO(d, o) DONE(PyDict_Update(d, o)) }
    @EXPORT(merge, METH_VARARGS)
    static PyObject *merge(PyObject *self, PyObject *args)
    {
        PyObject *d, *o; int over;
        if (!PyArg_ParseTuple(args, "OOi", &d, &o, &over)) return NULL;
        DONE(PyDict_Merge(d, o, over))
    }
    @EXPORT(pairs, METH_VARARGS)
    static PyObject *pairs(PyObject *self, PyObject *args)
    {
        PyObject *d, *o; int over;
        if (!PyArg_ParseTuple(args, "OOi", &d, &o, &over)) return NULL;
        DONE(PyDict_MergeFromSeq2(d, o, over))
    }
    @EXPORT(pop, METH_VARARGS)
    static PyObject *pop(PyObject *self, PyObject *args)
    {
        PyObject *d, *k, *v = NULL;
        if (!PyArg_ParseTuple(args, "OO|O", &d, &k, &v)) return NULL;
        return _PyDict_Pop(d, k, v);
    }
    @EXPORT(proxy, METH_O)
    static PyObject *proxy(PyObject *self, PyObject *d) { return PyDictProxy_New(d); }
"""


class Loud(dict):
    def __getitem__(self, key):
        raise AssertionError

    __setitem__ = __delitem__ = __contains__ = __getitem__


class Unhashable:
    __hash__ = None


def test_get_and_set(make):
    mod = make(BASICS)
    x = object()
    for d in ({}, Loud()):
        mod.set(d, "a", x)
        mod.set(d, 5, 2.5)
        mod.set(d, x, "obj")
        mod.set_string(d, "b\u00e9", 1 << 80)
        assert dict(d.items()) == {"a": x, 5: 2.5, x: "obj", "b\u00e9": 1 << 80}
        for get in (mod.get, mod.get_with_error):
            assert get(d, "a") is x and get(d, 5) == 2.5 and get(d, x) == "obj" and get(d, "none") is NotImplemented
        assert mod.get_string(d, "a") is x and mod.get_string(d, "b\u00e9") == 1 << 80
        assert mod.get_string(d, "none") is NotImplemented
        assert mod.contains(d, "a") and not mod.contains(d, "none") and mod.size(d) == 4
        mod.set(d, "a", 1)
        assert mod.get(d, "a") == 1 == mod.get_string(d, "a")
        assert mod.setdefault(d, "a", 2) == 1 and mod.setdefault(d, "n", x) is x
        mod.delete(d, "n")
        mod.delete_string(d, "a")
        assert mod.pop(d, 5) == 2.5 and mod.pop(d, 5, 7) == 7
        assert mod.keys(d) == [x, "b\u00e9"] and mod.values(d) == ["obj", 1 << 80]
        assert mod.items(d) == [(x, "obj"), ("b\u00e9", 1 << 80)]
        mod.clear(d)
        assert mod.size(d) == 0


def test_errors(make):
    mod = make(BASICS)
    d = {}
    for call in (mod.delete, mod.pop):
        with pytest.raises(KeyError):
            call(d, "none")
    with pytest.raises(KeyError):
        mod.delete_string(d, "none")
    for call in (mod.get_with_error, mod.contains, mod.delete):
        with pytest.raises(TypeError):
            call(d, Unhashable())
    with pytest.raises(TypeError):
        mod.set(d, [], 1)
    assert mod.get(d, Unhashable()) is NotImplemented
    assert mod.get([], 1) is NotImplemented
    for call in (mod.size, mod.keys, mod.copy, lambda o: mod.set(o, 1, 1), lambda o: mod.get_with_error(o, 1)):
        with pytest.raises(SystemError):
            call([])


def test_copies_and_merges(make):
    mod = make(BASICS)
    d = {"a": 1, 2: "b"}
    copy = mod.copy(d)
    assert copy == d and copy is not d and type(mod.copy(OrderedDict(d))) is dict
    mod.update(d, {"a": 5, "c": 6})
    assert d == {"a": 5, 2: "b", "c": 6}
    mod.merge(d, {"a": 7, "d": 8}, 0)
    assert d == {"a": 5, 2: "b", "c": 6, "d": 8}
    mod.merge(d, types.MappingProxyType({"a": 9}), 1)
    assert d["a"] == 9
    mod.pairs(d, [("a", 0), ["z", 1]], 0)
    assert d["a"] == 9 and d["z"] == 1
    mod.pairs(d, [("a", 0)], 1)
    assert d["a"] == 0
    with pytest.raises(ValueError, match="dictionary update sequence element #1 has length 3; 2 is required"):
        mod.pairs(d, [(1, 2), (1, 2, 3)], 1)
    with pytest.raises(AttributeError):
        mod.update(d, [("a", 1)])
    proxy = mod.proxy(d)
    assert type(proxy) is types.MappingProxyType and proxy["a"] == 0


NEXT = r"""
    @EXPORT(walk, METH_O)
    static PyObject *walk(PyObject *self, PyObject *d)
    {
        PyObject *k, *v, *out = PyList_New(0);
        Py_ssize_t pos = 0;
        while (PyDict_Next(d, &pos, &k, &v)) {
            PyObject *t = PyTuple_Pack(2, k, v);
            if (!t || PyList_Append(out, t) < 0) return NULL;
            Py_DECREF(t);
        }
        return out;
    }
    @EXPORT(replace, METH_O)
    static PyObject *replace(PyObject *self, PyObject *d)
    {
        PyObject *k, *v;
        Py_ssize_t pos = 0;
        while (PyDict_Next(d, &pos, &k, &v)) {
            PyObject *n = PyLong_FromLong(PyLong_AsLong(v) + 1);
            int r = n ? PyDict_SetItem(d, k, n) : -1;
            Py_XDECREF(n);
            if (r < 0) return NULL;
        }
        Py_RETURN_NONE;
    }
    @EXPORT(total, METH_VARARGS | METH_KEYWORDS)
    static PyObject *total(PyObject *self, PyObject *args, PyObject *kw)
    {
        PyObject *v;
        Py_ssize_t pos = 0;
        long sum = 0;
        while (kw && PyDict_Next(kw, &pos, NULL, &v)) sum += PyLong_AsLong(v);
        return PyLong_FromLong(sum);
    }
    @EXPORT(product, METH_O)
    static PyObject *product(PyObject *self, PyObject *d)
    {
        PyObject *a, *b;
        Py_ssize_t i = 0, j, n = 0;
        while (PyDict_Next(d, &i, &a, NULL)) {
            j = 0;
            while (PyDict_Next(d, &j, &b, NULL)) n++;
            if (n > 1000) break;
        }
        return PyLong_FromSsize_t(n);
    }
"""


@pytest.mark.parametrize("n", [0, 1, 15, 16, 17, 100, 5000])
def test_next(make, n):
    mod = make(NEXT)
    for d in ({i: i + 1000 for i in range(n)}, {str(i): i / 3 for i in range(n)}, {(i, "k"): object() for i in range(n)},
              Loud((i, [i]) for i in range(n))):
        assert mod.walk(d) == list(d.items())
        assert mod.walk(d) == list(d.items())
    d = {f"k{i}": i for i in range(n)}
    mod.replace(d)
    assert d == {f"k{i}": i + 1 for i in range(n)}


def test_next_on_other_things(make):
    mod = make(NEXT)
    assert mod.walk([1, 2]) == []
    assert mod.total(a=1, b=2, c=1000) == 1003 and mod.total() == 0
    assert mod.product({1: 1, 2: 2, 3: 3}) == 3 * 3


def test_born_in_c(make):
    mod = make(r"""
        @EXPORT(build, METH_O)
        static PyObject *build(PyObject *self, PyObject *x)
        {
            PyObject *d = PyDict_New(), *k, *v;
            if (!d) return NULL;
            for (long i = 0; i < 3; i++) {
                k = PyLong_FromLong(i);
                v = PyFloat_FromDouble(i / 2.0);
                if (PyDict_SetItem(d, k, v) < 0) return NULL;
                Py_DECREF(k);
                Py_DECREF(v);
            }
            if (PyDict_SetItemString(d, "x", x) < 0) return NULL;
            if (PyDict_GetItemString(d, "x") != x || PyDict_GET_SIZE(d) != 4) Py_RETURN_NONE;
            return d;
        }
    """)
    x = object()
    assert mod.build(x) == {0: 0.0, 1: 0.5, 2: 1.0, "x": x}


@pytest.mark.keeps("a class that has crossed is never freed")
def test_next_over_many_instances_with_state(make):
    mod = make(r"""
        typedef struct { PyObject_HEAD long value; } Thing;
        static PyTypeObject ThingType = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "mod.Thing", .tp_basicsize = sizeof(Thing),
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_new = PyType_GenericNew,
        };
        @EXPORT_TYPE("Thing", ThingType)
        @EXPORT(count, METH_O)
        static PyObject *count(PyObject *self, PyObject *dict)
        {
            Py_ssize_t pos = 0;
            PyObject *key, *value;
            long n = 0;
            while (PyDict_Next(dict, &pos, &key, &value))
                n += PyObject_TypeCheck(value, &ThingType);
            return PyLong_FromLong(n);
        }
    """)
    cls = type("Sub", (mod.Thing,), {})             # its instances have state of their own
    for _ in range(5):
        things = {i: cls() for i in range(40)}
        for i, thing in things.items():
            thing.number = i
        assert mod.count(things) == 40
        gc.collect()
        assert [t.number for t in things.values()] == list(range(40))
        assert mod.count(things) == 40
        del things, thing
        gc.collect()
