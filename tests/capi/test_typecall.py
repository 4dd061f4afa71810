"""Types with a tp_vectorcall."""

import copyreg

import pytest

SOURCE = r"""
    typedef struct { PyObject_HEAD long how; } Made;
    static long inits;

    static PyObject *made_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
    {
        Made *self = (Made *)type->tp_alloc(type, 0);
        if (self) self->how = 1;
        return (PyObject *)self;
    }

    static int made_init(PyObject *self, PyObject *args, PyObject *kwargs)
    {
        inits++;
        ((Made *)self)->how += 10 * (PyTuple_GET_SIZE(args) + 1);
        return 0;
    }

    static PyObject *made_vectorcall(PyObject *type, PyObject *const *args, size_t nargsf, PyObject *names)
    {
        if (names && PyTuple_GET_SIZE(names)) return PyErr_Format(PyExc_TypeError, "no keyword arguments");
        if (PyVectorcall_NARGS(nargsf) > 6) return PyErr_Format(PyExc_ValueError, "many");
        if (PyVectorcall_NARGS(nargsf) == 0) return PyErr_Format(PyExc_TypeError, "too few");
        Made *self = (Made *)((PyTypeObject *)type)->tp_alloc((PyTypeObject *)type, 0);
        if (self) self->how = 1000 + PyVectorcall_NARGS(nargsf);
        return (PyObject *)self;
    }

    static PyMemberDef made_members[] = {{"how", T_LONG, offsetof(Made, how)}, {NULL}};
    static PyType_Slot slots[] = {{Py_tp_new, made_new}, {Py_tp_init, made_init}, {Py_tp_members, made_members}, {0}};
    static PyType_Spec spec = {"m.Made", sizeof(Made), 0, Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE, slots};

    @INIT
    {
        PyObject *type = PyType_FromSpec(&spec);
        if (!type) return NULL;
        ((PyTypeObject *)type)->tp_vectorcall = made_vectorcall;
        if (PyModule_AddObject(m, "Made", type) < 0) return NULL;
    }

    @EXPORT(call, METH_VARARGS)
    static PyObject *call(PyObject *self, PyObject *args)
    {
        PyObject *type = PyTuple_GET_ITEM(args, 0), *rest = PyTuple_GetSlice(args, 1, 9);
        PyObject *r = PyObject_Call(type, rest, NULL);
        Py_DECREF(rest);
        return r;
    }

    @EXPORT(init_calls, METH_NOARGS)
    static PyObject *init_calls(PyObject *self, PyObject *none)
    {
        return PyLong_FromLong(inits);
    }
"""


def test_a_call_is_tp_vectorcall(make):
    mod = make("#include <stddef.h>\n#include <structmember.h>\n" + SOURCE)
    Made = mod.Made
    assert [Made(*range(n)).how for n in range(1, 7)] == [1001, 1002, 1003, 1004, 1005, 1006]
    assert mod.call(Made, 1, 2).how == 1002
    assert mod.init_calls() == 0
    with pytest.raises(TypeError, match="no keyword arguments"):
        Made(1, a=2)
    with pytest.raises(TypeError, match="too few"):
        Made()
    with pytest.raises(ValueError, match="many"):
        Made(*range(7))
    assert mod.init_calls() == 0


def test_new_and_init_are_not_the_call(make):
    mod = make("#include <stddef.h>\n#include <structmember.h>\n" + SOURCE)
    Made = mod.Made
    x = copyreg.__newobj__(Made)
    assert x.how == 1
    x.__init__(1, 2)
    assert x.how == 31
    x = Made(1)
    x.__init__(1)
    assert x.how == 1021


def test_subclasses_do_not_inherit_it(make):
    mod = make("#include <stddef.h>\n#include <structmember.h>\n" + SOURCE)

    class Sub(mod.Made):
        pass

    class Other(mod.Made):
        def __init__(self, a):
            super().__init__(a, a)

    assert Sub().how == 11 and Sub(a=1).how == 11 and Sub(1).how == 21
    assert Other(1).how == 31 and mod.call(Other, 1).how == 31
