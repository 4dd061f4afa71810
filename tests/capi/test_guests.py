"""Objects that are in C for one call: their identity holds, and what C keeps stays."""

import gc
import weakref

import pytest

CODE = r"""
static PyObject *kept;

@EXPORT(keep, METH_O)
static PyObject *keep(PyObject *self, PyObject *arg) { Py_INCREF(arg); Py_XSETREF(kept, arg); Py_RETURN_NONE; }

@EXPORT(give, METH_NOARGS)
static PyObject *give(PyObject *self, PyObject *ignored) { PyObject *r = kept; kept = NULL; return r; }

@EXPORT(same, METH_VARARGS)
static PyObject *same(PyObject *self, PyObject *args)
{
    return PyBool_FromLong(PyTuple_GET_ITEM(args, 0) == PyTuple_GET_ITEM(args, 1));
}

@EXPORT(is_kept, METH_O)
static PyObject *is_kept(PyObject *self, PyObject *arg) { return PyBool_FromLong(arg == kept); }

/* f(x) -> what f returned is x */
@EXPORT(round_trip, METH_VARARGS)
static PyObject *round_trip(PyObject *self, PyObject *args)
{
    PyObject *x = PyTuple_GET_ITEM(args, 1), *r = PyObject_CallOneArg(PyTuple_GET_ITEM(args, 0), x);
    if (!r) return NULL;
    int same = r == x;
    Py_DECREF(r);
    return PyBool_FromLong(same);
}

/* f(): the exception that it raises if it is wanted; else that is cleared unseen. */
@EXPORT(caught, METH_VARARGS)
static PyObject *caught(PyObject *self, PyObject *args)
{
    PyObject *r = PyObject_CallNoArgs(PyTuple_GET_ITEM(args, 0)), *type, *value, *tb;
    if (r) return r;
    if (PyTuple_GET_ITEM(args, 1) != Py_True) {
        PyErr_Clear();
        Py_RETURN_NONE;
    }
    PyErr_Fetch(&type, &value, &tb);
    Py_XDECREF(type);
    Py_XDECREF(tb);
    return value;
}

@EXPORT(keep_args, METH_VARARGS)
static PyObject *keep_args(PyObject *self, PyObject *args) { return keep(self, args); }

@EXPORT(compare, METH_VARARGS)
static PyObject *compare(PyObject *self, PyObject *args)
{
    PyObject *a, *b;
    int op;
    if (!PyArg_ParseTuple(args, "OOi", &a, &b, &op)) return NULL;
    return PyObject_RichCompare(a, b, op);
}

/* What is handled before and after f() */
@EXPORT(handled, METH_O)
static PyObject *handled(PyObject *self, PyObject *f)
{
    PyObject *a = PyErr_GetHandledException(), *r = PyObject_CallNoArgs(f), *b = PyErr_GetHandledException();
    if (!r) return NULL;
    return Py_BuildValue("NNN", a ? a : Py_NewRef(Py_None), r, b ? b : Py_NewRef(Py_None));
}

typedef struct { PyObject_HEAD } Bare;
static PyObject *bare_keep(PyObject *self, PyObject *ignored) { return keep(NULL, self); }
static PyObject *bare_self(PyObject *self, PyObject *ignored) { return Py_NewRef(self); }
static PyObject *bare_call(PyObject *self, PyObject *f) { return PyObject_CallOneArg(f, self); }
static PyObject *bare_is(PyObject *self, PyObject *arg) { return PyBool_FromLong(self == arg); }
/* f(), which may have C keep self: whether it has */
static PyObject *bare_has(PyObject *self, PyObject *f)
{
    PyObject *r = PyObject_CallNoArgs(f);
    if (!r) return NULL;
    Py_DECREF(r);
    return PyBool_FromLong(self == kept);
}
static PyMethodDef bare_methods[] = {
    {"is_", bare_is, METH_O, NULL}, {"has", bare_has, METH_O, NULL}, {"call", bare_call, METH_O, NULL},
    {"keep", bare_keep, METH_NOARGS, NULL}, {"me", bare_self, METH_NOARGS, NULL}, {NULL}
};
static PyTypeObject Bare_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "guests.Bare", .tp_basicsize = sizeof(Bare), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_methods = bare_methods,
};
@EXPORT_TYPE("Bare", Bare_Type)
"""


@pytest.fixture
def mod(make):
    return make(CODE)


FRESH = [lambda: {"a": 1}, lambda: [1, 2], lambda: "text" * 3, lambda: b"bytes" * 3, lambda: {1, 2}, object]


@pytest.mark.parametrize("fresh", FRESH)
def test_identity(mod, fresh):
    x = fresh()
    assert mod.same(x, x)
    x, y = fresh(), fresh()
    assert not mod.same([x], [y])
    for _ in range(3):
        x = fresh()
        mod.keep(x)
        assert mod.is_kept(x) and mod.is_kept(x)
        assert mod.give() is x


@pytest.mark.parametrize("fresh", FRESH)
def test_identity_in_a_callback(mod, fresh):
    x = fresh()
    assert mod.round_trip(lambda y: y, x)
    x = fresh()
    assert mod.round_trip(lambda y: y if mod.same(y, x) and y is x else None, x)


def test_what_c_keeps_outlives_others(mod):
    x = {"kept": 1}
    mod.keep(x)
    for i in range(10000):
        mod.is_kept({i: i})
        mod.is_kept(str(i))
    gc.collect()
    assert mod.is_kept(x) and mod.give() is x


def test_an_instance_that_is_only_a_head(mod):
    for _ in range(3):
        a, b = mod.Bare(), mod.Bare()
        assert a.me() is a and b.me() is b and a.me() is a
        assert mod.same(a, a) and not mod.same(a, b)
        c = mod.Bare()
        c.keep()
        assert mod.is_kept(c) and mod.give() is c and c.me() is c
        d = mod.Bare()
        assert d.call(lambda x: x is d and x.me() is d and mod.same(x, d))
    many = [mod.Bare() for _ in range(100)]
    for _ in range(3):
        assert all(x.me() is x for x in many)


def test_an_instance_that_is_self_and_argument(mod):
    for _ in range(20):
        x, y = mod.Bare(), mod.Bare()
        assert x.is_(x) and not x.is_(y) and y.is_(y)
        assert not mod.Bare().is_(mod.Bare())


def test_an_instance_that_python_meets_during_its_call(mod):
    for _ in range(20):
        x, y = mod.Bare(), mod.Bare()
        assert x.has(x.keep) and mod.give() is x
        assert not x.has(y.keep) and mod.give() is y
        z = mod.Bare()
        assert z.has(lambda: (mod.Bare().me(), mod.same(z, z), z.keep())) and mod.give() is z
        z = mod.Bare()
        with pytest.raises(ZeroDivisionError):
            z.has(lambda: 1 / 0)
        assert z.me() is z


def test_calls_inside_each_other(mod):
    """There are more than the letters suffice for."""
    def deep(n):
        x = mod.Bare()
        assert not x.has(lambda: deep(n - 1) if n else None)
        assert x.me() is x and mod.same(x, x) and mod.same((n,), (n,)) is False

    for _ in range(3):
        deep(150)


def test_a_call_that_fails_before_it_begins(mod):
    for _ in range(20):
        x = mod.Bare()
        with pytest.raises(TypeError):
            x.is_(x, x)
        with pytest.raises(TypeError):
            x.me(1)
        assert x.is_(x) and x.me() is x


def test_kept_instances_stay(mod):
    x = mod.Bare()
    x.keep()
    for _ in range(10000):
        mod.Bare().me()
    gc.collect()
    assert mod.is_kept(x)
    del x
    gc.collect()
    assert type(mod.give()) is mod.Bare


def test_the_argument_tuple_is_kept(mod):
    a = mod.Bare()
    mod.keep_args(None, a, None)
    mod.is_kept(None)
    assert mod.give() == (None, a, None)


@pytest.mark.parametrize("op, expected", list(enumerate([[1, 0, 0], [1, 0, 1], [0, 0, 1], [1, 1, 0], [0, 1, 0], [0, 1, 1]])))
def test_compare_int_and_bool(mod, op, expected):
    assert [mod.compare(a, b, op) for a, b in [(0, True), (5, False), (True, 1)]] == expected


def test_handled(mod):
    def inner():
        try:
            raise KeyError
        except KeyError:
            return mod.handled(lambda: None)

    before, within, after = mod.handled(inner)
    assert before is None and after is None
    assert isinstance(within[0], KeyError) and isinstance(within[2], KeyError)


def test_an_exception_is_one_object(mod):
    class Mine(Exception):
        pass

    for cls in (Mine, KeyError):
        for _ in range(3):
            error = cls("x")

            def fail():
                raise error

            assert mod.caught(fail, True) is error
            assert mod.caught(fail, False) is None
            kept = mod.caught(fail, True)
            mod.keep(kept)
            assert mod.is_kept(error) and mod.caught(fail, True) is error and mod.is_kept(error)
            with pytest.raises(cls) as caught:
                mod.round_trip(lambda x: fail(), None)
            assert caught.value is error and mod.give() is error


def test_a_cleared_exception_lets_go(mod):
    class Thing:
        pass

    def fail():
        thing = Thing()
        alive.append(weakref.ref(thing))
        raise ValueError(thing)

    alive = []
    for _ in range(3):
        mod.caught(fail, False)
    gc.collect()
    assert not any(r() for r in alive)


AGAIN = r"""
    @EXPORT(two, METH_VARARGS)
    static PyObject *two(PyObject *self, PyObject *args)
    {
        PyObject *a, *b;
        if (!PyArg_ParseTuple(args, "OO", &a, &b)) return NULL;
        return PyBool_FromLong(a == b);
    }
    /* Crosses for the second and the third time as arguments of one callback. */
    @EXPORT(store_twice, METH_O)
    static PyObject *store_twice(PyObject *self, PyObject *d)
    {
        PyObject *s = PyUnicode_FromString("a text of C");
        if (!s || PyObject_HasAttr(d, s) || PyObject_SetItem(d, s, s) < 0) return NULL;
        Py_DECREF(s);
        Py_RETURN_NONE;
    }
    /* A list of C that crosses for the first time twice. */
    @EXPORT(list_twice, METH_NOARGS)
    static PyObject *list_twice(PyObject *self, PyObject *ignored)
    {
        PyObject *l = Py_BuildValue("[is]", 1, "x"), *r = l ? PyNumber_Add(l, l) : NULL;
        if (!r) return NULL;
        return Py_BuildValue("(NN)", l, r);
    }
"""


@pytest.fixture
def again(make):
    return make(AGAIN)


def let_go(again):
    """What C has let go is forgotten."""
    for i in range(20_000):
        again.two(object(), {})
    gc.collect()


@pytest.mark.parametrize("items", [["some text", "more text"], [b"some bytes", b"more bytes"]])
def test_each_look_at_a_list_gives_another_object(again, items):
    a, b = items[0], items[0]              # which `is` the same
    for _ in range(3):
        again.two(a, b)
        let_go(again)
        again.two(b, a)
        assert again.two(a, a) and again.two(b, b)


def test_twice_in_one_callback(again):
    d = {1: 1}
    again.store_twice(d)
    key = list(d)[1]
    let_go(again)
    assert again.two(key, key) and again.two(d[key], d[key])


def test_a_list_of_c_twice_in_one_callback(again):
    assert again.list_twice() == ([1, "x"], [1, "x", 1, "x"])
