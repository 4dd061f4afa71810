"""Slots for attributes, async, buffers and dictionaries, and slots of bases."""

import gc

import pytest

ATTRIBUTES = r"""
static PyObject *getattro(PyObject *self, PyObject *name)
{
    PyObject *found = PyObject_GenericGetAttr(self, name);
    if (found || !PyErr_ExceptionMatches(PyExc_AttributeError))
        return found;
    PyErr_Clear();
    return PyUnicode_FromFormat("made %U", name);
}
static int setattro(PyObject *self, PyObject *name, PyObject *value)
{
    PyErr_Format(PyExc_AttributeError, "%U is %s", name, value ? "fixed" : "kept");
    return -1;
}
static PyObject *real(PyObject *self, PyObject *ignored) { return PyUnicode_FromString("method"); }
static PyMethodDef real_methods[] = {{"real", real, METH_NOARGS, NULL}, {NULL}};
static PyTypeObject Any_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "attributes.Any", .tp_basicsize = sizeof(PyObject), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_getattro = getattro, .tp_setattro = setattro, .tp_methods = real_methods,
};
@EXPORT_TYPE("Any", Any_Type)

static PyObject *getattr_(PyObject *self, char *name) { return PyUnicode_FromFormat("old %s", name); }
static PyTypeObject Old_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "attributes.Old", .tp_basicsize = sizeof(PyObject), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_getattr = getattr_,
};
@EXPORT_TYPE("Old", Old_Type)
"""


def test_attributes(make):
    mod = make(ATTRIBUTES)
    any_ = mod.Any()
    assert any_.real() == "method"
    assert any_.thing == "made thing"
    assert getattr(any_, "other") == "made other"
    with pytest.raises(AttributeError, match="x is fixed"):
        any_.x = 1
    with pytest.raises(AttributeError, match="x is kept"):
        del any_.x
    assert mod.Old().name == "old name"


def test_async_slots(make):
    Awaitable = make(r"""
        typedef struct { PyObject_HEAD int done; } Awaitable;
        static PyObject *await_(PyObject *self) { return Py_NewRef(self); }
        static PyObject *next(PyObject *op)
        {
            if (!((Awaitable *)op)->done++)
                return PyLong_FromLong(1);
            PyObject *value = PyLong_FromLong(42);
            PyErr_SetObject(PyExc_StopIteration, value);
            Py_XDECREF(value);
            return NULL;
        }
        static PyAsyncMethods async = {.am_await = await_};
        static PyTypeObject Awaitable_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "awaiting.Awaitable", .tp_basicsize = sizeof(Awaitable),
            .tp_new = PyType_GenericNew, .tp_flags = Py_TPFLAGS_DEFAULT, .tp_as_async = &async, .tp_iter = PyObject_SelfIter,
            .tp_iternext = next,
        };
        @EXPORT_TYPE("Awaitable", Awaitable_Type)
    """).Awaitable

    async def wait():
        return await Awaitable()

    coroutine = wait()
    assert coroutine.send(None) == 1
    with pytest.raises(StopIteration) as stop:
        coroutine.send(None)
    assert stop.value.value == 42


BUFFER = r"""
typedef struct { PyObject_HEAD char data[8]; int exports; } Buf;
static int getbuffer(PyObject *op, Py_buffer *view, int flags)
{
    if (PyBuffer_FillInfo(view, op, ((Buf *)op)->data, 8, 0, flags) < 0)
        return -1;
    ((Buf *)op)->exports++;
    return 0;
}
static void releasebuffer(PyObject *op, Py_buffer *view) { ((Buf *)op)->exports--; }
static PyBufferProcs procs = {getbuffer, releasebuffer};
static PyMemberDef buf_members[] = {{"exports", T_INT, offsetof(Buf, exports), READONLY, NULL}, {NULL}};
static PyTypeObject Buf_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "buffers.Buf", .tp_basicsize = sizeof(Buf), .tp_new = PyType_GenericNew,
    .tp_flags = Py_TPFLAGS_DEFAULT, .tp_as_buffer = &procs, .tp_members = buf_members,
};
@EXPORT_TYPE("Buf", Buf_Type)
"""


def test_buffer(make):
    buf = make(BUFFER).Buf()
    with memoryview(buf) as view:
        assert view.nbytes == 8 and view.format == "B" and not view.readonly
        assert buf.exports == 1
        view[0] = 65
        view[1:4] = b"BCD"
        assert bytes(view) == b"ABCD\0\0\0\0"
    del view
    gc.collect()                            # PyPy gives the memory back when the memoryview is gone, not at its release()
    assert buf.exports == 0
    assert bytes(buf) == b"ABCD\0\0\0\0"
    assert bytearray(buf)[:2] == b"AB"
    assert b"".join([buf]) == b"ABCD\0\0\0\0"
    gc.collect()
    assert buf.exports == 0


BASES = r"""
static PyObject *repr(PyObject *o)
{
    PyObject *inner = PyDict_Type.tp_repr(o), *whole = inner ? PyUnicode_FromFormat("D(%U)", inner) : NULL;
    Py_XDECREF(inner);
    return whole;
}
static PyObject *subscript(PyObject *o, PyObject *key)
{
    PyObject *found = PyDict_Type.tp_as_mapping->mp_subscript(o, key);
    return found ? Py_BuildValue("(sN)", "found", found) : NULL;
}
static int ass_subscript(PyObject *o, PyObject *key, PyObject *v) { return PyDict_Type.tp_as_mapping->mp_ass_subscript(o, key, v); }
static Py_ssize_t length(PyObject *o) { return PyDict_Type.tp_as_mapping->mp_length(o) + 100; }
static int contains(PyObject *o, PyObject *key) { return PyDict_Type.tp_as_sequence->sq_contains(o, key); }
static PyObject *iter(PyObject *o) { return PyDict_Type.tp_iter(o); }
static PyObject *compare(PyObject *a, PyObject *b, int op) { return PyDict_Type.tp_richcompare(a, b, op); }
static PyObject *getattro(PyObject *o, PyObject *name) { return PyDict_Type.tp_getattro(o, name); }
static int setattro(PyObject *o, PyObject *name, PyObject *v) { return PyDict_Type.tp_setattro(o, name, v); }
static int init(PyObject *o, PyObject *args, PyObject *kwargs) { return PyDict_Type.tp_init(o, args, kwargs); }
static PyObject *new(PyTypeObject *type, PyObject *args, PyObject *kwargs) { return PyDict_Type.tp_new(type, args, kwargs); }
static PyMappingMethods mapping = {length, subscript, ass_subscript};
static PySequenceMethods sequence = {.sq_contains = contains};
static PyTypeObject D_Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "bases.D", .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_repr = repr,
    .tp_as_mapping = &mapping, .tp_as_sequence = &sequence, .tp_iter = iter, .tp_richcompare = compare, .tp_getattro = getattro,
    .tp_setattro = setattro, .tp_init = init, .tp_new = new,
};
@INIT
{
    D_Type.tp_base = &PyDict_Type;
    if (PyModule_AddType(m, &D_Type) < 0)
        return NULL;
}
"""


def test_slots_of_a_builtin_base_called_from_c(make):
    D = make(BASES).D

    class Sub(D):
        def __getitem__(self, key):
            return "sub", super().__getitem__(key)

        def __repr__(self):
            return "Sub " + super().__repr__()

    d, s = D(a=1), Sub(a=1)
    assert repr(d) == "D({'a': 1})" and repr(s) == "Sub D({'a': 1})"
    assert d["a"] == ("found", 1) and s["a"] == ("sub", ("found", 1))
    d["b"] = s["b"] = 2
    assert len(d) == len(s) == 102
    assert "b" in d and "x" not in s
    assert list(d) == list(s) == ["a", "b"]
    assert d == s and d == {"a": 1, "b": 2}
    assert d.get("a") == 1
    s.extra = 1
    assert s.extra == 1
    del d["b"]
    with pytest.raises(KeyError):
        d["b"]


DICTIONARY = r"""
    typedef struct { PyObject_HEAD PyObject *dict; } Open;
    static PyObject *open_new(PyTypeObject *type, PyObject *args, PyObject *kw)
    {
        PyObject *self = type->tp_alloc(type, 0);
        if (self && PyTuple_GET_SIZE(args)) ((Open *)self)->dict = Py_BuildValue("{sO}", "given", PyTuple_GET_ITEM(args, 0));
        return self;
    }
    static int open_init(PyObject *self, PyObject *args, PyObject *kw) { return 0; }
    static int traverse(PyObject *self, visitproc visit, void *arg) { Py_VISIT(((Open *)self)->dict); return 0; }
    static void dealloc(PyObject *self)
    {
        PyObject_GC_UnTrack(self);
        Py_CLEAR(((Open *)self)->dict);
        Py_TYPE(self)->tp_free(self);
    }
    static PyGetSetDef open_getset[] = {{"__dict__", PyObject_GenericGetDict, PyObject_GenericSetDict, NULL, NULL}, {NULL}};
    static PyTypeObject Open_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "t.Open", .tp_basicsize = sizeof(Open), .tp_new = open_new, .tp_init = open_init,
        .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE | Py_TPFLAGS_HAVE_GC, .tp_dictoffset = offsetof(Open, dict),
        .tp_getset = open_getset, .tp_dealloc = dealloc, .tp_traverse = traverse, .tp_doc = "Open.",
    };
    @EXPORT_TYPE("Open", Open_Type)
    @EXPORT(put, METH_VARARGS)
    static PyObject *put(PyObject *self, PyObject *args)
    {
        PyObject *o, *name, *value;
        if (!PyArg_ParseTuple(args, "OOO", &o, &name, &value) || PyObject_GenericSetAttr(o, name, value) < 0) return NULL;
        return PyObject_GenericGetAttr(o, name);
    }
    @EXPORT(asked, METH_O)
    static PyObject *asked(PyObject *self, PyObject *o)
    {
        PyObject **place = _PyObject_GetDictPtr(o);
        return place && *place ? PyDict_Copy(*place) : PyDict_New();
    }
    @EXPORT(inside, METH_O)
    static PyObject *inside(PyObject *self, PyObject *o)
    {
        PyObject *d = ((Open *)o)->dict;
        return d ? PyDict_Copy(d) : PyDict_New();
    }
"""


@pytest.mark.parametrize("derived", [False, True])
def test_the_dictionary_in_the_struct(make, derived):
    mod = make(DICTIONARY)
    cls = type("Derived", (mod.Open,), {}) if derived else mod.Open
    for x in cls(), cls(1):
        before = mod.inside(x)
        assert x.__dict__ == before
        assert mod.put(x, "a", 2) == 2 == x.a == object.__getattribute__(x, "a")
        object.__setattr__(x, "b", 3)
        x.c = 4
        assert mod.inside(x) == {**before, "a": 2, "b": 3, "c": 4} == x.__dict__
        assert object.__getattribute__(x, "c") == 4
        mod.put(x, "__doc__", "Mine.")
        assert object.__getattribute__(x, "__doc__") == "Mine." == x.__doc__
        del x.b
        object.__delattr__(x, "c")
        assert "b" not in mod.inside(x) and not hasattr(x, "c")
        with pytest.raises(AttributeError):
            object.__getattribute__(x, "c")


def test_a_dictionary_that_only_python_made(make):
    mod = make(DICTIONARY)
    x = mod.Open()
    assert mod.asked(x) == {}
    object.__setattr__(x, "b", 3)
    assert mod.asked(x) == {"b": 3} == mod.inside(x)
    x.c = 4
    object.__setattr__(x, "d", 5)
    assert mod.inside(x) == {"b": 3, "c": 4, "d": 5} == x.__dict__
    assert x.b == 3 and object.__getattribute__(x, "c") == 4


def test_slots_copied_from_a_second_base(make):
    """As numpy's float64 does: the first base compares, and so has no hash."""
    mod = make(r"""
        static PyObject *compare(PyObject *a, PyObject *b, int op) { Py_RETURN_NOTIMPLEMENTED; }
        static PyTypeObject First_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "t.First", .tp_basicsize = sizeof(PyObject),
            .tp_flags = Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, .tp_richcompare = compare,
        };
        @EXPORT_TYPE("First", First_Type)
        static PyObject *both_new(PyTypeObject *type, PyObject *args, PyObject *kw)
        {
            PyFloatObject *self = (PyFloatObject *)type->tp_alloc(type, 0);
            if (self) self->ob_fval = 2.5;
            return (PyObject *)self;
        }
        static PyTypeObject Both_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "t.Both", .tp_basicsize = sizeof(PyFloatObject), .tp_flags = Py_TPFLAGS_DEFAULT,
            .tp_new = both_new,
        };
        @INIT
        {
            Both_Type.tp_base = &First_Type;
            Both_Type.tp_bases = PyTuple_Pack(2, &First_Type, &PyFloat_Type);
            Both_Type.tp_hash = PyFloat_Type.tp_hash;
            Both_Type.tp_richcompare = PyFloat_Type.tp_richcompare;
            if (PyModule_AddType(m, &Both_Type) < 0) return NULL;
        }
    """)
    assert mod.First.__hash__ is None
    x = mod.Both()
    assert hash(x) == hash(2.5) and x == 2.5 and x < 3 and {2.5: 1}[x] == 1
