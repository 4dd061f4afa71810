"""The fixture `make` itself."""

import pytest


def test_function(make):
    mod = make(r"""
        @EXPORT(append, METH_VARARGS, "append(list, item)\n--\n\nAppend the item.")
        static PyObject *append(PyObject *self, PyObject *args)
        {
            PyObject *l, *x;
            if (!PyArg_ParseTuple(args, "OO", &l, &x))
                return NULL;
            if (PyList_Append(l, x) < 0)
                return NULL;
            Py_RETURN_NONE;
        }
    """)
    items = []
    assert mod.append(items, 3) is None
    assert items == [3]
    assert mod.append.__doc__ == "Append the item."


def test_init_and_type(make):
    mod = make(r"""
        typedef struct { PyObject_HEAD int n; } Counter;
        static PyMemberDef members[] = {{"n", T_INT, offsetof(Counter, n), 0, NULL}, {NULL}};
        static PyTypeObject Counter_Type = {
            PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "counting.Counter", .tp_basicsize = sizeof(Counter),
            .tp_flags = Py_TPFLAGS_DEFAULT, .tp_members = members, .tp_new = PyType_GenericNew,
        };
        @EXPORT_TYPE("Counter", Counter_Type)
        @INIT
        {
            if (PyModule_AddIntConstant(m, "brace", '{') < 0)  /* not a block: } */
                return NULL;
        }
    """)
    counter = mod.Counter()
    counter.n += 2
    assert counter.n == 2
    assert mod.brace == ord("{")
    assert mod.Counter.__module__ == "counting"


def test_same_source_same_module(make):
    assert make("/* same */") is make("/* same */")
    assert make("/* same */") is not make("/* other */")


def test_compiler_error_is_shown(make):
    with pytest.raises(pytest.fail.Exception, match="no_such_type"):
        make("static no_such_type x;")


def test_own_initialiser(make):
    mod = make(r"""
        @EXPORT(one, METH_NOARGS)
        static PyObject *one(PyObject *self, PyObject *ignored) { return PyLong_FromLong(1); }
        static struct PyModuleDef def = {PyModuleDef_HEAD_INIT, MODULE_NAME, "of my own", -1, methods};
        MODULE_INIT { return PyModule_Create(&def); }
    """)
    assert mod.one() == 1
    assert mod.__doc__ == "of my own"
