"""Objects on their way between the VM and C: identity, values, life and death, exceptions."""

import gc
import sys
import traceback
import weakref

import pytest

from tests import stress

CODE = r"""
static PyObject *slots[16];

@EXPORT(same, METH_O)
static PyObject *same(PyObject *self, PyObject *op) { return Py_NewRef(op); }

@EXPORT(keep, METH_VARARGS)
static PyObject *keep(PyObject *self, PyObject *args)
{
    int i;
    PyObject *op;
    if (!PyArg_ParseTuple(args, "iO", &i, &op))
        return NULL;
    Py_XSETREF(slots[i], Py_NewRef(op));
    Py_RETURN_NONE;
}

@EXPORT(take, METH_O)
static PyObject *take(PyObject *self, PyObject *index)
{
    long i = PyLong_AsLong(index);
    PyObject *op = slots[i];
    slots[i] = NULL;
    return op ? op : Py_NewRef(Py_None);
}

@EXPORT(address, METH_O)
static PyObject *address(PyObject *self, PyObject *op) { return PyLong_FromVoidPtr(op); }

@EXPORT(is_kept, METH_VARARGS)
static PyObject *is_kept(PyObject *self, PyObject *args)
{
    int i;
    PyObject *op;
    if (!PyArg_ParseTuple(args, "iO", &i, &op))
        return NULL;
    return PyBool_FromLong(slots[i] == op);
}

@EXPORT(call, METH_VARARGS)
static PyObject *call(PyObject *self, PyObject *args)
{
    PyObject *f, *arg;
    if (!PyArg_ParseTuple(args, "OO", &f, &arg))
        return NULL;
    return PyObject_CallOneArg(f, arg);
}

@EXPORT(catch, METH_O)
static PyObject *catch(PyObject *self, PyObject *f)
{
    PyObject *type, *value, *tb, *r = PyObject_CallNoArgs(f);
    if (r)
        return r;
    PyErr_Fetch(&type, &value, &tb);
    PyErr_NormalizeException(&type, &value, &tb);
    r = Py_BuildValue("(OOO)", type, value, tb ? tb : Py_None);
    Py_XDECREF(type);
    Py_XDECREF(value);
    Py_XDECREF(tb);
    return r;
}

@EXPORT(raise_text, METH_O)
static PyObject *raise_text(PyObject *self, PyObject *type)
{
    PyErr_SetString(type, "from C");
    return NULL;
}

@EXPORT(make_list, METH_O)
static PyObject *make_list(PyObject *self, PyObject *n)
{
    long i, size = PyLong_AsLong(n);
    PyObject *l = PyList_New(size);
    for (i = 0; l && i < size; i++)
        PyList_SET_ITEM(l, i, Py_BuildValue("(ls)", i, "item"));
    return l;
}

@EXPORT(nest, METH_VARARGS)
static PyObject *nest(PyObject *self, PyObject *args)
{
    PyObject *f;
    int depth;
    if (!PyArg_ParseTuple(args, "Oi", &f, &depth))
        return NULL;
    return PyObject_CallFunction(f, "i", depth);
}

typedef struct { PyObject_HEAD long n; } Plain;
static PyTypeObject Plain_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "crossing.Plain", .tp_basicsize = sizeof(Plain), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
};
@EXPORT_TYPE("Plain", Plain_Type)

@EXPORT(fresh, METH_NOARGS)
static PyObject *fresh(PyObject *self, PyObject *ignored) { return (PyObject *)PyObject_New(Plain, &Plain_Type); }
"""


class Thing:
    pass


def values():
    return [None, True, False, NotImplemented, ..., 0, 1, -1, 255, -6, 257, 2 ** 30, 2 ** 62, 2 ** 63, -2 ** 63, 2 ** 64, 10 ** 50,
            -10 ** 50, 0.0, -0.0, 1.5, float("inf"), 1e-300, 1j, 2 - 3j, "", "a", "text", "é", "\U0001f600 mixed", "\ud800", "nul\0l",
            "x" * 5000, b"", b"bytes", b"\0\xff" * 3000, (), (1,), (1, 2.5, "x"), ((), ((1,),)), [], [1, [2]], {}, {"a": {1: 2}}, set(),
            {1, 2}, frozenset({3}), range(3), slice(1, None, 2), bytearray(b"xy"), Thing, Thing(), len, values, sys, type, int,
            Thing().__init__, [].append, iter([1]), memoryview(b"abc"), ValueError("x")]


@pytest.mark.parametrize("index", range(len(values())))
def test_values_survive(make, index):
    mod = make(CODE)
    value = values()[index]
    back = mod.same(value)
    assert type(back) is type(value)
    assert repr(back) == repr(value)
    assert mod.same((value, value))[1] is back or back == value


@pytest.mark.parametrize("index", range(len(values())))
def test_identity_while_held(make, on_pypy, index):
    mod = make(CODE)
    value = values()[index]
    assert mod.same(value) is value
    mod.keep(0, value)
    gc.collect()
    if not (on_pypy and type(value) in (int, float, tuple)):        # these cross by value: C may see another copy
        assert mod.is_kept(0, value)
    assert mod.take(0) is value


def test_the_address_stays_while_c_holds_it(make):
    mod = make(CODE)
    for value in ([1], Thing(), "some text", mod.Plain()):    # int crosses by value
        mod.keep(0, value)
        before = mod.address(value)
        gc.collect()
        junk = [[] for _ in range(10000)]
        del junk
        assert mod.address(value) == before
        mod.take(0)


def test_an_object_that_only_c_holds(make):
    mod = make(CODE)
    thing = Thing()
    thing.state = ["kept"]
    mod.keep(0, thing)
    del thing
    gc.collect()
    thing = mod.take(0)
    assert type(thing) is Thing and thing.state == ["kept"]


def test_what_a_callback_returns_and_c_returns_is_the_same(make):
    mod = make(CODE)
    for k in range(3):
        for value in (f"text {k} " * 3, [k], {k: k}, Thing(), f"bytes {k}".encode(), (f"{k}", [])):
            assert mod.call(lambda ignored: value, None) is value


def test_a_mutable_object_is_shared(make):
    mod = make(CODE)
    items, table = [1], {}
    mod.keep(0, items)
    mod.keep(1, table)
    items.append(2)
    table["x"] = 1
    assert mod.take(0) == [1, 2] and mod.take(1) == {"x": 1}


def test_equal_but_different_objects_stay_different(make):
    mod = make(CODE)
    a, b = [1], [1]
    mod.keep(0, a)
    mod.keep(1, b)
    assert not mod.is_kept(0, b) and mod.is_kept(1, b)
    assert mod.take(0) is a and mod.take(1) is b


def test_containers_that_c_holds_are_known_again(make):
    mod = make(CODE)
    kept = [[k] if k % 2 else {k: k} for k in range(12)]
    for k, x in enumerate(kept):
        mod.keep(k, x)
        assert mod.is_kept(k, x) and not any(mod.is_kept(j, {0: 0}) for j in range(k))
    for k in (0, 11, 3, 4, 2, 8):
        assert mod.take(k) is kept[k] and not mod.is_kept(k, kept[k])
        gc.collect()
        mod.keep(k, kept[k])
        assert all(mod.is_kept(j, x) for j, x in enumerate(kept))
    inside = [Thing() for x in kept]
    gone = [weakref.ref(x) for x in inside]
    for k, thing in enumerate(inside):
        mod.keep(k, [thing] if k % 2 else {0: thing})
    del thing, inside, x
    gc.collect()
    assert all(r() for r in gone)
    for k in range(12):
        mod.take(k)
    gc.collect()
    assert not any(r() for r in gone)


def test_a_list_born_in_c(make):
    mod = make(CODE)
    items = mod.make_list(1000)
    assert items[0] == (0, "item") and items[999] == (999, "item") and len(items) == 1000
    items.append("more")
    assert mod.same(items) is items
    assert items[-1] == "more"


def test_containers_born_in_c_that_hold_themselves(make):
    mod = make(r"""
        @EXPORT(list_of_itself, METH_O)
        static PyObject *list_of_itself(PyObject *self, PyObject *item)
        {
            PyObject *list = PyList_New(2);
            PyList_SET_ITEM(list, 0, Py_NewRef(item));
            PyList_SET_ITEM(list, 1, Py_NewRef(list));
            return list;
        }
        @EXPORT(list_and_dict, METH_O)
        static PyObject *list_and_dict(PyObject *self, PyObject *item)
        {
            PyObject *list = PyList_New(0), *dict = PyDict_New();
            PyDict_SetItemString(dict, "list", list);
            PyList_Append(list, dict);
            PyList_Append(list, item);
            Py_DECREF(dict);
            return list;
        }
    """)
    for _ in range(3):
        x = mod.list_of_itself("item")
        assert x[0] == "item" and x[1] is x and len(x) == 2
        x.clear()
        y = mod.list_and_dict("item")
        assert y[0]["list"] is y and y[1] == "item" and len(y) == 2
        y.clear()


def test_wrappers_are_remade(make):
    mod = make(CODE)
    for _ in range(10):
        mod.keep(0, mod.fresh())
        gc.collect()
        assert type(mod.take(0)) is mod.Plain


def test_a_hundred_thousand_objects(make):
    mod = make(CODE)
    mod.keep(0, None)
    for kind in (Thing, list, lambda: "text %d" % len(objects), lambda: (len(objects), 2.5), mod.fresh, mod.Plain):
        objects = []
        for _ in range(100_000 if kind is not mod.Plain else 10_000):
            objects.append(mod.same(kind()))
        assert len({id(x) for x in objects}) == len(objects)
        del objects
    mod.take(0)


@pytest.mark.parametrize("name", stress.CASES)
def test_memory_stays_flat(make, name):
    grown = stress.run(make(CODE), name, 200_000)
    assert grown < 30_000, f"{grown} kB more after 200,000 crossings"


@pytest.mark.parametrize("name", ["same_tuples", "lists_born_in_c", "instances_of_a_subclass"])
def test_what_c_let_go_does_not_pile_up(make, on_pypy, name):
    if not on_pypy:
        pytest.skip("CPython frees at once")
    from capi.core import tables
    mod = make(CODE)
    gc.collect()
    most = 0
    for _ in range(8):
        stress.CASES[name](mod, 5_000)
        most = max(most, len(tables.links), len(tables.held))
    assert most < 10_000


def test_an_exception_from_c(make):
    mod = make(CODE)
    with pytest.raises(KeyError, match="from C") as caught:
        mod.raise_text(KeyError)
    assert type(caught.value) is KeyError
    assert caught.value.__context__ is None


def test_an_exception_from_python_through_c(make):
    mod = make(CODE)
    error = ValueError("mine")

    def fail(arg):
        raise error

    with pytest.raises(ValueError) as caught:
        mod.call(fail, 1)
    assert caught.value is error
    names = [frame.name for frame in traceback.extract_tb(caught.value.__traceback__)]
    assert names[0] == "test_an_exception_from_python_through_c" and names[-1] == "fail"
    del error, caught


def test_the_traceback_names_the_c_function(make, on_pypy):
    mod = make(CODE)

    def fail(arg):
        raise ValueError

    try:
        mod.call(fail, 1)
    except ValueError as error:
        names = [frame.name for frame in traceback.extract_tb(error.__traceback__)]
    assert ("call" in names) == on_pypy                     # CPython's C functions leave no entry
    with pytest.raises(TypeError) as caught:
        mod.call()
    assert ("call" in [entry.name for entry in caught.traceback]) == on_pypy


def test_an_exception_caught_in_c(make):
    mod = make(CODE)
    error = KeyError("x")

    def fail():
        raise error

    kind, value, tb = mod.catch(fail)
    assert kind is KeyError and value is error
    assert traceback.extract_tb(tb)[-1].name == "fail"
    del error, value, tb
    assert mod.catch(lambda: 5) == 5


def test_contexts(make):
    mod = make(CODE)
    try:
        try:
            raise ValueError("first")
        except ValueError:
            mod.raise_text(TypeError)
    except TypeError as error:
        assert isinstance(error.__context__, ValueError)
    else:
        pytest.fail("nothing was raised")


def test_recursion_through_c_ends_in_an_error(make):
    mod = make(CODE)

    def again(depth):
        return mod.nest(again, depth + 1)

    with pytest.raises(RecursionError):
        again(0)
    assert mod.nest(lambda depth: depth, 3) == 3


def test_deep_but_finite_recursion(make):
    mod = make(CODE)

    def down(depth):
        return mod.nest(down, depth - 1) + 1 if depth else 0

    assert down(100) == 100


def test_exceptions_that_are_no_errors(make):
    mod = make(CODE)

    def leave():
        raise SystemExit(3)

    assert mod.catch(leave)[0] is SystemExit
    with pytest.raises(KeyboardInterrupt):
        mod.raise_text(KeyboardInterrupt)


@pytest.mark.skipif(sys.implementation.name != "pypy", reason="CPython has no wrappers")
def test_wrappers_made_while_the_collector_sweeps(make):
    from capi.core.sweep import sweep_all, sweep_young
    mod = make(r"""
        typedef struct { PyObject_HEAD PyObject *items, *weak; } Box;
        static PyObject *box_new(PyTypeObject *type, PyObject *args, PyObject *kw)
        {
            Box *self = (Box *)type->tp_alloc(type, 0);
            if (self && !(self->items = PyDict_New())) { Py_DECREF(self); return NULL; }
            return (PyObject *)self;
        }
        static int box_init(Box *self, PyObject *args, PyObject *kw)
        {
            PyObject *key = PyTuple_GET_ITEM(args, 0);
            return PyDict_SetItem(self->items, key, key);
        }
        static void box_dealloc(Box *self)
        {
            if (self->weak) PyObject_ClearWeakRefs((PyObject *)self);
            Py_CLEAR(self->items);
            Py_TYPE(self)->tp_free(self);
        }
        @EXPORT_TYPE("Box", Box_Type)
        static PyTypeObject Box_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "m.Box", .tp_basicsize = sizeof(Box), .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE,
            .tp_new = box_new, .tp_init = (initproc)box_init, .tp_dealloc = (destructor)box_dealloc,
            .tp_weaklistoffset = offsetof(Box, weak),
        };
    """)

    def sweep(frame, event, arg):              # as the hooks of a minor and a major collection do between two bytecodes
        sweep_young()
        sweep_all()
        return sweep
    sys.settrace(sweep)
    try:
        boxes = [mod.Box(i) for i in range(20)]
    finally:
        sys.settrace(None)
    assert len({id(b) for b in boxes}) == 20
