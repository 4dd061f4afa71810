/* One class twice, sequence protocol: Foo as a static type, HTFoo as a heap type. Point has fields, which its C code fills. */

#include <Python.h>

typedef struct {
    PyObject_HEAD
} FooObject;

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

static Py_ssize_t length(PyObject *self)
{
    (void)self;
    return 42;
}

static PyObject *item(PyObject *self, Py_ssize_t i)
{
    (void)self, (void)i;
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"noargs", noargs, METH_NOARGS, NULL},
    {"onearg", onearg, METH_O, NULL},
    {"varargs", varargs, METH_VARARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PySequenceMethods sequence = {
    .sq_length = length,
    .sq_item = item,
};

static PyTypeObject Foo_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "instances.Foo",
    .tp_basicsize = sizeof(FooObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_as_sequence = &sequence,
    .tp_methods = methods,
    .tp_new = PyType_GenericNew,
};

/* No tp_new: HTFoo inherits object's. */
static PyType_Slot HTFoo_slots[] = {
    {Py_tp_methods, methods},
    {Py_sq_length, (void *)length},
    {Py_sq_item, (void *)item},
    {0, NULL},
};

static PyType_Spec HTFoo_spec = {
    .name = "instances.HTFoo",
    .basicsize = sizeof(FooObject),
    .flags = Py_TPFLAGS_DEFAULT,
    .slots = HTFoo_slots,
};

typedef struct {
    PyObject_HEAD
    long x, y;
} PointObject;

static PyObject *Point_new(PyTypeObject *type, PyObject *args, PyObject *kwargs)
{
    (void)args, (void)kwargs;
    return type->tp_alloc(type, 0);
}

static int Point_init(PyObject *self, PyObject *args, PyObject *kwargs)
{
    static char *names[] = {"x", "y", NULL};
    PointObject *point = (PointObject *)self;
    return PyArg_ParseTupleAndKeywords(args, kwargs, "|ll", names, &point->x, &point->y) ? 0 : -1;
}

static PyObject *Point_sum(PyObject *self, PyObject *unused)
{
    (void)unused;
    return PyLong_FromLong(((PointObject *)self)->x + ((PointObject *)self)->y);
}

/* More than a field, so that the function is called. */
static Py_ssize_t Point_length(PyObject *self)
{
    return (Py_ssize_t)(((PointObject *)self)->x + ((PointObject *)self)->y);
}

static PySequenceMethods Point_sequence = {.sq_length = Point_length};

static PyMethodDef Point_methods[] = {
    {"sum", Point_sum, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL},
};

static PyTypeObject Point_Type = {
    PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "instances.Point",
    .tp_basicsize = sizeof(PointObject),
    .tp_as_sequence = &Point_sequence,
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_methods = Point_methods,
    .tp_new = Point_new,
    .tp_init = Point_init,
};

static struct PyModuleDef instances_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "instances",
    .m_size = -1,
};

/* Adds `object` to the module; steals it, also on failure, and NULL is a failure. */
static int add(PyObject *module, const char *name, PyObject *object)
{
    if (object == NULL)
        return -1;
    if (PyModule_AddObject(module, name, object) == 0)         /* steals on success */
        return 0;
    Py_DECREF(object);
    return -1;
}

PyMODINIT_FUNC PyInit_instances(void)
{
    if (PyType_Ready(&Foo_Type) < 0 || PyType_Ready(&Point_Type) < 0)
        return NULL;
    PyObject *module = PyModule_Create(&instances_module);
    if (module == NULL)
        return NULL;
    Py_INCREF(&Foo_Type);
    if (add(module, "Foo", (PyObject *)&Foo_Type) < 0)
        goto fail;
    Py_INCREF(&Point_Type);
    if (add(module, "Point", (PyObject *)&Point_Type) < 0)
        goto fail;
    if (add(module, "HTFoo", PyType_FromSpec(&HTFoo_spec)) < 0)
        goto fail;
    return module;

fail:
    Py_DECREF(module);
    return NULL;
}
