"""Calling from C: every way in, to VM callables and to C ones."""

import pytest

CALLS = r"""
    @EXPORT(call, METH_VARARGS)
    static PyObject *call(PyObject *self, PyObject *args)
    {
        PyObject *f, *a, *kw = NULL;
        if (!PyArg_ParseTuple(args, "OO|O", &f, &a, &kw)) return NULL;
        return PyObject_Call(f, a, kw);
    }
    @EXPORT(vector, METH_VARARGS)
    static PyObject *vector(PyObject *self, PyObject *args)        /* callable, positional..., names */
    {
        Py_ssize_t n = PyTuple_GET_SIZE(args);
        PyObject *names = PyTuple_GET_ITEM(args, n - 1);
        return PyObject_Vectorcall(PyTuple_GET_ITEM(args, 0), &PyTuple_GET_ITEM(args, 1), n - 2 - PyTuple_GET_SIZE(names), names);
    }
    @EXPORT(dictionary, METH_VARARGS)
    static PyObject *dictionary(PyObject *self, PyObject *args)    /* callable, positional..., dict */
    {
        Py_ssize_t n = PyTuple_GET_SIZE(args);
        return PyObject_VectorcallDict(PyTuple_GET_ITEM(args, 0), &PyTuple_GET_ITEM(args, 1), n - 2, PyTuple_GET_ITEM(args, n - 1));
    }
    @EXPORT(method, METH_VARARGS)
    static PyObject *method(PyObject *self, PyObject *args)        /* name, object, positional... */
    {
        return PyObject_VectorcallMethod(PyTuple_GET_ITEM(args, 0), &PyTuple_GET_ITEM(args, 1), PyTuple_GET_SIZE(args) - 1, NULL);
    }
    @EXPORT(ways, METH_O)
    static PyObject *ways(PyObject *self, PyObject *f)
    {
        PyObject *one = PyLong_FromLong(1), *two = PyUnicode_FromString("two"), *name = PyUnicode_FromString("__call__");
        PyObject *r = Py_BuildValue("(NNNNNNNNNN)",
            PyObject_CallNoArgs(f), PyObject_CallOneArg(f, one), PyObject_CallObject(f, NULL),
            PyObject_CallFunctionObjArgs(f, one, two, NULL), PyObject_CallFunction(f, "is", 1, "x"), PyObject_CallFunction(f, "(ii)", 1, 2),
            PyObject_CallFunction(f, NULL), PyObject_CallMethod(f, "__call__", "O", two), PyObject_CallMethodObjArgs(f, name, one, NULL),
            PyObject_CallMethodNoArgs(f, name));
        Py_DECREF(one); Py_DECREF(two); Py_DECREF(name);
        return r;
    }
"""


def show(*args, **kwargs):
    return args, kwargs


def test_call(make):
    mod = make(CALLS)
    assert mod.call(show, ()) == ((), {})
    assert mod.call(show, (1, "a"), {"k": None}) == ((1, "a"), {"k": None})
    for n in range(12):
        assert mod.call(show, tuple(range(n)), {}) == (tuple(range(n)), {})
    with pytest.raises(TypeError, match="not callable"):
        mod.call(3, ())
    with pytest.raises(ZeroDivisionError):
        mod.call(lambda: 1 // 0, ())


@pytest.mark.parametrize("n", range(9))
def test_vectorcall(make, n):
    mod = make(CALLS)
    args = tuple(range(n))
    assert mod.vector(show, *args, ()) == (args, {})
    assert mod.vector(show, *args, 1, 2, ("a", "b")) == (args, {"a": 1, "b": 2})
    assert mod.dictionary(show, *args, {"a": 1}) == (args, {"a": 1})
    assert mod.dictionary(show, *args, {}) == (args, {})


@pytest.mark.parametrize("n", range(8))
def test_method(make, n):
    class Thing:
        def run(self, *args):
            return self, args
    thing = Thing()
    assert make(CALLS).method("run", thing, *range(n)) == (thing, tuple(range(n)))
    with pytest.raises(AttributeError):
        make(CALLS).method("walk", thing)


def test_ways(make):
    expected = [(), (1,), (), (1, "two"), (1, "x"), (1, 2), (), ("two",), (1,), ()]
    assert [args for args, kwargs in make(CALLS).ways(show)] == expected


C_TYPE = r"""
    typedef struct { PyObject_HEAD int started; vectorcallfunc vectorcall; } Callee;
    static PyObject *vector_body(PyObject *self, PyObject *const *args, size_t nargsf, PyObject *names)
    {
        return Py_BuildValue("sni", "vector", PyVectorcall_NARGS(nargsf), names ? (int)PyTuple_GET_SIZE(names) : 0);
    }
    static PyObject *callee_new(PyTypeObject *type, PyObject *args, PyObject *kw)
    {
        Callee *c = (Callee *)type->tp_alloc(type, 0);
        if (c) c->vectorcall = vector_body;
        return (PyObject *)c;
    }
    static int callee_init(PyObject *self, PyObject *args, PyObject *kw)
    {
        if (PyTuple_GET_SIZE(args) > 2) { PyErr_SetString(PyExc_ValueError, "too many"); return -1; }
        ((Callee *)self)->started = 10 + (int)PyTuple_GET_SIZE(args) + (kw ? 100 * (int)PyDict_Size(kw) : 0);
        return 0;
    }
    static PyMemberDef members[] = {{"started", T_INT, offsetof(Callee, started), 0, NULL}, {NULL}};
    static PyTypeObject Callee_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "calls.Callee", .tp_basicsize = sizeof(Callee),
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_VECTORCALL, .tp_members = members, .tp_new = callee_new,
        .tp_init = callee_init, .tp_call = PyVectorcall_Call, .tp_vectorcall_offset = offsetof(Callee, vectorcall),
    };
    @EXPORT_TYPE("Callee", Callee_Type)
    static PyObject *plain_call(PyObject *self, PyObject *args, PyObject *kw)
    {
        return Py_BuildValue("(Oi)", args, kw ? (int)PyDict_Size(kw) : -1);
    }
    static PyTypeObject Plain_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "calls.Plain", .tp_basicsize = sizeof(Callee), .tp_flags = Py_TPFLAGS_DEFAULT,
        .tp_new = PyType_GenericNew, .tp_call = plain_call,
    };
    @EXPORT_TYPE("Plain", Plain_Type)
    static PyObject *silent_call(PyObject *self, PyObject *args, PyObject *kw) { return NULL; }
    static PyTypeObject Silent_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "calls.Silent", .tp_basicsize = sizeof(Callee), .tp_flags = Py_TPFLAGS_DEFAULT,
        .tp_new = PyType_GenericNew, .tp_call = silent_call,
    };
    @EXPORT_TYPE("Silent", Silent_Type)
"""


def test_c_callables(make):
    mod = make(CALLS + C_TYPE)
    callee, plain = mod.Callee(), mod.Plain()
    assert mod.call(callee, (1, 2)) == ("vector", 2, 0)
    assert mod.call(callee, (1,), {"a": 1, "b": 2}) == ("vector", 1, 2)
    assert callee(1, 2, 3, k=1) == ("vector", 3, 1)
    assert mod.vector(callee, 1, 2, ("x",)) == ("vector", 1, 1)
    assert mod.vector(plain, 1, 2, ("x",)) == ((1,), 1)
    assert mod.vector(plain, 1, 2, ()) == ((1, 2), -1)
    assert mod.dictionary(plain, 1, {"x": 2}) == ((1,), 1)
    assert plain(5) == ((5,), -1)
    with pytest.raises(SystemError, match="returned NULL without setting an exception"):
        mod.call(mod.Silent(), ())


def test_calling_a_c_type(make):
    mod = make(CALLS + C_TYPE)
    assert mod.call(mod.Callee, (1,)).started == 11
    assert mod.vector(mod.Callee, 1, 2, ("k",)).started == 111
    with pytest.raises(ValueError, match="too many"):
        mod.call(mod.Callee, (1, 2, 3))

    class Derived(mod.Callee):
        def __init__(self, x):
            super().__init__(x)
            self.x = x
    d = mod.call(Derived, (7,))
    assert (d.x, d.started, type(d)) == (7, 11, Derived)


def test_get_method(make):
    mod = make(r"""
        PyAPI_FUNC(int) _PyObject_GetMethod(PyObject *obj, PyObject *name, PyObject **method);
        @EXPORT(get, METH_VARARGS)
        static PyObject *get(PyObject *self, PyObject *args)
        {
            PyObject *o, *name, *m = NULL;
            if (!PyArg_ParseTuple(args, "OO", &o, &name)) return NULL;
            int unbound = _PyObject_GetMethod(o, name, &m);
            if (!m) return NULL;
            return Py_BuildValue("iN", unbound, m);
        }
    """)

    class Thing:
        value = 3

        def run(self):
            return 1

        @staticmethod
        def free():
            return 2
    thing = Thing()
    assert mod.get(thing, "run") == (1, Thing.run)
    assert mod.get(thing, "free") == (0, Thing.free)
    assert mod.get(thing, "value") == (0, 3)
    thing.run = 5
    assert mod.get(thing, "run") == (0, 5)
    assert mod.get([], "append")[0] == 1
    with pytest.raises(AttributeError):
        mod.get(thing, "nothing")


def test_recursion(make):
    mod = make(r"""
        @EXPORT(down, METH_VARARGS)
        static PyObject *down(PyObject *self, PyObject *args)
        {
            if (Py_EnterRecursiveCall(" while going down")) return NULL;
            PyObject *r = down(self, args);
            Py_LeaveRecursiveCall();
            return r;
        }
        @EXPORT(dir, METH_O)
        static PyObject *dir(PyObject *self, PyObject *o)
        {
            int first = Py_ReprEnter(o), second = Py_ReprEnter(o);
            Py_ReprLeave(o);
            return Py_BuildValue("iiN", first, second, PyObject_Dir(o));
        }
    """)
    for _ in range(3):
        with pytest.raises(RecursionError, match="while going down"):
            mod.down()
    assert mod.dir([])[:2] == (0, 1)
