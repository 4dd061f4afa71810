/* Calls and methods that do next to nothing: what is left to time is the way in and out. */

#include <Python.h>

/* ---- functions, of the module and of Foo alike ---- */

static PyObject *noargs(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    Py_RETURN_NONE;
}

static PyObject *onearg(PyObject *self, PyObject *arg)
{
    (void)self, (void)arg;
    Py_RETURN_NONE;
}

static PyObject *varargs(PyObject *self, PyObject *args)
{
    (void)self, (void)args;
    Py_RETURN_NONE;
}

static PyObject *allocate_int(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return PyLong_FromLong(2048);
}

static PyObject *allocate_tuple(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return Py_BuildValue("ii", 2048, 4096);
}

/* call_with_tuple(f, args): f(*args) */
static PyObject *call_with_tuple(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *function = PyTuple_GetItem(args, 0);             /* borrowed */
    PyObject *positional = PyTuple_GetItem(args, 1);           /* borrowed */
    if (function == NULL || positional == NULL)
        return NULL;
    return PyObject_CallObject(function, positional);
}

/* call_with_tuple_and_dict(f, args, kwargs): f(*args, **kwargs) */
static PyObject *call_with_tuple_and_dict(PyObject *self, PyObject *args)
{
    (void)self;
    PyObject *function = PyTuple_GetItem(args, 0);             /* borrowed */
    PyObject *positional = PyTuple_GetItem(args, 1);           /* borrowed */
    PyObject *named = PyTuple_GetItem(args, 2);                /* borrowed */
    if (function == NULL || positional == NULL || named == NULL)
        return NULL;
    return PyObject_Call(function, positional, named);
}

/* ---- Foo: a static type, mapping protocol ---- */

typedef struct {
    PyObject_HEAD
} FooObject;

static Py_ssize_t Foo_length(PyObject *self)
{
    (void)self;
    return 42;
}

static PyObject *Foo_subscript(PyObject *self, PyObject *key)
{
    (void)self, (void)key;
    Py_RETURN_NONE;
}

static PyMappingMethods Foo_mapping = {
    .mp_length = Foo_length,
    .mp_subscript = Foo_subscript,
};

static PyMethodDef Foo_methods[] = {
    {"noargs", noargs, METH_NOARGS, NULL},
    {"onearg", onearg, METH_O, NULL},
    {"varargs", varargs, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject Foo_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "simple.Foo",
    .tp_basicsize = sizeof(FooObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_mapping = &Foo_mapping,
    .tp_methods = Foo_methods,
    .tp_new = PyType_GenericNew,
};

/* ---- the module ---- */

static PyMethodDef simple_functions[] = {
    {"noargs", noargs, METH_NOARGS, NULL},
    {"onearg", onearg, METH_O, NULL},
    {"varargs", varargs, METH_VARARGS, NULL},
    {"allocate_int", allocate_int, METH_NOARGS, NULL},
    {"allocate_tuple", allocate_tuple, METH_NOARGS, NULL},
    {"call_with_tuple", call_with_tuple, METH_VARARGS, NULL},
    {"call_with_tuple_and_dict", call_with_tuple_and_dict, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef simple_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "simple",
    .m_size = -1,
    .m_methods = simple_functions,
};

PyMODINIT_FUNC PyInit_simple(void)
{
    if (PyType_Ready(&Foo_Type) < 0)
        return NULL;
    PyObject *module = PyModule_Create(&simple_module);
    if (module == NULL)
        return NULL;
    Py_INCREF(&Foo_Type);
    if (PyModule_AddObject(module, "Foo", (PyObject *)&Foo_Type) < 0) {    /* steals on success */
        Py_DECREF(&Foo_Type);
        Py_DECREF(module);
        return NULL;
    }
    return module;
}
