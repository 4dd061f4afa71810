"""PyMethod_..., PyInstanceMethod_..., PyCell_... and the makers of descriptors."""

import pytest

METHODS = r"""
    @EXPORT(bind, METH_VARARGS)
    static PyObject *bind(PyObject *self, PyObject *args)
    {
        PyObject *f, *me;
        return PyArg_ParseTuple(args, "OO", &f, &me) ? PyMethod_New(f, me) : NULL;
    }
    @EXPORT(parts, METH_O)
    static PyObject *parts(PyObject *self, PyObject *m)
    {
        if (!PyMethod_Check(m)) Py_RETURN_NONE;
        return Py_BuildValue("OOOO", PyMethod_Function(m), PyMethod_Self(m), PyMethod_GET_FUNCTION(m), PyMethod_GET_SELF(m));
    }
    @EXPORT(call_bound, METH_VARARGS)
    static PyObject *call_bound(PyObject *self, PyObject *args)
    {
        PyObject *f, *me, *arg, *m, *r;
        if (!PyArg_ParseTuple(args, "OOO", &f, &me, &arg) || !(m = PyMethod_New(f, me))) return NULL;
        r = PyObject_CallOneArg(m, arg);
        Py_DECREF(m);
        return r;
    }
    @EXPORT(instance_method, METH_O)
    static PyObject *instance_method(PyObject *self, PyObject *f) { return PyInstanceMethod_New(f); }
    @EXPORT(instance_function, METH_O)
    static PyObject *instance_function(PyObject *self, PyObject *m)
    {
        if (!PyInstanceMethod_Check(m)) Py_RETURN_NONE;
        return Py_NewRef(PyInstanceMethod_Function(m));
    }
    @EXPORT(static_method, METH_O)
    static PyObject *static_method(PyObject *self, PyObject *f) { return PyStaticMethod_New(f); }
    @EXPORT(class_method, METH_O)
    static PyObject *class_method(PyObject *self, PyObject *f) { return PyClassMethod_New(f); }
    @EXPORT(cell, METH_VARARGS)
    static PyObject *cell(PyObject *self, PyObject *args)
    {
        PyObject *x, *y;
        if (!PyArg_ParseTuple(args, "OO", &x, &y)) return NULL;
        PyObject *c = PyCell_New(x), *before = PyCell_Get(c);
        PyCell_Set(c, y);
        PyObject *after = PyCell_Get(c);
        PyCell_Set(c, NULL);
        PyObject *empty = PyCell_Get(c);
        return Py_BuildValue("NNNi", c, before, after, empty == NULL && !PyErr_Occurred());
    }
"""


def show(*args):
    return args


def test_bound(make):
    mod = make(METHODS)
    me = object()
    m = mod.bind(show, me)
    assert m(1) == (me, 1)
    assert (m.__func__, m.__self__) == (show, me)
    assert mod.parts(m) == (show, me, show, me)
    assert mod.parts([].append)[1] == [] if type([].append) is type(m) else mod.parts([].append) is None
    assert mod.parts(show) is None
    assert mod.call_bound(show, me, 2) == (me, 2)


def test_instance_method(make):
    mod = make(METHODS)

    class Thing:
        run = mod.instance_method(len)
        show = mod.instance_method(show)

        def __len__(self):
            return 5
    thing = Thing()
    assert thing.run() == 5
    assert thing.show(1) == (thing, 1)
    assert Thing.show is show
    assert mod.instance_function(Thing.__dict__["show"]) is show
    assert mod.instance_function(3) is None


def test_static_and_class(make):
    mod = make(METHODS)

    class Thing:
        s = mod.static_method(show)
        c = mod.class_method(show)
    assert Thing().s(1) == (1,)
    assert Thing().c(1) == (Thing, 1)


def test_cell(make):
    c, before, after, emptied = make(METHODS).cell([1], "y")
    assert (before, after, emptied) == ([1], "y", 1)
    with pytest.raises(ValueError):
        c.cell_contents


@pytest.mark.keeps                          # a type's dictionary keeps what C puts into it, and types live for ever
def test_descriptors(make):
    mod = make(r"""
        typedef struct { PyObject_HEAD int n; } Thing;
        static PyTypeObject Thing_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "things.Thing", .tp_basicsize = sizeof(Thing), .tp_flags = Py_TPFLAGS_DEFAULT,
            .tp_new = PyType_GenericNew,
        };
        static PyObject *both(PyObject *self, PyObject *arg) { return Py_BuildValue("OO", self, arg); }
        static PyObject *get(PyObject *self, void *closure) { return PyLong_FromLong(((Thing *)self)->n + 1); }
        static PyMethodDef def = {"both", both, METH_O, NULL};
        static PyGetSetDef getset = {"more", get, NULL, NULL, NULL};
        static PyMemberDef member = {"n", T_INT, offsetof(Thing, n), 0, NULL};
        @EXPORT_TYPE("Thing", Thing_Type)
        static void put(const char *name, PyObject *descriptor)
        {
            PyDict_SetItemString(Thing_Type.tp_dict, name, descriptor);
            Py_DECREF(descriptor);
        }
        @EXPORT(fill, METH_NOARGS)
        static PyObject *fill(PyObject *self, PyObject *ignored)
        {
            PyTypeObject *t = &Thing_Type;
            put("both", PyDescr_NewMethod(t, &def));
            put("cls", PyDescr_NewClassMethod(t, &def));
            put("more", PyDescr_NewGetSet(t, &getset));
            put("n", PyDescr_NewMember(t, &member));
            PyType_Modified(t);
            Py_RETURN_NONE;
        }
    """)
    mod.fill()
    thing = mod.Thing()
    assert thing.both(1) == (thing, 1)
    assert thing.cls(1) == (mod.Thing, 1)
    thing.n = 4
    assert thing.more == 5


def test_type_lookup(make):
    mod = make(r"""
        PyAPI_FUNC(PyObject *) _PyType_Lookup(PyTypeObject *type, PyObject *name);
        @EXPORT(names, METH_O)
        static PyObject *names(PyObject *self, PyObject *type)
        {
            return Py_BuildValue("NN", PyType_GetName((PyTypeObject *)type), PyType_GetQualName((PyTypeObject *)type));
        }
        @EXPORT(lookup, METH_VARARGS)
        static PyObject *lookup(PyObject *self, PyObject *args)
        {
            PyObject *type, *name;
            if (!PyArg_ParseTuple(args, "OO", &type, &name)) return NULL;
            PyObject *found = _PyType_Lookup((PyTypeObject *)type, name);
            if (!found) Py_RETURN_NONE;
            return Py_NewRef(found);
        }
    """)

    class Thing:
        static = staticmethod(show)
    assert mod.names(Thing) == ("Thing", Thing.__qualname__)
    assert mod.lookup(Thing, "static") is Thing.__dict__["static"]
    assert mod.lookup(Thing, "nothing") is None
