"""C goes on using what it has put into a container, without a reference of its own."""

import gc

import pytest

CODE = r"""
static PyObject *fresh(int i, const char *kind)
{
    if (!strcmp(kind, "int")) return PyLong_FromLong(100000 + i);
    if (!strcmp(kind, "large int")) return PyLong_FromString("123456789012345678901234567890", NULL, 10);
    if (!strcmp(kind, "float")) return PyFloat_FromDouble(0.5 + i);
    if (!strcmp(kind, "str")) return PyUnicode_FromFormat("text %d", i);
    if (!strcmp(kind, "bytes")) return PyBytes_FromFormat("bytes %d", i);
    if (!strcmp(kind, "tuple")) return Py_BuildValue("(is)", i, "item");
    if (!strcmp(kind, "list")) return Py_BuildValue("[is]", i, "item");
    return Py_BuildValue("{si}", "key", i);
}

static int give(PyObject *to, PyObject *key, PyObject *value, const char *how)
{
    if (!strcmp(how, "dict")) return PyDict_SetItem(to, key, value);
    if (!strcmp(how, "dict text")) return PyDict_SetItemString(to, "key", value);
    if (!strcmp(how, "append")) return PyList_Append(to, value);
    if (!strcmp(how, "insert")) return PyList_Insert(to, 0, value);
    if (!strcmp(how, "set")) return PySet_Add(to, key);
    if (!strcmp(how, "item")) return PyObject_SetItem(to, key, value);
    if (!strcmp(how, "mapping")) return PyMapping_SetItemString(to, "key", value);
    return PyObject_SetAttrString(to, "name", value);
}

/* give(to, how, kind): put a value into `to`, let it go, make others, and look at it. */
@EXPORT(give, METH_VARARGS)
static PyObject *give_and_use(PyObject *self, PyObject *args)
{
    PyObject *to, *value, *key, *others[200];
    const char *how, *kind;
    if (!PyArg_ParseTuple(args, "Oss", &to, &how, &kind)) return NULL;
    value = fresh(1, kind);
    key = PyUnicode_FromFormat("%s of %s", "key", kind);
    if (!value || !key || give(to, key, value, how) < 0) return NULL;
    Py_DECREF(key);
    Py_DECREF(value);
    for (int i = 0; i < 200; i++) others[i] = fresh(i + 2, i % 2 ? kind : "str");
    int has_key = !strcmp(how, "dict") || !strcmp(how, "item") || !strcmp(how, "set"), has_value = strcmp(how, "set");
    PyObject *result = Py_BuildValue("(OO)", has_key ? key : Py_None, has_value ? value : Py_None);
    for (int i = 0; i < 200; i++) Py_DECREF(others[i]);
    return result;
}

/* A tree: each node is in its parent, which has the only reference. */
static PyObject *child(PyObject *parent, PyObject *leaf)
{
    PyObject *node = PyDict_New();
    if (!node || PyDict_SetItem(parent, leaf, node) < 0) return NULL;
    Py_DECREF(node);
    return node;
}

@EXPORT(tree, METH_VARARGS)
static PyObject *tree(PyObject *self, PyObject *args)
{
    int n;
    PyObject *root = PyDict_New(), *one = PyLong_FromLong(1);
    if (!PyArg_ParseTuple(args, "i", &n)) return NULL;
    PyObject *inner = child(root, one);
    for (int i = 0; i < n; i++) {
        PyObject *key = PyLong_FromLong(i);
        PyObject *node = child(inner, key);
        Py_DECREF(key);
        if (!node || PyDict_SetItemString(node, "value", key = PyLong_FromLong(1000 + i)) < 0) return NULL;
        Py_DECREF(key);
    }
    if (PyDict_SetItemString(inner, "last", one) < 0) return NULL;
    Py_DECREF(one);
    return root;
}
"""

CONTAINERS = {"dict": dict, "dict text": dict, "append": lambda: [0], "insert": lambda: [0], "set": set, "item": dict, "mapping": dict,
              "attribute": lambda: type("Any", (), {})()}
KINDS = {"int": 100001, "large int": 123456789012345678901234567890, "float": 1.5, "str": "text 1", "bytes": b"bytes 1",
         "tuple": (1, "item"), "list": [1, "item"], "dict": {"key": 1}}


@pytest.fixture
def mod(make):
    return make(CODE)


@pytest.mark.parametrize("how", CONTAINERS)
def test_the_value_stays(mod, how):
    for kind, value in KINDS.items():
        to = CONTAINERS[how]()
        key = f"key of {kind}" if how in ("dict", "item", "set") else None
        assert mod.give(to, how, kind) == (key, None if how == "set" else value)
        gc.collect()


def test_a_tree_whose_nodes_only_their_parents_have(mod):
    n = 30_000
    root = mod.tree(n)
    inner = root[1]
    assert len(inner) == n + 1 and inner["last"] == 1
    assert all(inner[i] == {"value": 1000 + i} for i in range(n))
