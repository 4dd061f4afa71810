"""PyIter_..., PySeqIter_..., PyCallIter_..."""

import pytest

SOURCE = r"""
    @EXPORT(all, METH_O)
    static PyObject *all(PyObject *self, PyObject *o)
    {
        PyObject *it = PyObject_GetIter(o), *x, *out = PyList_New(0);
        if (!it) return NULL;
        while ((x = PyIter_Next(it))) {
            if (PyList_Append(out, x) < 0) return NULL;
            Py_DECREF(x);
        }
        Py_DECREF(it);
        if (PyErr_Occurred()) { Py_DECREF(out); return NULL; }
        return out;
    }
    @EXPORT(check, METH_O)
    static PyObject *check(PyObject *self, PyObject *o) { return PyLong_FromLong(PyIter_Check(o) * 2 + PyAIter_Check(o)); }
    @EXPORT(sequence, METH_O)
    static PyObject *sequence(PyObject *self, PyObject *o) { return PySeqIter_New(o); }
    @EXPORT(until, METH_VARARGS)
    static PyObject *until(PyObject *self, PyObject *args)
    {
        PyObject *call, *last;
        if (!PyArg_ParseTuple(args, "OO", &call, &last)) return NULL;
        return PyCallIter_New(call, last);
    }
    @EXPORT(send, METH_VARARGS)
    static PyObject *send(PyObject *self, PyObject *args)
    {
        PyObject *it, *arg, *result;
        if (!PyArg_ParseTuple(args, "OO", &it, &arg)) return NULL;
        PySendResult r = PyIter_Send(it, arg, &result);
        if (r == PYGEN_ERROR) return NULL;
        return Py_BuildValue("iN", r == PYGEN_RETURN, result);
    }
"""


class Own:
    def __iter__(self):
        return self

    def __next__(self):
        raise StopIteration("with a value")


class Reversed:
    def __getitem__(self, i):
        return [3, 2, 1][i]


class Async:
    def __anext__(self):
        pass


def generator():
    got = yield 1
    got = yield got
    return "end"


def test_next(make):
    mod = make(SOURCE)
    x = object()
    for o in ([1, 2.5, x], (), "abc", {1: 2}, range(1000), [str(i) for i in range(100)], generator(), map(str, [1])):
        if not hasattr(o, "__next__"):
            assert mod.all(o) == list(o)
    assert mod.all(generator()) == [1, None] and mod.all(map(str, [1, 2])) == ["1", "2"] and mod.all(Own()) == []
    assert mod.all(Reversed()) == [3, 2, 1]

    def broken():
        yield 1
        raise KeyError("mine")
    with pytest.raises(KeyError):
        mod.all(broken())
    with pytest.raises(TypeError, match="'int' object is not iterable"):
        mod.all(5)


def test_checks(make):
    mod = make(SOURCE)
    assert mod.check(iter([])) == 2 and mod.check(generator()) == 2 and mod.check(Own()) == 2
    assert mod.check([]) == 0 and mod.check(5) == 0 and mod.check(Async()) == 1


def test_made_iterators(make):
    mod = make(SOURCE)
    assert list(mod.sequence((1, 2))) == [1, 2] and list(mod.sequence(Reversed())) == [3, 2, 1]
    l = [1, 2]
    it = mod.sequence(l)
    assert next(it) == 1
    l.append(3)
    assert list(it) == [2, 3]
    with pytest.raises(SystemError):
        mod.sequence(5)
    values = iter([1, 2, "stop", 3])
    assert list(mod.until(lambda: next(values), "stop")) == [1, 2]


def test_send(make):
    mod = make(SOURCE)
    g = generator()
    assert mod.send(g, None) == (0, 1) and mod.send(g, "x") == (0, "x") and mod.send(g, None) == (1, "end")
    it = iter([5])
    assert mod.send(it, None) == (0, 5) and mod.send(it, None) == (1, None)
    with pytest.raises(AttributeError):
        mod.send(iter([5]), 1)


def test_iterators_of_c(make):
    mod = make(SOURCE + r"""
        typedef struct { PyObject_HEAD long n; } Count;
        static PyObject *count_next(PyObject *o)
        {
            long n = ((Count *)o)->n++;
            if (n == 7) PyErr_SetNone(PyExc_StopIteration);
            return n < 3 || (n > 4 && n < 7) ? PyLong_FromLong(n) : NULL;
        }
        @EXPORT_TYPE("Count", Count_Type)
        static PyTypeObject Count_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "count.Count", .tp_basicsize = sizeof(Count), .tp_flags = Py_TPFLAGS_DEFAULT,
            .tp_new = PyType_GenericNew, .tp_iter = PyObject_SelfIter, .tp_iternext = count_next
        };
    """)
    c = mod.Count()
    assert mod.check(c) == 2
    assert mod.all(c) == [0, 1, 2] and mod.all(c) == [] and mod.all(c) == [5, 6] and mod.all(c) == []
    assert list(mod.Count()) == [0, 1, 2]
