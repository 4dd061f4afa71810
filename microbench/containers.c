/* What extensions do inside a call: containers made and read in C, iteration, attributes of objects of Python. */

#include <Python.h>

static PyObject *new_dict(PyObject *self, PyObject *unused)
{
    (void)self, (void)unused;
    return PyDict_New();
}

/* A dict of `n` items, with keys made anew. */
static PyObject *make_dict(PyObject *self, PyObject *arg)
{
    (void)self;
    long n = PyLong_AsLong(arg);
    PyObject *dict = PyDict_New();
    for (long i = 0; dict && i < n; i++) {
        char text[] = "key a";
        text[4] += (char)(i % 26);
        PyObject *key = PyUnicode_FromString(text), *value = PyLong_FromLong(i);
        if (!key || !value || PyDict_SetItem(dict, key, value) < 0)
            Py_CLEAR(dict);
        Py_XDECREF(key);
        Py_XDECREF(value);
    }
    return dict;
}

/* A dict that never leaves C. */
static PyObject *inner_dict(PyObject *self, PyObject *arg)
{
    PyObject *dict = make_dict(self, arg), *value = dict ? PyDict_GetItemString(dict, "key a") : NULL;
    Py_XINCREF(value);
    Py_XDECREF(dict);
    if (!value && !PyErr_Occurred())
        Py_RETURN_NONE;
    return value;
}

static PyObject *iterate(PyObject *self, PyObject *arg)
{
    (void)self;
    PyObject *iterator = PyObject_GetIter(arg), *item;
    if (!iterator)
        return NULL;
    while ((item = PyIter_Next(iterator)))
        Py_DECREF(item);
    Py_DECREF(iterator);
    if (PyErr_Occurred())
        return NULL;
    Py_RETURN_NONE;
}

static PyObject *walk_dict(PyObject *self, PyObject *arg)
{
    (void)self;
    PyObject *key, *value;
    Py_ssize_t position = 0;
    while (PyDict_Next(arg, &position, &key, &value))
        ;
    Py_RETURN_NONE;
}

static PyObject *walk_list(PyObject *self, PyObject *arg)
{
    (void)self;
    Py_ssize_t n = PyList_Size(arg);
    for (Py_ssize_t i = 0; i < n; i++)
        if (!PyList_GetItem(arg, i))
            return NULL;
    Py_RETURN_NONE;
}

static PyObject *get_balance(PyObject *self, PyObject *arg)
{
    (void)self;
    return PyObject_GetAttrString(arg, "balance");
}

static PyMethodDef functions[] = {
    {"new_dict", new_dict, METH_NOARGS, NULL},
    {"make_dict", make_dict, METH_O, NULL},
    {"inner_dict", inner_dict, METH_O, NULL},
    {"iterate", iterate, METH_O, NULL},
    {"walk_dict", walk_dict, METH_O, NULL},
    {"walk_list", walk_list, METH_O, NULL},
    {"get_balance", get_balance, METH_O, NULL},
    {NULL, NULL, 0, NULL},
};

static struct PyModuleDef containers_module = {
    PyModuleDef_HEAD_INIT,
    .m_name = "containers",
    .m_size = -1,
    .m_methods = functions,
};

PyMODINIT_FUNC PyInit_containers(void)
{
    return PyModule_Create(&containers_module);
}
