"""PySequence_..."""

from collections import deque

import pytest

SOURCE = r"""
    #define TWO(a, b) PyObject *a, *b; if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
    #define SAY(call) Py_ssize_t r = (call); if (r < 0) return NULL; return PyLong_FromSsize_t(r);
    @EXPORT(check, METH_O)
    static PyObject *check(PyObject *self, PyObject *o) { return PyLong_FromLong(PySequence_Check(o)); }
    @EXPORT(size, METH_O)
    static PyObject *size(PyObject *self, PyObject *o) { SAY(PySequence_Size(o)) }
    @EXPORT(item, METH_VARARGS)
    static PyObject *item(PyObject *self, PyObject *args)
    {
        PyObject *o; Py_ssize_t i;
        if (!PyArg_ParseTuple(args, "On", &o, &i)) return NULL;
        return PySequence_GetItem(o, i);
    }
    @EXPORT(set, METH_VARARGS)
    static PyObject *set(PyObject *self, PyObject *args)
    {
        PyObject *o, *v = NULL; Py_ssize_t i;
        if (!PyArg_ParseTuple(args, "On|O", &o, &i, &v)) return NULL;
        SAY(v ? PySequence_SetItem(o, i, v) : PySequence_DelItem(o, i))
    }
    @EXPORT(slice, METH_VARARGS)
    static PyObject *slice(PyObject *self, PyObject *args)
    {
        PyObject *o; Py_ssize_t i, j;
        if (!PyArg_ParseTuple(args, "Onn", &o, &i, &j)) return NULL;
        return PySequence_GetSlice(o, i, j);
    }
    @EXPORT(set_slice, METH_VARARGS)
    static PyObject *set_slice(PyObject *self, PyObject *args)
    {
        PyObject *o, *v = NULL; Py_ssize_t i, j;
        if (!PyArg_ParseTuple(args, "Onn|O", &o, &i, &j, &v)) return NULL;
        SAY(v ? PySequence_SetSlice(o, i, j, v) : PySequence_DelSlice(o, i, j))
    }
    @EXPORT(concat, METH_VARARGS)
    static PyObject *concat(PyObject *self, PyObject *args) { TWO(a, b) return PySequence_Concat(a, b); }
    @EXPORT(iconcat, METH_VARARGS)
    static PyObject *iconcat(PyObject *self, PyObject *args) { TWO(a, b) return PySequence_InPlaceConcat(a, b); }
    @EXPORT(repeat, METH_VARARGS)
    static PyObject *repeat(PyObject *self, PyObject *args)
    {
        PyObject *o; Py_ssize_t n;
        if (!PyArg_ParseTuple(args, "On", &o, &n)) return NULL;
        return PySequence_Repeat(o, n);
    }
    @EXPORT(irepeat, METH_VARARGS)
    static PyObject *irepeat(PyObject *self, PyObject *args)
    {
        PyObject *o; Py_ssize_t n;
        if (!PyArg_ParseTuple(args, "On", &o, &n)) return NULL;
        return PySequence_InPlaceRepeat(o, n);
    }
    @EXPORT(contains, METH_VARARGS)
    static PyObject *contains(PyObject *self, PyObject *args) { TWO(o, x) SAY(PySequence_Contains(o, x)) }
    @EXPORT(count, METH_VARARGS)
    static PyObject *count(PyObject *self, PyObject *args) { TWO(o, x) SAY(PySequence_Count(o, x)) }
    @EXPORT(find, METH_VARARGS)
    static PyObject *find(PyObject *self, PyObject *args) { TWO(o, x) SAY(PySequence_Index(o, x)) }
    @EXPORT(tuple, METH_O)
    static PyObject *tuple(PyObject *self, PyObject *o) { return PySequence_Tuple(o); }
    @EXPORT(list, METH_O)
    static PyObject *list(PyObject *self, PyObject *o) { return PySequence_List(o); }
    @EXPORT(fast, METH_O)
    static PyObject *fast(PyObject *self, PyObject *o) { return PySequence_Fast(o, "not iterable, sorry"); }
"""


class Own:
    def __getitem__(self, i):
        if i >= 3:
            raise IndexError
        return i * 10


def test_reading(make):
    mod = make(SOURCE)
    x = object()
    for o in ((1, x, "c"), [1, x, "c"], deque([1, x, "c"]), "abc", b"abc", range(3), bytearray(b"abc")):
        assert mod.check(o) == 1 and mod.size(o) == 3
        for i in range(-3, 3):
            assert mod.item(o, i) == o[i]
        for i in (3, 99):
            with pytest.raises(IndexError):
                mod.item(o, i)
        if not isinstance(o, deque):
            assert [mod.slice(o, i, j) for i in range(-4, 5) for j in range(-4, 5)] == [o[i:j] for i in range(-4, 5) for j in range(-4, 5)]
        assert mod.tuple(o) == tuple(o) and mod.list(o) == list(o)
    assert mod.check(Own()) == 1 and mod.item(Own(), 2) == 20 and mod.list(Own()) == [0, 10, 20]
    assert mod.check({}) == 0 and mod.check(5) == 0 and mod.check({1}) == 0


def test_writing(make):
    mod = make(SOURCE)
    l = [1, 2, 3]
    mod.set(l, -1, "x")
    mod.set(l, 0)
    assert l == [2, "x"]
    mod.set_slice(l, 0, -1, "abc")
    assert l == ["a", "b", "c", "x"]
    mod.set_slice(l, 1, 3)
    assert l == ["a", "x"]
    with pytest.raises(IndexError):
        mod.set(l, 5, 1)


def test_concatenation(make):
    mod = make(SOURCE)
    l = [1]
    assert mod.concat(l, [2]) == [1, 2] and mod.concat((1,), (2,)) == (1, 2) and mod.concat("a", "b") == "ab"
    assert mod.iconcat(l, (5,)) is l and l == [1, 5]
    assert mod.repeat(l, 2) == [1, 5, 1, 5] and mod.irepeat(l, 2) is l and l == [1, 5, 1, 5]
    assert mod.repeat("ab", 0) == ""


def test_search(make):
    mod = make(SOURCE)
    o = [1, 2.0, 2, "x", None]
    for make_one in (list, tuple, deque):
        s = make_one(o)
        assert mod.contains(s, "x") == 1 and mod.contains(s, "y") == 0
        assert mod.count(s, 2) == 2 and mod.find(s, None) == 4
        with pytest.raises(ValueError):
            mod.find(s, "y")
    assert mod.contains({"a": 1}, "a") == 1 and mod.contains({5}, 5) == 1 and mod.contains("abc", "bc") == 1
    assert mod.contains(iter(o), 2) == 1


def test_fast(make):
    mod = make(SOURCE)
    l, t = [1], (1,)
    assert mod.fast(l) is l and mod.fast(t) is t and list(mod.fast(iter("ab"))) == ["a", "b"]
    with pytest.raises(TypeError, match="^not iterable, sorry$"):
        mod.fast(5)

    def broken():
        yield 1
        raise TypeError("mine")
    with pytest.raises(TypeError, match="^mine$"):
        mod.fast(broken())
    assert mod.tuple(t) is t and mod.list(l) is not l


@pytest.mark.parametrize("call, error, message", [
    (lambda m: m.size({}), TypeError, "dict is not a sequence"),
    (lambda m: m.size(5), TypeError, "object of type 'int' has no len()"),
    (lambda m: m.item({}, 0), TypeError, "dict is not a sequence"),
    (lambda m: m.item(5, 0), TypeError, "'int' object does not support indexing"),
    (lambda m: m.set({}, 0, 1), TypeError, "dict is not a sequence"),
    (lambda m: m.set((1,), 0, 1), TypeError, "'tuple' object does not support item assignment"),
    (lambda m: m.set((1,), 0), TypeError, "'tuple' object doesn't support item deletion"),
    (lambda m: m.slice(5, 0, 1), TypeError, "'int' object is unsliceable"),
    (lambda m: m.set_slice((), 0, 1, ()), TypeError, "'tuple' object doesn't support slice assignment"),
    (lambda m: m.concat(5, 6), TypeError, "'int' object can't be concatenated"),
    (lambda m: m.repeat(5, 6), TypeError, "'int' object can't be repeated"),
    (lambda m: m.contains(5, 6), TypeError, "argument of type 'int' is not iterable"),
    (lambda m: m.count(5, 6), TypeError, "argument of type 'int' is not iterable"),
    (lambda m: m.tuple(5), TypeError, "'int' object is not iterable"),
])
def test_messages(make, call, error, message):
    mod = make(SOURCE)
    with pytest.raises(error) as caught:
        call(mod)
    assert str(caught.value) == message


def test_slots_of_a_c_type(make):
    mod = make(SOURCE + r"""
        static Py_ssize_t length(PyObject *o) { return 4; }
        static PyObject *at(PyObject *o, Py_ssize_t i)
        {
            if (i < 0 || i > 3) { PyErr_SetString(PyExc_IndexError, "mine"); return NULL; }
            return PyLong_FromSsize_t(i + 100);
        }
        static PySequenceMethods four_methods = {.sq_length = length, .sq_item = at};
        @EXPORT_TYPE("Four", Four)
        static PyTypeObject Four = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "four.Four", .tp_basicsize = sizeof(PyObject), .tp_flags = Py_TPFLAGS_DEFAULT,
            .tp_new = PyType_GenericNew, .tp_as_sequence = &four_methods
        };
    """)
    four = mod.Four()
    assert mod.check(four) == 1 and mod.size(four) == 4 and mod.item(four, 1) == 101 and mod.item(four, -1) == 103
    with pytest.raises(IndexError, match="^mine$"):
        mod.item(four, -5)
    assert mod.list(four) == [100, 101, 102, 103] and mod.find(four, 102) == 2 and mod.contains(four, 103) == 1
    with pytest.raises(TypeError):
        mod.set(four, 0, 0)
