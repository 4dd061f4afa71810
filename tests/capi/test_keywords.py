"""Keyword arguments, for each kind of function that takes them."""

import gc

import pytest

CODE = r"""
static PyObject *kept;

/* (args, kwargs) as they came; `kwargs` also stays until the next call. */
static PyObject *both(PyObject *self, PyObject *args, PyObject *kwargs)
{
    PyObject *copy = kwargs ? PyDict_Copy(kwargs) : Py_NewRef(Py_None);
    Py_XSETREF(kept, Py_XNewRef(kwargs));
    PyObject *r = Py_BuildValue("(ON)", args, copy);
    return r;
}

@EXPORT(varargs, METH_VARARGS | METH_KEYWORDS)
static PyObject *varargs(PyObject *self, PyObject *args, PyObject *kwargs) { return both(self, args, kwargs); }

@EXPORT(parsed, METH_VARARGS | METH_KEYWORDS)
static PyObject *parsed(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"a", "b", "c", NULL};
    long a, b = 2;
    PyObject *c = Py_None;
    if (!PyArg_ParseTupleAndKeywords(args, kwargs, "l|l$O", names, &a, &b, &c)) return NULL;
    return Py_BuildValue("(llO)", a, b, c);
}

@EXPORT(fast, METH_FASTCALL | METH_KEYWORDS)
static PyObject *fast(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names)
{
    PyObject *r = PyList_New(0);
    for (Py_ssize_t i = 0; i < n + (names ? PyTuple_GET_SIZE(names) : 0); i++)
        PyList_Append(r, args[i]);
    return Py_BuildValue("(nNO)", n, r, names ? names : Py_None);
}

@EXPORT(last_kwargs, METH_NOARGS)
static PyObject *last_kwargs(PyObject *self, PyObject *ignored) { return Py_NewRef(kept ? kept : Py_None); }

@EXPORT(change, METH_VARARGS | METH_KEYWORDS)
static PyObject *change(PyObject *self, PyObject *args, PyObject *kwargs)
{
    if (kwargs && PyDict_SetItemString(kwargs, "added", Py_True) < 0) return NULL;
    return Py_XNewRef(kwargs);
}

typedef struct { PyObject_HEAD PyObject *args, *kwargs; } Thing;
static PyObject *thing_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    Thing *self = (Thing *)type->tp_alloc(type, 0);
    return (PyObject *)self;
}
static int thing_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    Py_XSETREF(((Thing *)self)->args, Py_NewRef(args));
    Py_XSETREF(((Thing *)self)->kwargs, Py_XNewRef(kwargs));
    return 0;
}
static void thing_dealloc(PyObject *self)
{
    Py_XDECREF(((Thing *)self)->args);
    Py_XDECREF(((Thing *)self)->kwargs);
    Py_TYPE(self)->tp_free(self);
}
static PyMemberDef members[] = {
    {"args", T_OBJECT, offsetof(Thing, args), 0, NULL}, {"kwargs", T_OBJECT, offsetof(Thing, kwargs), 0, NULL}, {NULL}
};
static PyObject *thing_call(PyObject *self, PyObject *args, PyObject *kwargs) { return both(self, args, kwargs); }
static PyTypeObject Thing_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "keywords.Thing", .tp_basicsize = sizeof(Thing), .tp_new = thing_new, .tp_init = thing_init,
    .tp_dealloc = thing_dealloc, .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_members = members, .tp_call = thing_call,
};
@EXPORT_TYPE("Thing", Thing_Type)
"""


class Word(str):
    pass


ARGUMENTS = [
    ((), {}), ((1,), {}), ((), {"a": 1}), ((1,), {"b": 2}), ((1, 2), {"c": 3}), ((), {"a": 1, "b": 2, "c": 3}), ((1, 2, 3), {"d": 4}),
    ((), {"a": 1, "b": 2, "c": 3, "d": 4, "e": 5}), (((1, 2),), {"pair": (3, 4)}), (((1, 2), (1, 2)), {"x": (), "y": ((),), "z": (1, (2, [3]))}),
    (("text", None), {"f": 1.5, "g": 1 << 80, "h": b"bytes"}), (([],), {"l": [1], "m": {"n": {}}}), ((), {"ä": "ö", "a" * 200: 1}),
    ((), {Word("sub"): 1}), ((True, 1.0, -1, ()), {"k": Ellipsis}),
]


@pytest.mark.parametrize("index", range(len(ARGUMENTS)))
def test_what_arrives(make, index):
    mod = make(CODE)
    args, kwargs = ARGUMENTS[index]
    names = tuple(kwargs) if kwargs else None
    for _ in range(3):
        arrived, named = mod.varargs(*args, **kwargs)
        assert arrived == args and (named or {}) == kwargs and (mod.last_kwargs() or {}) == kwargs
        assert mod.fast(*args, **kwargs) == (len(args), [*args, *kwargs.values()], names)
        thing = mod.Thing(*args, **kwargs)
        assert thing.args == args and (thing.kwargs or {}) == kwargs
        assert thing(*args, **kwargs)[0] == args and (mod.last_kwargs() or {}) == kwargs
        if kwargs:
            assert mod.change(*args, **kwargs) == {**kwargs, "added": True} and "added" not in kwargs
    mod.varargs()                                      # which lets go of the dict before


def test_order_and_identity(make):
    mod = make(CODE)
    x, y = [], {}
    for _ in range(3):
        assert list(mod.varargs(z=1, a=2, m=3)[1]) == ["z", "a", "m"]
        args, kwargs = mod.varargs(x, b=y, a=x)
        assert args[0] is x and kwargs["b"] is y and kwargs["a"] is x
        pair = (x, y)
        thing = mod.Thing(pair, pair=pair)
        gc.collect()
        assert thing.args[0] == pair and thing.kwargs["pair"] == pair and thing.kwargs["pair"][0] is x
    mod.varargs()


def test_parsing(make):
    mod = make(CODE)
    for _ in range(3):
        assert mod.parsed(1) == (1, 2, None)
        assert mod.parsed(1, b=3, c=[4]) == (1, 3, [4])
        assert mod.parsed(b=3, a=1) == (1, 3, None)
        for args, kwargs in (((), {}), ((1, 2, 3), {}), ((1,), {"a": 1}), ((1,), {"d": 1}), ((), {"b": 1}), ((1,), {"b": "no"})):
            with pytest.raises(TypeError):
                mod.parsed(*args, **kwargs)


def test_in_a_loop(make):
    """Compiled by PyPy's tracing JIT."""
    mod = make(CODE)
    for i in range(3000):
        assert mod.varargs(i, key=(i, i)) == ((i,), {"key": (i, i)})
        assert mod.parsed(i, c=i) == (i, 2, i)
        assert mod.Thing((i,), a=i, b="b").kwargs == {"a": i, "b": "b"}
        assert mod.fast((i, 0), k=(i, 1))[1] == [(i, 0), (i, 1)]
    mod.varargs()
