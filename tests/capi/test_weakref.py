"""PyWeakref_..."""

import gc
import weakref

import pytest

WEAK = r"""
    @EXPORT(ref, METH_VARARGS)
    static PyObject *ref(PyObject *self, PyObject *args)
    {
        PyObject *o, *callback = NULL;
        return PyArg_ParseTuple(args, "O|O", &o, &callback) ? PyWeakref_NewRef(o, callback) : NULL;
    }
    @EXPORT(proxy, METH_O)
    static PyObject *proxy(PyObject *self, PyObject *o) { return PyWeakref_NewProxy(o, NULL); }
    @EXPORT(get, METH_O)
    static PyObject *get(PyObject *self, PyObject *r)
    {
        PyObject *o = PyWeakref_GetObject(r);
        Py_XINCREF(o);
        return o;
    }
    @EXPORT(check, METH_O)
    static PyObject *check(PyObject *self, PyObject *r)
    {
        return Py_BuildValue("iii", PyWeakref_Check(r) != 0, PyWeakref_CheckRef(r) != 0, PyWeakref_CheckProxy(r) != 0);
    }
    typedef struct { PyObject_HEAD PyObject *weak; } Thing;
    static void thing_dealloc(PyObject *self) { PyObject_ClearWeakRefs(self); Py_TYPE(self)->tp_free(self); }
    static PyTypeObject Thing_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "weak.Thing", .tp_basicsize = sizeof(Thing), .tp_flags = Py_TPFLAGS_DEFAULT,
        .tp_new = PyType_GenericNew, .tp_dealloc = thing_dealloc, .tp_weaklistoffset = offsetof(Thing, weak),
    };
    @EXPORT_TYPE("Thing", Thing_Type)
    static PyTypeObject Stiff_Type = {
        PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "weak.Stiff", .tp_basicsize = sizeof(Thing), .tp_flags = Py_TPFLAGS_DEFAULT,
        .tp_new = PyType_GenericNew,
    };
    @EXPORT_TYPE("Stiff", Stiff_Type)
    static PyObject *kept;
    @EXPORT(keep, METH_O)
    static PyObject *keep(PyObject *self, PyObject *o) { Py_XINCREF(o); Py_XSETREF(kept, o == Py_None ? NULL : o); Py_RETURN_NONE; }
"""


class Plain:
    pass


def collect():
    for _ in range(3):
        gc.collect()


@pytest.mark.parametrize("kind", ["vm", "c"])
def test_ref(make, kind):
    mod = make(WEAK)
    o = Plain() if kind == "vm" else mod.Thing()
    seen = []
    r = mod.ref(o)
    called = mod.ref(o, seen.append)
    assert type(r) is weakref.ref and r() is o and mod.get(r) is o
    assert mod.check(r) == (1, 1, 0) and mod.check(o) == (0, 0, 0)
    p = mod.proxy(o)
    assert mod.check(p) == (1, 0, 1)
    del o
    collect()
    assert r() is None and mod.get(r) is None
    assert seen == [called]


def test_c_keeps_the_object(make):
    mod = make(WEAK)
    o = mod.Thing()
    mod.keep(o)
    r = mod.ref(o)
    del o
    collect()
    assert type(r()) is mod.Thing
    mod.keep(None)
    collect()
    collect()
    assert r() is None


def test_errors(make):
    mod = make(WEAK)
    with pytest.raises(TypeError, match="cannot create weak reference to 'weak.Stiff' object"):
        mod.ref(mod.Stiff())
    with pytest.raises(TypeError, match="cannot create weak reference to 'int' object"):
        mod.ref(3)
    with pytest.raises(SystemError):
        mod.get(3)
