"""PyObject_...: attributes, text, truth, comparison, items, classes."""

import pickle
import sys
import types

import pytest

OBJECTS = {"repr": "PyObject_Repr(o)", "str": "PyObject_Str(o)", "ascii": "PyObject_ASCII(o)", "bytes": "PyObject_Bytes(o)",
           "type": "PyObject_Type(o)", "iter": "PyObject_GetIter(o)"}
NUMBERS = {"hash": "PyObject_Hash(o)", "truth": "PyObject_IsTrue(o)", "negation": "PyObject_Not(o)", "size": "PyObject_Size(o)",
           "hint": "PyObject_LengthHint(o, 7)", "fd": "PyObject_AsFileDescriptor(o)", "callable": "PyCallable_Check(o)"}
HEAD = "@EXPORT({0}, METH_O)\nstatic PyObject *{0}(PyObject *self, PyObject *o)\n"
UNARY = "".join(HEAD.format(name) + f"{{ return {call}; }}\n" for name, call in OBJECTS.items()) + "".join(
    HEAD.format(name) + f"{{ Py_ssize_t n = {call}; return n == -1 && PyErr_Occurred() ? NULL : PyLong_FromSsize_t(n); }}\n"
    for name, call in NUMBERS.items())


class Odd:
    def __bool__(self):
        raise ValueError("neither")

    __len__ = __hash__ = __iter__ = __repr__ = __str__ = __bool__


VALUES = [None, True, False, 0, 1, -1, 2 ** 61 - 1, 2 ** 61, -2 ** 61, 2 ** 70, 0.0, 1.5, float("inf"), 2j, "", "abc", "\u20ac", b"", b"x", (), (1, 2), [], [3], {},
          {1: 2}, {1, 2}, range(3), int, len]


@pytest.mark.parametrize("value", VALUES, ids=repr)
def test_of_values(make, value):
    mod = make(UNARY)
    assert mod.repr(value) == repr(value)
    assert mod.str(value) == str(value)
    assert mod.ascii(value) == ascii(value)
    assert mod.type(value) is type(value)
    assert mod.truth(value) == bool(value)
    assert mod.negation(value) == (not value)
    assert mod.callable(value) == callable(value)
    if type(value).__hash__:
        assert mod.hash(value) == hash(value)
    else:
        with pytest.raises(TypeError, match="unhashable type"):
            mod.hash(value)
    if hasattr(value, "__len__"):
        assert mod.size(value) == len(value)
    else:
        with pytest.raises(TypeError, match="has no len"):
            mod.size(value)


def test_errors_pass(make):
    mod = make(UNARY)
    for name in ("truth", "negation", "size", "hash", "iter", "repr", "str"):
        with pytest.raises(ValueError, match="neither"):
            getattr(mod, name)(Odd())


def test_bytes_hint_fd(make):
    mod = make(UNARY)
    assert mod.bytes([1, 2]) == b"\1\2"
    for bad in (3, "text"):
        with pytest.raises(TypeError):
            mod.bytes(bad)
    assert mod.hint(iter([1, 2])) == 2
    assert mod.hint(x for x in "") == 7
    assert list(mod.iter([1, 2])) == [1, 2]
    with pytest.raises(TypeError, match="'int' object is not iterable"):
        mod.iter(3)
    assert mod.fd(4) == 4
    with pytest.raises(ValueError, match="negative"):
        mod.fd(-4)
    with pytest.raises(TypeError, match="fileno"):
        mod.fd("x")
    with pytest.raises(OverflowError, match="Python int too large to convert to C int"):
        mod.fd(2**40)


ATTRIBUTES = r"""
    PyAPI_FUNC(int) _PyObject_LookupAttr(PyObject *o, PyObject *name, PyObject **result);
    @EXPORT(get, METH_VARARGS)
    static PyObject *get(PyObject *self, PyObject *args)
    {
        PyObject *o, *name;
        return PyArg_ParseTuple(args, "OO", &o, &name) ? PyObject_GetAttr(o, name) : NULL;
    }
    @EXPORT(get_text, METH_VARARGS)
    static PyObject *get_text(PyObject *self, PyObject *args)
    {
        PyObject *o; const char *name;
        return PyArg_ParseTuple(args, "Os", &o, &name) ? PyObject_GetAttrString(o, name) : NULL;
    }
    @EXPORT(put, METH_VARARGS)
    static PyObject *put(PyObject *self, PyObject *args)
    {
        PyObject *o, *name, *value = NULL;
        if (!PyArg_ParseTuple(args, "OO|O", &o, &name, &value)) return NULL;
        return PyLong_FromLong(value ? PyObject_SetAttr(o, name, value) : PyObject_DelAttr(o, name));
    }
    @EXPORT(put_text, METH_VARARGS)
    static PyObject *put_text(PyObject *self, PyObject *args)
    {
        PyObject *o, *value; const char *name;
        if (!PyArg_ParseTuple(args, "OsO", &o, &name, &value) || PyObject_SetAttrString(o, name, value) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(has, METH_VARARGS)
    static PyObject *has(PyObject *self, PyObject *args)
    {
        PyObject *o, *name;
        if (!PyArg_ParseTuple(args, "OO", &o, &name)) return NULL;
        return Py_BuildValue("ii", PyObject_HasAttr(o, name), PyObject_HasAttrString(o, PyUnicode_AsUTF8(name)));
    }
    @EXPORT(look, METH_VARARGS)
    static PyObject *look(PyObject *self, PyObject *args)
    {
        PyObject *o, *name, *found;
        if (!PyArg_ParseTuple(args, "OO", &o, &name)) return NULL;
        int r = _PyObject_LookupAttr(o, name, &found);
        if (r < 0) return NULL;
        return r ? found : PyUnicode_FromString("absent");
    }
"""


def test_attributes(make):
    mod = make(ATTRIBUTES)

    class Thing:
        @property
        def broken(self):
            raise KeyError("inside")
    thing = Thing()
    mod.put(thing, "x", 5)
    mod.put_text(thing, "y", [6])
    assert (thing.x, thing.y) == (5, [6])
    assert mod.get(thing, "x") == mod.get_text(thing, "x") == 5
    assert mod.get_text(thing, "y") is thing.y
    for _ in range(3):
        assert mod.get(3, "real") == 3
    assert mod.has(thing, "x") == (1, 1)
    assert mod.has(thing, "nothing") == (0, 0)
    assert mod.has(thing, "broken") == (0, 0)
    assert mod.look(thing, "x") == 5
    assert mod.look(thing, "nothing") == "absent"
    with pytest.raises(KeyError):
        mod.look(thing, "broken")
    with pytest.raises(AttributeError, match="'Thing' object has no attribute 'nothing'"):
        mod.get(thing, "nothing")
    with pytest.raises(TypeError, match="attribute name must be string, not 'int'"):
        mod.get(thing, 3)
    mod.put(thing, "x")
    assert not hasattr(thing, "x")


DICTIONARY = r"""
    typedef struct { PyObject_HEAD PyObject *dict; int n; } Holder;
    static PyObject *get_n(PyObject *self, void *closure) { return PyLong_FromLong(((Holder *)self)->n); }
    static int set_n(PyObject *self, PyObject *v, void *closure) { ((Holder *)self)->n = (int)PyLong_AsLong(v); return 0; }
    static PyObject *get_name(PyObject *self, void *closure) { return PyUnicode_FromString((char *)closure); }
    static PyGetSetDef getsets[] = {{"n", get_n, set_n, NULL, NULL}, {"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL},
        {"__name__", get_name, NULL, NULL, "name"}, {"__qualname__", get_name, set_n, NULL, "qualname"},
        {"__doc__", get_name, NULL, NULL, "doc"}, {"__module__", get_name, NULL, NULL, "module"}, {NULL}};
    static int holder_traverse(PyObject *self, visitproc visit, void *arg) { Py_VISIT(((Holder *)self)->dict); return 0; }
    static void holder_dealloc(PyObject *self)
    {
        PyObject_GC_UnTrack(self);
        Py_CLEAR(((Holder *)self)->dict);
        Py_TYPE(self)->tp_free(self);
    }
    static PyTypeObject Holder_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "holding.Holder", .tp_basicsize = sizeof(Holder), .tp_dealloc = holder_dealloc,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_HAVE_GC | Py_TPFLAGS_BASETYPE, .tp_getset = getsets, .tp_new = PyType_GenericNew,
        .tp_dictoffset = offsetof(Holder, dict), .tp_traverse = holder_traverse,
    };
    @EXPORT_TYPE("Holder", Holder_Type)
    @EXPORT(generic_get, METH_VARARGS)
    static PyObject *generic_get(PyObject *self, PyObject *args)
    {
        PyObject *o, *name;
        return PyArg_ParseTuple(args, "OO", &o, &name) ? PyObject_GenericGetAttr(o, name) : NULL;
    }
    @EXPORT(generic_put, METH_VARARGS)
    static PyObject *generic_put(PyObject *self, PyObject *args)
    {
        PyObject *o, *name, *value = NULL;
        if (!PyArg_ParseTuple(args, "OO|O", &o, &name, &value) || PyObject_GenericSetAttr(o, name, value) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(size_in_c, METH_O)
    static PyObject *size_in_c(PyObject *self, PyObject *o)
    {
        PyObject **dict = _PyObject_GetDictPtr(o);
        return PyLong_FromSsize_t(dict && *dict ? PyDict_Size(*dict) : -1);
    }
"""


def test_dictionary_in_the_struct(make):
    mod = make(DICTIONARY)
    holder = mod.Holder()
    assert mod.size_in_c(holder) == -1
    holder.a = 1
    assert mod.size_in_c(holder) == 1
    assert holder.__dict__ == {"a": 1}
    holder.n = 5
    assert holder.n == 5 and mod.size_in_c(holder) == 1
    mod.generic_put(holder, "b", 2)
    assert mod.generic_get(holder, "b") == holder.b == 2
    assert mod.generic_get(holder, "n") == 5
    mod.generic_put(holder, "b")
    assert not hasattr(holder, "b")
    with pytest.raises(AttributeError, match="no attribute 'zzz'"):
        mod.generic_get(holder, "zzz")
    with pytest.raises(AttributeError):
        del holder.zzz
    holder.__dict__ = {"q": 1}
    assert holder.q == 1
    with pytest.raises(TypeError, match="__dict__ must be set to a dictionary, not a 'int'"):
        holder.__dict__ = 3


def test_generic_attributes_of_vm_objects(make):
    mod = make(DICTIONARY)

    class Thing:
        def __getattribute__(self, name):
            return "overridden"
    thing = Thing()
    mod.generic_put(thing, "x", 4)
    assert mod.generic_get(thing, "x") == 4
    assert thing.x == "overridden"


def test_names_that_classes_have_too(make):
    mod = make(DICTIONARY)
    holder = mod.Holder()
    assert (holder.__name__, holder.__qualname__, holder.__doc__, holder.__module__) == ("name", "qualname", "doc", "module")
    assert (mod.Holder.__name__, mod.Holder.__qualname__) == ("Holder", "Holder")
    holder.__qualname__, holder.other = 7, 8
    assert (holder.n, holder.other) == (7, 8)
    with pytest.raises(AttributeError):
        holder.__name__ = 7


def test_classes_of_such_names_are_pickled(make, monkeypatch):
    mod = make(DICTIONARY)
    module = types.ModuleType("holding")
    module.Holder = mod.Holder
    monkeypatch.setitem(sys.modules, "holding", module)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        assert pickle.loads(pickle.dumps(mod.Holder, protocol)) is mod.Holder


COMPARE = r"""
    @EXPORT(compare, METH_VARARGS)
    static PyObject *compare(PyObject *self, PyObject *args)
    {
        PyObject *a, *b; int op;
        return PyArg_ParseTuple(args, "OOi", &a, &b, &op) ? PyObject_RichCompare(a, b, op) : NULL;
    }
    @EXPORT(truth, METH_VARARGS)
    static PyObject *truth(PyObject *self, PyObject *args)
    {
        PyObject *a, *b; int op, r;
        if (!PyArg_ParseTuple(args, "OOi", &a, &b, &op) || (r = PyObject_RichCompareBool(a, b, op)) < 0) return NULL;
        return PyLong_FromLong(r);
    }
    typedef struct { PyObject_HEAD int n; } Number;
    static PyObject *number_compare(PyObject *a, PyObject *b, int op)
    {
        if (!PyLong_Check(b)) Py_RETURN_NOTIMPLEMENTED;
        return PyUnicode_FromFormat("%d", op);
    }
    static PyTypeObject Number_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "compare.Number", .tp_basicsize = sizeof(Number), .tp_flags = Py_TPFLAGS_DEFAULT,
        .tp_new = PyType_GenericNew, .tp_richcompare = number_compare,
    };
    @EXPORT_TYPE("Number", Number_Type)
"""


def test_compare(make):
    import operator
    mod = make(COMPARE)
    operations = [operator.lt, operator.le, operator.eq, operator.ne, operator.gt, operator.ge]
    values = [0, 1, -5, 2 ** 65, 1.5, float("nan"), "a", "b", "\u20ac", b"a", b"b", (1, 2), [1], None]
    for a in values:
        for b in values:
            for op, operation in enumerate(operations):
                try:
                    expected = operation(a, b)
                except TypeError:
                    with pytest.raises(TypeError, match="not supported between instances"):
                        mod.compare(a, b, op)
                else:
                    assert mod.compare(a, b, op) is expected
    nan = [float("nan")]
    assert mod.truth(nan, nan, 2) == 1 and mod.truth(nan, nan, 3) == 0


def test_compare_by_c(make):
    mod = make(COMPARE)
    n = mod.Number()
    assert [mod.compare(n, 1, op) for op in range(6)] == list("012345")
    assert [mod.compare(1, n, op) for op in range(6)] == list("452301"[i] for i in (0, 1, 2, 3, 4, 5))
    assert mod.compare(n, n, 2) is True and mod.compare(n, None, 3) is True
    with pytest.raises(TypeError, match="'<' not supported between instances of 'compare.Number' and 'str'"):
        mod.compare(n, "x", 0)


ITEMS = r"""
    @EXPORT(get, METH_VARARGS)
    static PyObject *get(PyObject *self, PyObject *args)
    {
        PyObject *o, *key;
        return PyArg_ParseTuple(args, "OO", &o, &key) ? PyObject_GetItem(o, key) : NULL;
    }
    @EXPORT(put, METH_VARARGS)
    static PyObject *put(PyObject *self, PyObject *args)
    {
        PyObject *o, *key, *value = NULL;
        if (!PyArg_ParseTuple(args, "OO|O", &o, &key, &value)) return NULL;
        if ((value ? PyObject_SetItem(o, key, value) : PyObject_DelItem(o, key)) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(drop, METH_VARARGS)
    static PyObject *drop(PyObject *self, PyObject *args)
    {
        PyObject *o; const char *key;
        if (!PyArg_ParseTuple(args, "Os", &o, &key) || PyObject_DelItemString(o, key) < 0) return NULL;
        Py_RETURN_NONE;
    }
    @EXPORT(isinstance, METH_VARARGS)
    static PyObject *isinstance(PyObject *self, PyObject *args)
    {
        PyObject *o, *cls; int r;
        if (!PyArg_ParseTuple(args, "OO", &o, &cls) || (r = PyObject_IsInstance(o, cls)) < 0) return NULL;
        return PyBool_FromLong(r);
    }
    @EXPORT(issubclass, METH_VARARGS)
    static PyObject *issubclass(PyObject *self, PyObject *args)
    {
        PyObject *o, *cls; int r;
        if (!PyArg_ParseTuple(args, "OO", &o, &cls) || (r = PyObject_IsSubclass(o, cls)) < 0) return NULL;
        return PyBool_FromLong(r);
    }
    @EXPORT(format, METH_VARARGS)
    static PyObject *format(PyObject *self, PyObject *args)
    {
        PyObject *o, *spec = NULL;
        return PyArg_ParseTuple(args, "O|O", &o, &spec) ? PyObject_Format(o, spec) : NULL;
    }
"""


def test_items(make):
    mod = make(ITEMS)
    assert mod.get((1, 2, 3), -1) == 3
    assert mod.get([1, 2], 1) == 2
    assert mod.get({"a": 1}, "a") == 1
    assert mod.get("abc", slice(1, None)) == "bc"
    with pytest.raises(IndexError, match="tuple index out of range"):
        mod.get((1,), 4)
    with pytest.raises(KeyError):
        mod.get({}, 4)
    with pytest.raises(TypeError, match="not subscriptable"):
        mod.get(4, 4)
    d = {}
    mod.put(d, "k", 1)
    assert d == {"k": 1}
    mod.drop(d, "k")
    assert d == {}
    with pytest.raises(TypeError, match="does not support item assignment"):
        mod.put((), 0, 1)
    with pytest.raises(TypeError, match="support item deletion"):
        mod.put((), 0)


def test_classes(make):
    import collections.abc
    mod = make(ITEMS)

    class Base:
        pass

    class Derived(Base):
        pass

    class Liar:
        @property
        def __class__(self):
            return Base
    for o in (1, "x", None, Derived(), Liar(), [], int, Derived, True):
        for cls in (int, object, str, Base, Derived, type, (str, int), (), (str, (Base,)), collections.abc.Sized, bool):
            assert mod.isinstance(o, cls) is isinstance(o, cls), (o, cls)
    for derived in (int, bool, Derived, list, object):
        for cls in (int, object, Base, (str, int), collections.abc.Sized):
            assert mod.issubclass(derived, cls) is issubclass(derived, cls)
    with pytest.raises(TypeError, match="arg 2 must be"):
        mod.isinstance(3, 3)
    with pytest.raises(TypeError, match="arg 1 must be a class"):
        mod.issubclass(3, int)


def test_format(make):
    mod = make(ITEMS)
    assert mod.format(3.14159, ".2f") == "3.14"
    assert mod.format(3) == "3"
